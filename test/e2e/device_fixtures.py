# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests that run virtual devices; a test file imports those that it uses."""
import dataclasses
import hashlib
import pathlib

import pytest

from virtual_device import VirtualDevice
from web_server import WebServer

CHIP = "esp32c3"
PROJECT = "lamp"
OLD_SIZE = 90000
NEW_SIZE = 130000


@dataclasses.dataclass
class Images:
    """What runs on a fresh device, what the server offers, and the fresh device."""
    old: pathlib.Path
    new: pathlib.Path
    corrupt: pathlib.Path
    flash: pathlib.Path

    @property
    def sha256(self):
        """Of the new image."""
        return hashlib.sha256(self.new.read_bytes()).hexdigest()


def create_image(otakit, path, version, seed, size=NEW_SIZE, chip=CHIP, project=PROJECT, **extra):
    """An application image; `extra` are further options of `image create`."""
    more = [part for key, value in extra.items()
            for part in (f"--{key.replace('_', '-')}", value)]
    otakit("image", "create", "-o", path, "--chip", chip, "--project", project, "--version",
           version, "--size", size, "--seed", seed, *more)
    return path


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    """nginx over HTTPS."""
    with WebServer(tmp_path_factory.mktemp("web")) as server:
        yield server


@pytest.fixture(scope="session")
def images(otakit, web, tmp_path_factory):
    """Version 1.0.0 in factory of a 4 MB two-ota flash; 2.0.0 on the server, also damaged."""
    directory = tmp_path_factory.mktemp("images")
    old = create_image(otakit, directory / "old.bin", "1.0.0", seed=1, size=OLD_SIZE)
    new = create_image(otakit, directory / "new.bin", "2.0.0", seed=2)
    corrupt = directory / "corrupt.bin"
    content = bytearray(new.read_bytes())
    content[len(content) // 2] ^= 1
    corrupt.write_bytes(content)
    flash = directory / "fresh.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={old}")
    web.publish("new.bin", new)
    web.publish("corrupt.bin", corrupt)
    return Images(old, new, corrupt, flash)


@pytest.fixture
def device(otakit, web, images, tmp_path):
    """A fresh device."""
    return VirtualDevice(otakit, web, tmp_path, images.flash)
