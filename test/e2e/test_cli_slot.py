# SPDX-License-Identifier: Apache-2.0
"""otakit slot list, switch, confirm, reject, reset, and boot."""
import pytest

from cli_samples import (ABORTED, BOOT_KEYS, IMAGE_KEYS, INVALID, NEW, OTADATA_KEYS,
                         PENDING_VERIFY, SLOT_KEYS, UNDEFINED, VALID, create_image, damage, failure,
                         otadata_entry, run_bytes, run_on_terminal, set_otadata)

BLANK = {"seq": None, "state": None, "crc": "blank"}


@pytest.fixture(scope="module", name="images")
def image_files(otakit, tmp_path_factory):
    directory = tmp_path_factory.mktemp("images")
    return [create_image(otakit, directory / f"{index}.bin", f"{index}.0.0", seed=index,
                         secure_version=index) for index in range(3)]


@pytest.fixture(name="flash")
def flash_file(otakit, tmp_path, images):
    """Version 0.0.0 in factory, 1.0.0 in ota_0, 2.0.0 in ota_1; otadata blank."""
    path = tmp_path / "device.flash"
    otakit("flash", "create", "-o", path, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={images[0]}", "--app", f"ota_0={images[1]}",
           "--app", f"ota_1={images[2]}")
    return path


def states(otakit, flash):
    """{label: (seq, state)} of the OTA slots."""
    slots = otakit.json("slot", "list", flash)["slots"]
    return {slot["label"]: (slot["seq"], slot["state"]) for slot in slots if slot["seq"]}


def test_list_has_every_key(otakit, flash):
    document = otakit.json("slot", "list", flash)
    assert set(document) == {"slots", "otadata", "boots_next"}
    assert [slot["label"] for slot in document["slots"]] == ["factory", "ota_0", "ota_1"]
    assert all(set(slot) == SLOT_KEYS for slot in document["slots"])
    assert all(set(slot["image"]) == IMAGE_KEYS for slot in document["slots"])
    assert all(set(entry) == OTADATA_KEYS for entry in document["otadata"])
    assert document["otadata"] == [BLANK, BLANK]
    assert document["boots_next"] == "factory"


def test_list_says_where_slots_are_and_what_is_in_them(otakit, flash, images):
    slot = otakit.json("slot", "list", flash)["slots"][1]
    assert (slot["offset"], slot["size"]) == (0x110000, 0x100000)
    assert slot["image"] == otakit.json("image", "info", images[1])
    assert (slot["seq"], slot["state"]) == (None, None)


def test_an_erased_slot_has_no_image(otakit, flash):
    otakit("flash", "erase", flash, "ota_1")
    assert otakit.json("slot", "list", flash)["slots"][2]["image"] is None


def test_a_broken_slot_is_shown_as_refused(otakit, flash, images, tmp_path):
    otakit("flash", "write", flash, "ota_1", damage(images[2], 5000, tmp_path / "x"), "--force")
    image = otakit.json("slot", "list", flash)["slots"][2]["image"]
    assert (image["accepted"], image["status"]) == (False, "BAD_CHECKSUM")


@pytest.mark.parametrize("state, name", [
    (NEW, "NEW"), (PENDING_VERIFY, "PENDING_VERIFY"), (VALID, "VALID"), (INVALID, "INVALID"),
    (ABORTED, "ABORTED"), (UNDEFINED, "UNDEFINED"), (77, "UNDEFINED")])
def test_list_names_every_state(otakit, flash, state, name):
    set_otadata(flash, otadata_entry(2, state))
    document = otakit.json("slot", "list", flash)
    assert document["otadata"] == [{"seq": 2, "state": name, "crc": "ok"}, BLANK]
    assert states(otakit, flash) == {"ota_1": (2, name)}


def test_an_entry_with_a_bad_crc_names_no_slot(otakit, flash):
    set_otadata(flash, otadata_entry(1, VALID), otadata_entry(2, VALID, good_crc=False))
    document = otakit.json("slot", "list", flash)
    assert document["otadata"][1] == {"seq": 2, "state": "VALID", "crc": "bad"}
    assert states(otakit, flash) == {"ota_0": (1, "VALID")}
    assert document["boots_next"] == "ota_0"


