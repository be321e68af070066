# SPDX-License-Identifier: Apache-2.0
"""`otakit push serial:` over pseudo-terminals, with and without trouble on the line."""
import json
import os
import pty
import signal
import subprocess

import pytest

from cli_samples import create_image, failure
from noisy_line import NoisyLine
from push_fixtures import (NEW, NEW_SIZE, OLD, make_push_images, new_image,  # noqa: F401
                           pushed_device)


@pytest.fixture(name="line")
def line_path(tmp_path):
    """Where the device's end of the line is linked."""
    return tmp_path / "line"


def serial(path, *more):
    """The device's options for a line."""
    return ("--serial", path, *more)


def test_an_update_and_what_became_of_it(otakit, pushed, new, line):
    with pushed.running(*serial(line), ready="serial_ready"):
        document = otakit.json("push", f"serial:{line}", new, "--wait", "--baud", "921600")
    assert (document["protocol"], document["outcome"]) == ("serial", "confirmed")
    assert document["before"]["version"] == OLD and document["before"]["slot"] == "factory"
    assert document["after"]["version"] == NEW and document["after"]["slot"] == "ota_0"
    assert document["device"] == {"name": "otakit", "chip": "esp32c3"}
    assert document["bytes"] == NEW_SIZE and document["resumed_at"] == 0
    assert pushed.boots() == "ota_0"


def test_people_are_told(otakit, pushed, new, line):
    with pushed.running(*serial(line), ready="serial_ready"):
        result = otakit("push", f"serial:{line}", new)
    assert result.stderr.startswith(f"lamp {OLD} -> {NEW}, esp32c3, 683.6 KB\n")
    assert result.stdout.startswith("the device has the image and resets (683.6 KB in ")


def test_a_rollback_is_a_failure_with_its_reason(otakit, pushed, new, line):
    with pushed.running(*serial(line, "--self-test", "fail"), ready="serial_ready"):
        document = otakit.json("push", f"serial:{line}", new, "--wait", status=1)
    assert document["outcome"] == "rolled_back"
    assert document["error"]["code"] == "SELF_TEST_FAILED"
    assert document["after"]["version"] == OLD


@pytest.mark.parametrize("damage", [50000, 5000])
def test_noise_on_the_line_is_repaired(otakit, pushed, new, line, tmp_path, damage):
    noise = b"I (123) wifi: a log on the same line\r\n\0\x01\0"
    with pushed.running(*serial(line), ready="serial_ready"):
        with NoisyLine(tmp_path / "near", line, damage, noise) as near:
            document = otakit.json("push", f"serial:{near.path}", new, "--wait", timeout=120)
            assert near.damaged_count > NEW_SIZE // damage // 2
    assert document["outcome"] == "confirmed"


def test_a_line_that_comes_apart_is_taken_up_again(otakit, pushed, new, line, tmp_path):
    with pushed.running(*serial(line), ready="serial_ready"):
        with NoisyLine(tmp_path / "near", line, cuts=[100000, 200000, 300000]) as near:
            result = otakit("push", f"serial:{near.path}", new, "--wait", timeout=120)
            assert near.cuts == []
    assert result.stderr.count("trying again") == 3
    assert f"the device runs lamp {NEW}, confirmed" in result.stdout


def test_ctrl_c_leaves_what_arrived_and_http_goes_on(otakit, pushed, new, line):
    options = serial(line, "--portal", "127.0.0.1:0", "--timing", "real")
    with pushed.running(*options) as portal:
        push = otakit.start("push", f"serial:{line}", new, "--json", stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
        pushed.wait_until(lambda events: any(e["event"] == "progress" and e["written"] > 100000
                                             for e in events))
        push.send_signal(signal.SIGINT)
        stdout, _ = push.communicate(timeout=10)
        assert push.returncode == 130
        error = json.loads(stdout)["error"]
        assert error["code"] == "INTERRUPTED" and "goes on there" in error["hint"]
        document = otakit.json("push", portal["url"], new, "--wait")
    assert document["outcome"] == "confirmed" and document["resumed_at"] >= 90000


def test_the_wrong_chip_is_refused_before_anything_is_sent(otakit, pushed, line, tmp_path):
    other = create_image(otakit, tmp_path / "other.bin", "2.0.0", size=90000)
    with pushed.running(*serial(line), ready="serial_ready"):
        error = failure(otakit, "push", f"serial:{line}", other)
        assert error["code"] == "WRONG_CHIP" and "esp32c3" in error["message"]
        assert failure(otakit, "push", f"serial:{line}", other, "--force")["code"] == "WRONG_CHIP"
        assert not any(event["event"] == "update_begin" for event in pushed.events())


def test_a_trial_that_is_not_over(otakit, pushed, new, line):
    with pushed.running(*serial(line, "--confirm", "manual"), ready="serial_ready"):
        document = otakit.json("push", f"serial:{line}", new, "--wait", "--timeout", "3s")
        assert document["outcome"] == "on_trial"
        error = failure(otakit, "push", f"serial:{line}", new)
        assert error["code"] == "PENDING_VERIFY" and "on trial" in error["hint"]


def test_nobody_at_the_other_end(otakit, new, tmp_path):
    leader, follower = pty.openpty()
    error = failure(otakit, "push", f"serial:{os.ttyname(follower)}", new, "--timeout", "2s")
    os.close(leader)
    os.close(follower)
    assert error["code"] == "TIMEOUT" and "nothing answers" in error["message"]


@pytest.mark.parametrize("path, code, hint", [("nix", "NOT_FOUND", "`ls /dev/ttyUSB*"),
                                              ("file", "HOST_IO", "/dev/ttyUSB0")])
def test_lines_that_are_none(otakit, new, tmp_path, path, code, hint):
    (tmp_path / "file").write_text("")
    error = failure(otakit, "push", f"serial:{tmp_path / path}", new)
    assert error["code"] == code and str(tmp_path / path) in error["message"]
    assert hint in error["hint"]


def test_a_speed_that_no_line_has(otakit, new):
    assert failure(otakit, "push", "serial:/dev/null", new, "--baud", "12345",
                   status=2)["code"] == "USAGE"
