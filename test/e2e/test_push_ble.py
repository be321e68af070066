# SPDX-License-Identifier: Apache-2.0
"""`otakit push ble:` when there is no Bluetooth, no device, or no way to it. Transfers, and everything
else that BlueZ does when all is well, are tested with the real one, in test/lab/ble."""
import signal
import subprocess

import pytest

from cli_samples import create_image, failure
from fake_air import FakeAir, Heard
from fake_bluez import PrivateBus


@pytest.fixture(name="image", scope="module")
def image_file(otakit, tmp_path_factory):
    return create_image(otakit, tmp_path_factory.mktemp("push_ble") / "app.bin", "1.3.0")


@pytest.fixture(name="bus")
def private_bus(tmp_path, monkeypatch):
    """A bus of our own, and the program told to use it."""
    with PrivateBus(tmp_path) as private:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", private.address)
        yield private


def test_no_bus(otakit, image, tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nix")
    error = failure(otakit, "push", "ble:lamp", image)
    assert error["code"] == "HOST_IO" and "D-Bus" in error["hint"]


def test_no_daemon(otakit, image, bus):
    error = failure(otakit, "push", "ble:lamp", image)
    assert error["code"] == "HOST_IO" and "no Bluetooth daemon" in error["message"]
    assert "systemctl start bluetooth" in error["hint"]


@pytest.mark.parametrize("options, arguments, status, told", [
    ({"has_adapter": False}, [], 1, "there is no Bluetooth adapter"),
    ({"powered": False}, [], 1, "hci0 is switched off"),
    ({}, ["--adapter", "hci7"], 2, "there is no Bluetooth adapter hci7")])
def test_adapters(otakit, image, bus, options, arguments, status, told):
    with FakeAir(bus.address, [Heard("lamp")], **options) as air:
        error = failure(otakit, "push", "ble:lamp", image, *arguments, status=status)
        assert air.calls == []
    assert told in error["message"] and "bluetoothctl" in error["hint"]


def test_a_device_that_is_not_heard_and_what_is(otakit, image, bus):
    lamp = Heard("lamp", has_window=True)
    with FakeAir(bus.address, [lamp, Heard("")]) as air:
        result = otakit("push", "ble:kettle", image, "--timeout", "1s", status=1)
        assert air.calls == ["filter", "search", "search ends"]
    assert f"{lamp.address}  lamp, -40 dBm, otakit\n" in result.stderr
    assert "(no name), -40 dBm\n" in result.stderr
    assert "ble:kettle: no such device was heard within 1 s; 2 others were" in result.stderr


def test_two_of_a_name(otakit, image, bus):
    lamps = [Heard("lamp"), Heard("lamp")]
    with FakeAir(bus.address, lamps):
        error = failure(otakit, "push", "ble:lamp", image, status=2)
        assert "2 devices are called lamp" in error["message"]
        assert any(f"ble:{lamp.address}" in error["hint"] for lamp in lamps)
        # By its address it is clear, in either case.
        error = failure(otakit, "push", f"ble:{lamps[1].address.lower()}", image)
        assert error["code"] == "UNSUPPORTED"


def test_a_device_without_a_service_for_updates(otakit, image, bus):
    with FakeAir(bus.address, [Heard("lamp")]) as air:
        error = failure(otakit, "push", "ble:lamp", image)
        assert air.calls == ["filter", "search", "search ends", "agent", "connect", "disconnect",
                             "no agent"]
    assert error["code"] == "UNSUPPORTED" and "no service" in error["message"]


def test_a_protocol_that_the_device_does_not_have(otakit, image, bus):
    with FakeAir(bus.address, [Heard("lamp", has_window=True)]):
        error = failure(otakit, "push", "ble:lamp", image, "--protocol", "simple")
    assert error["code"] == "UNSUPPORTED" and "does not have that protocol" in error["message"]


def test_a_connection_that_never_comes_about(otakit, image, bus):
    with FakeAir(bus.address, [Heard("lamp")], refuse={"connect": "org.bluez.Error.Failed"}) as air:
        error = failure(otakit, "push", "ble:lamp", image)
        assert air.calls.count("connect") == 4
    assert error["code"] == "CONNECTION_LOST" and "no connection came about" in error["message"]


@pytest.mark.parametrize("name, code", [
    ("org.bluez.Error.NotReady", "HOST_IO"), ("org.freedesktop.DBus.Error.AccessDenied", "HOST_IO"),
    ("org.bluez.Error.Failed", "HOST_IO")])
def test_a_search_that_is_refused(otakit, image, bus, name, code):
    with FakeAir(bus.address, [Heard("lamp")], refuse={"search": name}):
        error = failure(otakit, "push", "ble:lamp", image)
    assert error["code"] == code and error["hint"]


@pytest.mark.parametrize("arguments, refuse, told", [
    ([], {}, "wants to be paired"),
    ([], {"pair": "org.bluez.Error.AuthenticationFailed"}, "pairing failed"),
    (["--passkey=123456"], {"pair": "org.bluez.Error.AuthenticationRejected"}, "refuses"),
    (["--passkey=000000"], {}, "wants to be paired")])
def test_pairing(otakit, image, bus, arguments, refuse, told):
    with FakeAir(bus.address, [Heard("lamp", has_window=True)], refuse=refuse) as air:
        error = failure(otakit, "push", "ble:lamp", image, *arguments)
        assert air.calls.count("pair") == 1
        assert "forget" not in air.calls  # it was known before
        assert air.calls.index("disconnect") > air.calls.index("pair")
    assert error["code"] == "PASSWORD_NEEDED" and told in error["message"]


def test_ctrl_c_ends_the_search(otakit, image, bus):
    with FakeAir(bus.address, [Heard("lamp")]) as air:
        push = otakit.start("push", "ble:kettle", image, stderr=subprocess.PIPE)
        while "search" not in air.calls:
            pass
        push.send_signal(signal.SIGINT)
        _, stderr = push.communicate(timeout=10)
        assert push.returncode == 130 and "interrupted" in stderr


@pytest.mark.parametrize("passkey", ["--passkey=12345", "--passkey=1234567", "--passkey=abcdef"])
def test_passkeys_have_six_digits(otakit, image, passkey):
    error = failure(otakit, "push", "ble:lamp", image, passkey, status=2)
    assert error["code"] == "USAGE" and "six digits" in error["message"]
