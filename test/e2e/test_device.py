# SPDX-License-Identifier: Apache-2.0
"""The virtual device in every outcome of an update."""
import hashlib
import json

import pytest

from device_fixtures import create_image, device, images, web  # noqa: F401 (fixtures)
from virtual_device import interrupt, read_events


def slot_holds(device, label, image, tmp_path):
    content = image.read_bytes()
    return device.read_slot(label, tmp_path)[:len(content)] == content


def test_an_update_is_verified_switched_tested_and_confirmed(device, images, tmp_path):
    run = device.update("new.bin", status=0)
    assert run.names() == ["boot", "update_begin", "verified", "switched", "reset", "boot",
                           "self_test", "confirmed"]
    assert [event["slot"] for event in run.events if event["event"] == "boot"] == ["factory",
                                                                                    "ota_0"]
    assert run.one("confirmed")["version"] == "2.0.0"
    assert device.boots() == "ota_0"
    assert slot_holds(device, "ota_0", images.new, tmp_path)
    assert slot_holds(device, "factory", images.old, tmp_path)


def test_updates_alternate_between_the_slots(device, otakit, web, tmp_path):
    for number, label in ((3, "ota_0"), (4, "ota_1"), (5, "ota_0")):
        image = create_image(otakit, tmp_path / "next.bin", f"{number}.0.0", seed=number)
        web.publish("next.bin", image)
        assert device.update("next.bin", status=0).one("confirmed")["slot"] == label
        assert device.boots() == label
        assert slot_holds(device, label, image, tmp_path)


def test_a_corrupt_image_is_refused_before_the_switch(device):
    run = device.update("corrupt.bin", status=1)
    assert run.one("refused")["status"] in ("BAD_CHECKSUM", "BAD_HASH")
    assert not run.has("switched")
    assert device.boots() == "factory"
    assert "hint: " in run.stderr


def test_a_refused_image_does_not_stand_in_the_way_of_a_good_one(device, images, tmp_path):
    device.update("corrupt.bin", status=1)
    device.update("new.bin", status=0)
    assert slot_holds(device, "ota_0", images.new, tmp_path)


def test_another_file_than_the_one_announced_is_refused(device):
    run = device.update("new.bin", "--sha256", "00" * 32, status=1)
    assert run.one("refused")["status"] == "BAD_HASH"
    assert device.boots() == "factory"


def test_a_manifest_names_the_image(device, web, images):
    manifest = {"firmware": "new.bin", "sha": images.sha256,
                "length": images.new.stat().st_size}
    (web.root / "manifest.json").write_text(json.dumps(manifest))
    run = device.run("--once", "--manifest", web.url("manifest.json"), "--ca", web.ca, status=0)
    assert run.one("confirmed")["version"] == "2.0.0"
    run = device.update("manifest.json", status=0)
    assert run.has("up_to_date")


# ---- the trial -----------------------------------------------------------------------------


def test_a_failed_self_test_is_rejected_and_rolled_back(device):
    run = device.update("new.bin", "--self-test", "fail", status=1)
    assert run.names()[-6:] == ["boot", "self_test", "rejected", "reset", "boot", "rolled_back"]
    back = run.one("rolled_back")
    assert (back["from"], back["slot"], back["version"]) == ("ota_0", "factory", "1.0.0")
    assert back["status"] == "SELF_TEST_FAILED"
    assert device.boots() == "factory"


def test_a_hung_self_test_is_ended_by_the_watchdog_and_rolled_back(device):
    run = device.update("new.bin", "--self-test", "hang", status=1)
    resets = [event["reason"] for event in run.events if event["event"] == "reset"]
    assert resets == ["software", "watchdog"]
    assert run.one("self_test")["status"] == "SELF_TEST_TIMEOUT"
    assert run.one("rolled_back")["status"] == "UNCONFIRMED"
    assert not run.has("rejected")
    assert device.boots() == "factory"


def test_a_rolled_back_image_can_be_tried_again(device):
    device.update("new.bin", "--self-test", "fail", status=1)
    device.update("new.bin", "--self-test", "hang", status=1)
    device.update("new.bin", status=0)
    assert device.boots() == "ota_0"


def test_a_rollback_goes_back_to_the_other_slot(device, otakit, web, tmp_path):
    device.update("new.bin", status=0)
    web.publish("bad.bin", create_image(otakit, tmp_path / "bad.bin", "6.0.0", seed=6))
    run = device.update("bad.bin", "--self-test", "fail", status=1)
    assert run.one("rolled_back")["slot"] == "ota_0"
    assert device.boots() == "ota_0"


def test_a_command_is_the_self_test(device, tmp_path):
    seen = tmp_path / "seen"
    command = f'echo "$OTAKIT_SLOT $OTAKIT_PROJECT $OTAKIT_VERSION" > {seen}; echo heard'
    run = device.update("new.bin", "--self-test", command, status=0)
    assert seen.read_text() == "ota_0 lamp 2.0.0\n"
    assert "heard" in run.stdout


