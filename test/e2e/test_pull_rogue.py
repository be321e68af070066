# SPDX-License-Identifier: Apache-2.0
"""Pulling from servers that are broken, lie, or change their mind."""
import gzip
import json
import os
import random
import time

from pull_fixtures import (  # noqa: F401
    SLOT_SIZE, authority, pull, pull_images, rogue, server_stem)
from rogue_server import File, RogueServer


def test_link_that_breaks_at_any_byte_is_continued(pull, rogue, pull_images):
    seed = int(os.environ.get("OTAKIT_SEED", time.time()))
    print(f"seed {seed}")
    chance = random.Random(seed)
    served = File(pull_images.new)

    def cut(request, answer):
        served.limit = chance.choice([0, 1, 100, chance.randrange(20000), chance.randrange(90000)])
        return served(request, answer)

    rogue.paths["/app.bin"] = cut
    result = pull(rogue.url("/app.bin"), "--attempts", 100)
    assert result.status == "OK"
    assert result.offsets() == sorted(result.offsets())
    assert pull.installed(pull_images.new)


def test_connection_that_breaks_without_tls_goodbye_is_continued(pull, rogue, pull_images):
    def drop(request, answer):
        if len(rogue.requests) > 1:
            return File(pull_images.new)(request, answer)
        answer.head(200, {"ETag": '"one"'})  # neither length nor chunks: only the end can tell
        answer.send(pull_images.new[:100000])
        answer.stream.unwrap = lambda: None  # the TCP connection just ends
        return False

    rogue.paths["/app.bin"] = drop
    result = pull(rogue.url("/app.bin"))
    assert (result.status, result.offsets()) == ("OK", [0, 100000])


def test_server_that_ignores_range_is_read_from_the_start(pull, rogue, pull_images):
    def whole(request, answer):
        request.fields.pop("range", None)
        served = File(pull_images.new, limit=100000 if len(rogue.requests) == 1 else None)
        return served(request, answer)

    rogue.paths["/app.bin"] = whole
    result = pull(rogue.url("/app.bin"))
    assert (result.status, result.offsets()) == ("OK", [0, 100000])
    assert pull.installed(pull_images.new)


def test_wrong_content_range_leads_to_a_request_without_range(pull, rogue, pull_images):
    def shifted(request, answer):
        if request.offset() == 0:
            limit = 100000 if len(rogue.requests) == 1 else None
            return File(pull_images.new, limit=limit)(request, answer)
        body = pull_images.new[request.offset() - 1:]
        answer.head(206, {"Content-Length": len(body), "ETag": '"one"', "Content-Range":
                          f"bytes {request.offset() - 1}-{len(pull_images.new) - 1}/*"})
        answer.send(body)
        return False

    rogue.paths["/app.bin"] = shifted
    result = pull(rogue.url("/app.bin"))
    assert (result.status, result.offsets()) == ("OK", [0, 100000, 0])
    assert result.waits[-1]["failure"] == "HTTP_BAD_RANGE"
    assert pull.installed(pull_images.new)


def test_416_for_a_complete_file_ends_the_download(pull, rogue, pull_images):
    served = File(pull_images.new)

    def cut_behind_the_end(request, answer):
        if request.offset() > 0:
            return served(request, answer)
        answer.head(200, {"Transfer-Encoding": "chunked", "ETag": '"one"'})
        answer.chunk(pull_images.new)
        return False  # without the last chunk

    rogue.paths["/app.bin"] = cut_behind_the_end
    result = pull(rogue.url("/app.bin"))
    assert (result.status, result.offsets()) == ("OK", [0, len(pull_images.new)])


def test_chunked_body_with_interim_heads_and_trailers_is_taken(pull, rogue, pull_images):
    def chunked(_, answer):
        answer.send(b"HTTP/1.1 103 Early Hints\r\nETag: \"wrong\"\r\n\r\n")
        answer.head(200, {"Transfer-Encoding": "chunked", "Trailer": "Location"})
        for start in range(0, len(pull_images.new), 7777):
            answer.chunk(pull_images.new[start:start + 7777])
        answer.send(b"0\r\nLocation: https://elsewhere/\r\nContent-Length: 5\r\n\r\n")
        return True

    rogue.paths["/app.bin"] = chunked
    assert pull(rogue.url("/app.bin")).status == "OK"
    assert pull.installed(pull_images.new)


