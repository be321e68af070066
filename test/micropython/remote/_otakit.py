# SPDX-License-Identifier: Apache-2.0
"""What micropython/laptop/lib asks of a port, for one without `ffi`: see partition_server.py."""
import os
import socket
import sys

_connection = socket.socket()
_connection.connect(socket.getaddrinfo("127.0.0.1", int(os.getenv("OTAKIT_PORT")))[0][-1])


def _call(name, *numbers, data=b""):
    words = [name] + [str(number) for number in numbers] + [str(len(data))]
    # At once: the second of two small packets would wait for the first one's acknowledgement.
    _connection.write(" ".join(words).encode() + b"\n" + bytes(data))
    line = _connection.readline()
    if not line:
        sys.exit(1)  # the power is gone; the status that counts is the server's
    result, length = [int(word) for word in line.split()]
    return result, _connection.read(length) if length else b""


def boot():
    """The server did that."""


def exit(status):
    sys.exit(status)


def error_name(error):
    return _call("error_name", error)[1].decode()


def get(which):
    return _call("get", which)[0]


def find(first, kind, subtype, label):
    return _call("find", first, kind, subtype, data=(label or "").encode())[0]


def next_update(index):
    return _call("next_update", index)[0]


def info(index, buf):
    error, buf[:] = _call("info", index)
    return error


def read(index, offset, buf):
    error, data = _call("read", index, offset, len(buf))
    if error == 0:
        buf[:] = data
    return error


def write(index, offset, buf):
    return _call("write", index, offset, data=buf)[0]


def change(index, offset, buf):
    return _call("change", index, offset, data=buf)[0]


def erase(index, offset, length):
    return _call("erase", index, offset, length)[0]


def set_boot(index):
    return _call("set_boot", index)[0]


def mark_valid():
    return _call("mark_valid")[0]