def test_listing_changes_nothing(otakit, flash):
    set_otadata(flash, otadata_entry(1, NEW), otadata_entry(2, PENDING_VERIFY))
    before = flash.read_bytes()
    flash.chmod(0o444)
    otakit("slot", "list", flash)
    otakit.json("slot", "list", flash)
    otakit("boot", flash, "--dry-run")
    assert flash.read_bytes() == before


def test_boots_next_knows_that_a_pending_application_is_aborted(otakit, flash):
    set_otadata(flash, otadata_entry(1, VALID), otadata_entry(2, PENDING_VERIFY))
    assert otakit.json("slot", "list", flash)["boots_next"] == "ota_0"


def test_people_see_one_line_a_slot(otakit, flash):
    set_otadata(flash, otadata_entry(1, VALID))
    lines = otakit("slot", "list", flash).stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["factory", "1", "MB", "lamp", "0.0.0", "-"],
        ["ota_0", "1", "MB", "lamp", "1.0.0", "VALID", "boots", "next"],
        ["ota_1", "1", "MB", "lamp", "2.0.0", "-"]]


def test_colours_are_for_terminals_that_want_them(otakit, flash):
    assert "\x1b" not in otakit("slot", "list", flash).stdout
    assert b"\x1b[32m" in run_on_terminal(otakit, "slot", "list", flash)[1]
    assert b"\x1b" not in run_on_terminal(otakit, "slot", "list", flash, NO_COLOR="1")[1]
    assert b"\x1b" not in run_on_terminal(otakit, "slot", "list", flash, TERM="dumb")[1]


def test_switch_selects_a_slot_on_trial(otakit, flash):
    document = otakit.json("slot", "switch", flash, "ota_1")
    assert set(document) == {"otadata", "boots_next"}
    assert document["boots_next"] == "ota_1"
    assert states(otakit, flash) == {"ota_1": (2, "NEW")}
    otakit("slot", "switch", flash, "ota_0")
    assert states(otakit, flash)["ota_0"] == (3, "NEW")


def test_switch_to_factory_erases_otadata(otakit, flash):
    otakit("slot", "switch", flash, "ota_1")
    otakit("slot", "switch", flash, "factory")
    document = otakit.json("slot", "list", flash)
    assert document["otadata"] == [BLANK, BLANK] and document["boots_next"] == "factory"


def test_switch_refuses_what_would_not_boot(otakit, flash, images, tmp_path):
    otakit("flash", "write", flash, "ota_0", damage(images[1], 5000, tmp_path / "x"), "--force")
    otakit("flash", "erase", flash, "ota_1")
    before = flash.read_bytes()
    cases = {"ota_0": "BAD_CHECKSUM", "nvs": "NO_SLOT", "nix": "NOT_FOUND"}
    for label, code in cases.items():
        assert failure(otakit, "slot", "switch", flash, label)["code"] == code
    otakit("slot", "switch", flash, "ota_1", status=1)
    assert flash.read_bytes() == before


def test_switch_respects_anti_rollback(otakit, flash):
    error = failure(otakit, "slot", "switch", flash, "ota_0", "--secure-version", "2")
    assert error["code"] == "SECURE_VERSION"
    otakit("slot", "switch", flash, "ota_1", "--secure-version", "2")


def test_a_trial_is_confirmed(otakit, flash):
    otakit("slot", "switch", flash, "ota_1")
    otakit("boot", flash)
    assert states(otakit, flash) == {"ota_1": (2, "PENDING_VERIFY")}
    otakit("slot", "confirm", flash)
    assert states(otakit, flash) == {"ota_1": (2, "VALID")}
    assert otakit.json("boot", flash)["booted"] == "ota_1"


def test_a_trial_is_rejected(otakit, flash):
    set_otadata(flash, otadata_entry(1, VALID))
    otakit("slot", "switch", flash, "ota_1")
    otakit("boot", flash)
    assert otakit.json("slot", "reject", flash)["boots_next"] == "ota_0"
    assert states(otakit, flash)["ota_1"] == (2, "INVALID")
    assert otakit.json("boot", flash)["booted"] == "ota_0"


def test_an_unconfirmed_trial_is_rolled_back(otakit, flash):
    otakit("slot", "switch", flash, "ota_0")
    assert otakit.json("boot", flash)["booted"] == "ota_0"
    document = otakit.json("boot", flash)
    assert document["booted"] == "factory"
    assert document["otadata"] == [{"seq": 1, "state": "ABORTED", "crc": "ok"}, BLANK]


