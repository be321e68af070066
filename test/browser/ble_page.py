# SPDX-License-Identifier: Apache-2.0
"""The Bluetooth page as a person uses it, and the browser's chooser, which DevTools presses."""
import shutil
import socket
import subprocess
import time

from playwright.sync_api import expect

from portal_device import BUILD
from portal_page import PortalPage

BRIDGE = BUILD / "test" / "support" / "ble_bridge"


class BleDevice:
    """A flash file, and the device that runs on it; options are those of ble_bridge."""

    def __init__(self, directory, flash, *options):
        self.flash = directory / "device.flash"
        self.log_path = directory / "device.log"
        self.socket_path = directory / "air"
        self.options = options
        self.process = None
        shutil.copyfile(flash, self.flash)

    def start(self):
        """Power on; returns when it can be connected."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [BRIDGE, "run", self.flash, self.socket_path, *map(str, self.options)],
                stdin=subprocess.PIPE, stdout=log, stderr=log)
        end = time.monotonic() + 10
        while not self.socket_path.exists():
            assert self.process.poll() is None, self.log_path.read_text()
            assert time.monotonic() < end, "the device does not start"
            time.sleep(0.02)
        return self

    def kill(self):
        """The power is gone, this moment."""
        if self.process:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process.stdin.close()
            self.process = None
            self.socket_path.unlink(missing_ok=True)

    def connect(self):
        """Another central; the one place is then taken."""
        link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        link.settimeout(10)
        link.connect(str(self.socket_path))
        return link


class BlePage(PortalPage):
    """The page, and the chooser over it."""

    def __init__(self, page):
        super().__init__(page)
        self.prompts = []
        self.session = page.context.new_cdp_session(page)
        self.session.on("DeviceAccess.deviceRequestPrompted",
                        lambda prompt: self.prompts.append(prompt))
        self.session.send("DeviceAccess.enable")

    def open(self, url):
        """Open it; nothing is chosen yet."""
        self.page.goto(url)
        expect(self.page.get_by_role("heading", name="Over Bluetooth")).to_be_visible()
        return self

    @property
    def choose(self):
        """The button that opens the chooser."""
        return self.button("Choose a device")

    @property
    def connection(self):
        """The card about the way to the device."""
        return self.page.get_by_role("region", name="Bluetooth")

    def prompt(self, has_device=True):
        """What the chooser offers, once it has something to offer."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for prompt in reversed(self.prompts):
                if prompt["devices"] or not has_device:
                    return prompt
            self.page.wait_for_timeout(20)
        raise AssertionError(f"no such prompt: {self.prompts}")

    def pick_device(self, button=None):
        """Press the button, and choose the device in the chooser."""
        self.prompts.clear()
        (button or self.choose).click()
        prompt = self.prompt()
        self.session.send("DeviceAccess.selectPrompt",
                          {"id": prompt["id"], "deviceId": prompt["devices"][0]["id"]})

    def close_chooser(self):
        """Press the button, and close the chooser."""
        self.prompts.clear()
        self.choose.click()
        self.session.send("DeviceAccess.cancelPrompt", {"id": self.prompt(False)["id"]})

    def connect(self, name):
        """Choose the device and wait until it is described."""
        self.pick_device()
        expect(self.page.get_by_role("heading", name=name)).to_be_visible()

    @property
    def percent(self):
        """What the bar says, 0 to 100."""
        return int(self.bar.get_attribute("aria-valuenow"))
