# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests that push to a virtual device; a test file imports those that it uses."""
import contextlib
import subprocess
import time

import pytest

from device_fixtures import create_image
from virtual_device import VirtualDevice, interrupt, read_events

OLD, NEW = "1.0.0", "2.0.0"
NEW_SIZE = 700000


@pytest.fixture(name="push_images", scope="session")
def make_push_images(otakit, tmp_path_factory):
    """A flash file that runs OLD, and the image of NEW."""
    directory = tmp_path_factory.mktemp("push_images")
    old = create_image(otakit, directory / "old.bin", OLD, seed=1, size=90000)
    new = create_image(otakit, directory / "new.bin", NEW, seed=2, size=NEW_SIZE)
    flash = directory / "fresh.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={old}")
    return flash, new


class PushedDevice(VirtualDevice):
    """A device that runs in the background and is pushed to."""

    def __init__(self, otakit, directory, flash):
        super().__init__(otakit, None, directory, flash)
        self.process = None

    @contextlib.contextmanager
    def running(self, *arguments, ready="portal"):
        """Run until the block ends. Yields what `ready`, the first event of that name, said."""
        self.events_path.unlink(missing_ok=True)
        self.process = self.otakit.start(*self.arguments(*arguments, "--quiet"),
                                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE)
        try:
            self.wait_for(ready, self.process)
            yield next(event for event in self.events() if event["event"] == ready)
        finally:
            if self.process.poll() is None:
                interrupt(self.process)

    def say(self, line):
        """A line on the device's standard input."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def events(self):
        """What was reported so far."""
        return read_events(self.events_path)

    def wait_until(self, condition, timeout=20):
        """Until the condition holds for the events so far."""
        end = time.monotonic() + timeout
        while not condition(self.events()):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end, self.events()
            time.sleep(0.02)


@pytest.fixture(name="pushed")
def pushed_device(otakit, push_images, tmp_path):
    """A fresh device to push to."""
    return PushedDevice(otakit, tmp_path, push_images[0])


@pytest.fixture(name="new")
def new_image(push_images):
    """The image to push."""
    return push_images[1]
