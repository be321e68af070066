# SPDX-License-Identifier: Apache-2.0
"""The parts that the pages share, one by one, in the browser they are made for."""
import base64
import hashlib
import json
import pathlib
import re
import struct
import zlib

import pytest

from portal_device import create_image, otakit, sha256

PARTS = pathlib.Path(__file__).resolve().parent / "modules" / "parts.js"
CASES = re.findall(r"^export (?:async )?function (\w+)", PARTS.read_text(encoding="utf-8"), re.M)

READ = """async (content) => {
    const { readImage } = await import("/image.js");
    return readImage(Uint8Array.from(atob(content), (char) => char.charCodeAt(0)));
}"""


def read(page, content):
    """What image.js says of these bytes."""
    return page.evaluate(READ, base64.b64encode(content).decode())


@pytest.mark.parametrize("case", CASES)
def test_part(modules_page, case):
    modules_page.evaluate("async (name) => (await import('/test/parts.js'))[name]()", case)


@pytest.mark.parametrize("chip", ["esp32", "esp32s3", "esp32c3", "esp32p4", "esp32c61"])
def test_an_image_is_read_as_the_command_line_reads_it(modules_page, tmp_path, chip):
    path = create_image(tmp_path / "app.bin", "1.4.0-rc2", chip=chip, project="a-rather-long-name",
                        secure_version=7, size=77777)
    told = json.loads(otakit("image", "info", path, "--json"))
    image = read(modules_page, path.read_bytes())
    assert image["size"] == path.stat().st_size
    assert image["sha256"] == sha256(path)
    assert image["length"] == told["length"]
    assert image["chip"] == told["chip"] == chip
    assert len(image["segments"]) == len(told["segments"])
    for key, name in {"project": "project", "version": "version", "date": "date", "time": "time",
                      "idfVersion": "idf_version", "secureVersion": "secure_version",
                      "elfSha256": "elf_sha256"}.items():
        assert image[key] == told["app"][name]
    assert "problem" not in image and "what" not in image and image["signature"] is None


def test_every_chip_of_the_library_has_its_name(modules_page):
    header = (PARTS.parents[3] / "otakit" / "format" / "image.h").read_text(encoding="utf-8")
    chips = re.findall(r'X\(\w+, (0x[0-9A-F]+), "(\w+)"\)', header)
    assert len(chips) > 10
    for number, name in chips:
        shown = modules_page.evaluate(
            "async (id) => (await import('/image.js')).chipName(id)", int(number, 16))
        assert shown == name


def test_every_cut_of_an_image_is_a_truncated_image(modules_page, tmp_path):
    content = create_image(tmp_path / "app.bin", size=4096).read_bytes()
    for length in [1, 23, 24, 31, 32, 100, 287, 288, 289, 2000, 4000, 4063, 4064, 4095]:
        assert read(modules_page, content[:length])["problem"]["code"] == "TRUNCATED", length


def signature_sector(signed, version=2):
    """A block as espsecure writes it, but for key and signature, which the device judges."""
    block = bytes([0xE7, version, 0, 0]) + hashlib.sha256(signed).digest() + bytes(1160)
    return (block + struct.pack("<I", zlib.crc32(block)) + bytes(16)).ljust(4096, b"\xff")


def test_a_signature_is_recognised(modules_page, tmp_path):
    content = create_image(tmp_path / "app.bin", size=5000).read_bytes().ljust(8192, b"\xff")
    for version, scheme in ((2, "RSA-3072"), (3, "ECDSA P-256")):
        image = read(modules_page, content + signature_sector(content, version))
        assert image["signature"] == scheme and "problem" not in image
    damaged = bytearray(signature_sector(content))
    damaged[500] ^= 1
    assert read(modules_page, content + bytes(damaged))["signature"] is None
    image = read(modules_page, content + signature_sector(content + b"other"))
    assert image["problem"]["code"] == "BAD_SIGNATURE"


def test_bytes_behind_the_image_do_no_harm(modules_page, tmp_path):
    """As the device sees it: it verifies the image, and the whole file by its hash."""
    content = create_image(tmp_path / "app.bin", size=4096).read_bytes() + b"\xff" * 5000
    image = read(modules_page, content)
    assert "problem" not in image
    assert image["length"] == 4096 and image["size"] == 9096


def test_four_megabytes_are_read_in_a_few_seconds(modules_page, tmp_path):
    """A phone is some five times slower than what this runs on."""
    path = create_image(tmp_path / "app.bin", size=4 << 20)
    started = modules_page.evaluate("() => performance.now()")
    assert read(modules_page, path.read_bytes())["sha256"] == sha256(path)
    assert modules_page.evaluate("() => performance.now()") - started < 10000
