#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Update a device through its page, as a person with a browser: browser.py URL IMAGE VERSION

Starts Chromium without a screen and speaks the DevTools protocol with it over two pipes, JSON
documents that end with a NUL: no driver, no library.
"""
import json
import os
import subprocess
import sys
import time

# Under emulation everything takes its time.
PATIENCE_S = 200

CHROMIUM = ["chromium-headless-shell", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
            "--no-first-run", "--disable-background-networking", "--window-size=400,800",
            # Drawing in software, in an emulator, is what it is slow at.
            "--force-prefers-reduced-motion", "about:blank"]


class Browser:
    """A running Chromium with one page."""

    def __init__(self):
        # It reads commands from file 3 and writes answers to file 4.
        command_in, self.commands = os.pipe()
        answers, answer_out = os.pipe()
        os.set_inheritable(command_in, True)
        os.set_inheritable(answer_out, True)
        shell = f'exec "$@" 3<&{command_in} 4>&{answer_out}'
        self.process = subprocess.Popen(["sh", "-c", shell, "sh", *CHROMIUM], close_fds=False)
        os.close(command_in)
        os.close(answer_out)
        self.answers = os.fdopen(answers, "rb")
        self.count = 0
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]

    def receive(self):
        """The next document."""
        parts = bytearray()
        while (byte := self.answers.read(1)) != b"\0":
            if not byte:
                sys.exit("browser: Chromium has ended")
            parts += byte
        return json.loads(parts)

    def call(self, method, **parameters):
        """Give a command and wait for its result; events are passed over."""
        self.count += 1
        command = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.count:
            pass
        if "error" in answer:
            sys.exit(f"browser: {method}: {answer['error']['message']}")
        return answer["result"]

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page; None where it throws."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def wait(self, what, expression):
        """Until the expression is true."""
        start = time.monotonic()
        while not self.evaluate(expression):
            if time.monotonic() - start > PATIENCE_S:
                sys.exit(f"browser: no {what}; the page says:\n"
                         f"{self.evaluate('document.body.innerText')}")
            time.sleep(0.3)
        print(f"{time.monotonic() - start:5.1f} s  {what}", flush=True)

    def pick(self, path):
        """Choose a file with the page's picker."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[path])


def says(text):
    """Whether the page shows that text, as JavaScript."""
    return f"document.body.innerText.includes({json.dumps(text)})"


def main(url, image, version):
    browser = Browser()
    browser.call("Page.navigate", url=url)
    browser.wait("page", "document.querySelector('#file') !== null")
    browser.pick(image)
    install = "[...document.querySelectorAll('button')].find((b) => /^Install/.test(b.innerText))"
    browser.wait("verdict", says(f"→ {version}") + f" && !!{install} && !{install}.disabled")
    browser.evaluate(f"{install}.click()")
    browser.wait("version that came back", says(f"{version} is running"))
    browser.wait("confirmation", says("is confirmed"))
    browser.process.kill()


main(*sys.argv[1:])
