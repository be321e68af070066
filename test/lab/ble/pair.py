#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pair hci0 with a device, as a person at a phone: pair.py ADDRESS [--events FILE [--wrong]]

With --events the person has a keyboard, reads the passkey from the device's display (its events), and
types it; --wrong: another one. Without, there is neither display nor keyboard. Prints "is paired" or
"refused: ERROR".
"""
import argparse
import asyncio
import json
import time

from dbus_fast import BusType, DBusError
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, method

ADAPTER = "/org/bluez/hci0"


async def read_passkey(path):
    """What the device shows, as soon as it does."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open(path, encoding="utf-8") as file:
            shown = [json.loads(line)["passkey"] for line in file if '"ble_passkey"' in line]
        if shown:
            return shown[-1]
        await asyncio.sleep(0.1)
    raise DBusError("org.bluez.Error.Canceled", "nothing is shown")


class Agent(ServiceInterface):
    """The person. The annotations are D-Bus signatures."""

    def __init__(self, arguments):
        super().__init__("org.bluez.Agent1")
        self.arguments = arguments

    @method()
    async def RequestPasskey(self, _device: "o") -> "u":
        passkey = await read_passkey(self.arguments.events)
        return (passkey + 1) % 1000000 if self.arguments.wrong else passkey

    @method()
    def RequestAuthorization(self, _device: "o"):
        pass

    @method()
    def RequestConfirmation(self, _device: "o", _passkey: "u"):
        pass

    @method()
    def Cancel(self):
        pass

    @method()
    def Release(self):
        pass


async def find(objects, path):
    """Scan until BlueZ knows the device."""
    node = objects.get_proxy_object("org.bluez", ADAPTER,
                                    await objects.introspect("org.bluez", ADAPTER))
    adapter = node.get_interface("org.bluez.Adapter1")
    await adapter.call_start_discovery()
    for _ in range(100):
        found = await objects.introspect("org.bluez", ADAPTER)
        if any(child.name == path.rsplit("/", 1)[1] for child in found.nodes):
            await adapter.call_stop_discovery()
            return
        await asyncio.sleep(0.2)
    raise DBusError("org.bluez.Error.DoesNotExist", "not found")


async def main(arguments):
    """One pairing."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    path = f"{ADAPTER}/dev_{arguments.address.replace(':', '_')}"
    bus.export("/person", Agent(arguments))
    root = bus.get_proxy_object("org.bluez", "/org/bluez",
                                await bus.introspect("org.bluez", "/org/bluez"))
    agents = root.get_interface("org.bluez.AgentManager1")
    await agents.call_register_agent(
        "/person", "KeyboardOnly" if arguments.events else "NoInputNoOutput")
    await find(bus, path)
    device = bus.get_proxy_object("org.bluez", path, await bus.introspect("org.bluez", path))
    try:
        await device.get_interface("org.bluez.Device1").call_pair()
    except DBusError as error:
        print(f"refused: {error.type}", flush=True)
        return
    print("is paired", flush=True)
    await device.get_interface("org.bluez.Device1").call_disconnect()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--events")
    parser.add_argument("--wrong", action="store_true")
    asyncio.run(main(parser.parse_args()))
