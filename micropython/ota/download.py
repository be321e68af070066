# SPDX-License-Identifier: Apache-2.0
"""An update from its URL to the slot: connections may break, what came already is kept."""
import binascii
import hashlib
import json
import time

from . import slots
from . import url as urls
from .error import OtaError
from .http import Client
from .image import BLOCK, SlotImage

_MANIFEST_MAX = BLOCK
_PAUSE_MAX = 30  # seconds


def parse_sha(text):
    """The 32 bytes of a SHA-256 in hexadecimal."""
    try:
        digest = binascii.unhexlify(text)
    except (ValueError, TypeError):
        digest = b""
    if len(digest) != 32:
        raise OtaError("INVALID_ARGUMENT", "sha= takes the SHA-256 of the file, 64 hexadecimal "
                       "digits, as sha256sum prints it")
    return digest


class Dots:
    """Progress for people: a dot for each 64 KB."""

    def __init__(self):
        self._dots = 0

    def __call__(self, done, total):
        while self._dots < done // 65536:
            print(".", end="")
            self._dots += 1
        if done == total:
            print(" %d bytes" % done)


def _silence(done, total):
    pass


class _Retries:
    """Attempts at what may fail for a while. Those that brought nothing, in a row, are counted."""

    def __init__(self, count):
        self._count = count
        self._vain = 0
        self._best = 0

    def failed(self, error, position):
        """Wait a while, or raise the error where another attempt would be in vain."""
        self._vain += 1
        if position > self._best:
            self._best = position
            self._vain = 0
        if not error.again or self._vain > self._count:
            raise error
        time.sleep(min(1 << max(self._vain - 1, 0), _PAUSE_MAX))


def _fetch_manifest(client, url):
    response = client.get(url)
    try:
        view = memoryview(bytearray(_MANIFEST_MAX + 1))
        count = response.fill(view)
    finally:
        response.close()
    if count > _MANIFEST_MAX:
        raise OtaError("BAD_MANIFEST", "the manifest is longer than %d bytes" % _MANIFEST_MAX)
    return bytes(view[:count])


def read_manifest(text):
    """(firmware, sha, length) of a manifest; the latter two None where it has none.

    {"firmware": URL or relative to the manifest's, "sha": 64 digits, "length": bytes}
    """
    try:
        manifest = json.loads(text)
        firmware = manifest["firmware"]
        sha = manifest.get("sha")
        length = manifest.get("length")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OtaError("BAD_MANIFEST", 'the manifest is not JSON like {"firmware": "app.bin", '
                       '"sha": "...", "length": 1}')
    if not isinstance(firmware, str) or not firmware:
        raise OtaError("BAD_MANIFEST", '"firmware" has to be a URL or the name of a file')
    if length is not None and (isinstance(length, bool) or not isinstance(length, int)
                               or length <= 0):
        raise OtaError("BAD_MANIFEST", '"length" has to be the number of bytes')
    return firmware, sha, length


