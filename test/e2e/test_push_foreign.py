# SPDX-License-Identifier: Apache-2.0
"""`otakit push` to HTTP servers that are not otakit's, and what it refuses before it sends."""
import re
import socket

import pytest

from cli_samples import create_image, damage, failure
from foreign_servers import (ElegantOta2, ElegantOta3, Elsewhere, Endless, EspHome, ForeignServer,
                             SoftapOta, WithPassword)

PUSH_KEYS = {"target", "protocol", "device", "image", "before", "after", "bytes", "resumed_at",
             "duration_ms", "outcome"}
SERVERS = {SoftapOta: "http-post", ElegantOta2: "http-multipart", ElegantOta3: "http-multipart",
           EspHome: "http-multipart"}


@pytest.fixture(name="image", scope="module")
def image_file(otakit, tmp_path_factory):
    return create_image(otakit, tmp_path_factory.mktemp("push") / "app.bin", "1.3.0", size=90000)


@pytest.mark.parametrize("handler, protocol", SERVERS.items())
def test_each_server_gets_the_image_as_it_wants_it(otakit, image, handler, protocol):
    with ForeignServer(handler) as server:
        document = otakit.json("push", server.url, image)
    assert server.image == image.read_bytes()
    assert set(document) == PUSH_KEYS
    assert (document["protocol"], document["outcome"]) == (protocol, "switched")
    assert document["bytes"] == document["image"]["size"] == len(server.image)
    assert document["device"] is document["before"] is document["after"] is None


@pytest.mark.parametrize("handler, told", [
    (SoftapOta, "Validation / Activation Error"), (ElegantOta2, "FAIL"),
    (ElegantOta3, "Bad magic byte"), (EspHome, "Update Failed!")])
def test_each_server_is_understood_when_it_refuses(otakit, image, tmp_path, handler, told):
    """ESPHome says so with code 200."""
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"\0" + image.read_bytes()[1:-1] + b"\0")
    if handler is SoftapOta:
        broken = damage(image, 5000, tmp_path / "damaged.bin")
    with ForeignServer(handler) as server:
        result = otakit.json("push", server.url, broken, "--force", status=1)
    assert server.image == broken.read_bytes()
    assert told in result["error"]["message"] and result["outcome"] == "failed"


@pytest.mark.parametrize("method", ["post", "multipart"])
def test_the_method_can_be_chosen(otakit, image, method):
    handler = SoftapOta if method == "post" else EspHome
    with ForeignServer(handler) as server:
        document = otakit.json("push", server.url, image, "--method", method)
        assert server.server.asked == ["/info"]
    assert document["protocol"] == f"http-{method}"


def test_a_path_can_be_named(otakit, image):
    with ForeignServer(ElegantOta3) as server:
        error = failure(otakit, "push", f"{server.url}/upload", image)
        assert error["code"] == "HTTP_NOT_FOUND" and "path" in error["hint"]
        otakit("push", f"{server.url}/update", image)
    assert server.image == image.read_bytes()


def test_parts_are_only_for_portals(otakit, image):
    with ForeignServer(SoftapOta) as server:
        error = failure(otakit, "push", server.url, image, "--method", "put")
    assert error["code"] == "UNSUPPORTED" and server.image is None


def test_a_password_is_sent_where_it_is_known(otakit, image):
    with ForeignServer(WithPassword) as server:
        error = failure(otakit, "push", server.url, image)
        assert error["code"] == "PASSWORD_NEEDED" and "OTAKIT_PASSWORD" in error["hint"]
        error = failure(otakit, "push", server.url, image, "--password", "wrong")
        assert error["code"] == "PASSWORD_NEEDED" and "wrong" in error["hint"]
        assert server.image is None
        otakit("push", server.url, image, "--password", "secret")
        assert server.image == image.read_bytes()
        otakit("push", server.url, image, env={"OTAKIT_PASSWORD": "secret"})


def test_an_image_never_follows_a_redirect(otakit, image):
    with ForeignServer(Elsewhere) as server:
        error = failure(otakit, "push", server.url, image)
    assert error["code"] == "HTTP_BAD_RESPONSE" and Elsewhere.elsewhere in error["message"]


