# SPDX-License-Identifier: Apache-2.0
"""How the page looks and reads: narrow screens, dark mode, what axe-core finds, and the pictures.

OTAKIT_PICTURES names a directory, such as docs/images, to which the pictures are written.
"""
import os
import pathlib
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from portal_device import create_image
from portal_page import PortalPage

# The size of a small phone, and of a picture in a README.
SMALL = {"width": 320, "height": 640}
PICTURE = {"width": 680, "height": 400}


@pytest.fixture
def take(tmp_path):
    """take(page, "portal-choose"): a picture, small enough for a repository."""
    directory = pathlib.Path(os.environ.get("OTAKIT_PICTURES", tmp_path))

    def take_picture(page, name):
        page.mouse.move(0, 0)
        path = directory / f"{name}.png"
        page.screenshot(path=path, full_page=True, animations="disabled")
        assert path.stat().st_size < 120 * 1024
        return path

    return take_picture


def assert_fits(page):
    """No horizontal scrolling."""
    widths = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1], widths


def assert_accessible(page):
    """axe-core finds nothing, best practices included."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def assert_touchable(page):
    """What is pressed is at least 44 pixels high. (WCAG 2.5.5)"""
    for target in page.locator("button:visible, summary:visible, label.drop:visible, "
                               "label.tick:visible").all():
        assert target.bounding_box()["height"] >= 44, target.inner_text()


def judge(page):
    """All of it, in the state the page is in."""
    assert_fits(page)
    assert_accessible(page)
    assert_touchable(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_each_state_is_accessible_and_fits(start_device, open_tab, images, tmp_path, scheme, width):
    device = start_device("--timing", "real", "--confirm", "manual", "--portal-password", "horse")
    page = open_tab(viewport={"width": width, "height": 700}, color_scheme=scheme)
    portal = PortalPage(page).open(device.url)
    page.get_by_text("Details").click()
    judge(page)
    portal.pick(create_image(tmp_path / ("long-name-" * 9 + ".bin"), version="v0.9.0-" + "x" * 24,
                             project="a-project-of-thirty-characters", size=900000))
    portal.shows("Other project")
    judge(page)
    page.get_by_label("Yes, replace lamp").check()
    portal.install.click()
    portal.shows("The password is missing or wrong.")
    judge(page)
    page.get_by_label("Password of this device").fill("horse")
    page.get_by_label("Yes, replace lamp").check()
    portal.install.click()
    device.wait_for(lambda info: info["session"]["written"] > 100000)
    assert_fits(page)
    assert_touchable(page)
    portal.runs("v0.9.0-" + "x" * 24, "On trial")
    judge(page)
    portal.button("Go back").click()
    expect(portal.result).to_contain_text("The device went back")
    judge(page)


def test_progress_is_accessible(start_device, portal, tmp_path):
    """It stands still for as long as axe-core needs, because the device is gone."""
    device = start_device("--timing", "real")
    portal.open(device.url)
    portal.pick(create_image(tmp_path / "big.bin", "3.0.0", size=700000))
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 200000)
    expect(portal.bar).not_to_have_attribute("aria-valuenow", "0")
    device.kill()
    expect(portal.page.locator(".note")).not_to_have_text("")
    judge(portal.page)
    expect(portal.bar).to_have_attribute("aria-valuetext",
                                         re.compile(r"^\d+ %, \d+ KB of 684 KB written$"))


def test_a_choice_is_spoken(device, portal, images):
    """The verdict stands in a live region; the progress view takes the focus."""
    portal.open(device.url)
    portal.pick(images.new)
    spoken = portal.review.get_by_role("status").filter(has_text="Newer version")
    expect(spoken).to_contain_text("This is newer than what runs now: 1.0.0 → 2.0.0.")


def test_pictures_for_the_documentation(start_device, open_tab, images, take, tmp_path):
    device = start_device("--timing", "real")
    page = open_tab(viewport=PICTURE, color_scheme="light")
    portal = PortalPage(page).open(device.url)
    portal.pick(create_image(tmp_path / "lamp-1.1.0.bin", "1.1.0", size=1000000, seed=4))
    portal.shows("Newer version")
    take(page, "portal-choose")
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 300000)
    expect(page.get_by_text(re.compile(r"^\d+ KB/s"))).to_be_visible()
    take(page, "portal-progress")
    expect(portal.result).to_contain_text("is confirmed")
    take(page, "portal-done")

    dark = open_tab(viewport=SMALL, color_scheme="dark")
    portal = PortalPage(dark).open(device.url)
    portal.pick(create_image(tmp_path / "heater-2.0.0.bin", "2.0.0", chip="esp32s3"))
    portal.shows("Other chip")
    take(dark, "portal-dark")
