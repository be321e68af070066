# SPDX-License-Identifier: Apache-2.0
"""Updates over a serial line: protocol C through a pseudo-terminal, by a client from SPEC.md."""
import os
import select
import signal
import subprocess
import time
import tty

import pytest

import window_protocol as c
from device_fixtures import create_image
from virtual_device import VirtualDevice, interrupt, read_events

PAYLOAD = 512


class Line:
    """The client's end of the line."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def send(self, frame):
        """Write a whole frame."""
        self.send_bytes(c.serial_encode(frame))

    def send_bytes(self, line):
        """Write bytes, whatever they are."""
        while line:
            line = line[os.write(self.fd, line):]

    def receive(self, timeout=10.0):
        """The next good frame; None when none comes."""
        end = time.monotonic() + timeout
        while True:
            while b"\0" in self.rest:
                line, self.rest = self.rest.split(b"\0", 1)
                frame = c.serial_decode(line)
                if frame:
                    return frame
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                return None
            self.rest += os.read(self.fd, 4096)

    def ask(self, frame, kind, client):
        """Send a request and wait for its answer; other frames are taken on the way."""
        self.send(frame)
        self.wait(kind, client)

    def wait(self, kind, client):
        """Wait for a frame of that kind."""
        while True:
            frame = self.receive()
            assert frame, f"no answer {kind:#x}"
            if client.take(frame) == kind:
                return

    def info(self):
        """The device's info block."""
        self.send(bytes([c.INFO]))
        while True:
            frame = self.receive()
            assert frame, "no answer to INFO"
            if frame[0] == c.INFO_IS:
                return c.decode_info(frame[1:])


def push(line, client, limit=None):
    """Send data until the device has all of it, or until `limit` bytes were sent."""
    while not client.is_sent:
        while frame := client.next_data(PAYLOAD):
            line.send(bytes([c.DATA]) + frame)
            if limit and client.sent >= limit:
                return
        line.wait(c.STATE, client)
        assert client.phase == c.RECEIVING, client.status


def finish(line, client):
    """Say that everything was sent; wait until the device has switched."""
    line.ask(bytes([c.FINISH]), c.STATE, client)
    while client.phase not in (c.SWITCHED, c.FAILED):
        line.wait(c.STATE, client)


@pytest.fixture(scope="module")
def files(otakit, tmp_path_factory):
    """A fresh flash with version 1.0.0, and an image of 2.0.0."""
    directory = tmp_path_factory.mktemp("serial")
    old = create_image(otakit, directory / "old.bin", "1.0.0", seed=1, size=60000)
    new = create_image(otakit, directory / "new.bin", "2.0.0", seed=2, size=150000)
    flash = directory / "fresh.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={old}")
    return flash, new.read_bytes()


@pytest.fixture
def device(otakit, files, tmp_path):
    """A device on that flash."""
    return VirtualDevice(otakit, None, tmp_path, files[0])


@pytest.fixture
def path(tmp_path):
    """Where the link is made."""
    return tmp_path / "line"


@pytest.fixture
def running(device, path):
    """The device with its line, ended at last."""
    process = device.start("--serial", path)
    try:
        device.wait_for("serial_ready", process)
        yield process
    finally:
        if process.poll() is None:
            interrupt(process)


def wait_until(condition, what):
    """Wait for something that the device does by itself."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_update_resets_and_the_same_link_leads_to_the_new_version(running, device, path, files):
    """The link, and even the open file, stay valid over the reset."""
    client = c.Client(files[1], "2.0.0", "lamp")
    with Line(path) as line:
        before = line.info()
        assert (before.app_version, before.project, before.psm) == ("1.0.0", "lamp", 0)
        line.ask(client.open_frame(), c.OPENED, client)
        assert (client.opened_status, client.opened_at) == (c.OK, 0)
        push(line, client)
        finish(line, client)
        assert client.phase == c.SWITCHED
        device.wait_for("confirmed", running)
        after = line.info()
    assert (after.app_version, after.on_trial) == ("2.0.0", False)
    assert after.boot_id != before.boot_id
    assert os.readlink(path).startswith("/dev/pts/")


def test_a_client_that_hangs_up_continues_where_it_was(running, device, path, files):
    """The device notices that the line was closed, and the next OPEN says where to go on."""
    client = c.Client(files[1])
    with Line(path) as line:
        line.ask(client.open_frame(), c.OPENED, client)
        push(line, client, limit=100000)
    wait_until(lambda: any(event["event"] == "link_lost"
                           for event in read_events(device.events_path)), "loss not noticed")
    again = c.Client(files[1])
    with Line(path) as line:
        line.ask(again.open_frame(), c.OPENED, again)
        assert 0 < again.opened_at <= 100000
        assert again.opened_at % 4096 == 0
        push(line, again)
        finish(line, again)
        assert again.phase == c.SWITCHED
        device.wait_for("confirmed", running)


def test_a_kill_in_the_middle_is_continued_too(device, path, files):
    """The journal says how far the flash is; the dead device's link is replaced."""
    process = device.start("--serial", path)
    device.wait_for("serial_ready", process)
    client = c.Client(files[1])
    with Line(path) as line:
        line.ask(client.open_frame(), c.OPENED, client)
        push(line, client, limit=120000)
        line.wait(c.STATE, client)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert path.is_symlink()
    process = device.start("--serial", path)
    try:
        device.wait_for("serial_ready", process)
        again = c.Client(files[1])
        with Line(path) as line:
            line.ask(again.open_frame(), c.OPENED, again)
            assert 0 < again.opened_at <= 120000
            push(line, again)
            finish(line, again)
        assert again.phase == c.SWITCHED
    finally:
        interrupt(process)


