# SPDX-License-Identifier: Apache-2.0
"""otakit table build and show."""
import hashlib

import pytest

from cli_samples import ENTRY_KEYS, failure, run_bytes, run_on_terminal

CSV = """nvs,data,nvs,0x9000,16K
otadata,data,ota,,8K
factory,app,factory,,1M
ota_0,app,ota_0,,1M
ota_1,app,ota_1,,1M
secret,data,nvs_keys,,4K,encrypted
"""
PRESETS = ["single-app", "single-app-large", "two-ota", "two-ota-large", "micropython-ota"]


@pytest.fixture(name="csv")
def csv_file(tmp_path):
    path = tmp_path / "partitions.csv"
    path.write_text(CSV)
    return path


def test_the_two_ota_preset_has_the_md5_that_esp_idf_gives_it(otakit, tmp_path):
    table = tmp_path / "table.bin"
    otakit("table", "build", "--preset", "two-ota", "-o", table)
    content = table.read_bytes()
    assert len(content) == 3072
    assert content[0xD0:0xE0].hex() == "bf25822c0fa6d8641bd930251e06b4c4"
    assert content[0xD0:0xE0] == hashlib.md5(content[:0xC0]).digest()
    assert set(content[0xE0:]) == {0xFF}


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_that_is_offered_exists(otakit, tmp_path, preset):
    otakit("table", "build", "--preset", preset, "-o", tmp_path / "table.bin")


def test_show_tells_every_entry(otakit, csv):
    document = otakit.json("table", "show", csv)
    assert set(document) == {"entries", "md5"}
    assert document["md5"] == "ok"
    assert all(set(entry) == ENTRY_KEYS for entry in document["entries"])
    assert document["entries"][5] == {"label": "secret", "type": "data", "subtype": "nvs_keys",
                                      "offset": 0x310000, "size": 4096, "flags": ["encrypted"]}


def test_unnamed_types_and_subtypes_are_numbers(otakit, tmp_path):
    csv = tmp_path / "own.csv"
    csv.write_text("mine,0x40,0x07,0x10000,4K\n")
    entry = otakit.json("table", "show", csv)["entries"][0]
    assert (entry["type"], entry["subtype"]) == (0x40, 0x07)


def test_what_show_prints_builds_the_same_table(otakit, csv, tmp_path):
    first, again, second = tmp_path / "1.bin", tmp_path / "again.csv", tmp_path / "2.bin"
    otakit("table", "build", csv, "-o", first)
    again.write_text(otakit("table", "show", first).stdout)
    otakit("table", "build", again, "-o", second)
    assert first.read_bytes() == second.read_bytes()


def test_show_finds_the_table_in_a_whole_flash(otakit, csv, tmp_path):
    flash = tmp_path / "device.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--table", csv)
    shown = otakit.json("table", "show", flash)
    assert shown == otakit.json("table", "show", csv)
    assert shown == otakit.json("table", "show", flash, "--offset", "0x8000")


def test_show_reads_a_table_at_another_offset(otakit, tmp_path):
    table, dump = tmp_path / "table.bin", tmp_path / "dump.bin"
    otakit("table", "build", "--preset", "single-app", "--offset", "0x6000", "-o", table)
    dump.write_bytes(b"\xff" * 0x6000 + table.read_bytes())
    assert len(otakit.json("table", "show", dump, "--offset", "0x6000")["entries"]) == 3
    assert failure(otakit, "table", "show", dump)["code"] == "NO_TABLE"


def test_standard_input_and_output_are_a_dash(otakit):
    built = run_bytes(otakit, "table", "build", "-", "-o", "-", data=CSV.encode())
    assert built.returncode == 0 and len(built.stdout) == 3072
    shown = run_bytes(otakit, "table", "show", "-", data=built.stdout)
    assert b"factory,app,factory,0x10000,1M," in shown.stdout


def test_a_missing_md5_is_told(otakit, csv, tmp_path):
    table = tmp_path / "table.bin"
    otakit("table", "build", csv, "-o", table, "--no-md5")
    assert otakit.json("table", "show", table)["md5"] == "absent"


def test_a_wrong_md5_is_told_and_the_entries_are_shown(otakit, csv, tmp_path):
    table = tmp_path / "table.bin"
    otakit("table", "build", csv, "-o", table)
    content = bytearray(table.read_bytes())
    content[12] ^= 1
    table.write_bytes(content)
    assert otakit.json("table", "show", table)["md5"] == "mismatch"
    result = otakit("table", "show", table)
    assert "warning" in result.stderr and "ota_1,app,ota_1" in result.stdout


def test_a_row_that_is_wrong_is_named_by_its_line(otakit, tmp_path):
    csv = tmp_path / "bad.csv"
    csv.write_text("nvs,data,nvs,0x9000,16K\nfactory,app,,0x10000,1M\n")
    result = otakit("table", "build", csv, "-o", tmp_path / "out.bin", status=1)
    assert result.stderr.startswith(f"otakit: error: {csv}: line 2: ")
    assert not (tmp_path / "out.bin").exists()
    assert failure(otakit, "table", "build", csv, "-o", tmp_path / "out.bin")["code"] == "BAD_CSV"


def test_a_failing_build_leaves_the_old_file(otakit, tmp_path):
    csv, out = tmp_path / "bad.csv", tmp_path / "out.bin"
    csv.write_text("not a table\n")
    out.write_bytes(b"old")
    otakit("table", "build", csv, "-o", out, status=1)
    assert out.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "out.bin"]


def test_the_flash_size_is_a_limit(otakit, csv, tmp_path):
    out = tmp_path / "out.bin"
    otakit("table", "build", csv, "-o", out, "--flash-size", "4MB")
    otakit("table", "build", csv, "-o", out, "--flash-size", "2MB", status=1)


