# SPDX-License-Identifier: Apache-2.0
"""Protocol C as a stranger would write it from SPEC.md, section 10: frames, and a client's decisions.

Shares nothing with the C code, so that a mistake there has to be made twice to go unnoticed. Whoever
uses it moves the bytes:

    client = Client(image)
    send(client.open_frame())
    client.take(answer)
    while frame := client.next_data(495):
        send_data(frame)
"""
import dataclasses
import hashlib
import struct
import zlib

OPEN, QUERY, FINISH, CANCEL, CONFIRM, REJECT, INFO, DATA = 1, 2, 3, 4, 5, 6, 7, 0x10
OPENED, STATE, ANSWER, INFO_IS = 0x81, 0x82, 0x83, 0x87
IDLE, RECEIVING, FINISHING, SWITCHED, FAILED = range(5)

# Status numbers of section 9.
OK, BAD_FORMAT, WRONG_CHIP, BUSY, MORE, GAP, CANCELLED = 0, 8, 24, 60, 62, 63, 65

SERVICE = "cf870001-dcb4-4991-b984-07d5f0ee4c4e"
CONTROL = "cf870002-dcb4-4991-b984-07d5f0ee4c4e"
DATA_UUID = "cf870003-dcb4-4991-b984-07d5f0ee4c4e"
INFO_UUID = "cf870004-dcb4-4991-b984-07d5f0ee4c4e"


@dataclasses.dataclass
class Info:
    """The info block."""
    version: int
    on_trial: bool
    is_updating: bool
    chip: int
    running: int
    stage: int
    status: int
    boot_id: int
    slot_size: int
    window: int
    psm: int
    app_version: str
    project: str
    name: str


def decode_info(block):
    """Read an info block."""
    (version, flags, chip, _revision, running, _update_slot, stage, status, _reset, boot_id,
     slot_size, _secure, window, psm, app, project, name) = struct.unpack(
         "<BBHHbbBBBxIIIIHxx32s32s32s", block[:128])
    text = [part.split(b"\0")[0].decode() for part in (app, project, name)]
    return Info(version, bool(flags & 1), bool(flags & 2), chip, running, stage, status, boot_id,
                slot_size, window, psm, *text)


class Client:
    """What a client knows of its update; no bytes are moved here."""

    def __init__(self, image, version="", project="", chip=None):
        self.image = image
        self.version = version.encode()
        self.project = project.encode()
        self.chip = chip if chip is not None else struct.unpack_from("<H", image, 12)[0]
        self.window = 0
        self.psm = 0
        self.opened_at = None       # offset of the last OPENED
        self.opened_status = None
        self.next = 0               # that the device wants
        self.sent = 0
        self.status = OK
        self.phase = IDLE
        self.answer = None          # (request, status) of the last ANSWER
        self.gaps = 0

    def open_frame(self):
        """Which update this is."""
        return struct.pack("<BxHII32s32s32s", OPEN, self.chip, len(self.image), 0,
                           hashlib.sha256(self.image).digest(), self.version, self.project)

    def next_data(self, frame_len):
        """The next data frame, of at most frame_len bytes, or None where the window is full."""
        room = min(self.next + self.window, len(self.image)) - self.sent
        if room <= 0 or (room < frame_len - 2 and self.sent + room < len(self.image)):
            return None
        part = self.image[self.sent:self.sent + min(frame_len - 2, room)]
        frame = struct.pack("<H", self.sent & 0xFFFF) + part
        self.sent += len(part)
        return frame

    def take(self, frame):
        """An answer from the device. Returns its first byte."""
        if frame[0] == OPENED:
            self.opened_status, self.psm, self.window, self.opened_at = struct.unpack(
                "<xBHII", frame)
            self.next = self.sent = self.opened_at
        elif frame[0] == STATE:
            self.status, self.phase, self.next, *_ = struct.unpack("<xBBxIII", frame)
            if self.status == GAP:
                self.gaps += 1
                self.sent = self.next
        elif frame[0] == ANSWER:
            status, request = struct.unpack("<xBB", frame)
            self.answer = (request, status)
        return frame[0]

    @property
    def is_sent(self):
        """Whether the device has all bytes."""
        return self.next == len(self.image)


def serial_encode(frame):
    """A frame as it goes over a serial line: CRC-32, COBS, zeros around it."""
    frame += struct.pack("<I", zlib.crc32(frame))
    out = bytearray(b"\0")
    for run in frame.split(b"\0"):
        while len(run) >= 254:
            out += b"\xff" + run[:254]
            run = run[254:]
        out += bytes([len(run) + 1]) + run
    return bytes(out) + b"\0"


def serial_decode(line):
    """One line without its zeros back into a frame; None where it is none."""
    frame = bytearray()
    at = 0
    while at < len(line):
        code = line[at]
        if at + code > len(line):
            return None
        frame += line[at + 1:at + code]
        at += code
        if code < 255 and at < len(line):
            frame.append(0)
    if len(frame) < 5 or struct.unpack("<I", frame[-4:])[0] != zlib.crc32(frame[:-4]):
        return None
    return bytes(frame[:-4])
