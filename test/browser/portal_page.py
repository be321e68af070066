# SPDX-License-Identifier: Apache-2.0
"""The portal page as a person uses it, and a watch over what it must never do."""
import base64
import re
import urllib.parse

from playwright.sync_api import expect

DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name));
    for (const type of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true,
                                                          cancelable: true }));
    }
}"""


class Watch:
    """Collects what no page may do: errors, violations of its policy, requests to others."""

    def __init__(self, page):
        self.findings = []
        page.on("pageerror", lambda error: self.findings.append(f"error: {error}"))
        page.on("console", self.console)
        page.on("request", self.request)

    def console(self, message):
        """Requests that fail are part of the tests, everything else that is red is not."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.findings.append(f"console: {message.text}")

    def request(self, request):
        """Data addresses stay inside."""
        url = urllib.parse.urlsplit(request.url)
        if url.scheme != "data" and url.hostname != "127.0.0.1":
            self.findings.append(f"asked outside: {request.url}")


class PortalPage:
    """What there is to see and to press."""

    def __init__(self, page):
        self.page = page

    def open(self, url):
        """Open it and wait for the device's facts."""
        self.page.goto(url)
        expect(self.page.get_by_role("heading", name="Garden-lamp")).to_be_visible()
        return self

    def pick(self, path):
        """Choose a file with the picker."""
        self.page.set_input_files("#file", path)

    def drop(self, path):
        """Drop a file on the page."""
        content = base64.b64encode(path.read_bytes()).decode()
        self.page.evaluate(DROP, [path.name, content])

    def button(self, name):
        """A button by its name."""
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def install(self):
        """The button that starts it."""
        return self.page.get_by_role("button", name=re.compile("^Install"))

    def press_install(self):
        """Start the update; a virtual device may be done with it before anybody can look."""
        self.install.click()

    @property
    def bar(self):
        """The progress bar."""
        return self.page.get_by_role("progressbar")

    @property
    def review(self):
        """What is said of the chosen file."""
        return self.page.get_by_role("region", name="Chosen file")

    @property
    def result(self):
        """The card that says how it went."""
        return self.page.get_by_role("region", name="Result")

    def shows(self, text, **options):
        """Wait until a text can be seen."""
        expect(self.page.get_by_text(text).first).to_be_visible(**options)

    def runs(self, version, badge):
        """Wait until the device card names a version and its state."""
        expect(self.page.locator(".version")).to_have_text(version)
        expect(self.page.locator(".badge")).to_have_text(badge)
