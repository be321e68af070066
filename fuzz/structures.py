# SPDX-License-Identifier: Apache-2.0
"""What real devices have on flash, as bytes: tables, otadata entries, images, signature blocks."""
import hashlib
import struct
import zlib

BLANK = b"\xff"

# type, subtype, offset, size, label
FACTORY_AND_TWO = [
    (1, 2, 0x9000, 0x4000, "nvs"), (1, 0, 0xD000, 0x2000, "otadata"),
    (1, 1, 0xF000, 0x1000, "phy_init"), (0, 0, 0x10000, 0x100000, "factory"),
    (0, 0x10, 0x110000, 0x100000, "ota_0"), (0, 0x11, 0x210000, 0x100000, "ota_1"),
]
TWO_LARGE = [
    (1, 2, 0x9000, 0x6000, "nvs"), (1, 0, 0xF000, 0x2000, "otadata"),
    (1, 1, 0x11000, 0x1000, "phy_init"), (0, 0x10, 0x20000, 0x1A9000, "ota_0"),
    (0, 0x11, 0x1D0000, 0x1A9000, "ota_1"),
]
SMALL_SLOTS = [
    (1, 0, 0xD000, 0x2000, "otadata"), (0, 0, 0x10000, 0x10000, "factory"),
    (0, 0x10, 0x20000, 0x10000, "ota_0"), (0, 0x11, 0x30000, 0x10000, "ota_1"),
    (0, 0x20, 0x40000, 0x10000, "test"),
]


def record(kind, subtype, offset, size, label, flags=0):
    return struct.pack("<2sBBII16sI", b"\xaa\x50", kind, subtype, offset, size, label.encode(),
                       flags)


def table(rows, md5=True):
    """Records of a partition table with its end record."""
    records = b"".join(record(*row) for row in rows)
    if md5:
        records += b"\xeb\xeb" + BLANK * 14 + hashlib.md5(records).digest()
    return records + BLANK * 32


def entry(seq, state, good_crc=True):
    """An otadata entry."""
    number = struct.pack("<I", seq)
    crc = zlib.crc32(number, 0xFFFFFFFF) if good_crc else 0
    return number + BLANK * 20 + struct.pack("<II", state, crc)


def fill(seed, count):
    """Bytes that look random and repeat."""
    out = bytearray()
    for _ in range(count):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(seed >> 24)
    return bytes(out)


def app_desc(version, project="lamp", secure_version=0):
    """The application description at the start of the first segment."""
    return (struct.pack("<II8x32s32s16s16s32s", 0xABCD5432, secure_version, version.encode(),
                        project.encode(), b"12:00:00", b"Jan  1 2026", b"v6.0.1")
            + bytes(32) + struct.pack("<HHB", 0, 99, 0) + bytes(75))


def image(version="1.0.0", seed=1, sizes=(0x400, 0x40, 0x40, 0x80), chip=0, hashed=True,
          secure_version=0):
    """An application image of four segments at an address that a slot on 64 KB may have."""
    addresses = [0x3F400020, 0x3FFB0000, 0x40080000, 0x400D0000]
    out = struct.pack("<BBBBIB3xHBHH4xB", 0xE9, len(sizes), 2, 0x20, 0x40080000, 0xEE, chip, 0, 0,
                      399, int(hashed))
    checksum = 0xEF
    for index, size in enumerate(sizes):
        content = fill(seed + index * 1000, size)
        if index == 0:
            content = (app_desc(version, secure_version=secure_version) + content)[:size]
        address = addresses[index]
        if index == 3:
            address += (len(out) + 8) % 0x10000
        out += struct.pack("<II", address, size) + content
        for byte in content:
            checksum ^= byte
    out += bytes(15 - len(out) % 16) + bytes([checksum])
    return out + hashlib.sha256(out).digest() if hashed else out


def signature_block(version, curve=0, small=False):
    """A block whose key and signature are nobody's."""
    if version == 2:
        body = b"\xe7\x02\x00\x00" + fill(1, 32) + fill(2, 384) + b"\x01\x00\x01\x00" + fill(3, 772)
    else:
        digest, number = (32, 32) if small else (48, 48)
        body = bytes([0xE7, 3, 0 if small else 1, 0]) + fill(1, digest) + bytes([curve])
        body += fill(2, 2 * number) + fill(3, 2 * number)
    body = body.ljust(1196, b"\x00")
    return body + struct.pack("<I", zlib.crc32(body)) + bytes(16)