def test_noise_on_the_line_and_a_lost_frame_are_repaired(running, path, files):
    """A boot log between frames, a frame with a flipped bit, and one that never came."""
    client = c.Client(files[1])
    with Line(path) as line:
        line.send_bytes(b"ESP-ROM:esp32c3-api1-20210207\r\n\0\0")
        line.ask(client.open_frame(), c.OPENED, client)
        client.next_data(PAYLOAD)       # never sent
        damaged = bytearray(c.serial_encode(bytes([c.DATA]) + client.next_data(PAYLOAD)))
        damaged[40] ^= 4
        line.send_bytes(bytes(damaged))
        push(line, client)
        finish(line, client)
    assert client.phase == c.SWITCHED
    assert client.gaps >= 1


def test_an_image_for_another_chip_is_refused_before_a_byte(running, device, path, files):
    """OPEN carries the chip; nothing on flash changes."""
    before = device.flash.read_bytes()
    client = c.Client(files[1], chip=0)
    with Line(path) as line:
        line.ask(client.open_frame(), c.OPENED, client)
    assert client.opened_status == c.WRONG_CHIP
    interrupt(running)
    assert device.flash.read_bytes() == before


def test_cancel_and_what_cannot_be_read_are_answered(running, path, files):
    """ANSWER names the request."""
    client = c.Client(files[1])
    with Line(path) as line:
        line.ask(client.open_frame(), c.OPENED, client)
        line.ask(bytes([c.CANCEL]), c.ANSWER, client)
        assert client.answer == (c.CANCEL, c.OK)
        line.ask(b"\x55\x01\x02", c.ANSWER, client)
        assert client.answer == (0x55, c.BAD_FORMAT)


def test_the_link_is_removed_at_the_end(running, path):
    """And only then."""
    assert path.is_symlink()
    interrupt(running)
    assert not path.is_symlink()


def test_a_link_of_another_device_is_not_taken(running, otakit, files, path, tmp_path):
    """Not even opened: the number in it may be anybody's terminal."""
    other = tmp_path / "other.flash"
    other.write_bytes(files[0].read_bytes())
    result = otakit("device", "run", "--flash", other, "--serial", path, status=1)
    assert "a link to the pseudo-terminal /dev/pts/" in result.stderr
    assert "hint: another program uses it" in result.stderr
    assert path.is_symlink()


@pytest.mark.parametrize("name, status, why, hint", [
    ("/dev/ttyNONE", 1, "No such file or directory", "is it plugged in?"),
    ("/dev/ttyS0,12345", 2, "no speed of a serial line", "as in /dev/ttyUSB0,921600"),
    ("{file}", 1, "not a serial line", "name one"),
])
def test_what_is_no_line_is_explained(otakit, files, tmp_path, name, status, why, hint):
    """Errors say what to do, and nothing happens to the file."""
    flash = tmp_path / "device.flash"
    flash.write_bytes(files[0].read_bytes())
    (tmp_path / "file").write_text("no terminal")
    result = otakit("device", "run", "--flash", flash, "--serial",
                    name.format(file=tmp_path / "file"), status=status)
    assert (tmp_path / "file").read_text() == "no terminal"
    assert f"otakit: error: serial line: {name.format(file=tmp_path / 'file')}: {why}" in (
        result.stderr)
    assert hint in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_link_is_removed_whoever_ends_the_device(otakit, files, tmp_path, number):
    flash = tmp_path / "device.flash"
    flash.write_bytes(files[0].read_bytes())
    link = tmp_path / "line"
    with subprocess.Popen([*otakit.command, "device", "run", "--flash", flash, "--serial", link],
                          stdout=subprocess.PIPE) as process:
        while b"protocol C" not in process.stdout.readline():
            pass
        assert link.is_symlink()
        process.send_signal(number)
        process.communicate(timeout=20)
    assert process.returncode == 130 and not link.is_symlink()
