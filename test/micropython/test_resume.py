# SPDX-License-Identifier: Apache-2.0
"""Connections that break, and boards that lose power: the download goes on where it was."""
import pytest

from boards import otakit
from rogue_server import File

BLOCK = 4096
GROUP = 65536


class Breaking(File):
    """Breaks every connection after `limit` bytes; may forget what it was asked."""

    def __init__(self, content, limit, ranges=True, **options):
        super().__init__(content, limit=limit, **options)
        self.ranges = ranges

    def __call__(self, request, answer):
        if not self.ranges:
            request.fields.pop("range", None)
        return super().__call__(request, answer)


class Lost(File):
    """Breaks the first connection after some bytes; then there is no such file any more."""

    def __init__(self, content, after):
        super().__init__(content, limit=after)
        self.served = False

    def __call__(self, request, answer):
        if self.served:
            answer.head(404, {"Content-Length": 0})
            return False
        self.served = True
        return super().__call__(request, answer)


def begin(board, rogue, content, after, sha):
    """An update that ends early; what was written stays."""
    rogue.paths["/app.bin"] = Lost(content, after)
    assert board.update(rogue.url("/app.bin"), sha)["error"] == "HTTP_NOT_FOUND"
    rogue.requests.clear()


def go_on(board, rogue, image):
    """Where the requests of an update begin that works."""
    rogue.paths["/app.bin"] = File(image.content)
    assert board.update(rogue.url("/app.bin"), image.sha) == "ota_1"
    assert board.next_boot() == "ota_1"
    return offsets(rogue)


def offsets(rogue):
    return [request.offset() for request in rogue.requests]


def test_a_broken_download_goes_on(board, images, rogue):
    rogue.paths["/app.bin"] = Breaking(images.new.content, 150000)
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"
    assert offsets(rogue) == [0, 147456, 294912]
    asked = [request.fields.get("if-range") for request in rogue.requests]
    assert asked == [None, '"one"', '"one"']
    assert board.next_boot() == "ota_1"


def test_without_a_strong_etag_the_date_is_asked_for(board, images, rogue):
    class Dated(Breaking):
        def __call__(self, request, answer):
            request.fields.pop("if-range", None)
            send = answer.head
            answer.head = lambda status, fields: send(
                status, {**fields, "ETag": 'W/"weak"', "Last-Modified": "Sat, 01 Aug 2026"})
            return super().__call__(request, answer)

    rogue.paths["/app.bin"] = Dated(images.new.content, 200000)
    asked = []
    inner = rogue.paths["/app.bin"]
    rogue.paths["/app.bin"] = lambda request, answer: (
        asked.append(request.fields.get("if-range")), inner(request, answer))[1]
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"
    assert asked == [None, "Sat, 01 Aug 2026"]


def test_a_file_replaced_meanwhile_begins_anew(board, images, rogue):
    def replaced(request, answer):
        if len(rogue.requests) == 1:
            File(images.newer.content, etag='"old"', limit=50000)(request, answer)
        else:
            File(images.new.content, etag='"new"')(request, answer)

    rogue.paths["/app.bin"] = replaced
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"
    assert offsets(rogue) == [0, 49152]


def test_a_server_without_ranges_that_breaks_once(board, images, rogue):
    def breaking(request, answer):
        limit = 100000 if len(rogue.requests) == 1 else None
        return Breaking(images.new.content, limit, ranges=False)(request, answer)

    rogue.paths["/app.bin"] = breaking
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"


def test_a_server_without_ranges_that_always_breaks(board, images, rogue):
    rogue.paths["/app.bin"] = Breaking(images.new.content, 100000, ranges=False)
    answer = board.update(rogue.url("/app.bin"), images.new.sha, "retries=2")
    assert answer["error"] == "CONNECTION_LOST"
    assert len(rogue.requests) == 4
    assert board.next_boot() == "ota_0"


def test_a_wrong_range_begins_anew(board, images, rogue):
    def shifted(request, answer):
        if request.offset():
            answer.head(206, {"Content-Range": "bytes 5-9/300016", "Content-Length": 5})
        else:
            limit = 100000 if len(rogue.requests) == 1 else None
            File(images.new.content, limit=limit)(request, answer)

    rogue.paths["/app.bin"] = shifted
    answer = board.update(rogue.url("/app.bin"), images.new.sha)
    assert answer == "ota_1"


