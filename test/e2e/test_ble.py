# SPDX-License-Identifier: Apache-2.0
"""The Bluetooth peripheral when BlueZ refuses, vanishes or is not there. What BlueZ does when all is
well is tested with the real one, in test/lab/ble."""
import os
import signal
import time

import pytest

import window_protocol as c
from device_fixtures import create_image
from fake_bluez import ADAPTER, CENTRAL, FakeBluez, PrivateBus
from virtual_device import VirtualDevice, interrupt, read_events

SIMPLE_CONTROL = "7ad671aa-21c0-46a4-b722-270e3ae3d830"
SIMPLE_DATA = "23408888-1f40-4cd8-9b89-ca8d45f8a5b0"
FIRMWARE_REVISION = "00002a26-0000-1000-8000-00805f9b34fb"
OTHER = ADAPTER + "/dev_00_AA_01_00_00_43"


@pytest.fixture(scope="module")
def files(otakit, tmp_path_factory):
    """A fresh flash with version 1.0.0, and an image of 2.0.0."""
    directory = tmp_path_factory.mktemp("ble")
    old = create_image(otakit, directory / "old.bin", "1.0.0", seed=1, size=60000)
    new = create_image(otakit, directory / "new.bin", "2.0.0", seed=2, size=90000)
    flash = directory / "fresh.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={old}")
    return flash, new.read_bytes()


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """A bus of our own, and the device told to use it."""
    with PrivateBus(tmp_path) as private:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", private.address)
        yield private


@pytest.fixture
def device(otakit, files, tmp_path):
    """A device on that flash."""
    return VirtualDevice(otakit, None, tmp_path, files[0])


class Running:
    """The device in the background, ended at last."""

    def __init__(self, device, *arguments):
        self.device = device
        self.process = device.start("--ble", *arguments)

    def __enter__(self):
        self.device.wait_for("ble_ready", self.process)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            interrupt(self.process)

    def wait(self, name, count=1):
        """Until an event has happened that often."""
        end = time.monotonic() + 20
        while len([event for event in read_events(self.device.events_path)
                   if event["event"] == name]) < count:
            assert time.monotonic() < end, read_events(self.device.events_path)
            time.sleep(0.02)


def take(bluez, client, kind, uuid=c.CONTROL):
    """Hand notifications to a client of protocol C, until one of that kind."""
    while client.take(bluez.next_value(uuid)) != kind:
        pass


def send_all(bluez, client, limit=None):
    """Data frames, until the device has all, or the limit was sent."""
    while not client.is_sent:
        while frame := client.next_data(495):
            assert bluez.write(c.DATA_UUID, frame) is None
            if limit and client.sent >= limit:
                return
        take(bluez, client, c.STATE)


def test_an_update_by_protocol_c(bus, device, files):
    """Application, advertisement, data, reset; and the new application registers again."""
    with FakeBluez(bus.address) as bluez, Running(device) as running:
        assert bluez.advertisement["LocalName"] == "esp32"
        assert c.SERVICE in bluez.advertisement["ServiceUUIDs"]
        assert bluez.read(FIRMWARE_REVISION) == b"1.0.0"
        client = c.Client(files[1])
        assert bluez.write(c.CONTROL, client.open_frame()) is None
        take(bluez, client, c.OPENED)
        send_all(bluez, client)
        assert bluez.write(c.CONTROL, bytes([c.FINISH])) is None
        while client.phase != c.SWITCHED:
            take(bluez, client, c.STATE)
        running.wait("confirmed")
        assert "disconnect" in bluez.calls
        assert bluez.calls.count("application") == 2
        assert c.decode_info(bluez.read(c.INFO_UUID)).app_version == "2.0.0"


def test_what_was_changed_is_put_back(bus, device):
    """Power, name, pairable; and nothing else was touched."""
    with FakeBluez(bus.address, powered=False) as bluez:
        with Running(device, "--ble-name", "lamp-7", "--ble-pairing", "encrypted"):
            assert (bluez.powered, bluez.alias, bluez.pairable) == (True, "lamp-7", True)
            assert ("agent", "NoInputNoOutput") in bluez.calls
        assert (bluez.powered, bluez.alias, bluez.pairable) == (False, "workbench", False)
        assert bluez.calls[-6:] == ["no advertisement", "no application", "no agent",
                                    ("pairable", False), ("alias", ""), ("powered", False)]


