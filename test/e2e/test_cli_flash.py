# SPDX-License-Identifier: Apache-2.0
"""otakit flash create, read, write and erase."""
import fcntl
import struct

import pytest

from cli_samples import create_image, damage, failure, run_bytes

FACTORY, OTA_0, NVS = 0x10000, 0x110000, 0x9000


@pytest.fixture(name="image")
def image_file(otakit, tmp_path):
    return create_image(otakit, tmp_path / "app.bin")


@pytest.fixture(name="flash")
def flash_file(otakit, tmp_path, image):
    path = tmp_path / "device.flash"
    otakit("flash", "create", "-o", path, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={image}")
    return path


def test_a_flash_file_is_the_chips_content(otakit, tmp_path, image, flash):
    table = tmp_path / "table.bin"
    otakit("table", "build", "--preset", "two-ota", "-o", table)
    content = flash.read_bytes()
    expected = bytearray(b"\xff" * 0x400000)
    expected[0x8000:0x8000 + 3072] = table.read_bytes()
    expected[FACTORY:FACTORY + 65536] = image.read_bytes()
    assert content == expected


@pytest.mark.parametrize("size", ["4MB", "4M", "4096K", "0x400000", "4194304"])
def test_sizes_are_written_in_many_ways(otakit, tmp_path, size):
    otakit("flash", "create", "-o", tmp_path / "f", "--size", size, "--preset", "two-ota")
    assert (tmp_path / "f").stat().st_size == 0x400000


@pytest.mark.parametrize("size", ["3MB", "0", "32K", "4XB", "", "-4MB", "4 MB", "99999999999999"])
def test_sizes_that_no_chip_has_are_used_wrongly(otakit, tmp_path, size):
    error = failure(otakit, "flash", "create", "-o", tmp_path / "f", f"--size={size}", "--preset",
                    "two-ota", status=2)
    assert error["code"] == "USAGE"


def test_create_takes_a_table_as_csv_and_as_binary(otakit, tmp_path):
    csv, table = tmp_path / "t.csv", tmp_path / "t.bin"
    csv.write_text("nvs,data,nvs,0x9000,16K\nfactory,app,factory,0x10000,1M\n")
    otakit("table", "build", csv, "-o", table)
    for name, source in (("a", csv), ("b", table)):
        otakit("flash", "create", "-o", tmp_path / name, "--size", "2MB", "--table", source)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_create_refuses_a_table_larger_than_the_chip(otakit, tmp_path):
    error = failure(otakit, "flash", "create", "-o", tmp_path / "f", "--size", "2MB", "--preset",
                    "two-ota")
    assert error["code"] == "OUT_OF_RANGE"
    assert not (tmp_path / "f").exists()


def test_create_fills_partitions(otakit, tmp_path, image):
    settings = tmp_path / "nvs.bin"
    settings.write_bytes(b"settings!")
    out = otakit.json("flash", "create", "-o", tmp_path / "f", "--size", "4MB", "--preset",
                      "two-ota", "--app", f"ota_0={image}", "--data", f"nvs={settings}")
    content = (tmp_path / "f").read_bytes()
    assert out == {"output": str(tmp_path / "f"), "size": 0x400000}
    assert content[NVS:NVS + 12] == b"settings!\xff\xff\xff"
    assert content[OTA_0:OTA_0 + 65536] == image.read_bytes()


def test_create_puts_the_bootloader_where_the_chip_looks(otakit, tmp_path):
    for chip, offset in (("esp32", 0x1000), ("esp32c3", 0), ("esp32p4", 0x2000)):
        loader = create_image(otakit, tmp_path / chip, chip=chip, size=16384)
        otakit("flash", "create", "-o", tmp_path / "f", "--size", "4MB", "--preset", "two-ota",
               "--bootloader", loader)
        content = (tmp_path / "f").read_bytes()
        assert content[offset:offset + 16384] == loader.read_bytes()


@pytest.mark.parametrize("assignment, status, code", [
    ("nix={image}", 1, "NOT_FOUND"), ("nvs={image}", 2, "USAGE"), ("factory", 2, "USAGE"),
    ("factory=", 2, "USAGE"), ("factory={broken}", 1, "BAD_CHECKSUM"),
    ("factory={large}", 1, "TOO_BIG"), ("factory=/nowhere", 1, "NOT_FOUND")])
def test_create_refuses_applications_that_do_not_belong(otakit, tmp_path, image, assignment, status,
                                                        code):
    large = create_image(otakit, tmp_path / "large", size="2MB")
    text = assignment.format(image=image, broken=damage(image, 5000), large=large)
    error = failure(otakit, "flash", "create", "-o", tmp_path / "f", "--size", "4MB", "--preset",
                    "two-ota", "--app", text, status=status)
    assert error["code"] == code
    assert not (tmp_path / "f").exists()


def test_force_takes_a_broken_application(otakit, tmp_path, image):
    otakit("flash", "create", "-o", tmp_path / "f", "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={damage(image, 5000)}", "--force")


def test_read_gives_the_whole_partition(otakit, flash, image, tmp_path):
    document = otakit.json("flash", "read", flash, "factory", "-o", tmp_path / "out")
    content = (tmp_path / "out").read_bytes()
    assert content == image.read_bytes() + b"\xff" * (0x100000 - 65536)
    assert document == {"output": str(tmp_path / "out"), "offset": FACTORY, "size": 0x100000}
    assert run_bytes(otakit, "flash", "read", flash, "factory", "-o", "-").stdout == content


def test_read_works_while_a_device_has_the_file(otakit, flash, tmp_path):
    with open(flash, "r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        otakit("flash", "read", flash, "nvs", "-o", tmp_path / "out")
        otakit("slot", "list", flash)


def test_write_replaces_the_partition_and_nothing_else(otakit, flash, tmp_path):
    before = flash.read_bytes()
    data = tmp_path / "data"
    data.write_bytes(b"0123456789" * 500)
    otakit("flash", "write", flash, "nvs", data)
    otakit("flash", "write", flash, "nvs", tmp_path / "app.bin", status=1)
    expected = bytearray(before)
    expected[NVS:NVS + 0x4000] = data.read_bytes().ljust(0x4000, b"\xff")
    assert flash.read_bytes() == expected
    data.write_bytes(b"short")
    otakit("flash", "write", flash, "nvs", data)
    expected[NVS:NVS + 0x4000] = b"short".ljust(0x4000, b"\xff")
    assert flash.read_bytes() == expected


def test_write_takes_standard_input(otakit, flash, image):
    content = image.read_bytes()
    result = run_bytes(otakit, "flash", "write", flash, "ota_0", "-", "--json", data=content)
    assert result.returncode == 0
    assert flash.read_bytes()[OTA_0:OTA_0 + len(content)] == content


def test_write_refuses_what_would_not_boot(otakit, flash, image):
    before = flash.read_bytes()
    broken = damage(image, 5000)
    assert failure(otakit, "flash", "write", flash, "ota_0", broken)["code"] == "BAD_CHECKSUM"
    error = failure(otakit, "flash", "write", flash, "ota_0", image, "--chip", "esp32s3")
    assert error["code"] == "WRONG_CHIP"
    assert flash.read_bytes() == before
    otakit("flash", "write", flash, "ota_0", broken, "--force")
    assert flash.read_bytes()[OTA_0:OTA_0 + 65536] == broken.read_bytes()


def test_erase_blanks_one_partition(otakit, flash):
    expected = bytearray(flash.read_bytes())
    expected[FACTORY:FACTORY + 0x100000] = b"\xff" * 0x100000
    document = otakit.json("flash", "erase", flash, "factory")
    assert document == {"label": "factory", "offset": FACTORY, "erased": 0x100000}
    assert flash.read_bytes() == expected


def test_an_unknown_label_brings_the_known_ones(otakit, flash):
    error = failure(otakit, "flash", "erase", flash, "ota_9")
    assert error["code"] == "NOT_FOUND" and "ota_0" in error["hint"]


@pytest.mark.parametrize("command", [
    ("flash", "erase", "{}", "nvs"), ("slot", "reset", "{}"), ("boot", "{}")])
def test_a_flash_file_in_use_is_not_changed(otakit, flash, command):
    before = flash.read_bytes()
    with open(flash, "r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        arguments = [part.format(flash) for part in command]
        assert failure(otakit, *arguments)["code"] == "BUSY"
    assert flash.read_bytes() == before


@pytest.mark.parametrize("size", [0, 1000, 0x300000])
def test_a_file_of_another_size_is_no_flash(otakit, tmp_path, size):
    path = tmp_path / "odd.flash"
    path.write_bytes(b"\xff" * size)
    for command in (("erase", path, "nvs"), ("read", path, "nvs", "-o", tmp_path / "out")):
        assert failure(otakit, "flash", *command)["code"] == "BAD_FORMAT"


def test_a_flash_without_table_is_refused(otakit, tmp_path):
    path = tmp_path / "blank.flash"
    path.write_bytes(b"\xff" * 0x400000)
    assert failure(otakit, "flash", "erase", path, "nvs")["code"] == "NO_TABLE"


def test_partitions_outside_the_chip_are_never_touched(otakit, tmp_path):
    """The bootloader lets a size pass that wraps around 2^32; the tools must not follow it."""
    entry = struct.pack("<HBBII16sI", 0x50AA, 1, 2, 0x100000, 0xFFF80000, b"wrap", 0)
    path = tmp_path / "wrap.flash"
    content = bytearray(b"\xff" * 0x400000)
    content[0x8000:0x8020] = entry
    path.write_bytes(content)
    for command in (("erase", path, "wrap"), ("read", path, "wrap", "-o", tmp_path / "out")):
        assert failure(otakit, "flash", *command)["code"] == "OUT_OF_RANGE"
    otakit("slot", "list", path)


def test_create_names_the_partition_that_does_not_fit(otakit, tmp_path):
    error = failure(otakit, "flash", "create", "-o", tmp_path / "f", "--size", "2MB", "--preset",
                    "two-ota")
    assert error["code"] == "OUT_OF_RANGE" and "--size" in error["hint"]
    assert error["message"] == "table: ota_0: it ends at 0x210000, the flash at 0x200000 (2 MB)"


def test_an_application_for_another_chip_is_written_with_a_warning(otakit, tmp_path):
    flash = tmp_path / "device.flash"
    ours = create_image(otakit, tmp_path / "ours.bin")
    other = create_image(otakit, tmp_path / "other.bin", chip="esp32c3")
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={ours}")
    assert "warning" not in otakit("flash", "write", flash, "ota_0", ours).stderr
    warned = otakit("flash", "write", flash, "ota_0", other).stderr
    assert "warning" in warned and "for esp32c3" in warned and "for esp32\n" in warned
    otakit("flash", "erase", flash, "factory")
    assert "warning" not in otakit("flash", "write", flash, "ota_0", ours).stderr


def test_create_leaves_the_flash_of_a_running_device_alone(otakit, tmp_path):
    flash = tmp_path / "device.flash"
    create = ["flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota"]
    otakit(*create)
    with open(flash, "rb") as held:
        before = held.read(), flash.stat().st_ino
        fcntl.flock(held, fcntl.LOCK_EX)
        error = failure(otakit, *create)
        assert error["code"] == "BUSY" and error["hint"]
        assert (flash.read_bytes(), flash.stat().st_ino) == before
    otakit(*create)
