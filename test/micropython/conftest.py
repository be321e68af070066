# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the MicroPython tests: boards on this machine, images, and servers for them.

OTAKIT_BUILD names another build directory than build/.
"""
import dataclasses
import hashlib
import pathlib
import sys

import pytest

from boards import ROOT, boards, otakit

# The servers and certificates are those of the end-to-end tests.
sys.path.append(str(ROOT / "test" / "e2e"))
# pylint: disable=wrong-import-position
from certificates import Authority  # noqa: E402
from rogue_server import File, RogueServer  # noqa: E402
from web_server import WebServer  # noqa: E402

BOARDS = boards()


@dataclasses.dataclass
class Image:
    """An application image, and what a caller of ota.update() says about it."""
    path: pathlib.Path
    content: bytes
    sha: str


@dataclasses.dataclass
class Images:
    """What runs on a fresh board, and what may come after it."""
    old: Image
    new: Image
    newer: Image
    other_chip: Image


def create_image(path, version, size, chip="esp32c3"):
    """An image as a build would make it."""
    otakit("image", "create", "-o", path, "--chip", chip, "--project", "lamp", "--version", version,
           "--size", size, "--seed", version[0])
    content = path.read_bytes()
    return Image(path, content, hashlib.sha256(content).hexdigest())


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """Three versions, no size a multiple of a sector but the first's."""
    directory = tmp_path_factory.mktemp("images")
    return Images(create_image(directory / "old.bin", "1.0.0", 65536),
                  create_image(directory / "new.bin", "2.0.0", 300016),
                  create_image(directory / "newer.bin", "3.0.0", 70000),
                  create_image(directory / "s3.bin", "4.0.0", 70000, "esp32s3"))


@pytest.fixture(params=list(BOARDS))
def kind(request):
    """Which MicroPython."""
    return request.param


@pytest.fixture
def board(kind, images, tmp_path):
    """A fresh 4 MB board with MicroPython's OTA partitions that runs version 1.0.0 in ota_0."""
    flash = tmp_path / "board.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "micropython-ota",
           "--app", f"ota_0={images.old.path}")
    return BOARDS[kind](tmp_path, flash)


@pytest.fixture
def rogue():
    """A plain HTTP server that does what a test tells it."""
    with RogueServer() as server:
        yield server


@pytest.fixture(scope="session")
def site(images, tmp_path_factory):
    """A real nginx over HTTPS with new.bin, newer.bin and a manifest for each."""
    directory = tmp_path_factory.mktemp("site")
    with WebServer(directory) as web:
        for image in (images.new, images.newer):
            web.publish(image.path.name, image.path)
        yield web


@pytest.fixture(scope="session")
def authority():
    """A CA."""
    return Authority("main")


@pytest.fixture
def serve(rogue):
    """serve(content, **File options): the URL of a file."""
    def put(content, path="/app.bin", **options):
        rogue.paths[path] = File(content, **options)
        return rogue.url(path)

    return put
