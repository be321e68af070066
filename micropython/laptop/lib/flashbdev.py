# SPDX-License-Identifier: Apache-2.0
"""`bdev`, the partition of the file system, or None, as MicroPython's ESP32 port has it."""
from esp32 import Partition

bdev = Partition.find(Partition.TYPE_DATA, label="vfs")
if not bdev:
    bdev = Partition.find(Partition.TYPE_DATA, label="ffat", block_size=512)
bdev = bdev[0] if bdev else None
