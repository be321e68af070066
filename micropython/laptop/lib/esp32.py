# SPDX-License-Identifier: Apache-2.0
"""esp32.Partition on a laptop, as MicroPython's ESP32 port has it.

    from esp32 import Partition
    running = Partition(Partition.RUNNING)

The device powers up when this module is imported for the first time. What partitions are and do is
decided by otakit's C code; `_otakit` calls it.
"""
import struct

import _otakit

_otakit.boot()

_SECTOR = 4096

# The ESP32's numbers; those of the computer's port may be others.
_ENOENT = 2
_EINVAL = 22

# What 32 bits hold at most: a place in no partition.
_NOWHERE = 0xFFFFFFFF


def _check(error):
    """Raise what the ESP32 port raises for an esp_err_t."""
    if error != 0:
        raise OSError(-error, _otakit.error_name(error))


def _label(text):
    """A label as the C code takes it: whatever else it got it would take for an address."""
    if isinstance(text, bytes):
        text = text.decode()
    if not isinstance(text, str):
        raise TypeError("can't convert '%s' object to str implicitly" % type(text).__name__)
    return text


def _number(number):
    if not isinstance(number, int):
        raise TypeError("can't convert %s to int" % type(number).__name__)
    return number


def _position(block, block_size, offset=0):
    """A place in a partition; out of every partition where it is none, as on 32 bits."""
    position = _number(block) * block_size + _number(offset)
    return position if 0 <= position <= _NOWHERE else _NOWHERE


class Partition:
    BOOT = 0
    RUNNING = 1
    TYPE_APP = 0
    TYPE_DATA = 1

    def __init__(self, id, block_size=_SECTOR):
        if isinstance(id, int):
            if id not in (Partition.BOOT, Partition.RUNNING):
                raise ValueError
            index = _otakit.get(id)
        else:
            label = _label(id)
            index = _otakit.find(0, Partition.TYPE_APP, 0xFF, label)
            if index < 0:
                index = _otakit.find(0, Partition.TYPE_DATA, 0xFF, label)
        self._open(index, block_size)

    def _open(self, index, block_size):
        if index < 0:
            raise OSError(_ENOENT)
        description = bytearray(37)
        _check(_otakit.info(index, description))
        kind, subtype, address, size, encrypted, label = struct.unpack("<5I17s", description)
        self._index = index
        self._block_size = block_size
        self._info = (kind, subtype, address, size,
                      label.split(b"\0", 1)[0].decode(), bool(encrypted))

    def __repr__(self):
        return ("<Partition type=%u, subtype=%u, address=%u, size=%u, label=%s, encrypted=%u>"
                % self._info)

    @staticmethod
    def find(type=TYPE_APP, subtype=0xFF, label=None, block_size=_SECTOR):
        found = []
        if label is not None:
            label = _label(label)
        index = _otakit.find(0, type, subtype, label)
        while index >= 0:
            found.append(_at(index, block_size))
            index = _otakit.find(index + 1, type, subtype, label)
        return found

    def info(self):
        return self._info

    def readblocks(self, block, buf, offset=0):
        if not isinstance(buf, (bytearray, memoryview)):
            raise TypeError("object with buffer protocol required")
        if isinstance(buf, memoryview):
            buf[0:0] = buf[0:0]  # a TypeError where it only shows what nobody may change
        _check(_otakit.read(self._index, _position(block, self._block_size, offset), buf))

    def writeblocks(self, block, buf, offset=None):
        position = _position(block, self._block_size, offset or 0)
        if offset is not None:
            _check(_otakit.write(self._index, position, buf))
        elif self._block_size < _SECTOR:
            _check(_otakit.change(self._index, position, buf))
        else:
            _check(_otakit.erase(self._index, position, len(buf)))
            _check(_otakit.write(self._index, position, buf))

    def ioctl(self, command, argument):
        if command in (1, 2, 3):  # initialise, shut down, synchronise
            return 0
        if command == 4:
            return self._info[3] // self._block_size
        if command == 5:
            return self._block_size
        if command == 6:
            if self._block_size != _SECTOR:
                return -_EINVAL
            _check(_otakit.erase(self._index, _position(argument, _SECTOR), _SECTOR))
            return 0
        return None

    def set_boot(self):
        _check(_otakit.set_boot(self._index))

    def get_next_update(self):
        return _at(_otakit.next_update(self._index), _SECTOR)

    @classmethod
    def mark_app_valid_cancel_rollback(cls):
        _check(_otakit.mark_valid())


def _at(index, block_size):
    """The partition at an index, past the constructor, which knows names only."""
    partition = object.__new__(Partition)
    partition._open(index, block_size)
    return partition
