# SPDX-License-Identifier: Apache-2.0
"""What is refused, with a code and a sentence, and what a refusal leaves: all that was there."""
import hashlib

import pytest

from boards import otakit
from rogue_server import File


def refused(board, answer, code):
    """The update ended with this code, and what ran boots again."""
    assert answer["error"] == code, answer
    assert board.next_boot() == "ota_0"
    return answer["message"]


def codes(board, urls, shas):
    """The codes of refused updates, all in one power-up."""
    return board.ask("[attempt(lambda: ota.update(url, sha, retries=0))['error'] "
                     "for url in URLS for sha in SHAS]", URLS=urls, SHAS=shas)


def untouched(board):
    """Nothing was written to the free slot."""
    return board.content("ota_1", 4096) == b"\xff" * 4096


def test_a_wrong_sha_boots_nothing(board, images, serve):
    answer = board.update(serve(images.new.content), images.newer.sha)
    refused(board, answer, "BAD_HASH")
    assert untouched(board)
    assert board.update(serve(images.new.content), images.new.sha) == "ota_1"


def test_a_sha_that_is_none(board):
    shas = ["", "00", "z" * 64, "0" * 63, 5, None]
    assert codes(board, ["http://localhost:1/"], shas) == ["INVALID_ARGUMENT"] * len(shas)


def test_a_file_that_is_no_image(board, serve):
    content = b"<!DOCTYPE html>" * 600
    answer = board.update(serve(content), hashlib.sha256(content).hexdigest())
    refused(board, answer, "BAD_MAGIC")
    assert untouched(board)


@pytest.mark.parametrize("content", [b"", b"\xe9\xe9", b"\xe9" + b"\0" * 8000])
def test_a_file_that_only_begins_like_an_image(board, serve, content):
    answer = board.update(serve(content), hashlib.sha256(content).hexdigest())
    assert answer["error"] in ("BAD_MAGIC", "NO_APP_DESC")
    assert untouched(board)


def test_an_image_for_another_chip(board, images, serve):
    answer = board.update(serve(images.other_chip.content), images.other_chip.sha)
    refused(board, answer, "WRONG_CHIP")
    assert untouched(board)


def test_an_image_that_is_too_big(board, images, rogue):
    def too_big(_, answer):
        answer.head(200, {"Content-Length": 1536 * 1024 + 1})
        answer.send(images.new.content)

    rogue.paths["/app.bin"] = too_big
    refused(board, board.update(rogue.url("/app.bin"), images.new.sha), "TOO_BIG")
    assert untouched(board)


def test_an_image_without_end(board, images, rogue):
    def endless(_, answer):
        answer.head(200)
        answer.send(images.new.content)
        for _ in range(30):
            answer.send(bytes(65536))

    rogue.paths["/app.bin"] = endless
    refused(board, board.update(rogue.url("/app.bin"), images.new.sha), "TOO_BIG")
    assert untouched(board)


def test_a_truncated_file(board, images, serve):
    answer = board.update(serve(images.new.content[:200000]), images.new.sha)
    refused(board, answer, "BAD_HASH")


def test_a_file_shorter_than_its_length(board, images, rogue):
    """It is asked for the rest, again and again, and gives up."""
    def lying(request, answer):
        File(images.new.content[:200000])(request, answer) if request.offset() else (
            answer.head(200, {"Content-Length": len(images.new.content), "ETag": '"one"'}),
            answer.send(images.new.content[:200000]))

    rogue.paths["/app.bin"] = lying
    answer = board.update(rogue.url("/app.bin"), images.new.sha, "retries=1")
    assert answer["error"] != "BAD_HASH"
    refused(board, answer, answer["error"])


def test_another_length_than_asked_for(board, images, serve):
    answer = board.update(serve(images.new.content), images.new.sha, "length=300000")
    assert "300016" in refused(board, answer, "TRUNCATED")
    assert untouched(board)


