# SPDX-License-Identifier: Apache-2.0
"""An image on its way into a slot, one block at a time.

The first block is written last: without it no bootloader takes the slot for an application. Until
then it waits in the last block but one of the slot, and the last block is a journal, so that an
update goes on after a reset:

    journal   0  "OTAm", SHA-256 of the image, its size (0: not known), length of the validator
             41  the validator, for If-Range
        4*k..+4  CRC-32 of all that stands before
            256  marks of 16 bytes: the CRC-32 of the image up to 64 KB, 128 KB, ..., and its end

Order of flash writes, and what a reset finds after each:
    1. first block erased    the old image is gone; nothing selects this slot
    2. journal begun         an update may go on, at zero
    3. blocks, marks         it goes on at the last mark; the hash is made from what flash holds
    4. all read back         as before
    5. first block           the slot holds the whole image; nothing selects it yet
"""
import binascii
import hashlib
import struct

from micropython import const

from .error import OtaError

BLOCK = const(4096)
_ERASE = const(6)  # ioctl
_COUNT = const(4)  # ioctl
_GROUP = const(65536)  # bytes of image for a mark; a mark can be written with flash encryption, too
_HEADER = "<4s32sLB"
_HEADER_SIZE = const(41)
_MAGIC = b"OTAm"
_VALIDATOR_MAX = const(128)
_MARKS = const(256)
_MARK_SIZE = const(16)