def test_content_length_above_the_truth_is_a_lost_connection(pull, rogue, pull_images):
    def liar(request, answer):
        rest = pull_images.new[request.offset():]
        if request.offset() > 0:
            answer.head(416, {"Content-Range": f"bytes */{len(pull_images.new)}",
                              "Content-Length": 0})
            return True
        answer.head(200, {"Content-Length": len(rest) + 1000})
        answer.send(rest)
        return False

    rogue.paths["/app.bin"] = liar
    result = pull(rogue.url("/app.bin"), "--attempts", 3)
    assert result.status == "CONNECTION_LOST"


def test_content_length_below_the_truth_is_an_incomplete_image(pull, rogue, pull_images):
    def liar(_, answer):
        answer.head(200, {"Content-Length": 200000})
        answer.send(pull_images.new)
        return False

    rogue.paths["/app.bin"] = liar
    result = pull(rogue.url("/app.bin"))
    assert result.status in ("INCOMPLETE", "TRUNCATED")


def test_endless_body_is_cut_off(pull, rogue, pull_images):
    sent = []

    def endless(_, answer):
        answer.head(200, {"Transfer-Encoding": "chunked"})
        answer.chunk(pull_images.new)
        while sum(sent) < 1 << 26:
            answer.chunk(bytes(65536))
            sent.append(65536)
        return False

    rogue.paths["/app.bin"] = endless
    result = pull(rogue.url("/app.bin"))
    assert result.status == "TOO_BIG"
    assert result.end["written"] <= SLOT_SIZE
    assert sum(sent) < 1 << 24  # the kernel takes some megabytes from a server that nobody listens to


def test_no_more_is_received_than_the_stated_buffers_hold(pull, server_stem, otakit, tmp_path):
    """Flash in real time, a server that sends as fast as it can, a stop after 128 KB on flash."""
    otakit("image", "create", "-o", tmp_path / "app.bin", "--chip", "esp32", "--project", "lamp",
           "--version", "2", "--size", 1000000)
    sent = []

    def rush(_, answer):
        content = (tmp_path / "app.bin").read_bytes()
        answer.head(200, {"Content-Length": len(content)})
        for start in range(0, len(content), 4096):
            answer.send(content[start:start + 4096])
            sent.append(4096)
        return False

    with RogueServer(server_stem, send_buffer=65536) as server:
        server.paths["/app.bin"] = rush
        result = pull(server.url("/app.bin"), "--real", "--cancel-at", 131072)
    assert result.status == "CANCELLED"
    ring, receive, kernel_in, kernel_out, sector = 65536, 16384, 65536, 2 * 65536, 4096
    held = sum(sent) - result.end["written"]
    assert ring // 2 < held < ring + receive + kernel_in + kernel_out + sector


def test_length_beyond_the_slot_is_refused_at_once(pull, rogue):
    def huge(_, answer):
        answer.head(200, {"Content-Length": 1 << 40})
        answer.send(bytes(100))
        return False

    rogue.paths["/app.bin"] = huge
    result = pull(rogue.url("/app.bin"))
    assert (result.status, len(result.requests)) == ("TOO_BIG", 1)
    assert result.end["flash_operations"] == 0


def test_compressed_body_is_refused_and_was_not_asked_for(pull, rogue, pull_images):
    def compressed(request, answer):
        body = gzip.compress(pull_images.new)
        assert request.fields["accept-encoding"] == "identity"
        answer.head(200, {"Content-Encoding": "gzip", "Content-Length": len(body)})
        answer.send(body)
        return False

    rogue.paths["/app.bin"] = compressed
    assert pull(rogue.url("/app.bin")).status == "HTTP_COMPRESSED"


