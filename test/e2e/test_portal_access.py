# SPDX-License-Identifier: Apache-2.0
"""Who may use the web portal and how much of it: other people's pages, passwords, phones that look
for the Internet, clients that only cost."""
import contextlib
import socket
import time

import pytest

from portal_fixtures import (DONE, NEW, make_portal_images, new_bytes, new_file,  # noqa: F401
                             portal_device, receive, split_answer)

ANDROID = ("Mozilla/5.0 (Linux; Android 13; Pixel 6; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
           "Version/4.0 Chrome/116.0 Mobile Safari/537.36")
PROBES = [
    ("connectivitycheck.gstatic.com", "/generate_204", 204, ""),
    ("clients3.google.com", "/generate_204", 204, ""),
    ("www.google.com", "/gen_204", 204, ""),
    ("captive.apple.com", "/hotspot-detect.html", 200, "Success"),
    ("www.apple.com", "/library/test/success.html", 200, "Success"),
    ("www.msftconnecttest.com", "/connecttest.txt", 200, "Microsoft Connect Test"),
    ("www.msftncsi.com", "/ncsi.txt", 200, "Microsoft NCSI"),
    ("detectportal.firefox.com", "/success.txt?ipv4", 200, "success\n"),
    ("detectportal.firefox.com", "/canonical.html", 200, "captive-portal"),
    ("nmcheck.gnome.org", "/check_network_status.txt", 200, "NetworkManager is online"),
]


def post(client, path, *fields):
    """The status of a change without a body."""
    options = [part for field in fields for part in ("-H", field)]
    return client.curl(path, "-X", "POST", *options).status


def test_name_that_points_here_is_not_ours(board, new):
    """DNS rebinding: the browser believes that the device is its page's own server."""
    with board.serving() as client:
        for host in ("evil.example", f"evil.example:{client.address[1]}", "otakit.evil.example",
                     "127.0.0.1.evil.example"):
            for path in ("/", "/info"):
                assert client.curl(path, "-H", f"Host: {host}").status == 403
            assert client.curl("/update", "-H", f"Host: {host}", "--data-binary",
                               f"@{new}").status == 403
        for host in ("otakit", "otakit.local", "localhost:1", "10.1.2.3", "[fe80::1]"):
            assert client.curl("/info", "-H", f"Host: {host}").status == 200
        assert client.info()["session"]["state"] == "idle"


def test_target_with_a_host_is_taken(board):
    """As some proxies and small clients send it; RFC 9112, 3.2.2."""
    with board.serving() as client:
        for host, status in ((client.host, 200), ("evil.example", 403)):
            answer = client.curl("", "--request-target", f"http://{host}/info")
            assert answer.status == status
        answer = client.curl("", "--request-target", f"http://{client.host}/info",
                             "-H", "Host: evil.example")
        assert answer.json["device"] == "otakit"


def test_page_of_somebody_else_changes_nothing(board, new):
    with board.serving() as client:
        token = f"X-Otakit-Token: {client.info()['token']}"
        for foreign in ("Origin: http://evil.example", "Origin: null",
                        f"Origin: https://{client.host}", "Referer: http://evil.example/x",
                        "Sec-Fetch-Site: cross-site"):
            for path in ("/cancel", "/confirm", "/rollback"):
                assert post(client, path, foreign, token) == 403
            answer = client.curl("/update", "-H", foreign, "-H", token, "--data-binary", f"@{new}")
            assert (answer.status, "FOREIGN_REQUEST" in answer.text) == (403, True)
            assert "access-control-allow-origin" not in answer.headers
        assert client.info()["session"]["state"] == "idle"


def test_own_page_needs_its_token(board, new):
    with board.serving() as client:
        own = f"Origin: http://{client.host}"
        token = f"X-Otakit-Token: {client.info()['token']}"
        assert post(client, "/cancel", own) == 403
        assert post(client, "/cancel", own, "X-Otakit-Token: 0123456789abcdef") == 403
        assert post(client, "/cancel", own, token) == 409  # nothing to cancel
        assert post(client, "/cancel", "Sec-Fetch-Site: same-origin", token) == 409
        answer = client.curl("/update", "-H", own, "-H", token, "--data-binary", f"@{new}")
        assert answer.text == DONE
        info = client.wait_for_version(NEW)
        assert info["token"] not in token


def test_password_is_needed_for_every_change(board, new):
    with board.serving("--portal-password", "open sesame") as client:
        assert client.curl("/").status == 200
        assert client.info()["password"] is True
        for path in ("/cancel", "/confirm", "/rollback", "/update"):
            assert post(client, path) == 401
            assert post(client, path, "X-Otakit-Password: open") == 401
        assert client.put(b"x" * 10).status == 401
        answer = client.curl("/update", "--data-binary", f"@{new}")
        assert (answer.status, answer.text) == (
            401, "the password is missing or wrong (PASSWORD_NEEDED)\n")
        assert answer.headers["www-authenticate"] == 'Basic realm="device update"'
        assert post(client, "/cancel", "X-Otakit-Password: open sesame") == 409
        answer = client.curl("/update", "-u", "me:open sesame", "--data-binary", f"@{new}")
        assert answer.text == DONE