class Update:
    """One update: what is wanted, and where it goes."""

    def __init__(self, client, url, sha, length, progress, retries):
        if slots.on_trial():
            raise OtaError("PENDING_VERIFY", "the firmware that runs is on trial, and the other "
                           "slot is its way back: ota.confirm() or ota.rollback() first")
        self._client = client
        self._url = url
        self._sha = sha
        self._length = length
        self._progress = progress
        self._retries = _Retries(retries)
        self._running = slots.running()
        self.target = slots.next_update()
        self._image = SlotImage(self.target)

    def _runs_already(self, size):
        """Whether the running slot holds just this image. Reads as much of it as the image has."""
        if size is None or size > self._running.info()[3]:
            return False
        digest = hashlib.sha256()
        view = self._image.view
        for at in range(0, size, BLOCK):
            self._running.readblocks(at // BLOCK, view)
            digest.update(view[:min(BLOCK, size - at)])
        return digest.digest() == self._sha

    def _check_size(self, size):
        if self._length and size and size != self._length:
            raise OtaError("TRUNCATED", "the file has %d bytes and should have %d"
                           % (size, self._length))
        room = self.target.info()[3]
        if size and size > room:
            raise OtaError("TOO_BIG", "the image has %d bytes, the slot %s has %d"
                           % (size, slots.label(self.target), room))

    def _check_head(self, count):
        """Refuse what is no application for this chip, before anything is erased."""
        head = bytes(self._image.view[:min(count, 36)])
        if head[:1] != b"\xe9":
            raise OtaError("BAD_MAGIC", "the file is not an application image")
        if len(head) < 36 or head[32:] != b"\x32\x54\xcd\xab":
            raise OtaError("NO_APP_DESC", "the file is no application; a firmware file that begins "
                           "with the bootloader is for the cable, take the one named .app-bin")
        ours = bytearray(2)
        self._running.readblocks(0, ours, 12)
        if head[12:14] != ours:
            raise OtaError("WRONG_CHIP", "the image is for another chip (%d, this is %d)"
                           % (head[12] | head[13] << 8, ours[0] | ours[1] << 8))

    def _begin(self, response):
        """The first block, judged. Returns its length; 0: that image runs already."""
        self._check_size(response.total)
        size = response.total or self._length
        if self._runs_already(size):
            slots.withdraw()
            return 0
        count = response.fill(self._image.view)
        self._check_head(count)
        slots.withdraw()
        self._image.begin(self._sha, size, response.validator)
        return count

    def _go_on(self, response):
        """The next block of an image that was begun. Returns its length."""
        image = self._image
        if response.total and image.size and response.total != image.size:
            raise OtaError("FILE_CHANGED", "the server has another file now", again=True)
        slots.withdraw()
        return response.fill(image.view)

    def _receive(self, response):
        """The body into the slot. Returns False where that image runs already."""
        image = self._image
        count = self._go_on(response) if response.offset else self._begin(response)
        if count == 0 and not response.offset:
            return False
        while count > 0:
            if count < BLOCK and image.position + count < (image.size or 0):
                break  # blocks are written whole: the next connection brings all of this one
            image.put(count)
            self._progress(image.position, image.size)
            count = response.fill(image.view) if count == BLOCK else 0
        if image.size is None:
            image.size = image.position
            self._progress(image.position, image.size)
        if image.position < image.size:
            raise OtaError("CONNECTION_LOST", "the file ended too early", again=True)
        self._check_size(image.position)
        return True

    def _download(self):
        """All that is missing, over as many connections as it takes. Returns as _receive()."""
        image = self._image
        while image.position == 0 or image.position != image.size:
            try:
                response = self._client.get(self._url, image.position, image.validator)
                try:
                    return self._receive(response)
                finally:
                    response.close()
            except OtaError as error:
                if error.code in ("HTTP_BAD_RANGE", "FILE_CHANGED"):
                    image.forget()
                self._retries.failed(error, image.position)
        return True

    def run(self):
        """Returns True where the target slot is selected for the next reset."""
        kept = self._image.recall(self._sha)
        if not self._download():
            return False
        try:
            self._image.finish()
        except OtaError:
            if not kept:
                raise
            # What an earlier attempt left may have been another file's: once more from zero.
            if not self._download():
                return False
            self._image.finish()
        slots.select(self.target)
        return True


def update(url, sha, length, ca, insecure, headers, progress, retries, timeout):
    """The slot that boots next, or None where that image runs already. See the package."""
    digest = parse_sha(sha)
    report = Dots() if progress is True else progress or _silence
    # The SHA-256 came from the caller: it does not matter by which way the file comes.
    client = Client(ca, True, insecure, headers, timeout)
    work = Update(client, url, digest, length, report, retries)
    return slots.label(work.target) if work.run() else None


def update_from_manifest(url, sha, ca, insecure, headers, progress, retries, timeout):
    """As update(), with what the manifest says."""
    client = Client(ca, insecure, insecure, headers, timeout)
    attempts = _Retries(retries)
    text = None
    while text is None:
        try:
            text = _fetch_manifest(client, url)
        except OtaError as error:
            attempts.failed(error, 0)
    firmware, manifest_sha, length = read_manifest(text)
    if not (sha or manifest_sha):
        raise OtaError("BAD_MANIFEST", 'the manifest has no "sha"; add it, or give sha=')
    place = urls.join(url, firmware)
    if urls.split(place)[:3] != urls.split(url)[:3]:
        headers = None  # a password is for the server that it was given for
    return update(place, sha or manifest_sha, length, ca, insecure, headers, progress, retries,
                  timeout)
