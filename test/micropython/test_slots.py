# SPDX-License-Identifier: Apache-2.0
"""status(), show(), confirm() and rollback(), with the bootloader's own decisions between them."""
import pytest

from boards import WAS_RESET, otakit
from rogue_server import File


@pytest.fixture
def new(images, serve):
    """Arguments of ask() for `ota.update(URL, SHA)` to version 2.0.0."""
    return {"URL": serve(images.new.content), "SHA": images.new.sha}


@pytest.fixture
def updated(board, new):
    """A board that boots version 2.0.0 in ota_1 next, on trial."""
    assert board.ask("ota.update(URL, SHA)", **new) == "ota_1"
    return board


def states(board):
    return {label: slot["state"] for label, slot in board.slots().items()}


def test_status_of_a_fresh_board(board):
    status = board.ask("ota.status()")
    assert (status["running"], status["boot"], status["next"]) == ("ota_0", "ota_0", "ota_1")
    assert status["pending"] is False
    assert status["slots"][0] == {"label": "ota_0", "address": 0x10000, "size": 0x180000,
                                  "version": "1.0.0", "project": "lamp", "state": "VALID"}
    assert status["slots"][1]["version"] is None
    assert status["otadata"] == [
        {"sector": 0, "seq": 1, "state": "VALID", "crc_ok": True, "slot": "ota_0"},
        {"sector": 1, "seq": None, "state": "UNDEFINED", "crc_ok": False, "slot": None}]


def test_status_after_the_update_and_after_the_reset(board, new):
    status = board.ask_all("ota.update(URL, SHA)", "ota.status()", **new)[1]
    assert (status["running"], status["boot"], status["pending"]) == ("ota_0", "ota_1", False)
    assert status["otadata"][0]["state"] == "NEW"
    status = board.ask("ota.status()")
    assert (status["running"], status["boot"], status["pending"]) == ("ota_1", "ota_1", True)
    assert status["otadata"][0]["state"] == "PENDING_VERIFY"


def test_status_sees_a_wrong_crc(updated):
    with open(updated.flash, "r+b") as flash:
        flash.seek(0xD000 + 28)
        flash.write(b"\0\0\0\0")
    assert [entry["crc_ok"] for entry in updated.ask("ota.status()")["otadata"]] == [True, False]


def test_show_prints_the_table(board):
    board.ask("ota.show()")
    assert "runs:       ota_0\n" in board.output
    assert "otadata          data  ota          d000      2000\n" in board.output
    assert "ota_1            app   ota_1      190000    180000\n" in board.output


def test_confirm_keeps_an_update(updated):
    assert updated.ask("[ota.confirm(), ota.confirm()]") == [True, False]
    assert updated.ask("ota.status()")["running"] == "ota_1"
    assert states(updated)["ota_1"] == "VALID"


def test_without_confirm_the_next_power_up_goes_back(updated):
    assert updated.ask("ota.status()")["running"] == "ota_1"
    assert updated.ask("ota.status()")["running"] == "ota_0"
    assert states(updated)["ota_1"] == "ABORTED"


def test_confirm_writes_nothing_where_nothing_is_on_trial(board):
    board.ask("ota.confirm()")
    before = board.flash.read_bytes()
    assert board.ask("ota.confirm()") is False
    assert board.flash.read_bytes() == before


def test_confirm_does_not_confirm_what_never_ran(board, new):
    assert board.ask_all("ota.update(URL, SHA)", "ota.confirm()", **new) == ["ota_1", False]
    assert states(board)["ota_1"] == "NEW"


def test_rollback_of_a_firmware_on_trial(updated):
    assert updated.ask("ota.rollback()") == "ota_0"
    assert updated.ask("ota.status()")["running"] == "ota_0"
    assert states(updated)["ota_1"] == "ABORTED"


def test_rollback_with_a_reset(updated):
    updated.run("import ota\nota.rollback(reset=True)\nprint('not reached')", status=WAS_RESET)
    assert "not reached" not in updated.output
    assert updated.ask("ota.status()")["running"] == "ota_0"


def test_rollback_of_a_confirmed_firmware_there_and_back(updated):
    assert updated.ask_all("ota.confirm()", "ota.rollback()") == [True, "ota_0"]
    answers = updated.ask_all("ota.status()['running']", "ota.confirm()", "ota.rollback()")
    assert answers == ["ota_0", True, "ota_1"]
    assert updated.next_boot() == "ota_1"


def test_rollback_of_an_update_that_waits_for_its_reset(board, new):
    assert board.ask_all("ota.update(URL, SHA)", "ota.rollback()", **new) == ["ota_1", "ota_0"]
    assert states(board) == {"ota_0": "VALID", "ota_1": None}
    assert board.next_boot() == "ota_0"


def test_rollback_does_not_go_to_a_firmware_that_failed(updated):
    updated.ask("ota.status()")
    answers = updated.ask_all("ota.status()['running']", "ota.rollback()")
    assert answers[0] == "ota_0"
    assert answers[1]["error"] == "NO_ROLLBACK"
    assert updated.next_boot() == "ota_0"


def test_rollback_does_not_go_to_half_an_image(updated, images, rogue):
    rogue.paths["/half"] = File(images.newer.content, limit=30000)
    answers = updated.ask_all("ota.confirm()", "ota.update(URL, SHA, retries=0, timeout=5)",
                              "ota.rollback()", URL=rogue.url("/half"), SHA=images.old.sha)
    assert answers[0] is True
    assert "error" in answers[1]
    assert answers[2]["error"] == "NO_ROLLBACK"
    assert updated.next_boot() == "ota_1"


def test_rollback_with_nothing_there(board):
    assert board.ask("ota.rollback()")["error"] == "NO_ROLLBACK"


def test_rollback_to_factory(board, images, new, tmp_path):
    board.flash = tmp_path / "factory.flash"
    otakit("flash", "create", "-o", board.flash, "--size", "4MB", "--preset", "two-ota", "--app",
           f"factory={images.old.path}")
    answers = board.ask_all("ota.status()['running']", "ota.update(URL, SHA)", "ota.rollback()",
                            "ota.update(URL, SHA)", **new)
    assert answers == ["factory", "ota_0", "factory", "ota_0"]
    answers = board.ask_all("ota.status()['running']", "ota.rollback()", "ota.confirm()",
                            "ota.rollback()")
    assert answers == ["ota_0", "factory", True, "factory"]
    assert board.ask("ota.status()")["running"] == "factory"
