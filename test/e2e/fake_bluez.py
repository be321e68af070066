# SPDX-License-Identifier: Apache-2.0
"""A double of BlueZ on a private bus, for what the real one does not do on demand: refuse, vanish,
come back. The real one is tested in test/lab.

    with PrivateBus(directory) as bus, FakeBluez(bus.address) as bluez:
        run the device with DBUS_SYSTEM_BUS_ADDRESS=bus.address
        bluez.write(CONTROL, frame)
        bluez.notified(CONTROL)

The annotations of D-Bus methods are signatures.
"""
# pylint: disable=invalid-name
import asyncio
import os
import subprocess
import threading
import time

from dbus_fast import BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import PropertyAccess, ServiceInterface, dbus_property, method

# One of its own for each process: a device takes its adapter for itself, on the whole computer.
ADAPTER = f"/org/bluez/hci{100 + os.getpid() % 60000}"
CENTRAL = ADAPTER + "/dev_00_AA_01_00_00_42"

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """A system bus that nobody else is on."""

    def __init__(self, directory):
        self.path = directory / "bus"
        self.config = directory / "bus.conf"
        self.config.write_text(BUS_CONFIG.format(path=self.path))
        self.address = f"unix:path={self.path}"
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self.config}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.path.unlink(missing_ok=True)


class Adapter(ServiceInterface):
    """org.bluez.Adapter1, as far as a peripheral looks at it."""

    def __init__(self, fake):
        super().__init__("org.bluez.Adapter1")
        self.fake = fake

    @dbus_property(PropertyAccess.READ)
    def Address(self) -> "s":
        return "00:AA:01:00:00:01"

    @dbus_property(PropertyAccess.READ)
    def AddressType(self) -> "s":
        return "public"

    @dbus_property(PropertyAccess.READ)
    def Name(self) -> "s":
        return "workbench"

    @dbus_property()
    def Alias(self) -> "s":
        return self.fake.alias

    @Alias.setter
    def Alias(self, value: "s"):
        self.fake.note("alias", value)
        self.fake.alias = value or "workbench"

    @dbus_property()
    def Powered(self) -> "b":
        return self.fake.powered

    @Powered.setter
    def Powered(self, value: "b"):
        self.fake.note("powered", value)
        self.fake.powered = value

    @dbus_property()
    def Pairable(self) -> "b":
        return self.fake.pairable

    @Pairable.setter
    def Pairable(self, value: "b"):
        self.fake.note("pairable", value)
        self.fake.pairable = value


class GattManager(ServiceInterface):
    """org.bluez.GattManager1."""

    def __init__(self, fake):
        super().__init__("org.bluez.GattManager1")
        self.fake = fake

    @method()
    async def RegisterApplication(self, path: "o", _options: "a{sv}"):
        self.fake.note("application")
        await self.fake.read_application(path)

    @method()
    def UnregisterApplication(self, _path: "o"):
        self.fake.note("no application")


class AdvertisingManager(ServiceInterface):
    """org.bluez.LEAdvertisingManager1."""

    def __init__(self, fake):
        super().__init__("org.bluez.LEAdvertisingManager1")
        self.fake = fake

    @method()
    async def RegisterAdvertisement(self, path: "o", _options: "a{sv}"):
        self.fake.note("advertisement")
        await self.fake.read_advertisement(path)

    @method()
    def UnregisterAdvertisement(self, _path: "o"):
        self.fake.note("no advertisement")


class AgentManager(ServiceInterface):
    """org.bluez.AgentManager1."""

    def __init__(self, fake):
        super().__init__("org.bluez.AgentManager1")
        self.fake = fake

    @method()
    def RegisterAgent(self, _path: "o", capability: "s"):
        self.fake.note("agent", capability)

    @method()
    def RequestDefaultAgent(self, _path: "o"):
        self.fake.note("default agent")

    @method()
    def UnregisterAgent(self, _path: "o"):
        self.fake.note("no agent")


class Device(ServiceInterface):
    """org.bluez.Device1: the central."""

    def __init__(self, fake):
        super().__init__("org.bluez.Device1")
        self.fake = fake

    @dbus_property(PropertyAccess.READ)
    def Connected(self) -> "b":
        return False

    @method()
    def Disconnect(self):
        self.fake.note("disconnect")


