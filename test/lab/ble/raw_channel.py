#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the simulated air carries by itself: raw_channel.py DEVICE CLIENT BYTES

Both are addresses of this guest's adapters. An LE credit-based channel with nothing at its ends but
this program; prints "raw: N kB/s".
"""
import os
import sys
import threading
import time

import le_channel

PSM = 0xF0
SDU_SIZE = 2048


def receive(sock, size):
    """Take everything, then say so."""
    fd = le_channel.accept(sock)
    count = 0
    while count < size:
        count += len(os.read(fd, 2 * SDU_SIZE))
    os.write(fd, b"done")


def main(device, client, size):
    """One transfer."""
    listener = le_channel.listen(device, PSM, SDU_SIZE)
    threading.Thread(target=receive, args=(listener, size)).start()
    sock = le_channel.connect_now(device, PSM, client)
    blob = os.urandom(SDU_SIZE)
    start = time.monotonic()
    for at in range(0, size, SDU_SIZE):
        sock.send(blob[:min(SDU_SIZE, size - at)])
    sock.recv(16)
    print(f"raw: {size / (time.monotonic() - start) / 1000:.1f} kB/s", flush=True)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
