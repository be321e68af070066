# SPDX-License-Identifier: Apache-2.0
"""Inputs of the command line's tests, and the key sets that its documents must have, exactly."""
import os
import pty
import struct
import subprocess
import zlib

ERROR_KEYS = {"code", "message", "hint"}
ENTRY_KEYS = {"label", "type", "subtype", "offset", "size", "flags"}
IMAGE_KEYS = {"chip", "segments", "entry", "checksum", "hash", "length", "app", "signature",
              "accepted", "status"}
SEGMENT_KEYS = {"address", "size", "kind"}
APP_KEYS = {"project", "version", "date", "time", "idf_version", "secure_version", "elf_sha256"}
SLOT_KEYS = {"label", "offset", "size", "image", "seq", "state"}
OTADATA_KEYS = {"seq", "state", "crc"}
BOOT_KEYS = {"booted", "image_length", "selected", "attempts", "otadata"}

NEW, PENDING_VERIFY, VALID, INVALID, ABORTED = range(5)
UNDEFINED = 0xFFFFFFFF
OTADATA_OFFSET = 0xD000


def otadata_entry(seq, state, good_crc=True):
    """32 bytes as ESP-IDF writes them."""
    packed = struct.pack("<I", seq)
    crc = zlib.crc32(packed, 0xFFFFFFFF) ^ (0 if good_crc else 1)
    return packed + b"\xff" * 20 + struct.pack("<II", state, crc)


def set_otadata(flash, first=None, second=None):
    """Put entries into the otadata of a two-ota flash file; None leaves a blank sector."""
    with open(flash, "r+b") as file:
        for index, entry in enumerate((first, second)):
            file.seek(OTADATA_OFFSET + index * 0x1000)
            file.write((entry or b"").ljust(0x1000, b"\xff"))


def create_image(otakit, path, version="1.0.0", **options):
    """An image for the ESP32; options as `image create` takes them."""
    arguments = {"chip": "esp32", "project": "lamp", **options}
    words = [word for name, value in arguments.items()
             for word in (f"--{name.replace('_', '-')}", value)]
    otakit("image", "create", "-o", path, "--version", version, *words)
    return path


def damage(path, offset, target=None):
    """A copy of a file with one bit changed."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    target = target or path.with_suffix(".damaged")
    target.write_bytes(content)
    return target


def run_bytes(otakit, *arguments, data=b""):
    """Run with bytes on standard input; the finished process with bytes on its outputs."""
    return subprocess.run([*otakit.command, *map(str, arguments)], input=data, timeout=60,
                          capture_output=True, check=False)


def run_on_terminal(otakit, *arguments, **environment):
    """Run on a terminal of its own; exit status and everything that appeared on it."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([*otakit.command, *map(str, arguments)], stdin=follower,
                               stdout=follower, stderr=follower,
                               env={**os.environ, "TERM": "xterm", **environment})
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 4096)
        except OSError:  # Linux reports the end of a terminal as an error
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    return process.wait(timeout=60), shown


def failure(otakit, *arguments, status=1, **options):
    """Run a command that must fail; the error of its JSON document."""
    document = otakit.json(*arguments, status=status, **options)
    assert set(document["error"]) == ERROR_KEYS
    return document["error"]
