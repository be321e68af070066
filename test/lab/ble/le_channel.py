# SPDX-License-Identifier: Apache-2.0
"""An LE credit-based channel. Python's sockets cannot say that an address is one of LE, so libc's are
used.

    channel = await connect("00:AA:01:01:00:01", psm)
    await channel.send(sdu)
"""
import asyncio
import ctypes
import os
import socket
import struct

LE_PUBLIC = 1
SOL_BLUETOOTH, SEND_MTU, RECEIVE_MTU = 274, 12, 13

libc = ctypes.CDLL(None, use_errno=True)


def address_bytes(address, psm):
    """struct sockaddr_l2."""
    return struct.pack("<HH6sHBx", socket.AF_BLUETOOTH, psm,
                       bytes.fromhex(address.replace(":", ""))[::-1], 0, LE_PUBLIC)


def check(result):
    """What libc returned, or its error."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def bound(address, psm=0):
    """A socket at an adapter's address; with a psm it can listen."""
    sock = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, 0)
    check(libc.bind(sock.fileno(), address_bytes(address, psm), 14))
    return sock


def listen(address, psm, mtu=2048):
    """A socket that accepts one channel; accept() gives its file."""
    sock = bound(address, psm)
    sock.setsockopt(SOL_BLUETOOTH, RECEIVE_MTU, struct.pack("H", mtu))
    check(libc.listen(sock.fileno(), 1))
    return sock


def accept(sock):
    """The file of the next channel."""
    return check(libc.accept(sock.fileno(), None, None))


def connect_now(address, psm, own="00:00:00:00:00:00"):
    """A channel, blocking."""
    sock = bound(own)
    check(libc.connect(sock.fileno(), address_bytes(address, psm), 14))
    return sock


class Channel:
    """A connected channel."""

    def __init__(self, sock):
        self.sock = sock
        sock.setblocking(False)

    @property
    def send_mtu(self):
        """Bytes of the longest SDU that the other side takes."""
        return struct.unpack("H", self.sock.getsockopt(SOL_BLUETOOTH, SEND_MTU, 2))[0]

    async def send(self, sdu):
        """Wait for room, then send."""
        await asyncio.get_running_loop().sock_sendall(self.sock, sdu)


async def connect(address, psm, own="00:00:00:00:00:00"):
    """A channel to a device that is connected already."""
    loop = asyncio.get_running_loop()
    return Channel(await loop.run_in_executor(None, connect_now, address, psm, own))
