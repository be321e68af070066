# SPDX-License-Identifier: Apache-2.0
"""The Bluetooth page against the real engines: chooser, update, verdict, and what may go wrong."""
import re

import pytest
from playwright.sync_api import expect

from ble_fixtures import *  # pylint: disable=wildcard-import,unused-wildcard-import
from ble_radio import INFORMATION, SIMPLE
from portal_device import create_image
from test_look import SMALL, judge

NAME = "esp32"


def install(page, image):
    """Connect, choose a file, start."""
    page.connect(NAME)
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


def test_two_updates_in_a_row_need_no_reload(ble, images, tmp_path):
    install(ble, images.new)
    expect(ble.result).to_contain_text("lamp 2.0.0 is running")
    ble.button("Done").click()
    ble.pick(create_image(tmp_path / "next.bin", "2.1.0", seed=5))
    ble.press_install()
    expect(ble.result).to_contain_text("lamp 2.1.0 is running")


def test_closed_chooser_is_no_error(ble):
    ble.close_chooser()
    expect(ble.choose).to_be_enabled()
    expect(ble.connection.locator("[role=alert]")).to_be_empty()
    ble.connect(NAME)


def test_device_with_another_name_is_found_among_all(ble_device, start_radio, open_ble_page):
    start_radio(ble_device, name="Garden", advertised=[])
    page = open_ble_page()
    page.page.get_by_text("My device is not in the list").click()
    page.pick_device(page.button("Show everything in reach"))
    page.runs("1.0.0", "Confirmed")


def test_other_chip_is_refused_before_a_byte_is_sent(ble, radio, tmp_path):
    ble.connect(NAME)
    ble.pick(create_image(tmp_path / "other.bin", chip="esp32s3"))
    ble.shows("This firmware is for esp32s3, this device is esp32c3.")
    expect(ble.install).to_have_count(0)
    assert radio.data_count == 0


def test_lost_frames_are_sent_again(ble, radio, images):
    radio.lose_data = lambda index: index % 29 == 3
    install(ble, images.new)
    expect(ble.result).to_contain_text("lamp 2.0.0 is running", timeout=60000)
    assert radio.connection_count == 2


def test_lost_answers_are_asked_for(ble, radio, images):
    radio.lose_answer = lambda index: index % 3 == 0
    install(ble, images.new)
    expect(ble.result).to_contain_text("lamp 2.0.0 is running", timeout=60000)


