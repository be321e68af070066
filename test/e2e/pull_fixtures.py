# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests that pull; a test file imports those that it uses."""
import hashlib
import json
import os
import shutil
import subprocess

import pytest

from certificates import Authority
from rogue_server import RogueServer

SLOT_SIZE = 1 << 20


class Pull:
    """A finished run of pull_once."""

    def __init__(self, result):
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        self.exit_status = result.returncode
        self.end = lines[-1] if lines else {}
        self.status = self.end.get("status", result.stderr)
        self.requests = [line for line in lines if "request" in line]
        self.waits = [line for line in lines if "wait" in line]

    def offsets(self):
        """Where each request began."""
        return [request["offset"] for request in self.requests]


class Puller:
    """A flash file and the program that pulls into it."""

    def __init__(self, program, flash, ca, images):
        self.program = program
        self.flash = flash
        self.ca = ca
        self.images = images

    def __call__(self, url, *options, ca=True, timeout=60, env=None):
        """Pull once; back-off is short unless an option says otherwise."""
        line = [self.program, self.flash, url, "--backoff-ms", 20]
        if ca:
            line += ["--ca", self.ca if ca is True else ca]
        result = subprocess.run([str(part) for part in [*line, *options]], capture_output=True,
                                text=True, timeout=timeout, check=False,
                                env={**os.environ, **(env or {})})
        assert result.returncode in (0, 1), result.stderr
        return Pull(result)

    def installed(self, content):
        """Whether ota_0 holds these bytes."""
        with open(self.flash, "rb") as flash:
            flash.seek(self.images.ota_0)
            return flash.read(len(content)) == content


class PullImages:
    """Images of one project, and a flash file that runs the first."""

    def __init__(self, otakit, directory):
        self.directory = directory
        self.old = self._create(otakit, "old.bin", "1.0.0", 1)
        self.new = self._create(otakit, "new.bin", "2.0.0", 2)
        self.other = self._create(otakit, "other.bin", "3.0.0", 3)
        self.flash = directory / "fresh.flash"
        otakit("flash", "create", "-o", self.flash, "--size", "4MB", "--preset", "two-ota",
               "--app", f"factory={self.directory / 'old.bin'}")
        slots = otakit.json("slot", "list", self.flash)["slots"]
        self.ota_0 = next(slot["offset"] for slot in slots if slot["label"] == "ota_0")

    def _create(self, otakit, name, version, seed):
        otakit("image", "create", "-o", self.directory / name, "--chip", "esp32", "--project",
               "lamp", "--version", version, "--size", 300000, "--seed", seed)
        return (self.directory / name).read_bytes()

    @staticmethod
    def sha256(content):
        """Of a whole file, in hexadecimal digits."""
        return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="session")
def pull_images(otakit, tmp_path_factory):
    """Three images and a fresh flash file."""
    return PullImages(otakit, tmp_path_factory.mktemp("pull"))


@pytest.fixture(scope="session")
def authority():
    """The CA that tests pin."""
    return Authority("pinned")


@pytest.fixture(scope="session")
def server_stem(authority, tmp_path_factory):
    """A good certificate for localhost and 127.0.0.1."""
    return authority.issue(tmp_path_factory.mktemp("certificate") / "server")


@pytest.fixture
def pull(build_dir, pull_images, authority, tmp_path):
    """Pulls into a fresh flash file, trusting `authority`."""
    program = build_dir / "test" / "support" / "pull_once"
    assert os.access(program, os.X_OK), f"{program} is not there: run ./dev build first"
    flash = tmp_path / "device.flash"
    shutil.copyfile(pull_images.flash, flash)
    ca = tmp_path / "pinned.pem"
    ca.write_text(authority.pem())
    return Puller(program, flash, ca, pull_images)


@pytest.fixture
def rogue(server_stem):
    """A server under the test's control, over HTTPS."""
    with RogueServer(server_stem) as server:
        yield server