@pytest.mark.parametrize("command", ["exit 3", "kill -9 $$", "/nonexistent/program"])
def test_a_command_that_fails_is_a_failed_self_test(device, command):
    run = device.update("new.bin", "--self-test", command, status=1)
    assert run.one("rolled_back")["status"] == "SELF_TEST_FAILED"


def test_a_command_that_hangs_is_killed_with_its_children(device, tmp_path):
    late = tmp_path / "late"
    run = device.update("new.bin", "--self-test", f"(sleep 2; touch {late}) & sleep 60",
                        "--self-test-timeout", "300ms", status=1, timeout=20)
    assert run.one("rolled_back")["status"] == "UNCONFIRMED"
    with pytest.raises(TimeoutError):
        wait_for_file(late)


def wait_for_file(path, timeout=2.5):
    import time
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if path.exists():
            return
        time.sleep(0.05)
    raise TimeoutError(path)


@pytest.mark.parametrize("answer, status, event, boots", [
    ("confirm\n", 0, "confirmed", "ota_0"),
    ("perhaps\nconfirm\n", 0, "confirmed", "ota_0"),
    ("reject\n", 1, "rolled_back", "factory"),
    ("reset\n", 1, "rolled_back", "factory"),
])
def test_a_person_decides(device, answer, status, event, boots):
    run = device.update("new.bin", "--confirm", "manual", input=answer, status=status)
    assert run.has("awaiting_verdict")
    assert run.names()[-1] == event
    assert device.boots() == boots


def test_a_verdict_may_be_given_while_the_device_is_off(device, otakit):
    device.update("new.bin", "--confirm", "manual", input="", status=1)
    otakit("slot", "confirm", device.flash)
    run = device.run("--once", status=0)
    assert run.one("boot")["slot"] == "ota_0"


def test_an_unconfirmed_application_is_rolled_back_at_the_next_power_on(device):
    device.update("new.bin", "--confirm", "manual", input="", status=1)
    run = device.run("--once", status=1)
    assert run.one("rolled_back")["status"] == "UNCONFIRMED"
    assert run.one("boot")["reset_reason"] == "power on"
    device.run("--once", status=0)


# ---- what is refused -----------------------------------------------------------------------


def test_what_runs_already_is_not_fetched_again(device, web, images):
    device.update("new.bin", status=0)
    before = device.flash.read_bytes()
    lines = len(web.log())
    run = device.update("new.bin", "--sha256", images.sha256, status=0)
    assert run.names() == ["boot", "up_to_date"]
    assert "runs already" in run.stdout
    assert device.flash.read_bytes() == before
    assert sum(int(line.split()[2]) for line in web.log()[lines:]) < images.new.stat().st_size


@pytest.mark.parametrize("options, image, status", [
    (["--refuse-older-version"], {"version": "0.9.0"}, "OLDER_VERSION"),
    (["--refuse-other-project"], {"version": "2.0.0", "project": "kettle"}, "WRONG_PROJECT"),
    ([], {"version": "2.0.0", "chip": "esp32s3"}, "WRONG_CHIP"),
    (["--chip", "esp32s3"], {"version": "2.0.0"}, None),
])
def test_policy_and_chip_refuse_before_the_first_erase(device, otakit, web, tmp_path, options,
                                                       image, status):
    before = device.flash.read_bytes()
    web.publish("odd.bin", create_image(otakit, tmp_path / "odd.bin", seed=7, **image))
    run = device.update("odd.bin", *options, status=1)
    if status:
        assert run.one("refused")["status"] == status
    else:
        assert run.one("boot")["status"] == "NOTHING_BOOTABLE"
    assert device.flash.read_bytes() == before


def test_the_version_that_runs_is_refused_on_request(device, otakit, web, tmp_path):
    web.publish("same.bin", create_image(otakit, tmp_path / "same.bin", "1.0.0", seed=8))
    run = device.update("same.bin", "--refuse-same-version")
    assert (run.status, run.names()[-1]) in ((0, "up_to_date"), (1, "refused"))
    assert device.boots() == "factory"


def test_a_file_that_is_no_image_is_refused(device, web):
    (web.root / "page.html").write_text("<html>" + "x" * 5000)
    before = device.flash.read_bytes()
    run = device.update("page.html", status=1)
    assert run.one("refused")["status"] == "BAD_MAGIC"
    assert device.flash.read_bytes() == before


def test_an_image_larger_than_the_slot_is_refused(device, otakit, web, tmp_path):
    web.publish("big.bin", create_image(otakit, tmp_path / "big.bin", "2.0.0", seed=9,
                                        size=1100000))
    before = device.flash.read_bytes()
    run = device.update("big.bin", status=1)
    assert run.one("refused")["status"] == "TOO_BIG"
    assert device.flash.read_bytes() == before


def test_a_server_of_another_ca_is_refused(device, web):
    run = device.run("--once", "--pull", web.url("new.bin"), "--ca", web.other_ca, status=1)
    assert run.one("refused")["status"] == "TLS_UNTRUSTED"
    assert "hint: " in run.stderr