def test_reject_needs_somewhere_to_go_back_to(otakit, flash):
    otakit("slot", "switch", flash, "ota_0")
    otakit("flash", "erase", flash, "factory")
    assert failure(otakit, "slot", "reject", flash)["code"] == "NO_ROLLBACK"


def test_confirm_and_reject_need_a_selected_slot(otakit, flash):
    assert failure(otakit, "slot", "confirm", flash)["code"] == "NOT_PENDING"
    assert failure(otakit, "slot", "reject", flash)["code"] == "NOT_PENDING"


def test_reset_erases_otadata(otakit, flash):
    set_otadata(flash, otadata_entry(1, VALID), otadata_entry(2, VALID))
    assert otakit.json("slot", "reset", flash)["boots_next"] == "factory"
    assert flash.read_bytes()[0xD000:0xF000] == b"\xff" * 0x2000


def test_slots_without_otadata(otakit, tmp_path, images):
    flash = tmp_path / "plain.flash"
    otakit("flash", "create", "-o", flash, "--size", "2MB", "--preset", "single-app",
           "--app", f"factory={images[0]}")
    document = otakit.json("slot", "list", flash)
    assert (document["otadata"], document["boots_next"]) == ([], "factory")
    for verb in ("confirm", "reject", "reset"):
        assert failure(otakit, "slot", verb, flash)["code"] in ("NO_OTADATA", "NOT_PENDING")


def test_boot_has_every_key(otakit, flash):
    document = otakit.json("boot", flash)
    assert set(document) == BOOT_KEYS
    assert document == {"booted": "factory", "image_length": 65536, "selected": "factory",
                        "attempts": [{"label": "factory", "status": "OK"}],
                        "otadata": [BLANK, BLANK]}


def test_boot_tries_in_order_and_says_why(otakit, flash, images, tmp_path):
    otakit("flash", "write", flash, "ota_1", damage(images[2], 5000, tmp_path / "x"), "--force")
    otakit("flash", "erase", flash, "ota_0")
    set_otadata(flash, otadata_entry(2, NEW))
    dry = otakit.json("boot", flash, "--dry-run")
    assert dry == otakit.json("boot", flash)
    assert dry["selected"] == "ota_1" and dry["booted"] == "factory"
    assert [attempt["label"] for attempt in dry["attempts"]] == ["ota_1", "ota_0", "factory"]
    assert [attempt["status"] for attempt in dry["attempts"]] == ["BAD_CHECKSUM", "BAD_MAGIC", "OK"]
    assert dry["otadata"][0]["state"] == "PENDING_VERIFY"


def test_boot_fails_when_nothing_boots(otakit, flash):
    for label in ("factory", "ota_0", "ota_1"):
        otakit("flash", "erase", flash, label)
    document = otakit.json("boot", flash, status=1)
    assert set(document) == BOOT_KEYS | {"error"}
    assert (document["booted"], document["image_length"]) == (None, 0)
    assert document["error"]["code"] == "NOTHING_BOOTABLE"
    assert otakit.json("slot", "list", flash)["boots_next"] is None


def test_boot_gives_up_on_a_damaged_table(otakit, flash):
    content = bytearray(flash.read_bytes())
    content[0x8004] ^= 1
    flash.write_bytes(content)
    document = otakit.json("boot", flash, status=1)
    assert document["booted"] is None and document["attempts"] == []
    assert document["error"]["code"] == "BAD_MD5"


def test_boot_of_another_chip_finds_nothing(otakit, flash):
    document = otakit.json("boot", flash, "--chip", "esp32c3", status=1)
    assert {attempt["status"] for attempt in document["attempts"]} == {"WRONG_CHIP"}


def test_boot_skips_what_anti_rollback_forbids(otakit, flash):
    set_otadata(flash, otadata_entry(1, VALID), otadata_entry(2, VALID))
    assert otakit.json("boot", flash, "--secure-version", "2")["booted"] == "ota_1"
    set_otadata(flash, otadata_entry(3, VALID), otadata_entry(2, VALID))
    assert otakit.json("boot", flash)["booted"] == "ota_0"
    assert otakit.json("boot", flash, "--secure-version", "2")["booted"] == "ota_1"


def test_a_flash_that_is_only_read_may_be_standard_input(otakit, flash):
    content = flash.read_bytes()
    for command in (("slot", "list", "-"), ("boot", "-", "--dry-run")):
        assert run_bytes(otakit, *command, data=content).returncode == 0


