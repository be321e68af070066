# SPDX-License-Identifier: Apache-2.0
"""What ota.status() and ota.show() tell."""
from esp32 import Partition

from . import slots

_TYPES = {0: "app", 1: "data"}
_SUBTYPES = {(0, 0): "factory", (0, 32): "test", (1, 0): "ota", (1, 1): "phy", (1, 2): "nvs",
             (1, 3): "coredump", (1, 4): "nvs_keys", (1, 0x81): "fat", (1, 0x82): "spiffs",
             (1, 0x83): "littlefs", (1, 0x8F): "romfs"}


def _slot(part, entry_list):
    """One slot: its application, and the state that otadata has for it."""
    _, _, address, size, label, _ = part.info()
    version, project = slots.description(part) or (None, None)
    state = None
    for entry in entry_list:
        if state is None and entry and slots.same(entry.slot, part):
            state = entry.state
    return {"label": label, "address": address, "size": size, "version": version,
            "project": project, "state": state}


def _entry(entry):
    return {"sector": entry.sector, "seq": entry.seq, "state": entry.state,
            "crc_ok": entry.crc_ok, "slot": entry.slot and slots.label(entry.slot)}


def status():
    """A dict.

    running, boot  labels: what runs, and what the next reset boots
    next           label of the slot that an update goes to; None: no room for updates
    pending        True: what runs is on trial; confirm() keeps it, a reset goes back
    slots          a dict each: label, address, size, version, project, state
    otadata        a dict for each entry: sector, seq, state, crc_ok, slot; the active one first
    """
    active, other = slots.entries()
    parts = Partition.find(Partition.TYPE_APP, 0) + slots.ota_slots()
    try:
        target = slots.label(slots.next_update())
    except slots.OtaError:
        target = None
    running = slots.running()
    try:
        boot = Partition(Partition.BOOT)
    except OSError:
        boot = running
    return {"running": slots.label(running), "boot": slots.label(boot), "next": target,
            "pending": slots.on_trial(),
            "slots": [_slot(part, (active, other)) for part in parts],
            "otadata": [_entry(entry) for entry in (active, other) if entry]}


def _subtype(kind, subtype):
    if kind == 0 and 16 <= subtype < 32:
        return "ota_%d" % (subtype - 16)
    return _SUBTYPES.get((kind, subtype), "0x%02x" % subtype)


def show():
    """Print what status() says, and the partition table."""
    facts = status()
    print("runs:       %s%s" % (facts["running"], ", on trial" if facts["pending"] else ""))
    print("boots next: %s" % facts["boot"])
    print("updates go: %s" % (facts["next"] or "nowhere, there is no second OTA slot"))
    for slot in facts["slots"]:
        print("  %-10s %s" % (slot["label"], " ".join(
            slot[key] for key in ("project", "version", "state") if slot[key]) or "empty"))
    print("name             type  subtype    offset      size")
    parts = Partition.find(Partition.TYPE_APP) + Partition.find(Partition.TYPE_DATA)
    for info in sorted([part.info() for part in parts], key=lambda info: info[2]):
        print("%-16s %-5s %-8s %8x  %8x" % (info[4], _TYPES[info[0]], _subtype(*info[:2]),
                                            info[2], info[3]))