STATUSES = {404: "HTTP_NOT_FOUND", 410: "HTTP_NOT_FOUND", 401: "HTTP_DENIED", 403: "HTTP_DENIED",
            400: "HTTP_CLIENT_ERROR", 204: "HTTP_CLIENT_ERROR", 206: "HTTP_CLIENT_ERROR",
            500: "HTTP_SERVER_ERROR", 429: "HTTP_SERVER_ERROR", 503: "HTTP_SERVER_ERROR"}


def test_a_status_that_brings_no_file(board, images, rogue):
    for status in STATUSES:
        rogue.paths[f"/{status}"] = lambda _, answer, status=status: answer.head(
            status, {"Content-Length": 0, "Content-Range": "bytes 0-0/1"})
    urls = [rogue.url(f"/{status}") for status in STATUSES]
    assert codes(board, urls, [images.new.sha]) == list(STATUSES.values())
    assert untouched(board)


def test_what_passes_is_tried_again(board, images, rogue):
    def at_last(request, answer):
        if len(rogue.requests) < 3:
            answer.head(503, {"Content-Length": 0})
        else:
            File(images.new.content)(request, answer)

    rogue.paths["/app.bin"] = at_last
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"


HEADS = {
    "not http": b"SSH-2.0-OpenSSH\r\n\r\n",
    "no number": b"HTTP/1.1 OK\r\n\r\n",
    "text as length": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    "huge length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "bytes that are no text": b"HTTP/1.1 200 OK\r\nETag: \"\xff\xfe\"\r\n\r\n",
    "another coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "endless line": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 40000,
    "endless lines": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 9000,
    "a chunk without length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
    "a huge chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000000\r\n",
    "a negative chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
}


def test_a_head_that_is_none(board, images, rogue):
    urls = []
    for number, head in enumerate(HEADS.values()):
        rogue.paths[f"/{number}"] = lambda _, answer, head=head: answer.send(head)
        urls.append(rogue.url(f"/{number}"))
    answers = codes(board, urls, [images.new.sha])
    assert dict(zip(HEADS, answers)) == {name: "HTTP_BAD_RESPONSE" for name in HEADS}
    assert untouched(board)


def test_long_headers_that_do_not_matter_are_passed_over(board, images, rogue):
    def wordy(_, answer):
        answer.head(200, {"Content-Security-Policy": "x" * 9000,
                          "Content-Length": len(images.new.content)})
        answer.send(images.new.content)

    rogue.paths["/app.bin"] = wordy
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"


def test_a_compressed_file(board, images, rogue):
    rogue.paths["/app.bin"] = lambda _, answer: answer.head(
        200, {"Content-Encoding": "gzip", "Content-Length": 5})
    refused(board, board.update(rogue.url("/app.bin"), images.new.sha), "HTTP_COMPRESSED")


def test_nobody_listens(board, images):
    answer = board.update("http://localhost:1/app.bin", images.new.sha, "retries=0")
    refused(board, answer, "CONNECT_REFUSED")
    assert answer["again"]


def test_a_url_that_is_none(board, images):
    urls = ["ftp://h/x", "app.bin", "http://", "http://u:p@h/", "http://h:0/", "http://h:x/",
            "http://h:65536/", "http://h/a b", "http://h/\r\nX: y", "http://h/" + "a" * 2100]
    assert codes(board, urls, [images.new.sha]) == ["BAD_URL"] * len(urls)


def test_a_board_without_a_second_slot(board, images, tmp_path):
    flash = tmp_path / "single.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "single-app", "--app",
           f"factory={images.old.path}")
    board.flash = flash
    answer = board.update("http://localhost:1/app.bin", images.new.sha)
    assert answer["error"] == "NO_SLOT"
    assert board.ask("ota.status()")["next"] is None
    assert board.ask("ota.confirm()") is False
    assert board.ask("ota.rollback()")["error"] == "NO_ROLLBACK"


def test_a_firmware_on_trial_keeps_its_way_back(board, images, serve):
    assert board.update(serve(images.new.content), images.new.sha) == "ota_1"
    before = board.content("ota_0", 65536)
    answer = board.ask("ota.update(URL, SHA)", URL=serve(images.newer.content),
                       SHA=images.newer.sha)
    assert answer["error"] == "PENDING_VERIFY"
    assert board.content("ota_0", 65536) == before
