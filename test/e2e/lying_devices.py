# SPDX-License-Identifier: Apache-2.0
"""Devices that lie to `otakit push`: a portal whose every answer can be replaced, and a serial line."""
import json
import os
import pty
import struct
import threading
import time
import tty

from foreign_servers import ForeignServer, Handler
from window_protocol import INFO, INFO_IS, OPEN, OPENED, serial_decode, serial_encode


def session(state="receiving", offset=0, code="MORE"):
    """The session object of a portal."""
    return {"session": {"state": state, "owner": "portal", "offset": offset, "image_size": 0,
                        "written": offset, "verified": 0, "code": code, "message": "a lie"}}


def info(**fields):
    """What /info says."""
    return {"device": "otakit", "chip": "esp32", "boot_id": "1",
            "running": {"label": "ota_0", "project": "lamp", "version": "1.0.0"},
            "update_slot": {"label": "ota_1", "size": 1 << 20}, **session("idle", code="OK"), **fields}


class LyingPortal(Handler):
    """Says what the class says; a function gets the number of the question."""
    about = info()
    asked_where = 200, session()
    sent_all = 200, session("switched", code="OK")

    def say(self, what, word):
        """One answer, a lie or not."""
        self.server.asked.append(word)
        if callable(what):
            what = what(self.server.asked.count(word))
        if what == "drip":
            self.drip()
        elif what is None:
            self.close_connection = True
        else:
            code, document = what if isinstance(what, tuple) else (200, what)
            self.answer(code, json.dumps(document), "application/json")

    def drip(self):
        """An answer that is always about to end."""
        self.send_response(200)
        self.send_header("Content-Length", "60000")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" ")
                time.sleep(0.2)
        except OSError:
            self.close_connection = True

    def do_GET(self):
        self.say(self.about, "about")

    def do_PUT(self):
        """A question, or the image."""
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        is_question = "*" in self.headers["Content-Range"]
        self.say(self.asked_where if is_question else self.sent_all,
                 "where" if is_question else "bytes")


def lying_portal(**lies):
    """A server for these answers."""
    lies = {name: staticmethod(lie) if callable(lie) else lie for name, lie in lies.items()}
    return ForeignServer(type("Portal", (LyingPortal,), lies))


class LyingLine:
    """A serial line behind which every OPEN gets the same status."""

    def __init__(self, status):
        self.leader, self.follower = pty.openpty()
        tty.setraw(self.follower)
        self.path = os.ttyname(self.follower)
        self.answers = {
            INFO: bytes([INFO_IS]) + struct.pack("<BBHHbbBBBxIIIIHxx", 1, 4, 0, 0, 0, 1, 0, 0, 0, 1,
                                                 1 << 20, 0, 16384, 0).ljust(32, b"\0") + bytes(96),
            OPEN: struct.pack("<BBHII", OPENED, status, 0, 16384, 0)}
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self):
        """Until the line is closed."""
        rest = b""
        while True:
            try:
                rest += os.read(self.leader, 4096)
            except OSError:
                return
            *frames, rest = rest.split(b"\0")
            for frame in filter(None, map(serial_decode, frames)):
                answer = self.answers.get(frame[0])
                if answer:
                    os.write(self.leader, serial_encode(answer))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.follower)
        self.thread.join(5)
        os.close(self.leader)
