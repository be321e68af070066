# SPDX-License-Identifier: Apache-2.0
"""A double of BlueZ as a central sees it, for the errors that the real one does not make on demand.
The real one is tested in test/lab.

    with PrivateBus(directory) as bus, FakeAir(bus.address, [Heard("lamp")]) as air:
        run the program with DBUS_SYSTEM_BUS_ADDRESS=bus.address

The annotations of D-Bus methods are signatures.
"""
# pylint: disable=invalid-name
import asyncio
import threading

from dbus_fast import BusType, DBusError
from dbus_fast.aio import MessageBus
from dbus_fast.service import PropertyAccess, ServiceInterface, dbus_property, method

ADAPTER = "/org/bluez/hci0"
WINDOW = "cf87000{}-dcb4-4991-b984-07d5f0ee4c4e"


class Adapter(ServiceInterface):
    """org.bluez.Adapter1."""

    def __init__(self, air):
        super().__init__("org.bluez.Adapter1")
        self.air = air

    @dbus_property(PropertyAccess.READ)
    def Address(self) -> "s":
        return "00:AA:01:00:00:01"

    @dbus_property(PropertyAccess.READ)
    def Powered(self) -> "b":
        return self.air.powered

    @method()
    def SetDiscoveryFilter(self, _filter: "a{sv}"):
        self.air.note("filter")

    @method()
    def StartDiscovery(self):
        self.air.note("search")

    @method()
    def StopDiscovery(self):
        self.air.note("search ends")

    @method()
    def RemoveDevice(self, path: "o"):
        self.air.note("forget")
        assert path.startswith(ADAPTER)


class AgentManager(ServiceInterface):
    """org.bluez.AgentManager1."""

    def __init__(self, air):
        super().__init__("org.bluez.AgentManager1")
        self.air = air

    @method()
    def RegisterAgent(self, _path: "o", _capability: "s"):
        self.air.note("agent")

    @method()
    def UnregisterAgent(self, _path: "o"):
        self.air.note("no agent")


class Device(ServiceInterface):
    """org.bluez.Device1."""

    def __init__(self, air, heard):
        super().__init__("org.bluez.Device1")
        self.air = air
        self.heard = heard
        self.connected = self.paired = False

    @dbus_property(PropertyAccess.READ)
    def Address(self) -> "s":
        return self.heard.address

    @dbus_property(PropertyAccess.READ)
    def AddressType(self) -> "s":
        return "random"

    @dbus_property(PropertyAccess.READ)
    def Name(self) -> "s":
        return self.heard.name

    @dbus_property(PropertyAccess.READ)
    def RSSI(self) -> "n":
        return -40

    @dbus_property(PropertyAccess.READ)
    def UUIDs(self) -> "as":
        return [WINDOW.format(1)] if self.heard.has_window else []

    @dbus_property(PropertyAccess.READ)
    def Connected(self) -> "b":
        return self.connected

    @dbus_property(PropertyAccess.READ)
    def ServicesResolved(self) -> "b":
        return self.connected

    @dbus_property(PropertyAccess.READ)
    def Paired(self) -> "b":
        return self.paired

    @method()
    def Connect(self):
        self.air.note("connect")
        self.connected = True

    @method()
    def Disconnect(self):
        self.air.note("disconnect")
        self.connected = False

    @method()
    def Pair(self):
        self.air.note("pair")
        self.paired = True


class Characteristic(ServiceInterface):
    """org.bluez.GattCharacteristic1, of a device that lets nobody do anything."""

    def __init__(self, air, uuid):
        super().__init__("org.bluez.GattCharacteristic1")
        self.air = air
        self.uuid = uuid

    @dbus_property(PropertyAccess.READ)
    def UUID(self) -> "s":
        return self.uuid

    @method()
    def AcquireNotify(self, _options: "a{sv}") -> "hq":
        self.air.note("subscribe")
        raise DBusError("org.bluez.Error.NotPermitted", "Not paired")


class Heard:
    """A device in reach."""
    count = 0

    def __init__(self, name, has_window=False):
        Heard.count += 1
        self.name = name
        self.has_window = has_window
        self.address = f"C0:00:00:00:00:{Heard.count % 256:02X}"
        self.path = f"{ADAPTER}/dev_{self.address.replace(':', '_')}"


class FakeAir:
    """BlueZ and what it hears. `refuse` maps what it is asked for to the name of an error."""

    def __init__(self, address, heard=(), has_adapter=True, powered=True, refuse=None):
        self.address = address
        self.heard = heard
        self.has_adapter = has_adapter
        self.powered = powered
        self.refuse = refuse or {}
        self.calls = []
        self.bus = None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        self.run(self.open())
        return self

    def __exit__(self, *_):
        self.run(self.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def run(self, coroutine):
        """Run something on the fake's thread, and wait."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    async def open(self):
        """Appear on the bus."""
        self.bus = await MessageBus(bus_address=self.address, bus_type=BusType.SYSTEM).connect()
        self.bus.export("/org/bluez", AgentManager(self))
        if self.has_adapter:
            self.bus.export(ADAPTER, Adapter(self))
        for heard in self.heard:
            self.bus.export(heard.path, Device(self, heard))
            for number in (2, 3, 4) if heard.has_window else ():
                self.bus.export(f"{heard.path}/service0001/char000{number}",
                                Characteristic(self, WINDOW.format(number)))
        await self.bus.request_name("org.bluez")

    async def close(self):
        """Vanish."""
        self.bus.disconnect()
        await asyncio.sleep(0)

    def note(self, what):
        """Remember a request; refuse it where that is wanted."""
        self.calls.append(what)
        if what in self.refuse:
            raise DBusError(self.refuse[what], "refused by the test")
