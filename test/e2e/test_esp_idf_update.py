# SPDX-License-Identifier: Apache-2.0
"""ESP-IDF's update code against a real nginx, and against servers that nginx is not."""
import hashlib
import re
import time

import pytest

from idf_fixtures import idf_app, idf_images, idf_nginx  # noqa: F401
from pull_fixtures import authority, rogue, server_stem  # noqa: F401
from rogue_server import File, RogueServer

UPDATED = ["factory boots: lamp 1.0.0", "ota_0 boots: lamp 2.0.0, PENDING_VERIFY"]


def requests_of(nginx, path, since):
    """Status and Range of what was asked for behind the first `since` lines of the log."""
    time.sleep(0.1)  # nginx logs when a request ends, which may be after the client has gone
    return [(int(line.split()[1]), line.split()[3]) for line in nginx.log()[since:]
            if line.split()[0] == f"/{path}"]


@pytest.mark.parametrize("mode", ["once", "steps", "bulk", "native", "store", "resume"])
def test_image_is_installed_and_confirmed(idf_app, idf_nginx, idf_images, mode):
    said = idf_app(mode, idf_nginx.url("app.bin"))
    assert said.results() == ["ESP_OK"]
    assert said.boots() == UPDATED
    assert "confirmed" in said.lines
    assert idf_app.installed(idf_images.new)


def test_progress_and_description_are_told(idf_app, idf_nginx, idf_images):
    said = idf_app("steps", idf_nginx.url("app.bin"))
    size = len(idf_images.new)
    assert said.after("status ") == [f"200, size {size}, read -1"]
    assert said.after("offered ") == ["lamp 2.0.0"]
    assert said.after("read ") == [f"{size}, complete 1"]


def test_events_come_in_order(idf_app, idf_nginx, idf_images):
    events = idf_app("steps", idf_nginx.url("app.bin")).after("event ")
    written = [int(event.split()[1]) for event in events if event.startswith("WRITE_FLASH")]
    others = [event for event in events if not event.startswith("WRITE_FLASH")]
    assert written == sorted(written) and written[0] == 1024
    assert written[-1] == len(idf_images.new)
    assert others == ["START", "CONNECTED", "GET_IMG_DESC", "VERIFY_CHIP_ID", "VERIFY_REVISION",
                      "UPDATE_BOOT", "FINISH"]


def test_aborted_update_leaves_everything_as_it_was(idf_app, idf_nginx):
    said = idf_app("steps", idf_nginx.url("app.bin"), stop=100000)
    assert said.results() == ["ESP_ERR_NOT_FINISHED"]
    assert said.after("event ")[-1] == "ABORT"
    assert idf_app("none", "").boots() == ["factory boots: lamp 1.0.0"]


def test_partial_download_asks_for_ranges(idf_app, idf_nginx, idf_images):
    before = len(idf_nginx.log())
    said = idf_app("partial", idf_nginx.url("app.bin"))
    assert said.boots() == UPDATED
    size = len(idf_images.new)
    count = (size + 19999) // 20000
    ranges = [f"bytes={start}-{start + 19999}" for start in range(0, size - 20000, 20000)]
    assert requests_of(idf_nginx, "app.bin", before) == (
        [(200, "-")] + [(206, part) for part in ranges] + [(206, f"bytes={(count - 1) * 20000}-")])


@pytest.mark.parametrize("mode", ["decrypt", "decrypt-partial"])
def test_image_is_decrypted(idf_app, idf_nginx, idf_images, mode):
    said = idf_app(mode, idf_nginx.url("inverted.bin"))
    assert said.boots() == UPDATED
    assert said.after("status ")[0].endswith(f"size {len(idf_images.new)}, read -1")
    assert idf_app.installed(idf_images.new)
    assert "event DECRYPT_CB" in said.lines


def test_redirect_is_followed(idf_app, idf_nginx):
    assert idf_app("once", idf_nginx.url("moved.bin")).boots() == UPDATED
    assert idf_app("none", "").after("reset reason") == ["1"]