def test_an_answer_without_end_is_cut(otakit, image):
    with ForeignServer(Endless) as server:
        error = failure(otakit, "push", server.url, image, timeout=20)
    assert error["code"] == "HTTP_BAD_RESPONSE"


def test_nothing_at_all_is_not_sent_even_by_force(otakit, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    with ForeignServer(SoftapOta) as server:
        error = failure(otakit, "push", server.url, tmp_path / "empty", "--force")
        assert error["code"] == "INCOMPLETE" and server.image is None


def test_ipv6_works(otakit, image):
    try:
        with ForeignServer(SoftapOta, "::1") as server:
            otakit("push", server.url, image)
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert server.image == image.read_bytes()


def test_a_device_that_returns_without_a_word(otakit, image):
    with ForeignServer(SoftapOta) as server:
        document = otakit.json("push", server.url, image, "--wait")
        result = otakit("push", server.url, image, "--wait")
    assert document["outcome"] == "returned" and document["after"] is None
    assert "does not tell what it runs" in result.stdout


def test_nobody_there(otakit, image):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = failure(otakit, "push", f"http://127.0.0.1:{port}", image)
    assert error["code"] == "CONNECT_REFUSED" and str(port) in error["message"]


def test_a_name_that_nobody_has(otakit, image):
    assert failure(otakit, "push", "http://nobody.invalid", image)["code"] == "NAME_NOT_RESOLVED"


def test_a_server_that_says_nothing(otakit, image):
    with socket.create_server(("127.0.0.1", 0)) as server:
        error = failure(otakit, "push", f"http://127.0.0.1:{server.getsockname()[1]}", image,
                        "--timeout", "1s")
    assert error["code"] == "STALLED"


@pytest.mark.parametrize("content, code", [
    (b"", "INCOMPLETE"), (b"\x7fELF" + bytes(1000), "BAD_MAGIC"), (None, "BAD_CHECKSUM")])
def test_what_is_no_application_is_not_sent(otakit, image, tmp_path, content, code):
    path = tmp_path / "x.bin"
    if content is None:
        damage(image, 5000, path)
    else:
        path.write_bytes(content)
    with ForeignServer(SoftapOta) as server:
        error = failure(otakit, "push", server.url, path)
        assert server.server.asked == [] and server.image is None
    assert error["code"] == code and str(path) in error["message"]


@pytest.mark.parametrize("target", ["http:/x", "https://x", "192.168.4.1", "ble:", "serial:", "",
                                    "http://a:b@c", "http://", "http://[::1", "http://x:99999"])
def test_targets_that_are_none(otakit, image, target):
    error = failure(otakit, "push", target, image, status=2)
    assert error["code"] == "USAGE"
    assert "http://192.168.4.1" in error["hint"]
    assert ("over https" in error["message"]) == target.startswith("https:")


@pytest.mark.parametrize("arguments", [
    ["--timeout", "0"], ["--passkey", "1000000"], ["--method", "get"], ["--protocol", "window"],
    ["--method", "put", "--protocol", "window"], ["--l2cap", "maybe"]])
def test_options_that_make_no_sense(otakit, image, arguments):
    assert failure(otakit, "push", "http://127.0.0.1:9", image, *arguments,
                   status=2)["code"] == "USAGE"


def test_the_way_is_told_to_people(otakit, image):
    with ForeignServer(SoftapOta) as server:
        result = otakit("push", server.url, image)
        quiet = otakit("push", server.url, image, "--quiet")
    assert "no otakit portal: sending by POST /update as it is" in result.stderr
    assert re.fullmatch(r"the device has the image and resets \(.* in .* s, .*/s\)\n",
                        result.stdout)
    assert quiet.stdout == quiet.stderr == ""


def test_what_a_server_says_cannot_steer_the_terminal(otakit, image):
    class Hostile(SoftapOta):
        """Colours and worse in the refusal."""

        def take(self, path, body):
            return 500, "Flash \x1b[31mError\x07"

    with ForeignServer(Hostile) as server:
        result = otakit("push", server.url, image, status=1)
    assert "Flash" in result.stderr and "\x1b" not in result.stderr