def test_strict_refuses_what_is_silently_accepted(otakit, tmp_path):
    csv = tmp_path / "gap.csv"
    csv.write_text("otadata,data,ota,,8K\napp,app,ota_3,,1M\n")
    otakit("table", "build", csv, "-o", tmp_path / "out.bin")
    otakit("table", "build", csv, "-o", tmp_path / "out.bin", "--strict", status=1)


def test_extra_subtypes_are_taken_one_by_one_and_in_a_row(otakit, tmp_path):
    csv, out = tmp_path / "own.csv", tmp_path / "out.bin"
    csv.write_text("a,data,mine,,4K\nb,data,yours,,4K\n")
    extra = "--extra-partition-subtypes"
    otakit("table", "build", csv, "-o", out, extra, "data,mine,0x40", extra, "data,yours,0x41")
    first = out.read_bytes()
    otakit("table", "build", csv, "-o", out, extra, "data,mine,0x40", "data,yours,0x41")
    assert out.read_bytes() == first
    assert first[3] == 0x40 and first[35] == 0x41


def test_bootloader_rows_need_their_offset(otakit, tmp_path):
    csv, out = tmp_path / "boot.csv", tmp_path / "out.bin"
    csv.write_text("boot,bootloader,primary,N/A,N/A\nfactory,app,factory,,1M\n")
    otakit("table", "build", csv, "-o", out, status=1)
    otakit("table", "build", csv, "-o", out, "--primary-bootloader-offset", "0x1000")
    assert otakit.json("table", "show", out)["entries"][0]["size"] == 0x7000


def test_secure_boot_v1_wants_large_app_steps(otakit, tmp_path):
    csv = tmp_path / "odd.csv"
    csv.write_text("factory,app,factory,,1004K\n")
    otakit("table", "build", csv, "-o", tmp_path / "out.bin", "--secure", "v2")
    otakit("table", "build", csv, "-o", tmp_path / "out.bin", "--secure", "v1", status=1)


def test_no_verify_skips_the_rules(otakit, tmp_path):
    csv = tmp_path / "twice.csv"
    csv.write_text("a,data,fat,,4K\na,data,fat,,4K\n")
    otakit("table", "build", csv, "-o", tmp_path / "out.bin", status=1)
    otakit("table", "build", csv, "-o", tmp_path / "out.bin", "--no-verify")


def test_csv_and_preset_exclude_each_other(otakit, csv, tmp_path):
    otakit("table", "build", "-o", tmp_path / "out.bin", status=2)
    otakit("table", "build", csv, "--preset", "two-ota", "-o", tmp_path / "out.bin", status=2)


@pytest.mark.parametrize("content, code", [
    (b"\xff" * 3072, "NO_TABLE"), (b"\x00\x01\x02", "NO_TABLE"),
    (b"\xaa\x50" + b"\x00" * 40, "BAD_TABLE"), (b"hello", "BAD_CSV"),
])
def test_show_refuses_what_is_no_table(otakit, tmp_path, content, code):
    path = tmp_path / "junk"
    path.write_bytes(content)
    assert failure(otakit, "table", "show", path)["code"] == code


def test_labels_cannot_steer_the_terminal(otakit, tmp_path):
    table = tmp_path / "table.bin"
    otakit("table", "build", "--preset", "single-app", "--no-md5", "-o", table)
    content = bytearray(table.read_bytes())
    content[12:16] = b"\x1b[2J"
    table.write_bytes(content)
    assert b"\x1b" not in run_on_terminal(otakit, "table", "show", table)[1]
    assert "\x1b" not in otakit.json("table", "show", table)["entries"][0]["label"]


def test_extra_subtypes_are_shown_by_name(otakit, tmp_path):
    csv, table = tmp_path / "own.csv", tmp_path / "table.bin"
    csv.write_text("a,data,mine,,4K\n")
    extra = ["--extra-partition-subtypes", "data,mine,0x40"]
    otakit("table", "build", csv, "-o", table, *extra)
    assert "a,data,64,0x9000,4K," in otakit("table", "show", table).stdout
    for source in (csv, table):
        assert "a,data,mine,0x9000,4K," in otakit("table", "show", source, *extra).stdout


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_csv_in_another_encoding_is_shown(otakit, tmp_path, encoding):
    csv = tmp_path / "wide.csv"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    csv.write_bytes((mark + CSV).encode(encoding))
    assert len(otakit.json("table", "show", csv)["entries"]) == 6


@pytest.mark.parametrize("extra", ["data", "data,mine,many", "nix,mine,0x40", "data,mine,0x02"])
def test_a_bad_extra_subtype_is_the_options_fault(otakit, tmp_path, extra):
    csv = tmp_path / "t.csv"
    csv.write_text("nvs,data,nvs,0x9000,16K\n")
    for command in (["table", "build", csv, "-o", tmp_path / "t.bin"], ["table", "show", csv]):
        error = failure(otakit, *command, "--extra-partition-subtypes", extra, status=2)
        assert error["code"] == "USAGE"
        assert error["message"].startswith("--extra-partition-subtypes: ")
        assert "TYPE,NAME,VALUE" in error["hint"]


def test_flash_sizes_are_those_of_esp_idf(otakit, tmp_path):
    build = ["table", "build", "--preset", "single-app", "-o", tmp_path / "t.bin", "--flash-size"]
    for size in ("2MB", "4M", "8192K", "0x1000000", "33554432", "64MB", "128MB"):
        otakit(*build, size)
    for size in ("0", "3MB", "512K", "256MB", "4097K"):
        error = failure(otakit, *build, size, status=2)
        assert error["code"] == "USAGE" and "1MB, 2MB, 4MB" in error["hint"]
    assert failure(otakit, *build, "1MB")["code"] == "BAD_CSV"
