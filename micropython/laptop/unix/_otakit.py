# SPDX-License-Identifier: Apache-2.0
"""otakit's C code for the unix port, called through `ffi`. esp32.py and machine.py stand on it.

OTAKIT_FLASH      the flash file of the device
OTAKIT_CUT_AFTER  the power is lost inside this flash operation, counted from 1
OTAKIT_BUILD      the directory with libotakit_partition.so; build/ of the tree where it is not set
"""
import os

import ffi

_here = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
_library = ffi.open((os.getenv("OTAKIT_BUILD") or _here + "/../../../build")
                    + "/libotakit_partition.so")

_open = _library.func("i", "otk_mpy_open", "s")
_size = _library.func("I", "otk_mpy_size", "")
_boot = _library.func("i", "otk_mpy_boot", "II")
_status_text = _library.func("s", "otk_mpy_status_text", "i")
_read = _library.func("i", "otk_mpy_read", "iIpI")
_write = _library.func("i", "otk_mpy_write", "iIPI")
_change = _library.func("i", "otk_mpy_change", "iIPI")

exit = _library.func("v", "otk_mpy_exit", "i")
error_name = _library.func("s", "otk_mpy_error_name", "i")
get = _library.func("i", "otk_mpy_get", "i")
find = _library.func("i", "otk_mpy_find", "iiis")
next_update = _library.func("i", "otk_mpy_next_update", "i")
info = _library.func("i", "otk_mpy_info", "ip")
erase = _library.func("i", "otk_mpy_erase", "iII")
set_boot = _library.func("i", "otk_mpy_set_boot", "i")
mark_valid = _library.func("i", "otk_mpy_mark_valid", "")


def read(index, offset, buf):
    return _read(index, offset, buf, len(buf))


def write(index, offset, buf):
    return _write(index, offset, buf, len(buf))


def change(index, offset, buf):
    return _change(index, offset, buf, len(buf))


def boot():
    """Power up, once in the life of the process. OSError(status, text) where nothing boots."""
    path = os.getenv("OTAKIT_FLASH")
    if not path:
        raise OSError(0, "OTAKIT_FLASH names no flash file")
    status = _open(path)
    if status == 0:
        status = _boot(_size(), int(os.getenv("OTAKIT_CUT_AFTER") or 0))
    if status != 0:
        raise OSError(status, path + ": " + _status_text(status))