def test_redirect_to_another_host_takes_no_credentials_along(pull, rogue, pull_images):
    def send_on(_, answer):
        answer.head(302, {"Location": rogue.url("/app.bin?" + "x" * 1500, host="127.0.0.1"),
                          "Content-Length": 0})
        return True

    rogue.paths["/start"] = send_on
    rogue.paths["/app.bin?" + "x" * 1500] = File(pull_images.new)
    assert pull(rogue.url("/start"), "--authorization", "Bearer secret").status == "OK"
    assert rogue.requests[0].fields["authorization"] == "Bearer secret"
    assert "authorization" not in rogue.requests[1].fields


def test_redirect_on_the_same_server_keeps_credentials_and_connection(pull, rogue, pull_images):
    def send_on(_, answer):
        answer.head(307, {"Location": "../b/app.bin", "Content-Length": 4})
        answer.send(b"gone")
        return True

    rogue.paths["/a/start"] = send_on
    rogue.paths["/b/app.bin"] = File(pull_images.new)
    assert pull(rogue.url("/a/start"), "--authorization", "Bearer secret").status == "OK"
    assert rogue.requests[1].fields["authorization"] == "Bearer secret"
    assert rogue.connection_count == 1


def test_redirects_in_circles_end(pull, rogue):
    def circle(_, answer):
        answer.head(301, {"Location": "/circle", "Content-Length": 0})
        return True

    rogue.paths["/circle"] = circle
    result = pull(rogue.url("/circle"), "--redirects", 3)
    assert (result.status, len(result.requests)) == ("HTTP_TOO_MANY_REDIRECTS", 4)


def test_redirect_to_plain_http_is_refused(pull, rogue, pull_images):
    with RogueServer() as plain:
        plain.paths["/app.bin"] = File(pull_images.new)

        def downgrade(_, answer):
            answer.head(302, {"Location": plain.url("/app.bin"), "Content-Length": 0})
            return True

        rogue.paths["/start"] = downgrade
        assert pull(rogue.url("/start")).status == "INSECURE_URL"
        assert not plain.requests
        assert pull(rogue.url("/start"), "--insecure-http").status == "OK"


def test_server_that_goes_silent_has_stalled(pull, rogue, pull_images):
    def silent(_, answer):
        answer.head(200, {"Content-Length": len(pull_images.new)})
        answer.send(pull_images.new[:5000])
        time.sleep(5)
        return False

    rogue.paths["/app.bin"] = silent
    start = time.monotonic()
    result = pull(rogue.url("/app.bin"), "--stall-ms", 700, "--attempts", 1)
    assert result.status == "STALLED"
    assert time.monotonic() - start < 3


def test_server_that_dribbles_bytes_has_stalled(pull, rogue, pull_images):
    def dribble(_, answer):
        answer.head(200, {"Content-Length": len(pull_images.new)})
        for byte in pull_images.new[:100]:
            answer.send(bytes([byte]))
            time.sleep(0.05)
        return False

    rogue.paths["/app.bin"] = dribble
    assert pull(rogue.url("/app.bin"), "--stall-ms", 700, "--attempts", 1).status == "STALLED"


