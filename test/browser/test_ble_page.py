# SPDX-License-Identifier: Apache-2.0
"""The Bluetooth page against the real engines: chooser, update, and what may go wrong on the way."""
import re

import pytest
from playwright.sync_api import expect

from ble_fixtures import *  # pylint: disable=wildcard-import,unused-wildcard-import
from portal_device import create_image

NAME = "esp32"
SIMPLE = "d6f1d96d-594c-4c53-b1c6-144a1dfde6d8"


def install(page, image):
    """Choose a file and start."""
    page.pick(image)
    page.press_install()


def test_chosen_device_is_updated_and_its_version_comes_back(ble, images):
    ble.connect(NAME)
    ble.runs("1.0.0", "Confirmed")
    ble.pick(images.new)
    ble.shows("This is newer than what runs now: 1.0.0 → 2.0.0.")
    ble.press_install()
    expect(ble.result).to_contain_text("lamp 2.0.0 is running")
    expect(ble.result).to_contain_text("is confirmed")
    ble.runs("2.0.0", "Confirmed")
