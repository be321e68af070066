# SPDX-License-Identifier: Apache-2.0
"""otakit device run as a command: what its options mean; updates have tests of their own."""
import json
import signal
import subprocess
import time

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
    ["--json", "--events", "-"], ["--stall-timeout"]])
def test_wrong_use_is_told_before_anything_runs(otakit, flash, arguments):
    result = otakit("device", "run", "--flash", flash, "--once", *arguments, status=2)
    assert "otakit: error: " in result.stderr and "boot" not in result.stdout


@pytest.mark.parametrize("arguments", [
    ["--portal", ""], ["--portal", "127.0.0.1:65536"], ["--portal", "127.0.0.1:http"],
    ["--serial", "/dev/ttyS0,12345"]])
def test_a_place_that_cannot_be_is_wrong_use(otakit, flash, arguments):
    result = otakit("device", "run", "--flash", flash, "--once", *arguments, status=2)
    assert "otakit: error: " in result.stderr and "hint: " in result.stderr


def test_json_is_one_document_that_tells_what_runs(otakit, flash, tmp_path):
    result = otakit("device", "run", "--flash", flash, "--once", "--json",
                    "--events", tmp_path / "events")
    running = {"label": "factory", "project": "lamp", "version": "1.0.0", "confirmed": True}
    assert json.loads(result.stdout) == {"running": running, "outcome": "OK"}
    assert result.stderr == "" and events((tmp_path / "events").read_text())


@pytest.mark.parametrize("arguments, outcome, runs, exit_status", [
    (["--self-test", "fail"], "SELF_TEST_FAILED", ("factory", True), 1),
    (["--self-test", "hang", "--self-test-timeout", "100ms"], "UNCONFIRMED",
     ("factory", True), 1),
    (["--confirm", "manual"], "PENDING_VERIFY", ("ota_0", False), 1),
    (["--pull", "http://localhost:1/a.bin"], "INSECURE_URL", ("ota_0", True), 1),
    (["--cut-after", "1"], "POWER_LOST", None, 1),
    (["--chip", "esp32"], "NOTHING_BOOTABLE", None, 1),
    (["--sha256", "00"], "USAGE", None, 2),
])
def test_a_json_document_of_a_failure_tells_why(otakit, flash, arguments, outcome, runs,
                                                exit_status):
    otakit("slot", "switch", flash, "ota_0")
    if "--pull" in arguments:
        otakit("device", "run", "--flash", flash, "--once")
    result = otakit("device", "run", "--flash", flash, "--once", "--json", *arguments, input="",
                    status=exit_status)
    document = json.loads(result.stdout)
    running = document["running"]
    assert (document["outcome"], document["error"]["code"]) == (outcome, outcome)
    assert (running and (running["label"], running["confirmed"])) == runs
    assert document["error"]["message"] in result.stderr.replace("otakit: error: ", "")
    assert result.stderr.count("otakit: error: ") == 1


def test_an_interrupted_run_tells_what_ran_in_its_document(otakit, flash, tmp_path):
    told = tmp_path / "events"
    process = otakit.start("device", "run", "--flash", flash, "--json", "--events", told,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    end = time.monotonic() + 20
    while not (told.exists() and told.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    document = json.loads(process.communicate(timeout=20)[0])
    assert (process.returncode, document["outcome"]) == (130, "INTERRUPTED")
    assert document["running"]["label"] == "factory"


def test_the_flash_file_is_needed(otakit, tmp_path):
    assert failure(otakit, "device", "run", status=2)["code"] == "USAGE"
    result = otakit("device", "run", "--flash", tmp_path / "nix", "--once", status=1)
    assert "otakit: error: " in result.stderr


@pytest.mark.parametrize("url", ["foo", "ftp://x", "https://", "http://user:word@host/a",
                                 "http://host:port/a"])
@pytest.mark.parametrize("option", ["--pull", "--manifest"])
def test_a_malformed_url_is_wrong_use(otakit, flash, option, url):
    before = flash.read_bytes()
    result = otakit("device", "run", "--flash", flash, "--once", option, url, status=2)
    assert "malformed" in result.stderr and result.stdout == ""
    assert flash.read_bytes() == before


@pytest.mark.parametrize("holds", ["nothing", "key"])
def test_a_ca_file_without_a_certificate_is_told_as_that(otakit, flash, tmp_path, holds):
    ca = tmp_path / "ca.pem"
    ca.touch()
    if holds == "key":
        subprocess.run(["openssl", "genrsa", "-out", ca, "2048"], check=True, capture_output=True)
    document = json.loads(otakit("device", "run", "--flash", flash, "--once", "--json", "--ca", ca,
                                 "--pull", "https://localhost:1/a.bin", status=1).stdout)
    assert document["error"]["code"] == "BAD_KEY"
    assert document["error"]["message"] == f"{ca}: the CA file holds no certificate"
    assert "CERTIFICATE" in document["error"]["hint"]
