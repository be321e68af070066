# SPDX-License-Identifier: Apache-2.0
"""Real firmware: pairs of application images travel through a whole update by HTTPS.

OTK_FIRMWARE_DIR names a directory with pairs NAME.old.bin and NAME.new.bin, application images as
they stand in an app partition. A pair that is not for an ESP32-class chip has to be refused.
"""
import os
import pathlib

import pytest

from device_fixtures import create_image, web  # noqa: F401 (fixtures)
from virtual_device import VirtualDevice

DIRECTORY = os.environ.get("OTK_FIRMWARE_DIR")

# First bytes of an application description, behind image header and segment header.
APP_DESC_OFFSET = 32
APP_DESC_MAGIC = bytes.fromhex("3254cdab")

TABLE = """
nvs,      data, nvs,     0x9000,  16K,
otadata,  data, ota,     0xD000,  8K,
phy_init, data, phy,     0xF000,  4K,
factory,  app,  factory, 0x10000, {slot}K,
ota_0,    app,  ota_0,   ,        {slot}K,
ota_1,    app,  ota_1,   ,        {slot}K,
"""


def is_esp32(image):
    """Whether an image is an application for an ESP32-class chip."""
    return image.read_bytes()[APP_DESC_OFFSET:].startswith(APP_DESC_MAGIC)


def find_pairs(wanted):
    """Pairs of paths for which wanted(new) holds; where there are none, one test that is skipped."""
    if not DIRECTORY:
        return [pytest.param(None, id="none", marks=pytest.mark.skip("OTK_FIRMWARE_DIR is not set"))]
    names = sorted(path.name.removesuffix(".old.bin")
                   for path in pathlib.Path(DIRECTORY).glob("*.old.bin"))
    assert names, f"no NAME.old.bin in {DIRECTORY}"
    pairs = {name: tuple(pathlib.Path(DIRECTORY) / f"{name}.{age}.bin" for age in ("old", "new"))
             for name in names}
    return [pytest.param(pair, id=name) for name, pair in pairs.items() if wanted(pair[1])]


ESP32_PAIRS = pytest.mark.parametrize("pair", find_pairs(is_esp32))
OTHER_PAIRS = pytest.mark.parametrize("pair", find_pairs(lambda image: not is_esp32(image)))


def make_device(otakit, web, tmp_path, image, label, largest):
    """A device with 8 or 16 MB that runs `image` from `label`, with slots for `largest` bytes."""
    slot_kb = (largest + 0xFFFF) // 0x10000 * 64
    table = tmp_path / "table.csv"
    table.write_text(TABLE.format(slot=slot_kb))
    size = "8MB" if 3 * slot_kb + 64 <= 8192 else "16MB"
    flash = tmp_path / "fresh.flash"
    otakit("table", "build", table, "-o", tmp_path / "table.bin", "--flash-size", size)
    otakit("flash", "create", "-o", flash, "--size", size, "--table", tmp_path / "table.bin",
           "--app", f"{label}={image}")
    return VirtualDevice(otakit, web, tmp_path, flash)


@ESP32_PAIRS
@pytest.mark.parametrize("label", ["factory", "ota_0"])
def test_real_firmware_updates_itself(otakit, web, pair, label, tmp_path):
    old, new = pair
    largest = max(old.stat().st_size, new.stat().st_size)
    device = make_device(otakit, web, tmp_path, old, label, largest)
    web.publish("firmware.bin", new)
    if label == "ota_0":
        assert device.run("--once", status=0).one("boot")["slot"] == "ota_0"

    run = device.update("firmware.bin", status=0)
    target = "ota_1" if label == "ota_0" else "ota_0"
    assert run.one("confirmed")["slot"] == target
    assert device.boots() == target
    assert device.read_slot(target, tmp_path)[:new.stat().st_size] == new.read_bytes()
    assert device.read_slot(label, tmp_path)[:old.stat().st_size] == old.read_bytes()


@ESP32_PAIRS
def test_real_firmware_resumes_after_a_power_cut(otakit, web, pair, tmp_path):
    old, new = pair
    size = new.stat().st_size
    device = make_device(otakit, web, tmp_path, old, "factory", max(old.stat().st_size, size))
    web.publish("firmware.bin", new)
    device.update("firmware.bin", "--cut-after", size // 512, status=1)
    assert device.boots() == "factory"
    assert device.update("firmware.bin", status=0).one("resumed")["offset"] > size // 4
    assert device.read_slot("ota_0", tmp_path)[:size] == new.read_bytes()


@OTHER_PAIRS
def test_firmware_for_another_family_is_refused_with_a_reason(otakit, web, pair, tmp_path):
    new = pair[1]
    running = create_image(otakit, tmp_path / "running.bin", "1.0.0", seed=1, chip="esp32")
    device = make_device(otakit, web, tmp_path, running, "factory", new.stat().st_size)
    web.publish("firmware.bin", new)
    before = device.flash.read_bytes()
    run = device.update("firmware.bin", status=1)
    assert run.one("refused")["status"] in ("WRONG_CHIP", "NO_APP_DESC", "CHIP_REVISION",
                                            "TOO_MANY_SEGMENTS")
    assert "hint: " in run.stderr
    assert device.flash.read_bytes() == before
