# SPDX-License-Identifier: Apache-2.0
"""What the page says of files that should not be installed, before anything is sent."""
import gzip
import hashlib
import zipfile

import pytest
from playwright.sync_api import expect

from portal_device import create_flash, create_image

SECTOR = 4096


def change(path, offset, *values):
    """Replace bytes, and make the appended hash right again."""
    content = bytearray(path.read_bytes()[:-32])
    content[offset:offset + len(values)] = values
    path.write_bytes(content + hashlib.sha256(content).digest())


def truncated(path):
    path.write_bytes(create_image(path).read_bytes()[:100000])


def bad_checksum(path):
    content = create_image(path).read_bytes()
    change(path, 5000, content[5000] ^ 1)


def bad_hash(path):
    content = create_image(path).read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def other_chip(path):
    create_image(path, chip="esp32s3")


def newer_revision(path):
    change(create_image(path), 15, 101, 0)


def too_big(path):
    create_image(path, size=1100000)


def zip_archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("firmware.bin", create_image(path.with_suffix(".app")).read_bytes())


def gzip_archive(path):
    path.write_bytes(gzip.compress(create_image(path).read_bytes()))


def elf_file(path):
    path.write_bytes(b"\x7fELF\x01\x01\x01" + bytes(2000))


def web_page(path):
    path.write_text("\n<!DOCTYPE html>\n<title>Please sign in</title>\n" + "<p>…</p>" * 99)


def text_file(path):
    path.write_text("version 2.0.0\n" * 50)


def empty_file(path):
    path.write_bytes(b"")


def erased_flash(path):
    path.write_bytes(b"\xff" * 70000)


def flash_parts(path, first, size):
    """A part of a whole flash file with an application in it."""
    flash = create_flash(path.with_suffix(".flash"), create_image(path.with_suffix(".app")))
    return flash.read_bytes()[first:first + size]


def bootloader_bytes():
    """As an image, but without an application description."""
    return b"\xe9\x03\x02\x2f" + bytes(8) + b"\x05\x00" + bytes(18000)


def partition_table(path):
    path.write_bytes(flash_parts(path, 0x8000, SECTOR))


def bootloader(path):
    path.write_bytes(bootloader_bytes())


def merged_image(path):
    content = bytearray(flash_parts(path, 0, 4 << 20))
    content[:18000] = bootloader_bytes()[:18000]
    path.write_bytes(content)


def merged_image_of_an_esp32(path):
    """Its bootloader stands behind an erased sector."""
    content = bytearray(flash_parts(path, 0, 4 << 20))
    content[0x1000:0x5000] = bootloader_bytes()[:0x4000]
    path.write_bytes(content)


REFUSED = [
    (truncated, "Damaged file", "it ends after 100000 bytes"),
    (bad_checksum, "Damaged file", "its checksum does not match"),
    (bad_hash, "Damaged file", "its SHA-256 does not match"),
    (other_chip, "Other chip", "This firmware is for esp32s3, this device is esp32c3."),
    (newer_revision, "Other chip revision",
     "needs chip revision v1.1 or later, this device has v0.0."),
    (too_big, "Too big", "This firmware has 1.05 MB, the slot of this device only 1.00 MB."),
    (zip_archive, "Not firmware", "a ZIP archive; unpack it"),
    (gzip_archive, "Not firmware", "a gzip archive; unpack it"),
    (elf_file, "Not firmware", "an ELF file"),
    (web_page, "Not firmware", "a web page; the download probably ended at a login"),
    (text_file, "Not firmware", "a text file"),
    (empty_file, "Not firmware", "an empty file"),
    (erased_flash, "Not firmware", "erased flash without content"),
    (partition_table, "Not firmware", "a partition table"),
    (bootloader, "Not firmware", "a bootloader"),
    (merged_image, "Not firmware", "a whole flash image with bootloader and partition table"),
    (merged_image_of_an_esp32, "Not firmware", "a whole flash image"),
]


@pytest.mark.parametrize("make, title, sentence", REFUSED, ids=[row[0].__name__ for row in REFUSED])
def test_a_clear_mistake_is_refused(device, portal, tmp_path, make, title, sentence):
    path = tmp_path / "update.bin"
    make(path)
    portal.open(device.url)
    portal.pick(path)
    expect(portal.review.get_by_text(title, exact=True)).to_be_visible()
    expect(portal.review).to_contain_text(sentence)
    expect(portal.install).to_have_count(0)
    assert device.info()["session"]["state"] == "idle"


@pytest.mark.parametrize("options, title, sentence, yes", [
    ({"version": "0.9.0"}, "Older version", "This is older than what runs now: 1.0.0 → 0.9.0.",
     "Yes, go back to the older version"),
    ({"project": "heater"}, "Other project", "This is another project: heater instead of lamp.",
     "Yes, replace lamp"),
], ids=["older", "other_project"])
def test_a_risk_has_to_be_ticked(device, portal, tmp_path, options, title, sentence, yes):
    portal.open(device.url)
    portal.pick(create_image(tmp_path / "update.bin", **options))
    expect(portal.review.get_by_text(title, exact=True)).to_be_visible()
    expect(portal.review).to_contain_text(sentence)
    expect(portal.install).to_be_disabled()
    portal.page.get_by_label(yes).check()
    expect(portal.install).to_be_enabled()
    portal.press_install()
    expect(portal.result).to_contain_text("is confirmed")


def test_the_same_build_is_recognised(device, portal, images):
    portal.open(device.url)
    portal.pick(images.old)
    portal.shows("This is exactly what runs now: 1.0.0.")
    expect(portal.button("Install again")).to_be_enabled()


def test_another_build_of_the_same_version_is_told_apart(device, portal, tmp_path):
    portal.open(device.url)
    portal.pick(create_image(tmp_path / "update.bin", "1.0.0", seed=77))
    portal.shows("The version number is the one that runs now, 1.0.0, but it may be another build.")


def test_a_secure_version_that_is_too_low_is_refused(start_device, portal, images, tmp_path):
    fuses = tmp_path / "fuses"
    fuses.write_text("3\n")
    app = create_image(tmp_path / "old.bin", "1.0.0", secure_version=3)
    device = start_device("--efuse", fuses, flash=create_flash(tmp_path / "fresh.flash", app))
    portal.open(device.url)
    portal.pick(images.new)
    portal.shows("The secure version of this firmware is 0, the device accepts 3 or more.")
    expect(portal.install).to_have_count(0)


def test_a_refusal_by_the_device_is_shown_with_its_reason(device, portal, images, tmp_path):
    """The page knows nothing of addresses in flash; the device does, and says what it found."""
    path = tmp_path / "update.bin"
    path.write_bytes(images.new.read_bytes())
    change(path, 24, 0x34, 0x12, 0x00, 0x3C)
    portal.open(device.url)
    portal.pick(path)
    portal.press_install()
    expect(portal.result).to_contain_text("The update did not succeed")
    expect(portal.result).to_contain_text(
        "A flash-mapped segment cannot be mapped from where it lies.")
    portal.runs("1.0.0", "Confirmed")