def test_plain_http_needs_to_be_asked_for(device):
    run = device.run("--once", "--pull", "http://localhost:1/new.bin", status=1)
    assert run.one("refused")["status"] == "INSECURE_URL"


def test_secure_version_rises_with_a_confirmed_image_and_bars_older_ones(device, otakit, web,
                                                                         tmp_path):
    fuses = tmp_path / "fuses"
    options = ["--efuse", fuses]
    web.publish("v3.bin", create_image(otakit, tmp_path / "v3.bin", "3.0.0", seed=3,
                                       secure_version=3))
    web.publish("v2.bin", create_image(otakit, tmp_path / "v2.bin", "4.0.0", seed=4,
                                       secure_version=2))
    device.update("v3.bin", *options, status=0)
    assert fuses.read_text() == "3\n"
    run = device.update("v2.bin", *options, status=1)
    assert run.one("refused")["status"] == "SECURE_VERSION"
    fuses.write_text("not a number")
    device.update("v2.bin", *options, status=1)


# ---- the run -------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [
    ["--pull", "https://localhost/a.bin"],
    ["--pull", "https://localhost/a.bin", "--ca", "ca.pem", "--sha256", "12"],
    ["--pull", "https://localhost/a.bin", "--manifest", "https://localhost/b", "--ca", "ca.pem"],
    ["--manifest", "https://localhost/b", "--ca", "ca.pem", "--sha256", "00" * 32],
    ["--confirm", "never"],
    ["--timing", "slow"],
])
def test_options_that_make_no_sense_are_told_apart_from_failures(device, arguments):
    before = device.flash.read_bytes()
    assert "error" in device.run("--once", *arguments, status=2).stderr
    assert device.flash.read_bytes() == before


def test_a_missing_flash_file_is_an_error_with_a_hint(otakit, tmp_path):
    result = otakit("device", "run", "--flash", tmp_path / "none.flash", "--once", status=1)
    assert "hint: " in result.stderr


def test_nothing_bootable_is_an_error(device, otakit):
    otakit("flash", "erase", device.flash, "factory")
    run = device.run("--once", status=1)
    assert run.one("boot")["status"] == "NOTHING_BOOTABLE"
    assert run.one("boot")["slot"] is None


def test_a_device_without_an_update_to_look_for_just_boots(device):
    before = device.flash.read_bytes()
    assert device.run("--once", status=0).names() == ["boot"]
    assert device.flash.read_bytes() == before


def test_the_device_runs_until_it_is_interrupted(device):
    process = device.start(pull="new.bin")
    device.wait_for("confirmed", process)
    assert process.poll() is None
    assert interrupt(process) == 130


def test_one_flash_file_is_one_device(device, otakit):
    process = device.start()
    device.wait_for("boot", process)
    result = otakit("device", "run", "--flash", device.flash, "--once", status=1)
    assert "another" in result.stderr
    assert interrupt(process) == 130


def test_a_device_that_polls_finds_an_update_that_comes_later(device, web, images):
    (web.root / "later.bin").unlink(missing_ok=True)
    process = device.start("--poll", "300ms", pull="later.bin")
    device.wait_for("refused", process)
    web.publish("later.bin", images.new)
    device.wait_for("confirmed", process)
    assert interrupt(process) == 130


def test_real_timing_takes_the_time_that_it_reports(device):
    import time
    start = time.monotonic()
    run = device.update("new.bin", "--timing", "real", status=0)
    took_ms = (time.monotonic() - start) * 1000
    # Two boots, 32 sectors and the otadata writes: most of a second on the chip.
    assert run.events[-1]["t_ms"] > 500
    assert took_ms >= run.events[-1]["t_ms"]
    fast = device.update("new.bin", "--sha256", hashlib.sha256(b"").hexdigest(), status=1)
    assert fast.events


def test_a_document_tells_the_outcome_of_an_update(device, images):
    document = json.loads(device.update("new.bin", "--json", status=0).stdout)
    assert document == {"outcome": "OK", "running": {
        "label": "ota_0", "project": "lamp", "version": "2.0.0", "confirmed": True}}
    again = device.update("new.bin", "--json", "--sha256", images.sha256, status=0)
    assert json.loads(again.stdout) == {
        **document, "outcome": "UP_TO_DATE"}
    refused = json.loads(device.update("corrupt.bin", "--json", status=1).stdout)
    assert refused["running"] == document["running"]
    assert refused["outcome"] == refused["error"]["code"] == device_status(device)


def device_status(device):
    """Status of the refusal that the last run reported."""
    return next(event["status"] for event in read_events(device.events_path)
                if event["event"] == "refused")


def test_quiet_says_nothing_but_errors(device):
    run = device.update("new.bin", "--quiet", status=0)
    assert (run.stdout, run.stderr) == ("", "")
    run = device.update("corrupt.bin", "--quiet", status=1)
    assert run.stdout == ""
    assert run.stderr.startswith("otakit: error: ")
