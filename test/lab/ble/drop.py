#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Break the link between hci0 and a device in the middle of an update: drop.py ADDRESS EVENTS BYTES

As soon as the device's events tell that it has so many bytes on flash; prints "dropped".
"""
import asyncio
import json
import sys

from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus


def written(path):
    """Bytes on flash by the last event that tells."""
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if line.endswith("\n") and '"progress"' in line]
    return json.loads(lines[-1])["written"] if lines else 0


async def main(address, events, limit):
    """Once."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    print("waits", flush=True)
    while written(events) < limit:
        await asyncio.sleep(0.05)
    await bus.call(Message(
        destination="org.bluez", path=f"/org/bluez/hci0/dev_{address.replace(':', '_')}",
        interface="org.bluez.Device1", member="Disconnect"))
    print("dropped", flush=True)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