class FakeBluez:
    """BlueZ and one central. `refuse` maps what it is asked for to the name of an error."""

    def __init__(self, address, has_adapter=True, is_peripheral=True, powered=True, refuse=None):
        self.address = address
        self.has_adapter = has_adapter
        self.is_peripheral = is_peripheral
        self.refuse = refuse or {}
        self.alias = "workbench"
        self.powered = powered
        self.pairable = False
        self.calls = []             # what the device asked for, in order
        self.characteristics = {}   # UUID to path, of the registered application
        self.flags = {}             # UUID to flags
        self.advertisement = {}
        self.values = {}            # UUID to the values that were notified
        self.client = None          # the device's name on the bus
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
        self.bus.add_message_handler(self.take_signal)
        self.bus.export("/org/bluez", AgentManager(self))
        if self.has_adapter:
            self.bus.export(ADAPTER, Adapter(self))
            self.bus.export(CENTRAL, Device(self))
        if self.has_adapter and self.is_peripheral:
            self.bus.export(ADAPTER, GattManager(self))
            self.bus.export(ADAPTER, AdvertisingManager(self))
        await self.bus.request_name("org.bluez")

    async def close(self):
        """Vanish."""
        self.bus.disconnect()
        await asyncio.sleep(0)

    def vanish(self):
        """As a daemon that crashes."""
        self.run(self.close())

    def come_back(self):
        """As one that was started again; it knows nothing of before."""
        self.characteristics = {}
        self.run(self.open())

    def note(self, what, value=None):
        """Remember a request; refuse it where that is wanted."""
        self.calls.append(what if value is None else (what, value))
        if what in self.refuse:
            raise DBusError(self.refuse[what], "refused by the test")

    async def call(self, path, interface, member, signature="", body=()):
        """Call the device."""
        return await self.bus.call(Message(
            destination=self.client, path=path, interface=interface, member=member,
            signature=signature, body=list(body)))

    async def find_client(self):
        """The only one on the bus beside us and the bus itself."""
        reply = await self.bus.call(Message(
            destination="org.freedesktop.DBus", path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus", member="ListNames"))
        names = [name for name in reply.body[0]
                 if name.startswith(":") and name != self.bus.unique_name]
        self.client = names[0]

    async def read_application(self, path):
        """What BlueZ does before it answers."""
        await self.find_client()
        reply = await self.call(path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        for at, interfaces in reply.body[0].items():
            properties = interfaces.get("org.bluez.GattCharacteristic1")
            if properties:
                self.characteristics[properties["UUID"].value] = at
                self.flags[properties["UUID"].value] = properties["Flags"].value

    async def read_advertisement(self, path):
        """Likewise."""
        reply = await self.call(path, "org.freedesktop.DBus.Properties", "GetAll", "s",
                                ["org.bluez.LEAdvertisement1"])
        self.advertisement = {key: value.value for key, value in reply.body[0].items()}
        await self.bus.call(Message(
            destination="org.freedesktop.DBus", path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus", member="AddMatch", signature="s",
            body=[f"type='signal',sender='{self.client}',member='PropertiesChanged'"]))

    def take_signal(self, message):
        """A notification of the device."""
        if message.message_type != MessageType.SIGNAL or message.member != "PropertiesChanged":
            return
        for uuid, path in self.characteristics.items():
            if path == message.path and "Value" in message.body[1]:
                self.values.setdefault(uuid, []).append(bytes(message.body[1]["Value"].value))

    def write(self, uuid, value, device=CENTRAL, **options):
        """A central writes. Returns None, or the error's name and text."""
        given = {"device": Variant("o", device), **options}
        reply = self.run(self.call(self.characteristics[uuid], "org.bluez.GattCharacteristic1",
                                   "WriteValue", "aya{sv}", [bytes(value), given]))
        if reply.message_type == MessageType.ERROR:
            return reply.error_name, reply.body[0]
        return None

    def read(self, uuid, offset=0):
        """A central reads."""
        given = {"device": Variant("o", CENTRAL), "offset": Variant("q", offset)}
        reply = self.run(self.call(self.characteristics[uuid], "org.bluez.GattCharacteristic1",
                                   "ReadValue", "a{sv}", [given]))
        if reply.message_type == MessageType.ERROR:
            return reply.error_name, reply.body[0]
        return bytes(reply.body[0])

    def agent(self, member, signature, *body):
        """Ask the device's agent. Returns the error's name, or None."""
        reply = self.run(self.call("/otakit/agent", "org.bluez.Agent1", member, signature, body))
        return reply.error_name if reply.message_type == MessageType.ERROR else None

    def next_value(self, uuid, timeout=10):
        """The next notification of a characteristic."""
        end = time.monotonic() + timeout
        while not self.values.get(uuid):
            assert time.monotonic() < end, f"no notification of {uuid}"
            time.sleep(0.01)
        return self.values[uuid].pop(0)

    def drop_central(self, device=CENTRAL):
        """The link is lost."""
        async def emit():
            await self.bus.send(Message(
                message_type=MessageType.SIGNAL, path=device,
                interface="org.freedesktop.DBus.Properties", member="PropertiesChanged",
                signature="sa{sv}as",
                body=["org.bluez.Device1", {"Connected": Variant("b", False)}, []]))
        self.run(emit())
