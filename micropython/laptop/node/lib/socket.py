# SPDX-License-Identifier: Apache-2.0
"""TCP sockets of a client, as MicroPython's ports have them. JavaScript does the work (net.mjs)."""
from io import IOBase

import _otakit_net as _net

AF_INET = 2
AF_INET6 = 10
SOCK_STREAM = 1
SOCK_DGRAM = 2
IPPROTO_TCP = 6
SOL_SOCKET = 1
SO_REUSEADDR = 4

_EOPNOTSUPP = 95
_CHUNK_SIZE = 4096

# Where bytes wait between here and JavaScript.
_window = open("/dev/otakit", "r+b")


def _check(answer):
    """The value of an answer, or what the ESP32 port raises."""
    if answer.number == 0:
        return answer.value
    if answer.certificate:
        raise ValueError(answer.certificate)
    if answer.number > 0:
        raise OSError(answer.number)
    raise OSError(answer.number, answer.text)  # a name or a handshake: the number says too little


def getaddrinfo(host, port, af=0, type=SOCK_STREAM, proto=0, flags=0):
    families = {4: AF_INET, 6: AF_INET6}
    found = [(families[entry[0]], SOCK_STREAM, IPPROTO_TCP, "", (entry[1], entry[2]))
             for entry in _check(_net.resolve(host, port))]
    return [entry for entry in found if af in (0, entry[0])]


class socket(IOBase):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP):
        if type != SOCK_STREAM:
            raise OSError(_EOPNOTSUPP)
        self._id = _net.open()
        self._timeout_ms = -1

    def connect(self, address):
        _check(_net.connect(self._id, address[0], address[1], self._timeout_ms))

    def settimeout(self, seconds):
        self._timeout_ms = -1 if seconds is None else int(seconds * 1000)

    def setblocking(self, flag):
        self.settimeout(None if flag else 0)

    def setsockopt(self, level, option, value):
        """Nothing that a client of updates would set makes a difference here."""

    def makefile(self, mode="rb", buffering=0):
        return self

    def write(self, data):
        _window.write(data)
        return _check(_net.send(self._id, self._timeout_ms))

    send = write
    sendall = write

    def readinto(self, buffer, count=None):
        """As many bytes as there are, waiting for the first one; 0 at the end."""
        view = memoryview(buffer)
        if count is not None:
            view = view[:count]
        count = _check(_net.receive(self._id, len(view), self._timeout_ms))
        if count > 0:
            _window.readinto(view[:count])
        return count

    def recv(self, size):
        buffer = bytearray(size)
        return bytes(memoryview(buffer)[:self.readinto(buffer)])

    def read(self, size=-1):
        """All of `size` bytes, or all there ever will be."""
        data = b""
        while size < 0 or len(data) < size:
            piece = self.recv(_CHUNK_SIZE if size < 0 else min(size - len(data), _CHUNK_SIZE))
            if not piece:
                break
            data += piece
        return data

    def readline(self, size=-1):
        """Up to the end of the line, or `size` bytes."""
        line = b""
        while len(line) != size and not line.endswith(b"\n"):
            byte = self.recv(1)
            if not byte:
                break
            line += byte
        return line

    def close(self):
        _net.close(self._id)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()
