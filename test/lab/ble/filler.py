#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keep the simulated air alive: filler.py ADAPTER

A controller of btvirt reports an advertisement once, when advertising or scanning is switched on,
where a real one repeats it; and that one report can come before the kernel counts its scan as
running, and is then lost. With a second, empty advertisement on the same adapter the kernel has two
to take turns with, and switches advertising off and on every second.
"""
import asyncio
import sys

from dbus_fast import BusType
from dbus_fast.aio import MessageBus
from dbus_fast.service import PropertyAccess, ServiceInterface, dbus_property, method


class Filler(ServiceInterface):
    """An advertisement with nothing in it. The annotations are D-Bus signatures."""

    def __init__(self):
        super().__init__("org.bluez.LEAdvertisement1")

    @dbus_property(PropertyAccess.READ)
    def Type(self) -> "s":
        return "peripheral"

    @dbus_property(PropertyAccess.READ)
    def Duration(self) -> "q":
        return 1

    @method()
    def Release(self):
        pass


async def main(adapter):
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    bus.export("/filler", Filler())
    path = f"/org/bluez/{adapter}"
    node = bus.get_proxy_object("org.bluez", path, await bus.introspect("org.bluez", path))
    manager = node.get_interface("org.bluez.LEAdvertisingManager1")
    await manager.call_register_advertisement("/filler", {})
    print("ready", flush=True)
    await bus.wait_for_disconnect()


asyncio.run(main(sys.argv[1]))