@pytest.mark.parametrize("path, result", [
    ("round.bin", "ESP_ERR_HTTP_MAX_REDIRECT"),
    ("downgraded.bin", "ESP_ERR_HTTP_REDIRECT_DOWNGRADE"),
    ("same.bin", "ESP_ERR_HTTP_NOT_MODIFIED"),
    ("nothing.bin", "ESP_FAIL"),
    ("broken.bin", "ESP_FAIL"),
    ("private.bin", "ESP_FAIL"),
    ("junk.bin", "ESP_ERR_OTA_VALIDATE_FAILED"),
    ("short.bin", "ESP_FAIL"),
])
def test_refused_update_writes_nothing(idf_app, idf_nginx, path, result):
    before = idf_app.flash.read_bytes()
    assert idf_app("once", idf_nginx.url(path)).results() == [result]
    assert idf_app.flash.read_bytes() == before


def test_damaged_image_is_never_selected(idf_app, idf_nginx):
    assert idf_app("once", idf_nginx.url("damaged.bin")).results() == [
        "ESP_ERR_OTA_VALIDATE_FAILED"]
    assert idf_app("none", "").boots() == ["factory boots: lamp 1.0.0"]


def test_image_for_another_chip_is_refused(idf_app, idf_nginx, otakit):
    otakit("image", "create", "-o", idf_nginx.root / "c3.bin", "--chip", "esp32c3", "--project",
           "lamp", "--version", "2", "--size", 100000)
    said = idf_app("once", idf_nginx.url("c3.bin"))
    assert said.results() == ["ESP_ERR_INVALID_VERSION"]
    assert not any(event.startswith("WRITE_FLASH") for event in said.after("event "))


def test_slow_server_is_waited_for(idf_app, idf_nginx):
    assert idf_app("once", idf_nginx.url("slow.bin")).boots() == UPDATED


def test_server_of_another_authority_is_not_trusted(idf_app, idf_nginx):
    said = idf_app("once", idf_nginx.url("app.bin"), ca=idf_nginx.other_ca)
    assert said.results() == ["ESP_ERR_HTTP_CONNECT"]
    assert "the server's certificate is not trusted" in said.text
    assert "connected" not in said.lines


def test_certificate_for_another_host_is_not_trusted(idf_app, authority, idf_images, tmp_path):
    stem = authority.issue(tmp_path / "other", hosts=["lamp.example"])
    (tmp_path / "pinned.pem").write_text(authority.pem())
    with RogueServer(stem) as server:
        server.paths["/app.bin"] = File(idf_images.new)
        said = idf_app("once", server.url("/app.bin"), ca=tmp_path / "pinned.pem")
    assert said.results() == ["ESP_ERR_HTTP_CONNECT"]
    assert "not for the name in this URL" in said.text


def test_update_without_authority_is_refused(idf_app, idf_nginx):
    assert idf_app("once", idf_nginx.url("app.bin"), ca="").results() == ["ESP_ERR_INVALID_ARG"]
    junk = idf_app.flash.with_name("junk.pem")
    junk.write_text("no certificate")
    said = idf_app("once", idf_nginx.url("app.bin"), ca=junk)
    assert said.results() == ["ESP_ERR_HTTP_CONNECT"]
    assert "holds no certificate" in said.text


def test_plain_http_needs_an_option(idf_app, idf_images):
    with RogueServer() as server:
        server.paths["/app.bin"] = File(idf_images.new)
        url = server.url("/app.bin")
        assert idf_app("once", url, ca="").results() == ["ESP_ERR_INVALID_ARG"]
        assert idf_app("once", url, "--allow-http", ca="").results() == ["ESP_OK"]
        assert [request.target for request in server.requests] == ["/app.bin"]


