# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the Bluetooth page's tests: the bundled page, a browser with a simulated radio, and the
virtual device at the other end of it."""
import functools
import http.server
import os
import shutil
import subprocess
import threading

import pytest

from ble_page import BRIDGE, BleDevice, BlePage
from ble_radio import HELD_READS, Radio, read_table
from conftest import FLAGS, TIMEOUT_MS
from portal_device import BUILD, free_port
from portal_page import Watch

# Web Bluetooth is behind a flag on Linux, and only there.
BLE_FLAGS = [*FLAGS, "--enable-experimental-web-platform-features"]


class QuietServer(http.server.SimpleHTTPRequestHandler):
    """The directory of the bundled page, as anybody may serve it."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def page_url():
    """The page on this computer, which browsers take for secure."""
    handler = functools.partial(QuietServer, directory=str(BUILD / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/ota-ble.html"
        server.shutdown()


@pytest.fixture(scope="session")
def gatt_table():
    """The services and characteristics of the device, as the bridge prints them."""
    return subprocess.run([BRIDGE, "table"], capture_output=True, text=True, check=True,
                          timeout=10).stdout


@pytest.fixture
def debugging_port():
    """The door for the simulated radio."""
    return free_port()


@pytest.fixture
def ble_browser(browser, debugging_port):
    """Chromium with Web Bluetooth; a new one each time, for it has one simulated radio in its life."""
    path = os.environ.get("OTAKIT_CHROMIUM") or shutil.which("chromium")
    chromium = browser.browser_type.launch(
        executable_path=path, args=[*BLE_FLAGS, f"--remote-debugging-port={debugging_port}"],
        timeout=60000)
    yield chromium
    chromium.close()


@pytest.fixture
def start_ble_device(images, tmp_path):
    """start_ble_device("--confirm-manual"): a fresh device that runs; it is killed in the end."""
    started = []

    def start(*options):
        started.append(BleDevice(tmp_path, images.flash, *options))
        return started[-1].start()

    yield start
    for device in started:
        device.kill()


@pytest.fixture
def ble_device(start_ble_device):
    """A fresh device that runs."""
    return start_ble_device()


@pytest.fixture
def start_radio(ble_browser, debugging_port, gatt_table):
    """start_radio(device): the device is in reach of the browser until the test ends."""
    radios = []

    def start(device, **options):
        radio = Radio(debugging_port, read_table(gatt_table), device.socket_path, **options)
        radios.append(radio.__enter__())
        return radio

    yield start
    for radio in radios:
        radio.__exit__()


@pytest.fixture
def open_ble_page(ble_browser, page_url):
    """open_ble_page(color_scheme="dark"): the page in a tab of its own, watched until the test ends."""
    contexts = []
    watches = []

    def open_one(init_script=HELD_READS, **options):
        context = ble_browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(init_script)
        tab = context.new_page()
        watches.append(Watch(tab))
        return BlePage(tab).open(page_url)

    yield open_one
    for context in contexts:
        context.close()
    findings = [finding for watch in watches for finding in watch.findings]
    assert not findings


@pytest.fixture
def radio(start_radio, ble_device):
    """A fresh device in reach of the browser."""
    return start_radio(ble_device)


@pytest.fixture
def ble(radio, open_ble_page):
    """The page with a fresh device in reach."""
    return open_ble_page()
