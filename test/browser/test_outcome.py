# SPDX-License-Identifier: Apache-2.0
"""What the page says once the device has been reset into the new version."""
import time

from playwright.sync_api import expect

from portal_page import PortalPage


def test_a_version_on_trial_is_confirmed_by_the_person(start_device, portal, images):
    device = start_device("--confirm", "manual")
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running on trial")
    portal.runs("2.0.0", "On trial")
    portal.button("Confirm this version").click()
    expect(portal.result).to_contain_text("is confirmed")
    portal.runs("2.0.0", "Confirmed")
    assert not device.info()["running"]["on_trial"]


def test_a_version_on_trial_is_sent_back_by_the_person(start_device, portal, images):
    device = start_device("--confirm", "manual")
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    portal.runs("2.0.0", "On trial")
    portal.button("Go back").click()
    expect(portal.result).to_contain_text("The device went back to the version before")
    portal.runs("1.0.0", "Confirmed")
    portal.shows("The last update was rolled back: somebody asked for the "
                 "application that ran before.")
    assert device.info()["running"]["label"] == "factory"


def test_a_page_that_is_opened_during_a_trial_asks(start_device, portal, open_tab, images):
    device = start_device("--confirm", "manual")
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    portal.runs("2.0.0", "On trial")
    other = PortalPage(open_tab()).open(device.url)
    other.shows("Is everything in order?")
    other.pick(images.new)
    other.shows("The running version is still on trial.")
    expect(other.install).to_have_count(0)
    other.button("Confirm this version").click()
    other.runs("2.0.0", "Confirmed")
    other.shows("This is exactly what runs now: 2.0.0.")


def test_a_failed_self_test_is_told_with_its_reason(start_device, portal, images):
    device = start_device("--self-test", "fail")
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    expect(portal.result).to_contain_text("The device went back to the version before")
    expect(portal.result).to_contain_text(
        "lamp 2.0.0 was started but not kept: The new application's self-test failed.")
    portal.runs("1.0.0", "Confirmed")
    portal.shows("The last update was rolled back: the new application's self-test failed.")


def test_the_same_failure_twice_is_told_twice(start_device, portal, images):
    """The record of the second update is equal to that of the first, byte by byte."""
    device = start_device("--self-test", "fail")
    portal.open(device.url)
    for _ in range(2):
        portal.pick(images.new)
        portal.press_install()
        expect(portal.result).to_contain_text("The device went back to the version before")
        portal.button("Done").click()
    portal.runs("1.0.0", "Confirmed")


def test_a_device_that_does_not_come_back_is_waited_for(device, portal, images):
    """As on a phone that has moved to another network after the reset."""
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    device.wait_for_log("SWITCHED")
    time.sleep(0.25)  # the answer is out by then; the reset comes after half a second
    device.kill()
    expect(portal.result).to_contain_text("The device restarts")
    expect(portal.result).to_contain_text("Your phone may have moved to another network")
    device.start()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running")
