# SPDX-License-Identifier: Apache-2.0
"""The page of the ESP-IDF component without a chip, over a server with esp_http_server's ways."""
import http.client
import json
import os
import shutil
import socket
import time

import pytest

from conftest import BUILD, Program
from device_fixtures import images, web  # noqa: F401 (fixtures)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Page:
    """A device that serves the page."""

    def __init__(self, flash, password=None):
        self.port = free_port()
        environment = dict(os.environ, OTAKIT_TEST_PORT=str(self.port))
        if password:
            environment["OTAKIT_TEST_PASSWORD"] = password
        program = Program(BUILD / "test/espidf/otk_espidf_component")
        self.process = program.start("--flash", flash, "--seconds", 60, env=environment)
        self.await_page()

    def await_page(self):
        for _ in range(100):
            try:
                return self.request("HEAD", "/")
            except OSError:
                time.sleep(0.05)
        pytest.fail("the page does not come up")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def request(self, method, path, **more):
        connection = self.connect()
        connection.request(method, path, **more)
        response = connection.getresponse()
        return response.status, response.read()

    def info(self):
        return json.loads(self.request("GET", "/info")[1])

    def close(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def make_page(images, tmp_path):
    pages = []

    def make(**options):
        flash = tmp_path / "page.flash"
        shutil.copyfile(images.flash, flash)
        pages.append(Page(flash, **options))
        return pages[-1]

    yield make
    for page in pages:
        page.close()


def test_a_push_ends_confirmed(make_page, otakit, images):
    page = make_page()
    result = otakit("push", f"http://127.0.0.1:{page.port}", images.new, "--wait")
    assert "lamp 2.0.0, confirmed" in result.stdout + result.stderr
    assert page.info()["running"]["version"] == "2.0.0"


def test_others_are_answered_during_an_upload(make_page, images):
    page = make_page()
    content = images.new.read_bytes()
    upload = page.connect()
    upload.putrequest("POST", "/update")
    upload.putheader("Content-Length", str(len(content)))
    upload.endheaders()
    upload.send(content[:60000])
    for _ in range(100):
        session = page.info()["session"]
        if session["written"] > 0:
            break
        time.sleep(0.05)
    assert session["state"] == "receiving" and session["owner"] == "portal"
    assert page.request("POST", "/update", body=content)[0] == 409
    upload.send(content[60000:])
    assert upload.getresponse().read().startswith(b"Firmware update complete")


def test_a_connection_is_kept_behind_a_part(make_page, images):
    page = make_page()
    content = images.new.read_bytes()
    connection = page.connect()
    for first in range(0, len(content), 50000):
        part = content[first:first + 50000]
        last = first + len(part) - 1
        connection.request("PUT", "/update", body=part, headers={
            "X-Otakit-Sha256": images.sha256,
            "Content-Range": f"bytes {first}-{last}/{len(content)}"})
        response = connection.getresponse()
        session = json.loads(response.read())["session"]
        assert response.status == 200
    assert session["state"] == "switched"


def test_an_upload_that_breaks_off_can_be_continued(make_page, otakit, images):
    page = make_page()
    content = images.new.read_bytes()
    upload = page.connect()
    upload.putrequest("POST", "/update")
    upload.putheader("Content-Length", str(len(content)))
    upload.putheader("X-Otakit-Sha256", images.sha256)
    upload.endheaders()
    upload.send(content[:60000])
    upload.close()
    for _ in range(100):
        if page.info()["session"]["code"] == "CONNECTION_LOST":
            break
        time.sleep(0.05)
    otakit("push", f"http://127.0.0.1:{page.port}", images.new)
    assert page.info()["session"]["resumed_at"] > 0


def test_heads_are_answered_without_a_body(make_page):
    status, body = make_page().request("HEAD", "/")
    assert (status, body) == (200, b"")


def test_other_methods_are_refused(make_page):
    assert make_page().request("DELETE", "/info")[0] == 405


def test_chunks_are_refused(make_page):
    page = make_page()
    with socket.create_connection(("127.0.0.1", page.port), timeout=10) as client:
        client.sendall(b"POST /update HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       b"Transfer-Encoding: chunked\r\n\r\n")
        answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 411 Length Required") and b"Content-Length" in answer


def test_a_client_that_waits_is_told_to_go_on(make_page, images):
    page = make_page()
    content = images.new.read_bytes()
    with socket.create_connection(("127.0.0.1", page.port), timeout=10) as client:
        client.sendall(b"POST /update HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
                       b"Content-Length: %d\r\n\r\n" % len(content))
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(content)
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_waits_is_refused_before_it_sends(make_page):
    page = make_page(password="open sesame")
    with socket.create_connection(("127.0.0.1", page.port), timeout=10) as client:
        client.sendall(b"POST /update HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
                       b"Content-Length: 100000\r\n\r\n")
        answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 401 Unauthorized")
        assert b"Connection: close" in answer