def test_an_adapter_that_is_ready_is_left_as_it_is(bus, device):
    """Only the name is ours for a while."""
    with FakeBluez(bus.address) as bluez:
        with Running(device):
            pass
        assert bluez.calls == [("alias", "esp32"), "application", "advertisement",
                               "no advertisement", "no application", ("alias", "")]


def test_a_long_value_is_read_in_pieces(bus, device):
    """The info block at an MTU of 23; behind its end there is nothing, and further on an error."""
    with FakeBluez(bus.address) as bluez, Running(device):
        whole = bluez.read(c.INFO_UUID)
        assert len(whole) == 128
        assert b"".join(bluez.read(c.INFO_UUID, at)[:22] for at in range(0, 128, 22)) == whole
        assert bluez.read(c.INFO_UUID, 128) == b""
        assert bluez.read(c.INFO_UUID, 129)[0] == "org.bluez.Error.InvalidOffset"


def test_refused_writes_are_att_errors(bus, device):
    """BlueZ makes them of the names, and of the number that Failed has for a text."""
    with FakeBluez(bus.address) as bluez, Running(device):
        assert bluez.write(SIMPLE_CONTROL, b"\1\1") == (
            "org.bluez.Error.InvalidValueLength", "the structure contradicts itself")
        assert bluez.write(SIMPLE_DATA, (244).to_bytes(2, "little")) is None
        assert bluez.write(SIMPLE_CONTROL, b"\1") is None
        assert bluez.next_value(SIMPLE_CONTROL) == b"\2"
        assert bluez.write(SIMPLE_DATA, b"\0" * 244) is None    # not yet the whole head
        assert bluez.write(SIMPLE_DATA, b"\0" * 244) == ("org.bluez.Error.Failed", "0x84")


def test_a_second_central_is_sent_away_during_an_update(bus, device, files):
    """And let in when the first one is gone; the first one's bytes are not lost."""
    with FakeBluez(bus.address) as bluez, Running(device) as running:
        client = c.Client(files[1])
        bluez.write(c.CONTROL, client.open_frame())
        take(bluez, client, c.OPENED)
        send_all(bluez, client, limit=50000)
        assert bluez.write(c.CONTROL, client.open_frame(), device=OTHER) == (
            "org.bluez.Error.Failed", "0x81")
        bluez.drop_central()
        running.wait("link_lost")
        again = c.Client(files[1])
        bluez.values.clear()
        assert bluez.write(c.CONTROL, again.open_frame(), device=OTHER) is None
        take(bluez, again, c.OPENED)
        assert 0 < again.opened_at <= 50000


def test_a_question_before_a_long_write_changes_nothing(bus, device, files):
    """BlueZ may ask for permission with the value's first bytes."""
    from dbus_fast import Variant   # pylint: disable=import-outside-toplevel
    with FakeBluez(bus.address) as bluez, Running(device):
        assert bluez.write(c.CONTROL, bytes([c.CANCEL]),
                           **{"prepare-authorize": Variant("b", True)}) is None
        client = c.Client(files[1])
        bluez.write(c.CONTROL, client.open_frame())
        assert bluez.next_value(c.CONTROL)[0] == c.OPENED


def test_a_daemon_that_ends_is_waited_for(bus, device, files):
    """In the middle of an update, which goes on where it was; the name of before is put back."""
    with FakeBluez(bus.address) as bluez:
        with Running(device) as running:
            client = c.Client(files[1])
            bluez.write(c.CONTROL, client.open_frame())
            take(bluez, client, c.OPENED)
            send_all(bluez, client, limit=50000)
            bluez.vanish()
            running.wait("ble_down")
            running.wait("link_lost")
            bluez.come_back()
            running.wait("ble_ready", 2)
            again = c.Client(files[1])
            bluez.values.clear()
            bluez.write(c.CONTROL, again.open_frame())
            take(bluez, again, c.OPENED)
            assert 0 < again.opened_at <= 50000
        assert bluez.alias == "workbench"


def test_a_daemon_that_is_down_at_a_reset_is_waited_for(bus, device, files):
    """It was there before; the new version is tried and stays without it."""
    with FakeBluez(bus.address) as bluez, Running(device) as running:
        client = c.Client(files[1])
        bluez.write(c.CONTROL, client.open_frame())
        take(bluez, client, c.OPENED)
        send_all(bluez, client)
        bluez.write(c.CONTROL, bytes([c.FINISH]))
        while client.phase != c.SWITCHED:
            take(bluez, client, c.STATE)
        bluez.vanish()
        running.wait("confirmed")
        running.wait("ble_down")
        bluez.come_back()
        running.wait("ble_ready", 2)
        assert c.decode_info(bluez.read(c.INFO_UUID)).app_version == "2.0.0"


