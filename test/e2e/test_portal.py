# SPDX-License-Identifier: Apache-2.0
"""Uploads over the web portal, as clients of other projects make them, and what they are told."""
import gzip
import socket
import subprocess
import time

import pytest

from device_fixtures import create_image
from portal_fixtures import (DONE, NEW, OLD, make_portal_images, new_bytes, new_file,  # noqa: F401
                             portal_device, receive, split_answer)
from virtual_device import interrupt


def has_ipv6():
    """Whether somebody can listen on ::1; containers often have none."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def upload(client, file, *options, **more):
    """curl --data-binary, as the README of esp32-softap-ota says it."""
    return client.curl("/update", *options, "--data-binary", f"@{file}", **more)


def test_call_of_esp32_softap_ota_installs(board, new):
    with board.serving() as client:
        before = client.info()
        answer = upload(client, new)
        assert (answer.status, answer.text) == (200, DONE)
        assert answer.headers["content-type"] == "text/plain"
        after = client.wait_for_version(NEW)
    assert (before["running"]["version"], before["running"]["label"]) == (OLD, "factory")
    assert after["boot_id"] != before["boot_id"]
    assert after["running"]["label"] == "ota_0"
    assert after["last_update"]["stage"] == "confirmed"
    assert after["last_update"]["image_size"] is None
    assert board.read_slot("ota_0", board.flash.parent)[:len(new.read_bytes())] == new.read_bytes()


def test_reset_follows_half_a_second_behind_the_answer(board, new):
    with board.serving("--timing", "real") as client:
        boot_id = client.info()["boot_id"]
        assert upload(client, new).status == 200
        answered = time.monotonic()
        while (answer := client.curl("/info", "--max-time", "1", status=None)) and \
                answer.json["boot_id"] == boot_id:
            assert time.monotonic() - answered < 5
        assert 0.3 < time.monotonic() - answered < 5


@pytest.mark.parametrize("form", [
    ["-F", "update=@{}"],                                            # ESPHome, WLED
    ["-F", "firmware=@{};filename=firmware", "-F", "MD5=d41d8cd9"],  # ElegantOTA
    ["-F", "MD5=d41d8cd98f00b204e9800998ecf8427e", "-F", "file=@{}"],
    ["-F", "data=@{};filename=app with; \"odd\" name.bin;type=application/x-binary"],
    ["-F", "skipValidation=1", "-F", "update=@{}", "-F", "more=@{}"],
    ["-H", "Transfer-Encoding: chunked", "-F", "update=@{}"],
    ["-H", "Expect: 100-continue", "-F", "update=@{}"],
])
def test_form_with_any_field_name_installs(board, new, form):
    with board.serving() as client:
        answer = client.curl("/update", *(part.format(new) for part in form))
        assert (answer.status, answer.text) == (200, DONE)
        client.wait_for_version(NEW)


@pytest.mark.parametrize("options", [
    ["-H", "Transfer-Encoding: chunked"],
    ["-H", "Expect: 100-continue"],
    ["-H", "Expect:"],
    ["-H", "Content-Type: application/octet-stream"],
    ["-0"],
])
def test_body_in_any_wrapping_installs(board, new, options):
    with board.serving() as client:
        assert upload(client, new, *options).text == DONE
        client.wait_for_version(NEW)


def test_known_hash_is_checked(board, new, image):
    with board.serving() as client:
        answer = upload(client, new, "-H", f"X-Otakit-Sha256: {'0' * 64}")
        assert (answer.status, answer.text) == (
            500, "Validation / Activation Error: the SHA-256 does not match the data (BAD_HASH)\n")
        assert client.info()["last_update"]["code"] == "BAD_HASH"
        assert upload(client, new, "-H", "X-Otakit-Sha256: 12").text.startswith("Protocol Error: ")


@pytest.mark.parametrize("make, wanted", [
    (lambda image: b"#!/bin/sh\n" * 1000, "BAD_MAGIC"),
    (lambda image: image[:-1000], "INCOMPLETE"),
    (lambda image: image[:5000] + b"?" + image[5001:], "BAD_CHECKSUM"),
    (lambda image: b"", "INCOMPLETE"),
    (lambda image: image * 8, "TOO_BIG"),
])
def test_bad_image_is_refused_and_the_device_goes_on(board, new, image, tmp_path, make, wanted):
    bad = tmp_path / "bad.bin"
    bad.write_bytes(make(image))
    with board.serving() as client:
        boot_id = client.info()["boot_id"]
        answer = upload(client, bad)
        assert answer.status == 500
        assert answer.text.startswith("Validation / Activation Error: ")
        assert answer.text.endswith(f" ({wanted})\n")
        info = client.info()
        assert (info["boot_id"], info["session"]["state"] == "receiving") == (boot_id, False)
        assert upload(client, new).text == DONE
        client.wait_for_version(NEW)


def test_image_for_another_chip_is_refused_by_its_first_bytes(otakit, board, tmp_path):
    other = create_image(otakit, tmp_path / "other.bin", NEW, seed=3, chip="esp32s3")
    with board.serving() as client:
        answer = upload(client, other)
        assert answer.text == ("Validation / Activation Error: the image is for another chip "
                               "(WRONG_CHIP)\n")
        assert client.info()["last_update"]["stage"] == "none"


def test_policy_is_told_before_and_applied(otakit, board, tmp_path):
    other = create_image(otakit, tmp_path / "other.bin", NEW, seed=3, project="kettle")
    with board.serving("--refuse-other-project") as client:
        assert client.info()["policy"] == {"other_project": False, "same_version": True,
                                           "older_version": True}
        assert upload(client, other).text.endswith("(WRONG_PROJECT)\n")


def test_form_without_an_image_is_refused(board, image, tmp_path):
    with board.serving() as client:
        answer = client.curl("/update", "-F", "name=value")
        assert (answer.status, answer.text) == (
            500, "Protocol Error: the form brings no image (BAD_FORMAT)\n")
        body = b'--X\r\nContent-Disposition: form-data; filename="a"\r\n\r\n' + image + b"\r\n--"
        cut = tmp_path / "cut"
        cut.write_bytes(body)
        answer = upload(client, cut, "-H", "Content-Type: multipart/form-data; boundary=X")
        assert answer.status == 500 and answer.text.startswith("Protocol Error: ")
        answer = upload(client, cut, "-H", "Content-Type: multipart/form-data")
        assert answer.status == 500 and answer.text.startswith("Protocol Error: ")
        assert client.info()["session"]["state"] == "failed"


def test_refusal_of_the_head_comes_before_the_body(board):
    with board.serving("--portal-password", "pw") as client, client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=500000, Expect="100-continue"))
        data = receive(raw)
    assert data.startswith(b"HTTP/1.1 401 ") and b"100 Continue" not in data


def test_second_uploader_is_told_so(board, new, image):
    with board.serving() as client, client.connection() as first:
        first.sendall(client.head("POST /update", Content_Length=len(image)) + image[:50000])
        client.wait_for(lambda info: info["session"]["state"] == "receiving")
        answer = upload(client, new)
        assert (answer.status, answer.text) == (409, "another update is in progress (BUSY)\n")
        answer = upload(client, new, "-H", "Expect: 100-continue")
        assert answer.status == 409
        answer = client.put(image)
        assert (answer.status, answer.json["error"]["code"]) == (409, "BUSY")
        first.sendall(image[50000:])
        first.shutdown(1)
        assert split_answer(receive(first)).text == DONE
        client.wait_for_version(NEW)


def test_device_answers_while_it_verifies(board, new, image):
    with board.serving("--timing", "real") as client, client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=len(image)) + image)
        seen = client.catch(lambda info: info["session"]["state"] == "finishing")
        assert seen["session"]["owner"] == "portal"
        assert seen["session"]["offset"] == seen["session"]["image_size"] == len(image)
        raw.shutdown(1)
        assert split_answer(receive(raw)).text == DONE


def test_progress_is_what_is_on_flash(board, image):
    with board.serving() as client, client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=len(image)) + image[:150000])
        session = client.wait_for(
            lambda info: info["session"]["offset"] == 150000)["session"]
        assert session["state"] == "receiving" and session["image_size"] == len(image)
        assert session["written"] == 150000 // 4096 * 4096


def test_upload_is_cancelled_by_somebody(board, new, image):
    with board.serving() as client, client.connection() as raw:
        assert client.curl("/cancel", "-X", "POST").status == 409
        raw.sendall(client.head("POST /update", Content_Length=len(image), Connection="close")
                    + image[:150000])
        client.wait_for(lambda info: info["session"]["offset"] == 150000)
        answer = client.curl("/cancel", "-X", "POST")
        assert (answer.status, answer.json["session"]["code"]) == (200, "CANCELLED")
        raw.sendall(image[150000:])
        answer = split_answer(receive(raw))
        assert (answer.status, answer.text) == (
            500, "Protocol Error: the update was cancelled (CANCELLED)\n")
        assert client.info()["last_update"]["code"] == "CANCELLED"
        assert upload(client, new).text == DONE


def test_page_is_one_gzip_file(board):
    with board.serving() as client:
        for path in ("/", "/update", "/?from=qr"):
            answer = client.curl(path)
            assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
            assert answer.headers["cache-control"] == "no-store"
            assert len(answer.body) <= 20480
            assert gzip.decompress(answer.body).lstrip().lower().startswith(b"<!doctype html>")
        assert client.curl("/", "-I").headers["content-encoding"] == "gzip"


def test_unknown_paths_and_methods(board):
    with board.serving() as client:
        answer = client.curl("/favicon.ico")
        assert (answer.status, "the page is at /" in answer.text) == (404, True)
        assert client.curl("/update", "-X", "DELETE").status == 405
        assert client.curl("/info", "-X", "POST").headers["allow"] == "GET, HEAD"


def test_connection_is_kept_for_the_next_request(board):
    with board.serving() as client:
        result = subprocess.run(["curl", "-sv", *[client.url + "/info"] * 3], check=True,
                                capture_output=True, text=True)
        assert result.stderr.count("Re-using existing connection") == 2


def test_address_in_use_is_explained(otakit, board, tmp_path):
    with board.serving() as client:
        flash = tmp_path / "other.flash"
        flash.write_bytes(board.flash.read_bytes())
        result = otakit("device", "run", "--flash", flash, "--portal", client.host, "--once",
                        status=1)
        assert "another program listens on this address" in result.stderr
        assert "hint: choose another port" in result.stderr


@pytest.mark.parametrize("address", ["nowhere:port", "[::1", "1.2.3.4:5:6", "127.0.0.1:", "::1:80"])
def test_no_address_is_explained(otakit, board, address):
    result = otakit("device", "run", "--flash", board.flash, "--portal", address, "--once",
                    status=None)
    assert result.returncode in (1, 2)
    assert "hint: as in 127.0.0.1:8080" in result.stderr


def test_page_listens_where_it_is_told(board):
    with board.serving(portal=":0") as client:
        assert client.info()["device"] == "otakit"
    with board.serving(portal="localhost:0") as client:
        assert client.info()["running"]["version"] == OLD


@pytest.mark.skipif(not has_ipv6(), reason="this computer has no IPv6")
def test_page_listens_on_ipv6(board):
    with board.serving(portal="[::1]:0") as client:
        assert client.url.startswith("http://[::1]:")
        assert client.curl("/info", "-g").status == 200


def test_reset_drops_connections_and_listens_again(board, new):
    with board.serving() as client, client.connection() as raw:
        raw.sendall(client.head("GET /info")[:20])
        assert upload(client, new).text == DONE
        answered = time.monotonic()
        assert receive(raw) == b"" and time.monotonic() - answered < 5
        client.wait_for_version(NEW)


def test_interrupt_ends_it_in_the_middle_of_an_upload(board, image):
    with board.serving() as client, client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=len(image)) + image[:150000])
        client.wait_for(lambda info: info["session"]["offset"] == 150000)
        assert interrupt(board.process) == 130


def test_interrupt_ends_it_while_it_verifies(board, image):
    with board.serving("--timing", "real") as client, client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=len(image)) + image)
        client.catch(lambda info: info["session"]["state"] == "finishing")
        assert interrupt(board.process) == 130
