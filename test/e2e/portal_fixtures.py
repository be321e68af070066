# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of the web portal: a running device, curl, and bytes on a raw connection."""
import contextlib
import hashlib
import http.client
import json
import re
import socket
import subprocess
import time
import urllib.parse

import pytest

from device_fixtures import create_image
from push_fixtures import PushedDevice

OLD, NEW = "1.0.0", "2.0.0"
NEW_SIZE = 300000
DONE = "Firmware update complete, rebooting now!\n"


class Answer:
    """What an HTTP server said."""

    def __init__(self, head, body):
        lines = head.split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value for name, value in
                        (line.split(": ", 1) for line in lines[1:] if ": " in line)}
        self.body = body

    @property
    def text(self):
        """The body as text."""
        return self.body.decode()

    @property
    def json(self):
        """The body as JSON."""
        return json.loads(self.body)


def split_answer(data):
    """The last answer in what came over a connection; interim answers (100) are passed over."""
    while True:
        head, _, body = data.partition(b"\r\n\r\n")
        if not re.match(rb"HTTP/1\.1 1\d\d ", head):
            return Answer(head.decode(), body)
        data = body


class Client:
    """Somebody on the device's network. Addresses are paths of the portal."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port or 80)
        self.host = parts.netloc

    def curl(self, path, *options, status=0, timeout=60):
        """Run curl; returns the Answer, or None where it got none. status None: any."""
        result = subprocess.run(["curl", "-sS", "-i", *map(str, options), self.url + path],
                                capture_output=True, timeout=timeout, check=False)
        if status is not None:
            assert result.returncode == status, result.stderr
        return split_answer(result.stdout) if result.stdout else None

    def info(self):
        """The device as /info tells it."""
        answer = self.curl("/info")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        assert answer.headers["cache-control"] == "no-store"
        return answer.json

    def catch(self, condition, timeout=40):
        """As wait_for, for what lasts only a moment: asks again at once, over one connection."""
        end = time.monotonic() + timeout
        connection = http.client.HTTPConnection(*self.address, timeout=5)
        while time.monotonic() < end:
            connection.request("GET", "/info")
            info = json.load(connection.getresponse())
            if condition(info):
                connection.close()
                return info
        raise AssertionError(f"it did not come: {info}")

    def put(self, image, first=None, last=None, **extra):
        """PUT of the bytes first..last, or the question where to go on. Returns the Answer."""
        span = "*" if first is None else f"{first}-{last}"
        fields = {"X-Otakit-Sha256": hashlib.sha256(image).hexdigest(),
                  "Content-Range": f"bytes {span}/{len(image)}", **extra}
        options = [part for name, value in fields.items() for part in ("-H", f"{name}: {value}")]
        body = b"" if first is None else image[first:last + 1]
        result = subprocess.run(["curl", "-sS", "-i", "-X", "PUT", *options, "--data-binary", "@-",
                                 self.url + "/update"], input=body, capture_output=True,
                                timeout=60, check=True)
        return split_answer(result.stdout)

    def offset(self, image):
        """Where the device wants to go on with an image."""
        answer = self.put(image)
        assert answer.status == 200, answer.text
        return answer.json["session"]["offset"]

    @contextlib.contextmanager
    def connection(self, timeout=30):
        """A raw connection."""
        with socket.create_connection(self.address, timeout=timeout) as connection:
            yield connection

    def head(self, line, **fields):
        """The head of a request as bytes; underscores in names stand for dashes."""
        lines = [f"{line} HTTP/1.1", f"Host: {fields.pop('Host', self.host)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        return "\r\n".join([*lines, "", ""]).encode()

    def wait_for_version(self, version, timeout=20):
        """Until that version runs and is confirmed. Returns its /info."""
        return self.wait_for(lambda info: info["running"]["version"] == version
                             and not info["running"]["on_trial"], timeout)

    def wait_for(self, condition, timeout=20):
        """Until the condition holds for /info, over resets."""
        end = time.monotonic() + timeout
        info = None
        while time.monotonic() < end:
            answer = self.curl("/info", "--max-time", "5", status=None)
            info = answer and answer.json
            if info and condition(info):
                return info
            time.sleep(0.05)
        raise AssertionError(f"it did not come: {info}")


def receive(connection):
    """Everything until the other side ends the connection."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            data += piece
    return data


class PortalDevice(PushedDevice):
    """A device with the page on a free port."""

    @contextlib.contextmanager
    def serving(self, *arguments, portal="127.0.0.1:0"):
        """Run until the block ends. Yields a Client."""
        with self.running("--portal", portal, *arguments) as event:
            yield Client(event["url"])


@pytest.fixture(name="portal_images", scope="session")
def make_portal_images(otakit, tmp_path_factory):
    """A flash file that runs OLD, and the file of NEW."""
    directory = tmp_path_factory.mktemp("portal_images")
    old = create_image(otakit, directory / "old.bin", OLD, seed=1, size=90000)
    new = create_image(otakit, directory / "new.bin", NEW, seed=2, size=NEW_SIZE)
    flash = directory / "fresh.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={old}")
    return flash, new


@pytest.fixture(name="board")
def portal_device(otakit, portal_images, tmp_path):
    """A fresh device."""
    return PortalDevice(otakit, tmp_path, portal_images[0])


@pytest.fixture(name="new")
def new_file(portal_images):
    """The file of the new image."""
    return portal_images[1]


@pytest.fixture(name="image")
def new_bytes(portal_images):
    """The bytes of the new image."""
    return portal_images[1].read_bytes()
