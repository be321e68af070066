# SPDX-License-Identifier: Apache-2.0
"""Broken connections, sleeping phones and power cuts in the middle of an upload."""
import re
import time

import pytest
from playwright.sync_api import expect

from cutting_proxy import CuttingProxy
from portal_device import create_image

SIZE = 1000000


@pytest.fixture
def big(tmp_path):
    """An image that takes some seconds on a chip."""
    return create_image(tmp_path / "lamp-3.0.0.bin", "3.0.0", size=SIZE, seed=3)


def test_broken_connections_are_gone_on_from(start_device, portal, big):
    device = start_device("--timing", "real")
    with CuttingProxy("127.0.0.1", device.port, [90000, 60000, 200000]) as proxy:
        portal.open(proxy.url)
        portal.pick(big)
        portal.press_install()
        expect(portal.result).to_contain_text("lamp 3.0.0 is running", timeout=40000)
    assert proxy.cut_count == 3
    # Nothing was begun anew: what went over the line is the image, and a part for each cut.
    assert proxy.passed < SIZE * 2


def test_a_power_cut_is_gone_on_from(start_device, portal, big):
    device = start_device("--timing", "real")
    portal.open(device.url)
    portal.pick(big)
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 200000)
    device.kill()
    expect(portal.page.locator(".note")).to_have_text(
        re.compile("The connection broke|The device does not answer"))
    device.start()
    info = device.wait_for(lambda info: info["session"]["resumed_at"] > 0)
    assert info["session"]["resumed_at"] >= 190000
    expect(portal.result).to_contain_text("lamp 3.0.0 is running", timeout=40000)
    portal.runs("3.0.0", "Confirmed")


def test_an_absence_is_told_and_ends_by_itself(start_device, portal, big):
    device = start_device("--timing", "real")
    portal.open(device.url)
    portal.pick(big)
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 100000)
    device.kill()
    expect(portal.page.locator(".note")).to_contain_text("join its Wi-Fi again")
    expect(portal.button("Cancel")).to_be_enabled()
    device.start()
    expect(portal.page.locator(".note")).to_have_text("")
    expect(portal.result).to_contain_text("lamp 3.0.0 is running", timeout=40000)


def test_another_page_goes_on_with_the_same_file(start_device, portal, open_tab, big):
    """The first tab was closed in the middle, or its phone was switched off."""
    device = start_device("--timing", "real")
    portal.open(device.url)
    portal.pick(big)
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 200000)
    portal.page.close()
    other = type(portal)(open_tab()).open(device.url)
    other.pick(big)
    written = device.info()["session"]["written"]
    other.press_install()
    expect(other.result).to_contain_text("lamp 3.0.0 is running", timeout=40000)
    assert written >= 200000


@pytest.mark.parametrize("delay_s", [0, 2], ids=["before_the_reset", "behind_the_reset"])
def test_a_lost_last_answer_is_found_out(device, portal, images, delay_s):
    """The device has switched, and only the page does not know."""
    def lose(route):
        if f"-{size - 1}/" in route.request.headers.get("content-range", ""):
            assert route.fetch().json()["session"]["state"] == "switched"
            time.sleep(delay_s)
            route.abort("connectionreset")
        else:
            route.continue_()

    size = images.new.stat().st_size
    portal.page.route("**/update", lose)
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running")
    assert device.info()["last_update"]["stage"] == "confirmed"


def test_a_stranger_on_another_network_is_not_believed(start_device, portal, big):
    """A phone that changes its network finds somebody else at the device's address for a while."""
    device = start_device("--timing", "real")
    portal.open(device.url)
    portal.pick(big)
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 100000)
    stranger = re.compile("/(info|update)$")
    portal.page.route(stranger, lambda route: route.fulfill(status=404, body="<h1>Not Found</h1>"))
    expect(portal.page.locator(".note")).to_contain_text("join its Wi-Fi again")
    portal.page.unroute(stranger)
    expect(portal.result).to_contain_text("lamp 3.0.0 is running", timeout=40000)
