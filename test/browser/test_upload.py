# SPDX-License-Identifier: Apache-2.0
"""From a file to the new version, as a person does it."""
import re

from playwright.sync_api import expect

from portal_device import create_image, sha256


def test_a_picked_file_is_installed_and_its_version_comes_back(device, portal, images):
    portal.open(device.url)
    portal.runs("1.0.0", "Confirmed")
    portal.pick(images.new)
    portal.shows("This is newer than what runs now: 1.0.0 → 2.0.0.")
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running")
    expect(portal.result).to_contain_text("is confirmed")
    portal.runs("2.0.0", "Confirmed")
    assert device.info()["running"]["label"] == "ota_0"


def test_a_dropped_file_is_installed(device, portal, images):
    portal.open(device.url)
    portal.drop(images.new)
    portal.shows("Newer version")
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running")


def test_the_file_stands_beside_what_runs(device, portal, images):
    portal.open(device.url)
    portal.pick(images.new)
    table = portal.page.get_by_role("table")
    for row in ("Project lamp lamp", "Version 1.0.0 2.0.0", "Chip esp32c3 esp32c3",
                "Size 146 KB of 1.00 MB in ota_0", "Signature none"):
        expect(table.get_by_role("row", name=row)).to_be_visible()
    shown = table.get_by_role("row", name=re.compile("^SHA-256")).inner_text()
    assert sha256(images.new) in re.sub(r"\s", "", shown)


def test_two_updates_in_a_row_need_no_reload(device, portal, images, tmp_path):
    portal.open(device.url)
    portal.pick(images.new)
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running")
    portal.button("Done").click()
    portal.pick(create_image(tmp_path / "next.bin", "2.1.0", seed=5))
    portal.shows("2.0.0 → 2.1.0")
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.1.0 is running")
    portal.runs("2.1.0", "Confirmed")


def test_progress_is_what_the_device_has_written(start_device, portal, tmp_path):
    """The browser hands a whole part to its socket at once; the bar must not follow that."""
    device = start_device("--timing", "real")
    image = create_image(tmp_path / "big.bin", "3.0.0", size=1000000, seed=3)
    portal.open(device.url)
    portal.pick(image)
    portal.press_install()
    device.wait_for(lambda info: info["session"]["state"] == "receiving")
    shown = []
    while len(shown) < 5:
        percent = int(portal.bar.get_attribute("aria-valuenow"))
        # Asked later, so it can only have more.
        session = device.info()["session"]
        assert session["state"] == "receiving"
        assert percent <= session["written"] * 100 // image.stat().st_size + 1
        if not shown or percent > shown[-1]:
            shown.append(percent)
        portal.page.wait_for_timeout(60)
    assert shown == sorted(shown) and 0 < shown[-1] < 100
    expect(portal.page.get_by_text(re.compile(r"^\d+ KB of 977 KB written$"))).to_be_visible()
    expect(portal.page.get_by_text(re.compile(r"^\d+ KB/s, about \d+ s left$"))).to_be_visible()
    expect(portal.result).to_contain_text("lamp 3.0.0 is running", timeout=40000)


def test_cancel_leaves_the_device_as_it_was(start_device, portal, tmp_path):
    device = start_device("--timing", "real")
    boot_id = device.info()["boot_id"]
    portal.open(device.url)
    portal.pick(create_image(tmp_path / "big.bin", "3.0.0", size=1000000, seed=3))
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 50000)
    portal.button("Cancel").click()
    expect(portal.result).to_contain_text("Nothing has changed: the version before still runs.")
    info = device.info()
    assert info["boot_id"] == boot_id
    assert info["running"]["version"] == "1.0.0"
    assert info["session"]["code"] == "CANCELLED"
    assert info["session"]["state"] != "receiving"
    # And it can be tried again at once.
    portal.button("Back").click()
    portal.press_install()
    device.wait_for(lambda info: info["session"]["written"] > 50000)


def test_a_second_uploader_is_told_so(device, portal, images, tmp_path):
    first = create_image(tmp_path / "first.bin", "3.0.0", size=300000, seed=3)
    portal.open(device.url)
    portal.pick(images.new)
    with device.half_upload(first.read_bytes(), 100000):
        portal.shows("It comes over this web page.")
        portal.press_install()
        expect(portal.result).to_contain_text("Another update is in progress.")
        expect(portal.result).to_contain_text("Wait until it has ended, then try again.")
        assert device.info()["session"]["image_size"] == 300000


def test_an_update_of_somebody_else_can_be_stopped(device, portal, images, tmp_path):
    first = create_image(tmp_path / "first.bin", "3.0.0", size=300000, seed=3)
    portal.open(device.url)
    with device.half_upload(first.read_bytes(), 100000):
        portal.button("Stop it").click()
        device.wait_for(lambda info: info["session"]["code"] == "CANCELLED")
        expect(portal.button("Stop it")).to_be_hidden()
        portal.pick(images.new)
        portal.press_install()
        expect(portal.result).to_contain_text("lamp 2.0.0 is running")


def test_a_keyboard_is_enough(device, portal, images):
    # Somebody listens from the beginning, or the key may come before the browser is told to report
    # its dialog instead of opening it.
    portal.page.on("filechooser", lambda _: None)
    page = portal.open(device.url).page

    def tab_to(target):
        for _ in range(12):
            if target.evaluate("node => node === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError("Tab does not lead there")

    tab_to(page.locator("#file"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(images.new)
    expect(portal.install).to_be_visible()
    tab_to(portal.install)
    page.keyboard.press("Enter")
    expect(portal.result).to_contain_text("is confirmed")
    tab_to(portal.button("Done"))
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_focused()