def test_head_that_never_ends_has_stalled(pull, rogue):
    def endless_head(_, answer):
        answer.send(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            answer.send(f"X-{number}: y\r\n".encode())
            time.sleep(0.05)
        return False

    rogue.paths["/app.bin"] = endless_head
    result = pull(rogue.url("/app.bin"), "--stall-ms", 500, "--connect-ms", 500, "--attempts", 1)
    assert result.status == "STALLED"


def test_total_time_is_limited(pull, rogue, pull_images):
    def slow(_, answer):
        answer.head(200, {"Content-Length": len(pull_images.new)})
        for start in range(0, len(pull_images.new), 3000):
            answer.send(pull_images.new[start:start + 3000])
            time.sleep(0.05)
        return False

    rogue.paths["/app.bin"] = slow
    start = time.monotonic()
    assert pull(rogue.url("/app.bin"), "--total-ms", 1000).status == "TIMEOUT"
    assert time.monotonic() - start < 2.5


def test_statuses_become_reasons(pull, rogue):
    for status, reason in ((404, "HTTP_NOT_FOUND"), (403, "HTTP_DENIED"), (401, "HTTP_DENIED"),
                           (500, "HTTP_SERVER_ERROR"), (503, "HTTP_SERVER_ERROR"),
                           (400, "HTTP_CLIENT_ERROR"), (204, "HTTP_BAD_RESPONSE")):
        rogue.paths["/x"] = lambda _, answer, status=status: answer.head(
            status, {"Content-Length": 0}) or True
        result = pull(rogue.url("/x"), "--attempts", 1)
        assert (result.status, result.end["has_hint"]) == (reason, True)
        assert result.end["flash_operations"] == 0


def test_retry_after_is_obeyed(pull, rogue, pull_images):
    def busy(request, answer):
        if len(rogue.requests) > 1:
            return File(pull_images.new)(request, answer)
        answer.head(503, {"Retry-After": 1, "Content-Length": 0})
        return True

    rogue.paths["/app.bin"] = busy
    start = time.monotonic()
    assert pull(rogue.url("/app.bin")).status == "OK"
    assert time.monotonic() - start >= 1


def test_file_that_changes_is_pulled_from_the_start(pull, rogue, pull_images):
    def swap(request, answer):
        if len(rogue.requests) == 1:
            return File(pull_images.new, limit=150000)(request, answer)
        return File(pull_images.other, etag='"two"')(request, answer)

    rogue.paths["/app.bin"] = swap
    result = pull(rogue.url("/app.bin"))
    assert (result.status, result.offsets()) == ("OK", [0, 150000, 0])
    assert rogue.requests[1].fields["if-range"] == '"one"'
    assert pull.installed(pull_images.other)


def test_manifest_is_read_again_when_the_file_changes(pull, rogue, pull_images):
    current = {"content": pull_images.new, "etag": '"one"'}

    def manifest(_, answer):
        body = json.dumps({"firmware": "app.bin", "length": len(current["content"]),
                           "sha": pull_images.sha256(current["content"])}).encode()
        answer.head(200, {"Content-Length": len(body)})
        answer.send(body)
        return True

    def app(request, answer):
        served = File(current["content"], current["etag"])
        if request.offset() == 0 and current["etag"] == '"one"':
            served.limit = 150000
            current.update(content=pull_images.other, etag='"two"')
        return served(request, answer)

    rogue.paths["/latest.json"] = manifest
    rogue.paths["/app.bin"] = app
    result = pull(rogue.url("/latest.json"))
    assert result.status == "OK"
    assert [request.target for request in rogue.requests] == [
        "/latest.json", "/app.bin", "/app.bin", "/latest.json", "/app.bin"]
    assert pull.installed(pull_images.other)


def test_answer_that_is_not_http_is_refused(pull, rogue):
    def garbage(_, answer):
        answer.send(b"SSH-2.0-OpenSSH_9.2\r\n")
        return False

    rogue.paths["/app.bin"] = garbage
    assert pull(rogue.url("/app.bin"), "--attempts", 2).status == "HTTP_BAD_RESPONSE"


def test_corrupt_image_is_refused_and_forgotten(pull, rogue, pull_images):
    damaged = bytearray(pull_images.new)
    damaged[150000] ^= 1
    rogue.paths["/app.bin"] = File(bytes(damaged))
    assert pull(rogue.url("/app.bin")).status in ("BAD_CHECKSUM", "BAD_HASH")
    rogue.paths["/app.bin"] = File(pull_images.new)
    result = pull(rogue.url("/app.bin"))
    assert (result.status, result.offsets()) == ("OK", [0])


def test_page_of_a_captive_portal_is_not_an_image(pull, rogue):
    rogue.paths["/app.bin"] = File(b"<html>Please log in</html>")
    result = pull(rogue.url("/app.bin"))
    assert result.status == "BAD_MAGIC"
    assert result.end["flash_operations"] == 0
