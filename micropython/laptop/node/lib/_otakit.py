# SPDX-License-Identifier: Apache-2.0
"""otakit's C code for the WebAssembly port, called through JavaScript. esp32.py and machine.py
stand on it.

Bytes go through the file /dev/otakit: what is written to it a call takes, and what a call gives can
be read from it. The launcher has booted the device before any script runs.
"""
import time

from _otakit_wasm import erase, error_name, exit, find, get, mark_valid, next_update, set_boot

import _otakit_wasm as _wasm

_window = open("/dev/otakit", "r+b")

# The port's own keeps the processor busy while it waits.
time.sleep = lambda seconds: _wasm.sleep(int(seconds * 1000))
time.sleep_ms = _wasm.sleep


def boot():
    """Nothing to do: see above."""


def info(index, buf):
    error = _wasm.info(index, len(buf))
    _window.readinto(buf)
    return error


def read(index, offset, buf):
    error = _wasm.read(index, offset, len(buf))
    if error == 0 and len(buf) > 0:
        _window.readinto(buf)
    return error


def write(index, offset, buf):
    _window.write(buf)
    return _wasm.write(index, offset)


def change(index, offset, buf):
    _window.write(buf)
    return _wasm.change(index, offset)