def test_a_bus_that_ends_is_waited_for(device, tmp_path, monkeypatch):
    """The device lives on and comes back by itself."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    with PrivateBus(tmp_path) as private, FakeBluez(private.address) as bluez:
        with Running(device) as running:
            private.process.send_signal(signal.SIGTERM)
            private.process.wait(10)
            running.wait("ble_down")
            private.__enter__()
            bluez.come_back()
            running.wait("ble_ready", 2)
            assert c.CONTROL in bluez.characteristics


@pytest.mark.parametrize("options, arguments, error, hint", [
    ({"has_adapter": False}, [], "Bluetooth: there is no Bluetooth adapter", "bluetoothctl list"),
    ({}, ["hci7"], "Bluetooth adapter hci7: there is no such Bluetooth adapter", "rfkill list"),
    ({"is_peripheral": False}, [], "cannot be a Low Energy peripheral", "another one is needed"),
    ({"powered": False, "refuse": {"powered": "org.bluez.Error.Blocked"}}, [],
     "the radio is switched off", "rfkill unblock bluetooth"),
    ({"refuse": {"advertisement": "org.bluez.Error.NotPermitted"}}, [],
     "advertises for as many programs as it can", "end one of the others"),
    ({"refuse": {"application": "org.freedesktop.DBus.Error.AccessDenied"}}, [],
     "does not let this user talk to BlueZ", "run it as root"),
    ({"refuse": {"application": "org.bluez.Error.Failed"}}, [],
     "refused by the test", "journalctl -u bluetooth"),
])
def test_why_there_is_no_bluetooth_is_said(bus, device, options, arguments, error, hint):
    """The device does not start without what it was asked for; nothing stays changed."""
    with FakeBluez(bus.address, **options) as bluez:
        result = device.run("--ble", *arguments)
        assert result.status == 1
        assert error in result.stderr
        assert "hint: " in result.stderr and hint in result.stderr
        assert (bluez.alias, bluez.pairable) == ("workbench", False)


def test_no_daemon_and_no_bus_are_told_apart(bus, device, monkeypatch, tmp_path):
    """Different things are to be installed."""
    assert "no Bluetooth daemon is on the system bus" in device.run("--ble").stderr
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    assert "there is no system bus (D-Bus)" in device.run("--ble").stderr
    assert bus


def test_a_second_device_is_kept_off_the_adapter(bus, device, otakit, files, tmp_path):
    """A central would see the services twice."""
    (tmp_path / "other").mkdir()
    other = VirtualDevice(otakit, None, tmp_path / "other", files[0])
    with FakeBluez(bus.address), Running(device):
        result = other.run("--ble")
        assert "another device uses the adapter" in result.stderr


def test_a_name_that_no_scan_response_takes_is_refused(bus, device):
    """29 characters."""
    with FakeBluez(bus.address):
        assert "1 to 29 characters" in device.run("--ble", "--ble-name", "x" * 30).stderr


def test_the_agent_shows_the_passkey_and_answers_for_its_adapter_only(bus, device):
    """Other adapters' pairings are none of its business; pairing without proof is refused."""
    with FakeBluez(bus.address) as bluez, Running(device, "--ble-pairing", "authenticated") as run:
        assert ("agent", "DisplayOnly") in bluez.calls
        assert bluez.flags[c.CONTROL] == ["write", "notify", "encrypt-authenticated-write"]
        assert bluez.flags[c.INFO_UUID] == ["read"]
        assert bluez.agent("DisplayPasskey", "ouq", CENTRAL, 4711, 0) is None
        run.wait("ble_passkey")
        assert [event["passkey"] for event in read_events(device.events_path)
                if event["event"] == "ble_passkey"] == [4711]
        assert bluez.agent("DisplayPasskey", "ouq", "/org/bluez/hci1/dev_00_AA_01_00_00_42", 1,
                           0) == "org.bluez.Error.Rejected"
        assert bluez.agent("RequestAuthorization", "o", CENTRAL) == "org.bluez.Error.Rejected"
        assert os.path.exists(device.flash)
