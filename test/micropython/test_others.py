# SPDX-License-Identifier: Apache-2.0
"""esp32.Partition as other people's update scripts use it: their calls, in their order.

Followed are the tutorial's list of partitions, the way of ota32 (whole blocks, the last one padded)
and that of micropython-esp32-ota (buffered, the tail behind an erase, read back in pieces).
"""
import hashlib

TUTORIAL = """
from esp32 import Partition
print(Partition(Partition.RUNNING))
for part in Partition.find(Partition.TYPE_APP) + Partition.find(Partition.TYPE_DATA):
    print(part.info())
"""

PADDED_BLOCKS = """
from esp32 import Partition
import hashlib, binascii, sys
assert sys.platform == "esp32"
part = Partition(Partition.RUNNING).get_next_update()
digest = hashlib.sha256()
buffer = bytearray(4096)
with open("image.bin", "rb") as source:
    block = 0
    while True:
        count = source.readinto(buffer)
        if not count:
            break
        digest.update(memoryview(buffer)[:count])
        for i in range(count, 4096):
            buffer[i] = 0xFF
        part.writeblocks(block, buffer)
        block += 1
assert binascii.hexlify(digest.digest()) == SHA.encode()
part.set_boot()
"""

BUFFERED = """
from esp32 import Partition
import hashlib, io, flashbdev

class Blocks(io.IOBase):
    def __init__(self, part):
        self.part = part
        self.position = 0

    def write(self, data):
        whole = len(data) // 4096
        view = memoryview(data)
        if whole:
            self.part.writeblocks(self.position // 4096, view[:whole * 4096])
        if len(data) % 4096:
            self.part.ioctl(6, self.position // 4096 + whole)
            self.part.writeblocks(self.position // 4096 + whole, view[whole * 4096:], 0)
        self.position += len(data)
        return len(data)

part = Partition(Partition.RUNNING).get_next_update()
assert part.ioctl(5, None) == 4096
assert part.ioctl(4, None) == part.info()[3] // 4096
writer = io.BufferedWriter(Blocks(part), 4096)
size = 0
with open("image.bin", "rb") as source:
    while True:
        piece = source.read(1000)
        if not piece:
            break
        writer.write(piece)
        size += len(piece)
writer.flush()
digest = hashlib.sha256()
view = memoryview(bytearray(4096))
for block in range(size // 4096):
    part.readblocks(block, view, 0)
    digest.update(view)
part.readblocks(size // 4096, view[:size % 4096], 0)
digest.update(view[:size % 4096])
part.readblocks(size // 4096 + 1, view[:0], 0)
assert digest.digest() == bytes.fromhex(SHA)
part.set_boot()
assert Partition(Partition.BOOT).info()[4] == part.info()[4]
assert flashbdev.bdev.info()[4] == "vfs"
otadata = Partition.find(1, 0)[0]
for block in (0, 1):
    otadata.readblocks(block, bytearray(32))
"""

CANCEL = """
from esp32 import Partition
Partition.mark_app_valid_cancel_rollback()
"""

FORCE = """
from esp32 import Partition
running = Partition(Partition.RUNNING)
slots = sorted((part for part in Partition.find(Partition.TYPE_APP)
                if 16 <= part.info()[1] < 32), key=lambda part: part.info()[1])
for i, part in enumerate(slots):
    if part.info() == running.info():
        slots[i - 1].set_boot()
"""


def install(board, images, script):
    (board.directory / "image.bin").write_bytes(images.new.content)
    board.run(f"SHA = {images.new.sha!r}\n{script}")
    assert board.content("ota_1", len(images.new.content)) == images.new.content
    assert board.next_boot() == "ota_1"


def test_the_tutorial_lists_the_partitions(board):
    lines = board.run(TUTORIAL).splitlines()
    assert lines == [
        "<Partition type=0, subtype=16, address=65536, size=1572864, label=ota_0, encrypted=0>",
        "(0, 16, 65536, 1572864, 'ota_0', False)",
        "(0, 17, 1638400, 1572864, 'ota_1', False)",
        "(1, 2, 36864, 16384, 'nvs', False)",
        "(1, 0, 53248, 8192, 'otadata', False)",
        "(1, 1, 61440, 4096, 'phy_init', False)",
        "(1, 129, 3211264, 983040, 'vfs', False)"]


def test_whole_blocks_with_a_padded_one_at_the_end(board, images):
    install(board, images, PADDED_BLOCKS)


def test_a_buffered_writer_that_reads_back(board, images):
    install(board, images, BUFFERED)


def test_marked_valid_it_stays(board, images):
    install(board, images, PADDED_BLOCKS)
    board.run(CANCEL)
    board.run("")
    assert board.next_boot() == "ota_1"


def test_unmarked_it_reverts(board, images):
    install(board, images, PADDED_BLOCKS)
    assert "label=ota_1" in board.run(TUTORIAL)
    assert "label=ota_0" in board.run(TUTORIAL)


def test_a_forced_rollback(board, images):
    install(board, images, PADDED_BLOCKS)
    board.run(CANCEL + FORCE)
    assert board.next_boot() == "ota_0"


def test_an_image_that_is_not_whole_is_not_selected(board, images):
    spoilt = bytearray(images.new.content)
    spoilt[5000] ^= 1
    (board.directory / "image.bin").write_bytes(spoilt)
    sha = hashlib.sha256(spoilt).hexdigest()
    script = PADDED_BLOCKS.replace("part.set_boot()", "try:\n    part.set_boot()\n"
                                   "except OSError as error:\n    print(error.args[0])")
    assert board.run(f"SHA = {sha!r}\n{script}").split() == ["-5379"]
    assert board.next_boot() == "ota_0"
