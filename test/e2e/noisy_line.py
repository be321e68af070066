# SPDX-License-Identifier: Apache-2.0
"""A serial line between a device and a program: it adds noise, damages bytes, and comes apart."""
import os
import pty
import random
import select
import threading
import tty


class NoisyLine:
    """A pseudo-terminal at `path`, relayed to the device's.

    damage  how many bytes pass between two damaged ones, on average; 0: none
    noise   what else appears on the line, towards the program, with each piece
    cuts    bytes from the program after which the line comes apart, each time anew
    """

    def __init__(self, path, device_path, damage=0, noise=b"", cuts=(), seed=1):
        self.path = path
        self.random = random.Random(seed)
        self.damage = damage
        self.noise = noise
        self.cuts = list(cuts)
        self.passed = 0
        self.damaged_count = 0
        self.device = os.open(device_path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.device)
        self.leader = self.follower = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.plug_in()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        self.unplug()
        os.close(self.device)

    def plug_in(self):
        """A new terminal at the path. The follower stays open: the line is there with nobody at it."""
        self.leader, self.follower = pty.openpty()
        tty.setraw(self.leader)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self.follower))
        self.passed = 0

    def unplug(self):
        """Whoever has the terminal open is hung up."""
        os.close(self.follower)
        os.close(self.leader)

    def run(self):
        """Relay until the end."""
        while not self.ended.is_set():
            ready, _, _ = select.select([self.leader, self.device], [], [], 0.1)
            if self.leader in ready:
                self.relay_to_device()
            elif self.device in ready:
                self.write(self.leader, self.noise + self.harm(os.read(self.device, 4096)))

    def relay_to_device(self):
        """One piece from the program, or the end of the line."""
        piece = os.read(self.leader, 512)
        self.passed += len(piece)
        if self.cuts and self.passed > self.cuts[0]:
            self.cuts.pop(0)
            self.unplug()
            self.plug_in()
            return
        self.write(self.device, self.harm(piece))

    def harm(self, piece):
        """The piece with some of its bytes damaged."""
        harmed = bytearray(piece)
        for index in range(len(harmed)):
            if self.damage and self.random.randrange(self.damage) == 0:
                harmed[index] ^= 1 << self.random.randrange(8)
                self.damaged_count += 1
        return bytes(harmed)

    def write(self, sink, piece):
        """All of it, as fast as the other end reads."""
        while piece and not self.ended.is_set():
            if select.select([], [sink], [], 0.1)[1]:
                piece = piece[os.write(sink, piece):]
