# SPDX-License-Identifier: Apache-2.0
"""A virtual device with its web page, and the images for it."""
import contextlib
import gzip
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("OTAKIT_BUILD", ROOT / "build")).resolve()

CHIP = "esp32c3"
PROJECT = "lamp"


def otakit(*arguments):
    """Run the command line program; it must succeed."""
    result = subprocess.run([BUILD / "otakit", *map(str, arguments)], timeout=60,
                            capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"otakit {arguments}: {result.stdout}{result.stderr}"
    return result.stdout


def create_image(path, version="2.0.0", size=150000, chip=CHIP, project=PROJECT, **options):
    """An application image; `options` are further ones of `image create`."""
    more = [word for name, value in options.items()
            for word in (f"--{name.replace('_', '-')}", value)]
    otakit("image", "create", "-o", path, "--chip", chip, "--project", project,
           "--version", version, "--size", size, *more)
    return path


def sha256(path):
    """Of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def create_flash(path, app):
    """A 4 MB flash file with an application in factory and two empty slots."""
    otakit("flash", "create", "-o", path, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={app}")
    return path


def free_port():
    """A port that nobody listens on. A device keeps its own over its resets, and over its death."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class PortalDevice:
    """A flash file, and the process that runs on it; options are those of `device run`."""

    def __init__(self, directory, flash, *options):
        self.flash = directory / "device.flash"
        self.log_path = directory / "device.log"
        self.options = options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.process = None
        shutil.copyfile(flash, self.flash)

    def start(self):
        """Power on; returns when it answers."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [BUILD / "otakit", "device", "run", "--flash", self.flash, "--name", "Garden-lamp",
                 "--portal", f"127.0.0.1:{self.port}", *map(str, self.options)],
                stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.wait_for(lambda info: True)
        return self

    def kill(self):
        """The power is gone, this moment."""
        if self.process:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process.stdin.close()
            self.process = None

    def wait_for_log(self, text, timeout=20):
        """Wait until the device has said so."""
        end = time.monotonic() + timeout
        while text not in self.log_path.read_text():
            assert time.monotonic() < end, self.log_path.read_text()
            time.sleep(0.01)

    def request(self, method, path, body=None, headers=None, timeout=10):
        """A request as curl makes it, status and body. It comes from another address than the
        browser's: a device has four connections for each."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout,
                                                source_address=("127.0.0.2", 0))
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @contextlib.contextmanager
    def half_upload(self, content, count):
        """Somebody else has sent `count` bytes of an image, and the rest is on its way."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10,
                                      source_address=("127.0.0.3", 0)) as connection:
            head = (f"POST /update HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                    f"Content-Length: {len(content)}\r\n\r\n")
            connection.sendall(head.encode() + content[:count])
            self.wait_for(lambda info: info["session"]["offset"] >= count - 4096)
            yield

    def info(self):
        """What /info says."""
        status, body = self.request("GET", "/info", timeout=5)
        assert status == 200, body
        return json.loads(body)

    def page(self):
        """The page: its bytes over the air, and the HTML."""
        status, body = self.request("GET", "/")
        assert status == 200
        return len(body), gzip.decompress(body).decode()

    def wait_for(self, condition, timeout=20):
        """Ask until `condition(info)` holds; returns that info."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log_path.read_text()
            try:
                info = self.info()
            except (OSError, http.client.HTTPException):
                info = None
            if info and condition(info):
                return info
            time.sleep(0.05)
        raise AssertionError(f"not in {timeout} s; last: {info}\n{self.log_path.read_text()}")
