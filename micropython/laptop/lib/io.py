# SPDX-License-Identifier: Apache-2.0
"""`io` with the BufferedWriter that the ESP32 port has and the ports on a laptop lack."""
from uio import *
from uio import IOBase


class BufferedWriter(IOBase):
    """Hands whole buffers of one size to a stream, and the rest when it is flushed."""

    def __init__(self, stream, size=256):
        self._stream = stream
        self._buffer = memoryview(bytearray(size))
        self._len = 0

    def write(self, data):
        source = memoryview(data)
        size = len(self._buffer)
        done = 0
        while done < len(source):
            piece = min(size - self._len, len(source) - done)
            self._buffer[self._len:self._len + piece] = source[done:done + piece]
            self._len += piece
            done += piece
            if self._len == size:
                self.flush()
        return len(source)

    def flush(self):
        if self._len > 0:
            self._stream.write(self._buffer[:self._len])
            self._len = 0
