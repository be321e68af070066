# SPDX-License-Identifier: Apache-2.0
"""The JSON lines that a device writes for programs; docs/virtual-device.md lists them."""
import json
import pathlib
import re

import pytest

from device_fixtures import create_image, device, images, web  # noqa: F401 (fixtures)

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "virtual-device.md"
COMMON = {"t_ms": int, "device": str, "event": str}
STATUS = {"status": str, "message": str}
APP = {"slot": str, "project": str, "version": str}
AIR = {"interface": str, "ssid": str, "channel": int}
SCHEMA = {
    "boot": {"reset_reason": str, "slot": str, "state": (str, type(None)), "project": str,
             "version": str, "image_length": int},
    "boot_refused": {"slot": str, **STATUS},
    "portal": {"url": str},
    "softap_up": AIR,
    "softap_down": AIR,
    "station_joined": {"station": str},
    "station_left": {"station": str},
    "station_refused": {"station": str},
    "station_address": {"station": str, "address": str},
    "ble_ready": {"name": str, "adapter": str, "psm": int},
    "ble_client": {"address": str},
    "ble_client_gone": {"address": str},
    "ble_interval": {"us": int},
    "ble_passkey": {"passkey": int},
    "ble_down": {"why": str},
    "serial_ready": {"path": str, "pty": (str, type(None))},
    "push": {"owner": str},
    "link_lost": STATUS,
    "cancelled": STATUS,
    "request": {"url": str, "offset": int, "attempt": int},
    "retry": {"wait_ms": int, **STATUS},
    "update_begin": {"slot": str, "image_size": int},
    "resumed": {"slot": str, "offset": int},
    "progress": {"slot": str, "written": int, "image_size": int, "skipped": int},
    "verified": {"slot": str, "image_size": int, "skipped": int},
    "switched": {"slot": str},
    "reset": {"reason": str},
    "self_test": {**APP, "passed": bool, **STATUS},
    "awaiting_verdict": APP,
    "confirmed": APP,
    "rejected": {**APP, **STATUS},
    "rolled_back": {**APP, "from": str, **STATUS},
    "refused": STATUS,
    "up_to_date": {"version": str},
    "power_lost": {"operation": int, "kind": str, "offset": int, "len": int},
    "interrupted": {},
}


# Those of images that are pushed and of radios; other tests bring them up.
PUSHED = {name for name in SCHEMA if name.startswith(("softap_", "station_", "ble_", "serial_"))}
PUSHED |= {"portal", "push", "link_lost", "cancelled"}


def check(events):
    """Every event has exactly its keys, and time never goes back."""
    last_ms = 0
    for event in events:
        expected = {**COMMON, **SCHEMA[event["event"]]}
        assert set(event) == set(expected), event
        for key, kind in expected.items():
            assert isinstance(event[key], kind), (key, event)
        assert event["t_ms"] >= last_ms
        last_ms = event["t_ms"]


def runs(device, images):
    """Runs that together bring up most events."""
    yield device.update("new.bin", "--cut-after", 300)
    yield device.update("corrupt.bin")
    yield device.update("new.bin", "--self-test", "fail")
    yield device.update("new.bin", "--self-test", "hang")
    yield device.update("new.bin", "--confirm", "manual", input="confirm\n")
    yield device.update("new.bin", "--sha256", images.sha256)
    yield device.run("--once", "--pull", "https://localhost:1/a", "--ca", device.web.ca,
                     "--attempts", 2)


def test_every_event_follows_the_schema(device, images):
    seen = set()
    for run in runs(device, images):
        check(run.events)
        seen |= {event["event"] for event in run.events}
    assert set(SCHEMA) - seen <= {"boot_refused", "resumed", "interrupted"} | PUSHED


def test_every_event_is_documented():
    section = DOCS.read_text().split("## Events")[1]
    names = re.findall(r"^\| (`\w+`(?:, `\w+`)*) *\|", section, re.MULTILINE)
    documented = {name.strip("`") for cell in names for name in cell.split(", ")}
    assert documented == set(SCHEMA)


def test_a_slot_that_does_not_boot_is_reported(device, otakit):
    device.update("new.bin", status=0)
    content = bytearray(device.flash.read_bytes())
    content[0x110000 + 1000] ^= 1
    device.flash.write_bytes(content)
    run = device.run("--once")
    check(run.events)
    assert run.one("boot_refused")["slot"] == "ota_0"
    assert run.one("boot")["slot"] == "factory"


@pytest.mark.parametrize("size", [65536, 300000])
def test_progress_only_grows_and_ends_at_the_whole_image(device, otakit, web, tmp_path, size):
    web.publish("sized.bin", create_image(otakit, tmp_path / "sized.bin", "2.0.0", seed=3, size=size))
    run = device.update("sized.bin", status=0)
    written = [event["written"] for event in run.events if event["event"] == "progress"]
    assert len(written) >= 5
    assert written == sorted(set(written))
    assert written[-1] == size


def test_events_on_standard_output_are_alone_there(device):
    device.events_path = "-"
    result = device.otakit(*device.arguments("--once", "--name", "lamp 7", pull="new.bin"),
                           status=0)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    check(events)
    assert {event["device"] for event in events} == {"lamp 7"}
    assert "CONFIRMED" in result.stderr


def test_texts_of_an_image_cannot_break_a_line(device, otakit, web, tmp_path):
    odd = 'a"b\\c\x01\xe9'
    web.publish("odd.bin", create_image(otakit, tmp_path / "odd.bin", odd, seed=5))
    run = device.update("odd.bin", status=0)
    version = run.one("confirmed")["version"]
    assert version.encode("latin-1").decode() == odd


def test_a_file_that_cannot_be_written_is_an_error(device, otakit):
    result = otakit("device", "run", "--flash", device.flash, "--events", "/nonexistent/e",
                    "--once", status=1)
    assert "/nonexistent/e" in result.stderr


@pytest.mark.parametrize("option, reason", [("hang", "watchdog"), ("fail", "software")])
def test_the_reset_reason_reaches_the_next_boot(device, option, reason):
    run = device.update("new.bin", "--self-test", option, status=1)
    reasons = [event["reset_reason"] for event in run.events if event["event"] == "boot"]
    assert reasons == ["power on", "software", reason]
