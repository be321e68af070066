#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client of protocol C over bleak, written from SPEC.md alone: window_client.py IMAGE [OPTION...]

  --name NAME     of the device (default esp32)
  --frame N       bytes of a data frame (default 495)
  --drop-at N     leave without a word when N bytes were sent
  --cancel        and if not without a word, then with CANCEL, and stay connected for a while
  --channel       data through the L2CAP channel
  --expect-offset the device must not start from 0
  --stale N       send a frame N bytes ahead first, as if others were lost

Prints what happened, one line a step; the last is "done: BYTES in SECONDS s" or why not.
"""
import argparse
import asyncio
import os
import pathlib
import sys
import time

from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))
import le_channel                   # noqa: E402  pylint: disable=wrong-import-position
import window_protocol as c         # noqa: E402  pylint: disable=wrong-import-position


def say(text):
    """A line that is seen at once."""
    print(text, flush=True)


class Link:
    """One connection: requests and answers on control, data frames without response."""

    def __init__(self, client, arguments):
        self.client = client
        self.arguments = arguments
        self.answers = asyncio.Queue()
        self.channel = None

    async def subscribe(self):
        """Answers begin to come."""
        await self.client.start_notify(
            c.CONTROL, lambda _, value: self.answers.put_nowait(bytes(value)))

    async def ask(self, frame, kind, state):
        """A request and its answer."""
        await self.client.write_gatt_char(c.CONTROL, frame, response=True)
        await self.wait(kind, state)

    async def wait(self, kind, state):
        """The next answer of that kind; others are taken on the way."""
        while state.take(await asyncio.wait_for(self.answers.get(), 30)) != kind:
            pass

    async def send(self, frame):
        """A data frame."""
        if self.channel:
            await self.channel.send(frame)
        else:
            await self.client.write_gatt_char(c.DATA_UUID, frame, response=False)

    def take_waiting(self, state):
        """Answers that have come by now."""
        while not self.answers.empty():
            state.take(self.answers.get_nowait())


async def open_update(link, state):
    """OPEN, and where the device wants to go on."""
    await link.ask(state.open_frame(), c.OPENED, state)
    if state.opened_status != c.OK:
        sys.exit(f"refused: status {state.opened_status}")
    say(f"opened at {state.opened_at}, window {state.window}, psm {state.psm}")
    if link.arguments.expect_offset and state.opened_at == 0:
        sys.exit("the device starts again from 0")
    if link.arguments.channel:
        link.channel = await le_channel.connect(link.client.address, state.psm)


async def send_all(link, state):
    """All bytes, or as many as the arguments say."""
    size = link.arguments.frame
    if link.arguments.stale:
        state.sent += link.arguments.stale
    while not state.is_sent:
        while frame := state.next_data(size):
            await link.send(frame)
            link.take_waiting(state)
            if link.arguments.drop_at and state.sent >= link.arguments.drop_at:
                return False
        await link.wait(c.STATE, state)
        if state.phase != c.RECEIVING:
            sys.exit(f"failed: status {state.status}")
    return True


async def finish(link, state):
    """FINISH, until the device has switched."""
    await link.ask(bytes([c.FINISH]), c.STATE, state)
    while state.phase == c.FINISHING:
        await link.wait(c.STATE, state)
    if state.phase != c.SWITCHED:
        sys.exit(f"failed: status {state.status}")


async def leave(link, state):
    """Not all was sent."""
    if link.arguments.cancel:
        await link.ask(bytes([c.CANCEL]), c.ANSWER, state)
        say(f"cancelled: status {state.answer[1]}")
        await asyncio.sleep(8)
    else:
        say(f"dropped at {state.sent}")


async def connect(name):
    """Find and connect; on a busy computer bleak may need more than one attempt."""
    for attempt in range(1, 4):
        device = await BleakScanner.find_device_by_name(name, timeout=20)
        if not device:
            sys.exit(f"no device named {name}")
        try:
            client = BleakClient(device)
            await client.connect()
            return client
        except (BleakError, asyncio.TimeoutError) as error:
            say(f"attempt {attempt}: {error}")
    sys.exit("no connection")


async def update(arguments):
    """One connection, one update."""
    with open(arguments.image, "rb") as file:
        state = c.Client(file.read())
    client = await connect(arguments.name)
    try:
        link = Link(client, arguments)
        await link.subscribe()
        info = c.decode_info(await client.read_gatt_char(c.INFO_UUID))
        say(f"runs {info.project} {info.app_version}, boot id {info.boot_id:08x}")
        await open_update(link, state)
        start = time.monotonic()
        if not await send_all(link, state):
            await leave(link, state)
            return
        seconds = time.monotonic() - start
        await finish(link, state)
    finally:
        await client.disconnect()
    say(f"gaps {state.gaps}")
    sent = len(state.image) - state.opened_at
    say(f"done: {sent} bytes in {seconds:.2f} s, {sent / seconds / 1000:.1f} kB/s")


def parse():
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--name", default="esp32")
    parser.add_argument("--frame", type=int, default=495)
    parser.add_argument("--drop-at", type=int, default=0)
    parser.add_argument("--cancel", action="store_true")
    parser.add_argument("--channel", action="store_true")
    parser.add_argument("--expect-offset", action="store_true")
    parser.add_argument("--stale", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(update(parse()))
    os._exit(0)     # bleak's threads may hold the process for a while after a lost link