def test_bundle_is_the_store_of_the_system(idf_app, idf_nginx, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert idf_app("once", idf_nginx.url("app.bin"), ca="bundle").results() == [
        "ESP_ERR_HTTP_CONNECT"]
    monkeypatch.setenv("SSL_CERT_FILE", str(idf_nginx.ca))
    assert idf_app("once", idf_nginx.url("app.bin"), ca="bundle").results() == ["ESP_OK"]


def test_password_is_sent_when_it_is_asked_for(idf_app, idf_nginx):
    before = len(idf_nginx.log())
    said = idf_app("once", idf_nginx.url("private.bin"), user="lamp:secret")
    assert said.boots() == UPDATED
    assert [status for status, _ in requests_of(idf_nginx, "private.bin", before)] == [401, 200]
    before = len(idf_nginx.log())
    idf_app.flash.with_name("device.flash.nvs").unlink()
    said = idf_app("once", idf_nginx.url("private.bin"), user="lamp:wrong")
    assert said.results() == ["ESP_FAIL"]
    assert len(requests_of(idf_nginx, "private.bin", before)) == 11


def test_crashed_update_is_resumed_by_a_range(idf_app, idf_nginx, idf_images):
    before = len(idf_nginx.log())
    said = idf_app("resume", idf_nginx.url("app.bin"), stop=150000)
    starts = [int(start) for start in said.after("resume at ")]
    assert starts[0] == 0 and starts[1] >= 150000
    assert said.results() == ["ESP_OK"]
    assert said.after("size ")[-1] == str(len(idf_images.new) - starts[1])
    assert requests_of(idf_nginx, "app.bin", before) == [
        (206, "bytes=0-"), (206, f"bytes={starts[1]}-")]
    assert idf_app.installed(idf_images.new)


@pytest.mark.parametrize("path", ["whole.bin", "moved.bin"])
def test_update_is_resumed_or_starts_again(idf_app, idf_nginx, idf_images, path):
    said = idf_app("resume", idf_nginx.url(path), stop=150000)
    assert said.results() == ["ESP_OK"]
    assert idf_app.installed(idf_images.new)
    assert ("starts again at zero" in said.text) == (path == "whole.bin")


def test_range_beyond_the_image_starts_again(idf_app, idf_nginx, idf_images):
    store = idf_app.flash.with_name("device.flash.nvs")
    store.write_text("otakit nvs 1\napp - 0 \napp written 4 00000f00\n")  # 983040
    before = len(idf_nginx.log())
    said = idf_app("resume", idf_nginx.url("app.bin"))
    assert said.results() == ["ESP_OK"]
    assert requests_of(idf_nginx, "app.bin", before) == [(416, "bytes=983040-"), (200, "-")]
    assert idf_app.installed(idf_images.new)


@pytest.fixture
def rogue_app(idf_app, rogue, authority, tmp_path):
    """The application against the server under the test's control."""
    (tmp_path / "pinned.pem").write_text(authority.pem())

    def run(mode, path, **settings):
        return idf_app(mode, rogue.url(path), ca=tmp_path / "pinned.pem", **settings)
    return run


@pytest.mark.parametrize("mode", ["once", "native"])
def test_body_that_ends_early_is_no_image(rogue_app, rogue, idf_images, mode):
    def cut(_, answer):
        answer.head(200, {"Content-Length": len(idf_images.new)})
        answer.send(idf_images.new[:150000])
    rogue.paths["/app.bin"] = cut
    said = rogue_app(mode, "/app.bin")
    assert said.results() == ["ESP_FAIL"]
    assert mode == "once" or said.after("last ") == ["0, errno 107, complete 0"]


def test_chunked_body_has_no_size(rogue_app, rogue, idf_app, idf_images):
    def chunks(_, answer):
        answer.head(200, {"Transfer-Encoding": "chunked"})
        for start in range(0, len(idf_images.new), 7001):
            answer.chunk(idf_images.new[start:start + 7001])
        answer.chunk(b"")
    rogue.paths["/app.bin"] = chunks
    said = rogue_app("steps", "/app.bin")
    assert said.after("status ") == ["200, size -1, read -1"]
    assert said.results() == ["ESP_OK"]
    assert idf_app.installed(idf_images.new)


@pytest.mark.parametrize("mode", ["once", "native"])
@pytest.mark.parametrize("trailer", [b"", b"Content-Length: 5\r\n", b"HTTP/1.1 404 Gone: yes\r\n",
                                     b"Transfer-Encoding: identity\r\nLocation: /\r\n"])
def test_only_the_head_of_a_chunked_body_counts(rogue_app, rogue, idf_app, idf_images, mode,
                                                trailer):
    """A length beside chunks means nothing, nor does what stands behind them."""
    def chunks(_, answer):
        answer.head(200, {"Transfer-Encoding": "chunked", "Content-Length": 5000})
        for start in range(0, len(idf_images.new), 7001):
            answer.chunk(idf_images.new[start:start + 7001])
        answer.send(b"0\r\n" + trailer + b"\r\n")
    rogue.paths["/app.bin"] = chunks
    assert rogue_app(mode, "/app.bin").results() == ["ESP_OK"]
    assert idf_app.installed(idf_images.new)


def test_read_response_does_not_wait_for_ever(rogue_app, rogue):
    """As on the chip it is content with what came before a timeout."""
    def pause(_, answer):
        answer.head(200, {"Content-Length": 200})
        answer.send(bytes(100))
        time.sleep(2.5)  # the client's timeout is one second
        answer.send(bytes(100))
    rogue.paths["/app.bin"] = pause
    assert rogue_app("read", "/app.bin").after("read ") == ["100"]


def test_silence_is_not_the_end(rogue_app, rogue, idf_images):
    def pause(_, answer):
        answer.head(200, {"Content-Length": len(idf_images.new)})
        answer.send(idf_images.new[:100000])
        time.sleep(2.5)  # the client's timeout is one second
        answer.send(idf_images.new[100000:])
    rogue.paths["/app.bin"] = pause
    assert rogue_app("once", "/app.bin").results() == ["ESP_OK"]


def test_server_without_head_tells_its_size_by_a_range(rogue_app, rogue, idf_images):
    size = len(idf_images.new)

    def serve(request, answer):
        if "range" not in request.fields:
            answer.head(405, {"Content-Length": 0})
            return True
        first, last = request.fields["range"].removeprefix("bytes=").split("-")
        last = int(last or size - 1)
        part = idf_images.new[int(first):last + 1]
        answer.head(206, {"Content-Length": len(part),
                          "Content-Range": f"bytes {first}-{last}/{size}"})
        answer.send(part)
        return True
    rogue.paths["/app.bin"] = serve
    assert rogue_app("partial", "/app.bin").results() == ["ESP_OK"]
    assert rogue.requests[1].fields["range"] == "bytes=0-0"


def md5(text):
    """Of a text, in hexadecimal digits."""
    return hashlib.md5(text.encode()).hexdigest()


def test_digest_is_answered(rogue_app, rogue, idf_images):
    def serve(request, answer):
        fields = dict(re.findall(r'(\w+)="?([^",]+)', request.fields.get("authorization", "")))
        secret = md5("lamp:there:secret")
        if fields.get("response") == md5(f"{secret}:number:{md5('GET:/app.bin')}"):
            answer.head(200, {"Content-Length": len(idf_images.new)})
            answer.send(idf_images.new)
            return False
        answer.head(401, {"WWW-Authenticate": 'Digest realm="there", nonce="number"',
                          "Content-Length": 4})
        answer.send(b"what")
        return True
    rogue.paths["/app.bin"] = serve
    assert rogue_app("once", "/app.bin", user="lamp:secret").results() == ["ESP_OK"]
    rogue.requests.clear()


def test_unknown_authorization_is_not_supported(rogue_app, rogue):
    def serve(_, answer):
        answer.head(401, {"WWW-Authenticate": "Magic", "Content-Length": 0})
        return True
    rogue.paths["/app.bin"] = serve
    assert rogue_app("once", "/app.bin", user="lamp:secret").results() == ["ESP_ERR_NOT_SUPPORTED"]


def test_credentials_stay_behind_when_the_host_changes(rogue_app, rogue, idf_images):
    def ask(request, answer):
        if "authorization" in request.fields:
            answer.head(302, {"Location": rogue.url("/app.bin", host="127.0.0.1"),
                              "Content-Length": 0})
        else:
            answer.head(401, {"WWW-Authenticate": 'Basic realm="there"', "Content-Length": 0})
        return True

    def serve(request, answer):
        assert "authorization" not in request.fields
        answer.head(200, {"Content-Length": len(idf_images.new)})
        answer.send(idf_images.new)
    rogue.paths["/moved.bin"] = ask
    rogue.paths["/app.bin"] = serve
    assert rogue_app("once", "/moved.bin", user="lamp:secret").results() == ["ESP_OK"]


def test_perform_follows_redirects_and_tells_fields(idf_app, idf_nginx, idf_images):
    said = idf_app("perform", idf_nginx.url("moved.bin"))
    assert said.after("status ") == [f"200, length {len(idf_images.new)}"]
    assert "Content-Length" in said.after("field ")
    assert idf_app("perform", idf_nginx.url("round.bin")).results() == ["ESP_ERR_HTTP_MAX_REDIRECT"]


@pytest.mark.parametrize("url", ["", "app.bin", "ftp://localhost/app.bin", "https://"])
def test_malformed_url_is_refused(idf_app, url):
    said = idf_app("once", url)
    assert said.results() == ["ESP_FAIL"]
    assert "the URL is malformed" in said.text


def test_server_that_is_not_there_is_told(idf_app):
    said = idf_app("once", "https://localhost:1/app.bin")
    assert said.results() == ["ESP_ERR_HTTP_CONNECT"]
    assert "no connection" in said.text
