# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the browser tests: the real device program, its page in Debian's Chromium.

OTAKIT_BUILD names another build directory than build/, OTAKIT_CHROMIUM another browser.
"""
import dataclasses
import functools
import http.server
import os
import pathlib
import shutil
import sys
import threading

import pytest
from playwright.sync_api import expect, sync_playwright

from portal_device import ROOT, PortalDevice, create_flash, create_image
from portal_page import PortalPage, Watch

HERE = pathlib.Path(__file__).resolve().parent

# The proxy that breaks connections is the end-to-end tests'.
sys.path.append(str(ROOT / "test" / "e2e"))

TIMEOUT_MS = 20000
FLAGS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync").split()

expect.set_options(timeout=TIMEOUT_MS)


@dataclasses.dataclass
class Images:
    """What runs on a fresh device, what may replace it, and the fresh device itself."""
    old: pathlib.Path
    new: pathlib.Path
    flash: pathlib.Path


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """Version 1.0.0 in factory of a 4 MB two-ota flash; 2.0.0 to install."""
    directory = tmp_path_factory.mktemp("images")
    old = create_image(directory / "old.bin", "1.0.0", size=90000, seed=1)
    new = create_image(directory / "lamp-2.0.0.bin", "2.0.0", seed=2)
    flash = create_flash(directory / "fresh.flash", old)
    return Images(old, new, flash)


@pytest.fixture
def start_device(images, tmp_path):
    """start_device("--timing", "real"): a fresh device that runs; it is killed in the end."""
    started = []

    def start(*options, flash=images.flash):
        device = PortalDevice(tmp_path, flash, *options)
        started.append(device)
        return device.start()

    yield start
    for device in started:
        device.kill()


@pytest.fixture
def device(start_device):
    """A fresh device that runs."""
    return start_device()


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window."""
    path = os.environ.get("OTAKIT_CHROMIUM") or shutil.which("chromium")
    assert path, "chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=60000)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser):
    """open_tab(color_scheme="dark"): a tab of a browser of its own, watched until the test ends."""
    tabs = []

    def open_one(**options):
        context = browser.new_context(**options)
        context.set_default_timeout(TIMEOUT_MS)
        tab = context.new_page()
        tab.watch = Watch(tab)
        tabs.append((context, tab))
        return tab

    yield open_one
    for context, _ in tabs:
        context.close()
    findings = [finding for _, tab in tabs for finding in tab.watch.findings]
    assert not findings


class ModuleServer(http.server.SimpleHTTPRequestHandler):
    """web/ as it is written, and below /test/ what a test brings in JavaScript."""

    extensions_map = {".js": "text/javascript", ".html": "text/html", ".css": "text/css"}

    def translate_path(self, path):
        if path.startswith("/test/"):
            return str(HERE / "modules" / path.removeprefix("/test/"))
        return super().translate_path(path)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def module_url():
    """Where the modules can be imported from."""
    handler = functools.partial(ModuleServer, directory=str(ROOT / "web"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def modules_page(open_tab, module_url):
    """A tab that can import the modules: evaluate("async () => (await import('/image.js')).…")."""
    tab = open_tab()
    tab.goto(module_url + "test/blank.html")
    return tab


@pytest.fixture
def portal(open_tab):
    """The page, not opened yet."""
    return PortalPage(open_tab())
