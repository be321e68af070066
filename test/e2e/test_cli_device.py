# SPDX-License-Identifier: Apache-2.0
"""otakit device run as a command: what its options mean; updates have tests of their own."""
import json

import pytest

from cli_samples import create_image, failure


@pytest.fixture(name="flash")
def flash_file(otakit, tmp_path):
    image = create_image(otakit, tmp_path / "app.bin", chip="esp32c3")
    path = tmp_path / "device.flash"
    otakit("flash", "create", "-o", path, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={image}", "--app", f"ota_0={image}")
    return path


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def test_it_boots_and_tells_a_log(otakit, flash):
    log = otakit("device", "run", "--flash", flash, "--once", "--name", "kitchen").stdout
    assert "kitchen" in log and "factory" in log and "lamp 1.0.0" in log


def test_events_go_to_standard_output_alone(otakit, flash):
    result = otakit("device", "run", "--flash", flash, "--once", "--events", "-", "--quiet")
    assert events(result.stdout)[0]["event"] == "boot"
    assert all({"t_ms", "event"} <= set(event) for event in events(result.stdout))


def test_another_chip_boots_nothing(otakit, flash):
    otakit("device", "run", "--flash", flash, "--once", "--chip", "esp32", status=1)


@pytest.mark.parametrize("verdict, state, status", [("pass", "VALID", 0), ("fail", "INVALID", 1)])
def test_a_trial_is_decided_by_the_self_test(otakit, flash, verdict, state, status):
    otakit("slot", "switch", flash, "ota_0")
    otakit("device", "run", "--flash", flash, "--once", "--self-test", verdict, status=status)
    assert otakit.json("slot", "list", flash)["slots"][1]["state"] == state


@pytest.mark.parametrize("arguments", [
    ["--confirm", "maybe"], ["--timing", "slow"], ["--poll", "30x"], ["--cut-after", "soon"],
    ["--json"], ["--stall-timeout"]])
def test_wrong_use_is_told_before_anything_runs(otakit, flash, arguments):
    result = otakit("device", "run", "--flash", flash, "--once", *arguments, status=2)
    assert "otakit: error: " in result.stderr and "boot" not in result.stdout


def test_the_flash_file_is_needed(otakit, tmp_path):
    assert failure(otakit, "device", "run", status=2)["code"] == "USAGE"
    result = otakit("device", "run", "--flash", tmp_path / "nix", "--once", status=1)
    assert "otakit: error: " in result.stderr