class SlotImage:
    """The one buffer is `view`: fill it, then put().

    position   bytes of the image that are on flash
    size       bytes of the image; None: not known
    validator  of the file they came from
    """

    def __init__(self, part):
        self.part = part
        self.view = memoryview(bytearray(BLOCK))
        self._blocks = part.ioctl(_COUNT, 0)
        self._sha = b""
        self._first = None  # the first block, where the slot has no room for it
        self._tail = False  # whether journal and first block are at the slot's end
        self._rewind()

    def _rewind(self):
        self.position = 0
        self.size = None
        self.validator = ""
        self._hash = hashlib.sha256()
        self._crc = 0

    def _count(self, view):
        """Take these bytes for the image's next ones."""
        self._hash.update(view)
        self._crc = binascii.crc32(view, self._crc)
        self.position += len(view)

    def _load(self, block):
        """A block of the image into the buffer, wherever it is."""
        if block > 0:
            self.part.readblocks(block, self.view)
        elif self._tail:
            self.part.readblocks(self._blocks - 2, self.view)
        else:
            self.view[:] = self._first

    def _stored(self, start, end):
        """The image's bytes as flash has them, a block at a time in the buffer."""
        for at in range(start, end, BLOCK):
            self._load(at // BLOCK)
            yield self.view[:min(BLOCK, end - at)]

    # -- the journal

    def _mark_place(self, end):
        """Where the mark for the image up to `end` stands in the journal; 0: nowhere."""
        place = _MARKS + (end - 1) // _GROUP * _MARK_SIZE
        return place if self._tail and place + _MARK_SIZE <= BLOCK else 0

    def _read_journal(self, sha):
        """(size, validator) of the journal for this image, or None."""
        head = self.view[:_MARKS]
        self.part.readblocks(self._blocks - 1, head)
        magic, digest, size, length = struct.unpack(_HEADER, head)
        if magic != _MAGIC or digest != sha or length > _VALIDATOR_MAX:
            return None
        end = (_HEADER_SIZE + length + 3) // 4 * 4
        if struct.unpack("<L", head[end:end + 4])[0] != binascii.crc32(head[:end]):
            return None
        return size or None, bytes(head[_HEADER_SIZE:_HEADER_SIZE + length]).decode()

    def _write_journal(self):
        """Begin a journal. The buffer is in use: the first block of the image waits in it."""
        validator = self.validator.encode()
        head = struct.pack(_HEADER, _MAGIC, self._sha, self.size or 0, len(validator)) + validator
        head += b"\xff" * (-len(head) % 4)
        head += struct.pack("<L", binascii.crc32(head))
        head += b"\xff" * (-len(head) % _MARK_SIZE)
        self.part.ioctl(_ERASE, self._blocks - 1)
        self.part.writeblocks(self._blocks - 1, head, 0)

    def _recall_group(self):
        """Go to the next mark. Returns False where it is missing, or flash holds something else."""
        end = self.position + _GROUP
        if self.size is not None:
            end = min(end, self.size)
        place = self._mark_place(end)
        if end == self.position or not place:
            return False
        mark = bytearray(4)
        self.part.readblocks(self._blocks - 1, mark, place)
        crc = self._crc
        for view in self._stored(self.position, end):
            crc = binascii.crc32(view, crc)
        if struct.unpack("<L", mark)[0] != crc:
            return False
        for view in self._stored(self.position, end):
            self._count(view)
        return True

    def recall(self, sha):
        """Go on with what flash holds of the image with this SHA-256. Returns whether it is any."""
        self._rewind()
        self._tail = self._blocks > 2
        journal = self._read_journal(sha) if self._tail else None
        if not journal:
            return False
        self._sha = sha
        self.size, self.validator = journal
        while self._recall_group():
            pass
        return self.position > 0

    def forget(self):
        """Leave nothing that an update could go on with, nor a bootloader take for an application.

        Power loss: the first block is erased first; what the journal says is then proved by CRCs.
        """
        self.part.ioctl(_ERASE, 0)
        if self._tail:
            self.part.ioctl(_ERASE, self._blocks - 1)
        self._rewind()

    # -- writing

    def begin(self, sha, size, validator):
        """Begin at zero, with an image's first block in the buffer.

        size  bytes; None: not known
        """
        self._rewind()
        self._sha = sha
        self.size = size
        self.validator = validator if len(validator.encode()) <= _VALIDATOR_MAX else ""
        self._tail = (size or 0) <= (self._blocks - 2) * BLOCK
        self.part.ioctl(_ERASE, 0)
        if self._tail:
            self._write_journal()

    def _give_up_tail(self):
        """The image needs the whole slot: what its end holds moves, and resets begin at zero."""
        first = bytearray(BLOCK)
        self.part.readblocks(self._blocks - 2, first)
        self._first = first
        self._tail = False

    def put(self, length):
        """Write the first `length` bytes of the buffer; less than BLOCK only at the end.

        Power loss: see the top of this file.
        """
        block = self.position // BLOCK
        if block >= self._blocks:
            self.forget()
            raise OtaError("TOO_BIG", "the image does not fit the slot")
        for at in range(length, BLOCK):
            self.view[at] = 0xFF
        if self._tail and block >= self._blocks - 2:
            self._give_up_tail()
        if block > 0:
            self.part.writeblocks(block, self.view)
        elif self._tail:
            self.part.writeblocks(self._blocks - 2, self.view)
        else:
            self._first = bytes(self.view)
        self._count(self.view[:length])
        if self.position % _GROUP == 0 or self.position == self.size:
            place = self._mark_place(self.position)
            if place:
                self.part.writeblocks(self._blocks - 1,
                                      struct.pack("<L", self._crc) * (_MARK_SIZE // 4), place)

    # -- the end

    def _write_first(self):
        """The first block into its place, unless it is there. Returns whether flash holds it."""
        self.part.readblocks(0, self.view)
        before = hashlib.sha256(self.view).digest()
        self._load(0)
        wanted = hashlib.sha256(self.view).digest()
        if before == wanted:
            return True
        self.part.writeblocks(0, self.view)
        self.part.readblocks(0, self.view)
        return hashlib.sha256(self.view).digest() == wanted

    def finish(self):
        """Prove the image, read it back, and write its first block.

        Power loss: the slot holds no application, or the whole one; nothing selects it.
        """
        if self._hash.digest() != self._sha:
            self.forget()
            raise OtaError("BAD_HASH", "what came does not have the SHA-256 asked for")
        stored = hashlib.sha256()
        for view in self._stored(0, self.position):
            stored.update(view)
        if stored.digest() != self._sha or not self._write_first():
            self.forget()
            raise OtaError("FLASH_VERIFY", "the flash does not hold what was written to it")