def test_otadata_at_an_odd_place_is_an_error_not_a_crash(otakit, tmp_path, images):
    csv, flash = tmp_path / "odd.csv", tmp_path / "odd.flash"
    csv.write_text("otadata,data,ota,0xD0F0,8K\nfactory,app,factory,0x10000,1M\n"
                   "ota_0,app,ota_0,0x110000,1M\n")
    otakit("table", "build", csv, "-o", tmp_path / "table.bin", "--no-verify")
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--table", tmp_path / "table.bin",
           "--app", f"ota_0={images[0]}", "--app", f"factory={images[0]}")
    for command in (("slot", "switch", flash, "factory"), ("slot", "switch", flash, "ota_0"),
                    ("slot", "reset", flash), ("flash", "erase", flash, "otadata")):
        assert failure(otakit, *command)["code"] in ("FLASH_IO", "MISALIGNED", "NO_OTADATA")


LAST_KEYS = {"stage", "status", "reset_reason", "from", "to", "image_size"}


def last_update(otakit, flash):
    """The document of the command, and its line."""
    document = otakit.json("slot", "last-update", flash)
    assert set(document) == LAST_KEYS
    return document, otakit("slot", "last-update", flash).stdout


def test_without_an_update_nothing_is_known_of_one(otakit, flash):
    before = flash.read_bytes()
    document, line = last_update(otakit, flash)
    assert document == {"stage": "none", "status": "OK", "reset_reason": "unknown", "from": None,
                        "to": None, "image_size": None}
    assert line == "no update is known\n" and flash.read_bytes() == before


def test_a_trial_and_its_confirmation_are_told(otakit, flash):
    otakit("slot", "switch", flash, "ota_0")
    otakit("boot", flash)
    document, line = last_update(otakit, flash)
    assert (document["stage"], document["from"], document["to"]) == ("trial", "factory", "ota_0")
    assert line.startswith("ota_0 is on trial") and "factory" in line
    otakit("slot", "confirm", flash)
    document, line = last_update(otakit, flash)
    assert (document["stage"], document["to"]) == ("confirmed", "ota_0")
    assert line == "ota_0 is confirmed; factory ran before it\n"
    # The bootloader wiped the sector where the size stood; a number would be an invention.
    assert document["image_size"] is None


@pytest.mark.parametrize("verdict, status, reason", [
    ("fail", "SELF_TEST_FAILED", "unknown"), ("hang", "UNCONFIRMED", "watchdog")])
def test_a_rollback_is_told_with_its_reason(otakit, flash, verdict, status, reason):
    otakit("slot", "switch", flash, "ota_0")
    otakit("device", "run", "--flash", flash, "--once", "--self-test", verdict,
           "--self-test-timeout", "100ms", status=1)
    document, line = last_update(otakit, flash)
    assert document["stage"] == "rolled_back"
    assert (document["from"], document["to"]) == ("factory", "ota_0")
    assert (document["status"], document["reset_reason"]) == (status, reason)
    assert line.startswith("ota_0 was rolled back to factory: the new application")
    assert ("(reset: watchdog)" in line) == (reason == "watchdog")


def test_without_otadata_there_is_no_last_update(otakit, tmp_path, images):
    flash = tmp_path / "single.flash"
    otakit("flash", "create", "-o", flash, "--size", "2MB", "--preset", "single-app",
           "--app", f"factory={images[0]}")
    assert failure(otakit, "slot", "last-update", flash)["code"] == "NO_OTADATA"


def test_an_empty_slot_is_called_empty(otakit, flash):
    otakit("flash", "erase", flash, "ota_0")
    error = failure(otakit, "slot", "switch", flash, "ota_0")
    assert error["code"] == "BAD_MAGIC" and "holds no application" in error["message"]
    assert "otakit flash write" in error["hint"]
    set_otadata(flash, otadata_entry(1, VALID))
    assert "holds no application" in otakit("boot", flash, "--dry-run").stdout
    assert otakit.json("boot", flash, "--dry-run")["attempts"][0]["status"] == "BAD_MAGIC"


def test_a_rejection_by_hand_is_no_failed_self_test(otakit, flash):
    otakit("slot", "switch", flash, "ota_0")
    otakit("boot", flash)
    otakit("slot", "reject", flash)
    document, line = last_update(otakit, flash)
    assert (document["stage"], document["status"]) == ("rolled_back", "CANCELLED")
    assert line == "ota_0 was rolled back to factory: the update was cancelled\n"
