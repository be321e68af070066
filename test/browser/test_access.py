# SPDX-License-Identifier: Apache-2.0
"""Who may, what the page may, and the page for those who cannot use it."""
import re

from playwright.sync_api import expect


def test_a_password_is_asked_for_by_the_page_itself(start_device, portal, images):
    device = start_device("--portal-password", "correct horse")
    portal.open(device.url)
    portal.pick(images.new)
    with portal.page.expect_response(device.url + "update") as answer:
        portal.install.click()
    # With this field the browser would ask by itself, before the page sees the answer.
    assert answer.value.status == 401
    assert "www-authenticate" not in answer.value.headers
    portal.shows("The password is missing or wrong.")
    field = portal.page.get_by_label("Password of this device")
    expect(field).to_be_focused()
    field.fill("wrong")
    portal.install.click()
    portal.shows("The password is missing or wrong.")
    field.fill("correct horse")
    portal.press_install()
    expect(portal.result).to_contain_text("lamp 2.0.0 is running")


def test_a_password_is_needed_to_confirm(start_device, portal, images):
    device = start_device("--portal-password", "correct horse", "--confirm", "manual")
    portal.open(device.url)
    portal.page.get_by_label("Password of this device").fill("correct horse")
    portal.pick(images.new)
    portal.press_install()
    portal.runs("2.0.0", "On trial")
    portal.page.get_by_label("Password of this device").fill("")
    portal.button("Confirm this version").click()
    portal.shows("The password is missing or wrong.")
    portal.page.get_by_label("Password of this device").fill("correct horse")
    portal.button("Confirm this version").click()
    portal.runs("2.0.0", "Confirmed")


def test_names_from_a_file_are_text(device, portal, tmp_path, images):
    """A version that is markup shows as it is; were it taken for markup, the policy would tell."""
    content = bytearray(images.new.read_bytes())
    content[48:80] = b"<img src=x onerror=alert(1)>".ljust(32, b"\0")
    path = tmp_path / "<b>update.bin"
    path.write_bytes(content)
    portal.open(device.url)
    portal.pick(path)
    expect(portal.review).to_contain_text("<b>update.bin")
    expect(portal.review).to_contain_text("<img src=x onerror=alert(1)>")


def test_a_mistake_in_the_page_is_shown(device, portal):
    """A phone has no console."""
    portal.open(device.url)
    portal.page.evaluate("() => setTimeout(() => { throw new Error('no such thing'); })")
    portal.shows("Something went wrong in this page")
    portal.shows("no such thing")
    portal.page.watch.findings.clear()


def test_the_policy_forbids_any_other_script(device, portal):
    portal.open(device.url)
    with portal.page.expect_event("console", lambda message: "Content Security Policy" in
                                  message.text) as refused:
        portal.page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken over'";
            document.body.append(script);
        }""")
    assert "script-src" in refused.value.text
    assert portal.page.title() == "Garden-lamp: firmware update"
    portal.page.watch.findings.clear()


def test_without_javascript_the_page_names_the_command(device, open_tab):
    page = open_tab(java_script_enabled=False)
    page.goto(device.url)
    expect(page.locator("pre")).to_have_text(
        "curl --data-binary @firmware.bin http://192.168.4.1/update")


def test_the_page_is_one_file_below_20_kilobytes(device):
    size, html = device.page()
    assert size <= 20480
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert not re.search(r"\son\w+=", html)


def test_a_sign_in_view_is_told_where_to_go(start_device, open_tab):
    """Android's own view for captive networks; it cannot pick files."""
    device = start_device("--captive")
    page = open_tab(user_agent="Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A; wv) "
                               "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
                               "Chrome/120.0.0.0 Mobile Safari/537.36",
                    viewport={"width": 320, "height": 640})
    page.goto(device.url)
    expect(page.get_by_text(re.compile("browser")).first).to_be_visible()
    expect(page.locator("#file")).to_have_count(0)