def test_phone_finds_the_page_and_stays(board):
    with board.serving("--captive") as client:
        for host, path, *_ in PROBES:
            answer = client.curl(path, "-H", f"Host: {host}")
            assert (answer.status, answer.headers["location"]) == (302, client.url + "/")
            assert answer.body
        assert client.curl("/", "-H", "Host: example.com").status == 302
        assert client.curl("/").headers["content-encoding"] == "gzip"
        for host, path, status, text in PROBES:
            answer = client.curl(path, "-H", f"Host: {host}")
            assert answer.status == status and text in answer.text
        assert client.curl("/", "-H", "Host: example.com").status == 302


def test_view_that_cannot_pick_files_says_where_to_go(board):
    with board.serving("--captive") as client:
        answer = client.curl("/", "-A", ANDROID)
        assert f'value="{client.url}/"' in answer.text
        assert client.curl("/generate_204", "-H", "Host: a.example").status == 302
        assert client.curl("/stay", "-A", ANDROID).status == 200
        assert client.curl("/generate_204", "-H", "Host: a.example").status == 204
        assert client.curl("/update", "-A", ANDROID).headers["content-encoding"] == "gzip"


def test_phones_need_an_address_to_be_sent_to(otakit, board):
    result = otakit("device", "run", "--flash", board.flash, "--portal", ":0", "--captive",
                    status=None)
    assert result.returncode in (1, 2)
    assert "phones are sent to one address" in result.stderr


def test_without_captive_no_phone_is_told_anything(board):
    with board.serving() as client:
        client.curl("/")
        for host, path, *_ in PROBES:
            assert client.curl(path, "-H", f"Host: {host}").status == 403


def test_head_that_does_not_end_is_cut_off(board):
    """A byte a second, for ever: nobody waits longer than 10 s for a head."""
    with board.serving() as client, client.connection() as raw:
        began = time.monotonic()
        head = client.head("GET /info", X_Slow="x" * 100)[:-4]
        try:
            for byte in head:
                raw.sendall(bytes([byte]))
                raw.settimeout(1)
                try:
                    assert raw.recv(1) == b""
                    break
                except TimeoutError:
                    assert time.monotonic() - began < 20
        except (ConnectionResetError, BrokenPipeError):
            pass
        assert 9 < time.monotonic() - began < 20
        assert client.info()["device"] == "otakit"


def test_upload_that_stops_is_cut_off(board, image):
    with board.serving() as client, client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=len(image)) + image[:150000])
        began = time.monotonic()
        receive(raw)
        assert 15 < time.monotonic() - began < 35
        assert client.info()["session"]["code"] == "CONNECTION_LOST"


@pytest.mark.parametrize("size, wanted", [(7000, 200), (9000, 431), (40000, 431)])
def test_head_is_limited(board, size, wanted):
    with board.serving() as client, client.connection() as raw:
        raw.sendall(client.head("GET /info", Connection="close", X_Long="x" * size))
        assert split_answer(receive(raw)).status == wanted
        assert client.info()["device"] == "otakit"


def test_station_has_four_connections(board):
    with board.serving() as client:
        held = [client.connection() for _ in range(4)]
        for connection in held:
            connection.__enter__().sendall(client.head("GET /info")[:10])
        with client.connection() as fifth:
            try:
                fifth.sendall(client.head("GET /info"))
                assert receive(fifth) == b""
            except (ConnectionResetError, BrokenPipeError):
                pass
        for connection in held:
            connection.__exit__(None, None, None)
        assert client.wait_for(lambda info: True)["device"] == "otakit"


def test_nine_connections_are_one_too_many(board):
    """The ninth is not refused but waits: until somebody leaves, or takes too long for a head."""
    with board.serving() as client, contextlib.ExitStack() as held:
        for number in range(8):
            place = (f"127.0.0.{2 + number // 4}", 0)
            raw = held.enter_context(socket.create_connection(client.address, 5, place))
            raw.sendall(client.head("GET /info")[:10])
        with client.connection() as ninth:
            ninth.sendall(client.head("GET /info", Connection="close"))
            ninth.settimeout(1)
            with pytest.raises(TimeoutError):
                ninth.recv(1)
            held.close()
            ninth.settimeout(20)
            assert split_answer(receive(ninth)).status == 200


def test_several_requests_at_once_are_served(board, image):
    with board.serving() as client, client.connection() as first, client.connection() as second:
        first.sendall(client.head("POST /update", Content_Length=len(image)) + image[:100000])
        second.sendall(client.head("GET /info")[:30])
        client.wait_for(lambda info: info["session"]["offset"] == 100000)
        second.sendall(client.head("GET /info", Connection="close")[30:])
        assert split_answer(receive(second)).json["session"]["offset"] == 100000