def test_broken_link_comes_back_and_goes_on(ble, radio, images):
    frames = -(-images.new.stat().st_size // 493)
    radio.break_at = frames // 2
    install(ble, images.new)
    expect(ble.result).to_contain_text("lamp 2.0.0 is running")
    assert radio.connection_count == 3
    # What was on flash is not sent again: a window and a sector at most.
    assert radio.data_count < frames + (16384 + 4096) // 493 + 4


def test_device_that_loses_power_goes_on_where_it_stopped(ble, radio, ble_device, images):
    radio.pace_s = 0.01
    install(ble, images.new)
    expect(ble.bar).to_have_attribute("aria-valuenow", re.compile("^[3-9].$"))
    ble_device.kill()
    ble.shows("The connection broke. Connecting again …")
    sent = radio.data_count
    ble_device.start()
    expect(ble.result).to_contain_text("lamp 2.0.0 is running")
    assert radio.data_count - sent < sent * 3


def test_cancelled_update_changes_nothing(ble, radio, images):
    radio.pace_s = 0.02
    install(ble, images.new)
    expect(ble.bar).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    ble.button("Cancel").click()
    expect(ble.result).to_contain_text("Cancelled")
    ble.runs("1.0.0", "Confirmed")
    sent = radio.data_count
    ble.page.wait_for_timeout(500)
    assert radio.data_count == sent


def test_update_can_be_cancelled_while_the_link_is_broken(ble, radio, images):
    radio.break_at = 20
    ble.connect(NAME)
    ble.pick(images.new)
    radio.is_near = False
    ble.install.click()
    ble.shows("The connection broke. Connecting again …")
    ble.button("Cancel").click()
    expect(ble.result).to_contain_text("Cancelled")


def test_image_altered_on_the_way_is_refused_by_the_device(ble, radio, images):
    radio.alter = lambda index, data: data[:-1] + b"\xa5" if index == 50 else data
    install(ble, images.new)
    expect(ble.result).to_contain_text("The update did not succeed")
    expect(ble.result).to_contain_text("does not match")
    ble.runs("1.0.0", "Confirmed")


@pytest.mark.parametrize("fate", ["drop", "cut", "refuse"])
def test_writes_that_are_too_long_become_shorter(ble, radio, images, fate):
    """A page cannot ask for the MTU, and systems differ in what they do."""
    radio.longest, radio.too_long = 244, fate
    install(ble, images.new)
    expect(ble.result).to_contain_text("lamp 2.0.0 is running")
    assert max(radio.lengths) == 244
    assert radio.lengths.count(244) > len(radio.lengths) * 0.9


def test_smallest_mtu_is_enough(ble, radio, ble_device, tmp_path):
    radio.longest = 20
    small = create_image(tmp_path / "small.bin", size=20000)
    install(ble, small)
    expect(ble.result).to_contain_text("lamp 2.0.0 is running")
    assert max(radio.lengths) == 20


@pytest.fixture
def manual(start_ble_device, start_radio, open_ble_page, images):
    """The page after an update of a device that waits for a person's verdict."""
    start_radio(start_ble_device("--confirm-manual"))
    page = open_ble_page()
    install(page, images.new)
    expect(page.result).to_contain_text("lamp 2.0.0 is running on trial")
    page.runs("2.0.0", "On trial")
    return page


def test_version_on_trial_is_confirmed(manual):
    manual.button("Confirm this version").click()
    manual.runs("2.0.0", "Confirmed")


def test_version_on_trial_is_rejected(manual):
    manual.button("Go back").click()
    manual.runs("1.0.0", "Confirmed")
    manual.shows("The last update was rolled back")


def test_version_that_fails_its_self_test_is_rolled_back(start_ble_device, start_radio,
                                                         open_ble_page, images):
    start_radio(start_ble_device("--self-test", "fail"))
    page = open_ble_page()
    install(page, images.new)
    expect(page.result).to_contain_text("The device went back to the version before")
    expect(page.result).to_contain_text("self-test failed")
    page.runs("1.0.0", "Confirmed")


def test_device_out_of_reach_is_said_and_can_be_chosen_again(ble, radio):
    radio.is_near = False
    ble.pick_device()
    expect(ble.connection.get_by_role("alert")).to_contain_text("The device cannot be reached")
    radio.is_near = True
    ble.connect(NAME)


def test_device_that_is_switched_off_comes_back_by_itself(ble, ble_device):
    ble.connect(NAME)
    ble_device.kill()
    expect(ble.page.get_by_text("The device does not answer")).to_be_visible()
    ble_device.start()
    expect(ble.page.get_by_text("The device does not answer")).to_have_count(0)
    ble.runs("1.0.0", "Confirmed")


def test_bluetooth_that_is_missing_is_said(ble, radio):
    radio.power("absent")
    ble.choose.click()
    expect(ble.connection.get_by_role("alert")).to_contain_text("Bluetooth is off")


def test_browser_without_bluetooth_is_told_which_have_it(open_ble_page):
    page = open_ble_page("delete Navigator.prototype.bluetooth;"
                         "delete Navigator.prototype.userAgentData;")
    expect(page.connection).to_contain_text("This browser cannot use Bluetooth")
    expect(page.connection).to_contain_text("Chrome or Edge")
    expect(page.choose).to_be_hidden()


def test_chromium_on_linux_is_told_of_its_flag(browser, page_url):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(page_url)
    expect(tab.get_by_text("chrome://flags/#enable-web-bluetooth")).to_be_visible()
    context.close()


def test_page_without_javascript_names_the_command(ble_browser, page_url):
    context = ble_browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(page_url)
    expect(tab.locator("pre")).to_have_text("otakit push ble:NAME firmware.bin")
    context.close()


@pytest.fixture
def simple(ble_device, start_radio):
    """The radio of a device that knows protocol A only and is found by its name."""
    return start_radio(ble_device, services=[SIMPLE, INFORMATION], advertised=[])


def test_device_of_protocol_a_is_updated(simple, open_ble_page, images):
    page = open_ble_page()
    page.connect(NAME)
    expect(page.page.locator(".version")).to_have_text("1.0.0")
    page.pick(images.new)
    page.press_install()
    expect(page.result).to_contain_text("The device has restarted and answers")
    expect(page.page.locator(".version")).to_have_text("2.0.0")


def test_device_of_protocol_a_begins_again_when_the_link_breaks(simple, open_ble_page, images):
    simple.break_at = 100
    page = open_ble_page()
    install(page, images.new)
    expect(page.result).to_contain_text("The device has restarted and answers")
    assert simple.connection_count == 3


def test_device_of_protocol_a_refuses_a_damaged_image(simple, open_ble_page, images):
    simple.alter = lambda index, data: data[:-1] + b"\xa5" if index == 100 else data
    page = open_ble_page()
    install(page, images.new)
    expect(page.result).to_contain_text("The device refuses the image")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible_and_fits_a_small_screen(radio, open_ble_page, images, scheme):
    page = open_ble_page(color_scheme=scheme, viewport=SMALL)
    judge(page.page)
    page.connect(NAME)
    page.pick(images.new)
    page.shows("Newer version")
    judge(page.page)
    radio.pace_s = 0.03
    page.press_install()
    expect(page.bar).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    judge(page.page)
    radio.pace_s = 0
    expect(page.result).to_contain_text("is running")
    judge(page.page)


def test_page_is_one_file(page_url, open_ble_page):
    html = open_ble_page().page.request.get(page_url).text()
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert not re.search(r"\son\w+=", html)
