# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests that run ESP-IDF's application code; a test file imports those that it uses."""
import os
import shutil
import subprocess

import pytest

from pull_fixtures import PullImages
from web_server import WebServer

# Twenty times the pages of a slow file fit into the client's timeout of a second.
LOCATIONS = """
        location = /moved.bin { return 302 /app.bin; }
        location = /round.bin { return 302 /round.bin; }
        location = /downgraded.bin { return 301 http://localhost:$server_port/app.bin; }
        location = /same.bin { return 304; }
        location = /broken.bin { return 503; }
        location = /slow.bin { limit_rate 150k; }
        location = /whole.bin { max_ranges 0; }
        location = /private.bin { auth_basic "lamp"; auth_basic_user_file DIR/users; }
"""

# Of user "lamp", password "secret": {PLAIN}, which nginx knows.
USERS = "lamp:{PLAIN}secret\n"


class App:
    """The test application on a flash file of its own."""

    def __init__(self, program, flash, ca, images):
        self.program = program
        self.flash = flash
        self.ca = ca
        self.images = images

    def __call__(self, mode, url, *options, status=0, timeout=60, **settings):
        """Run to the end; settings become OTA_... variables. Returns what was printed."""
        env = {"OTA_MODE": mode, "OTA_URL": url, "OTA_CA": str(self.ca)}
        env.update({f"OTA_{name.upper()}": str(value) for name, value in settings.items()})
        result = subprocess.run(
            [str(part) for part in [self.program, "--flash", self.flash, *options]],
            capture_output=True, text=True, timeout=timeout, check=False,
            env={**os.environ, **env})
        assert result.returncode == status, result.stdout + result.stderr
        return Output(result.stdout + result.stderr)

    def installed(self, content):
        """Whether ota_0 holds these bytes."""
        with open(self.flash, "rb") as flash:
            flash.seek(self.images.ota_0)
            return flash.read(len(content)) == content


class Output:
    """What a run printed."""

    def __init__(self, text):
        self.text = text
        self.lines = text.splitlines()

    def after(self, word):
        """The rest of each line that begins with a word."""
        return [line.removeprefix(word).strip() for line in self.lines if line.startswith(word)]

    def results(self):
        """How each update ended."""
        return self.after("result ")

    def boots(self):
        """What the bootloader chose, each time."""
        return [line for line in self.after("boot: ") if " boots: " in line]


@pytest.fixture(scope="session")
def idf_images(otakit, tmp_path_factory):
    """Three images and a fresh flash file."""
    return PullImages(otakit, tmp_path_factory.mktemp("idf"))


@pytest.fixture(scope="session")
def idf_nginx(tmp_path_factory, idf_images):
    """nginx that serves the image in many ways."""
    directory = tmp_path_factory.mktemp("idf-nginx")
    with WebServer(directory, LOCATIONS.replace("DIR", str(directory))) as server:
        (directory / "users").write_text(USERS)
        for name in ("app", "slow", "whole", "private"):
            (server.root / f"{name}.bin").write_bytes(idf_images.new)
        (server.root / "inverted.bin").write_bytes(
            b"header.." * 8 + bytes(255 - byte for byte in idf_images.new))
        (server.root / "junk.bin").write_bytes(b"<html>" * 1000)
        (server.root / "short.bin").write_bytes(idf_images.new[:700])
        (server.root / "damaged.bin").write_bytes(
            idf_images.new[:200000] + b"\x00" + idf_images.new[200001:])
        yield server


@pytest.fixture
def idf_app(build_dir, idf_images, idf_nginx, tmp_path):
    """Runs the application; it pins nginx's CA where a test says nothing else."""
    program = build_dir / "test" / "support" / "idf_app"
    assert os.access(program, os.X_OK), f"{program} is not there: run ./dev build first"
    flash = tmp_path / "device.flash"
    shutil.copyfile(idf_images.flash, flash)
    return App(program, flash, idf_nginx.ca, idf_images)
