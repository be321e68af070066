# SPDX-License-Identifier: Apache-2.0
"""Slots and otadata: what runs, what boots next, and how to keep it or go back.

Two sectors of the partition `otadata` hold one entry each; the one with the higher sequence number
selects the slot. Only ESP-IDF's own functions write entries; the one thing done by hand is to erase
an entry that selects what never ran.
"""
import binascii
import struct

from esp32 import Partition

from .error import OtaError

# Source: ESP-IDF, esp_flash_partitions.h, esp_ota_img_states_t.
STATES = {0: "NEW", 1: "PENDING_VERIFY", 2: "VALID", 3: "INVALID", 4: "ABORTED",
          0xFFFFFFFF: "UNDEFINED"}
_BLANK = 0xFFFFFFFF
_OTA_FIRST = 16  # subtype of ota_0
_OTA_LAST = 31
_ERASE = 6  # ioctl
_DESCRIPTION = 32  # where the application description stands in an image
_DESCRIPTION_MAGIC = b"\x32\x54\xcd\xab"

# What Partition raises, as OSError(-esp_err).
_NOT_FOUND = -0x105
_VALIDATE_FAILED = -0x1503
_SMALL_SEC_VER = -0x1504


class Entry:
    """One of the two entries of otadata.

    sector  0 or 1
    seq     its sequence number; None: blank
    state   a name out of STATES, or the number of an unknown one
    crc_ok  whether the sequence number is what was written
    usable  whether the bootloader considers it
    slot    the partition it selects; None without a usable number
    """

    def __init__(self, sector, raw, slots):
        seq, state, crc = struct.unpack("<L20xLL", raw)
        self.sector = sector
        self.seq = None if seq == _BLANK else seq
        self.state = STATES.get(state, state)
        self.crc_ok = binascii.crc32(raw[:4], _BLANK) == crc
        self.usable = (self.seq is not None and self.crc_ok
                       and self.state not in ("INVALID", "ABORTED"))
        self.slot = None
        if self.seq and self.crc_ok and slots:
            self.slot = slots[(seq - 1) % len(slots)]


def same(one, other):
    """Whether two Partition objects are the same partition."""
    return one is not None and other is not None and one.info() == other.info()


def label(part):
    return part.info()[4]


def ota_slots():
    """The partitions ota_0, ota_1, ... in that order."""
    parts = [part for part in Partition.find(Partition.TYPE_APP)
             if _OTA_FIRST <= part.info()[1] <= _OTA_LAST]
    parts.sort(key=lambda part: part.info()[1])
    return parts


def running():
    return Partition(Partition.RUNNING)


def _otadata():
    found = Partition.find(Partition.TYPE_DATA, 0)
    return found[0] if found else None


def entries():
    """(active, other) entry of otadata. None is active where none is usable.

    Both are None without a partition otadata.
    """
    part = _otadata()
    if not part:
        return None, None
    slots = ota_slots()
    pair = []
    raw = bytearray(32)
    for sector in (0, 1):
        part.readblocks(sector, raw)
        pair.append(Entry(sector, bytes(raw), slots))
    first, second = pair
    if not (first.usable or second.usable):
        return None, first
    if not first.usable or (second.usable and second.seq > first.seq):
        return second, first
    return first, second


def description(part):
    """(version, project) of the application in a slot, or None."""
    raw = bytearray(80)
    part.readblocks(0, raw, _DESCRIPTION)
    if bytes(raw[:4]) != _DESCRIPTION_MAGIC:
        return None
    texts = [bytes(raw[at:at + 32]).split(b"\0")[0] for at in (16, 48)]
    try:
        return tuple(text.decode() for text in texts)
    except UnicodeError:
        return None


def next_update():
    """The slot that an update goes to."""
    part = running()
    try:
        target = part.get_next_update()
    except OSError:
        target = part
    if same(target, part):
        raise OtaError("NO_SLOT", "this firmware's partition table has no second OTA slot; flash a "
                       "firmware with ota_0 and ota_1 (MicroPython's variant OTA) once by cable")
    return target


def on_trial():
    """Whether what runs was just updated, and the next reset goes back unless it is confirmed."""
    active, _ = entries()
    return active is not None and active.state == "PENDING_VERIFY" and same(active.slot, running())


def confirm():
    """Keep the firmware that runs: the bootloader will not go back any more.

    Returns True where it was on trial, False where there was nothing to confirm. Cheap enough for
    every start, and without a write to flash then.
    Power loss: it is confirmed, or goes back at this reset.
    """
    active, _ = entries()
    if active is None or not same(active.slot, running()):
        # An update waits for the reset: ESP-IDF would confirm that one, which never ran.
        return False
    if active.state not in ("NEW", "PENDING_VERIFY"):
        return False
    Partition.mark_app_valid_cancel_rollback()
    return True


def select(part):
    """Boot a slot from the next reset on. ESP-IDF verifies the image first.

    Power loss: the slot that was selected, or this one; its entry takes the place of the one that
    does not count.
    """
    try:
        part.set_boot()
    except OSError as error:
        number = error.args[0]
        if number == _VALIDATE_FAILED:
            raise OtaError("BAD_FORMAT", "%s holds no application that would boot" % label(part))
        if number == _SMALL_SEC_VER:
            raise OtaError("SECURE_VERSION", "%s is older than this chip's eFuses allow"
                           % label(part))
        if number == _NOT_FOUND:
            raise OtaError("NO_OTADATA", "the partition table has no otadata")
        raise
    if not same(Partition(Partition.BOOT), part):
        raise OtaError("FLASH_VERIFY", "%s was not taken for the next boot" % label(part))


def withdraw():
    """Where otadata selects another slot than the one that runs, select the latter again.

    An update that waits for its reset is withdrawn so; its slot may then be written. Erasing its
    entry is enough where the other one selects what runs: no state is touched, and what was
    confirmed stays so. Returns whether there was something to do.
    Power loss: either slot boots; both are whole.
    """
    active, other = entries()
    part = running()
    if active is None or same(active.slot, part):
        return False
    if other.usable and same(other.slot, part):
        _otadata().ioctl(_ERASE, active.sector)
    else:
        select(part)
    return True


def _way_back(other, part):
    """The slots worth trying, best first: the one before this, other OTA slots, factory."""
    known_bad = other is not None and other.state in ("INVALID", "ABORTED") and other.slot
    slots = ota_slots()
    if other is not None and other.usable and other.slot:
        slots.insert(0, other.slot)
    slots += Partition.find(Partition.TYPE_APP, 0)
    return [slot for slot in slots if not same(slot, part) and not same(slot, known_bad or None)]


def rollback():
    """Go back to the firmware before this one, from the next reset on. Returns the slot's label.

    ESP-IDF's "mark invalid" is not in MicroPython, and nothing here imitates it:
    - an update that waits for its reset is withdrawn;
    - a firmware on trial is rejected by resetting without confirm(): the bootloader does the rest;
    - from a confirmed firmware, the other slot is selected like an update: it is on trial then.
    """
    part = running()
    if withdraw():
        return label(part)
    _, other = entries()
    trial = on_trial()
    for slot in _way_back(other, part):
        if trial and (other.usable and same(other.slot, slot) or slot.info()[1] == 0):
            return label(slot)
        if not trial:
            try:
                select(slot)
                return label(slot)
            except OtaError:
                pass  # not bootable; perhaps the next one is
    raise OtaError("NO_ROLLBACK", "there is no other firmware that could be booted")