def test_a_body_that_ends_early_in_peace(board, images, rogue):
    """Without a length a lost connection looks like the end; the next one begins at a block."""
    def silent(request, answer):
        offset = request.offset()
        if offset:
            answer.head(206, {"Content-Range": f"bytes {offset}-300015/300016"})
            answer.send(images.new.content[offset:])
        else:
            answer.head(200, {"ETag": '"one"'})
            answer.send(images.new.content[:100000])

    rogue.paths["/app.bin"] = silent
    answer = board.update(rogue.url("/app.bin"), images.new.sha, "length=300016, retries=1")
    assert answer == "ota_1"
    assert offsets(rogue) == [0, 98304]


def test_a_server_that_sends_less_than_asked_for(board, images, rogue):
    def stingy(request, answer):
        offset = request.offset()
        piece = images.new.content[offset:offset + 100000]
        answer.head(206 if offset else 200, {
            "Content-Range": f"bytes {offset}-{offset + len(piece) - 1}/300016",
            "Content-Length": len(piece) if offset else 300016})
        answer.send(piece)

    rogue.paths["/app.bin"] = stingy
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"
    assert offsets(rogue) == [0, 98304, 196608, 294912]


def test_an_empty_part_is_no_sign_that_all_is_there(board, images, rogue):
    def empty(request, answer):
        offset = request.offset()
        if offset:
            answer.head(206, {"Content-Range": f"bytes {offset}-{offset}/300016",
                              "Content-Length": 0})
        else:
            File(images.new.content, limit=100000)(request, answer)

    rogue.paths["/app.bin"] = empty
    answer = board.update(rogue.url("/app.bin"), images.new.sha, "retries=1")
    assert answer["error"] == "CONNECTION_LOST"


def test_an_etag_longer_than_the_journal_takes(board, images, rogue):
    """Its letters are as many as fit, its bytes are not: the update goes on without it."""
    rogue.paths["/app.bin"] = Breaking(images.new.content, 150000, etag='"' + "\u00e9" * 126 + '"')
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"
    assert "if-range" not in rogue.requests[-1].fields


def test_no_progress_ends_the_attempt(board, images, rogue):
    rogue.paths["/app.bin"] = Breaking(images.new.content, 0)
    answer = board.update(rogue.url("/app.bin"), images.new.sha, "retries=1")
    assert answer["error"] == "CONNECTION_LOST" and answer["again"]
    assert len(rogue.requests) == 2


def test_after_a_power_up_the_next_attempt_goes_on(board, images, rogue):
    """Of what the first one had, all up to the last 64 KB is on flash."""
    begin(board, rogue, images.new.content, 150000, images.new.sha)
    assert go_on(board, rogue, images.new) == [2 * GROUP]
    assert rogue.requests[0].fields["if-range"] == '"one"'


def test_another_update_does_not_go_on_with_it(board, images, rogue):
    begin(board, rogue, images.new.content, 150000, images.new.sha)
    assert go_on(board, rogue, images.newer) == [0]


@pytest.mark.parametrize("place", [BLOCK, 2 * GROUP - 1])
def test_what_flash_no_longer_holds_is_fetched_again(board, images, rogue, place):
    begin(board, rogue, images.new.content, 150000, images.new.sha)
    with open(board.flash, "r+b") as flash:
        flash.seek(board.slots()["ota_1"]["offset"] + place)
        flash.write(bytes([images.new.content[place] ^ 1]))
    assert go_on(board, rogue, images.new) == [place // GROUP * GROUP]


def test_what_was_kept_of_a_file_that_lied_is_given_up(board, images, rogue):
    """The first server sent another image under this SHA-256; its bytes cannot spoil the next."""
    lie = (images.newer.content + images.new.content)[:len(images.new.content)]
    begin(board, rogue, lie, 140000, images.new.sha)
    assert go_on(board, rogue, images.new) == [2 * GROUP, 0]


def test_what_was_kept_of_a_file_of_another_size_is_given_up(board, images, rogue):
    begin(board, rogue, images.newer.content + images.new.content, 140000, images.new.sha)
    assert go_on(board, rogue, images.new) == [2 * GROUP, 0]


def test_what_was_kept_of_an_image_that_is_complete_needs_no_server(board, images, serve):
    """As after a power cut between the last block and the switch."""
    assert board.update(serve(images.new.content), images.new.sha) == "ota_1"
    otakit("slot", "reset", board.flash)
    assert board.update("http://localhost:1/", images.new.sha) == "ota_1"
    assert board.next_boot() == "ota_1"
