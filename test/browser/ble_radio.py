# SPDX-License-Identifier: Apache-2.0
"""A Bluetooth device in reach of a browser: Chromium's simulated central on one side, the virtual
device of test/support/ble_bridge.c on the other, and an air between them that can be made worse.

    with Radio(debugging_port, gatt_table, socket_path) as radio:
        radio.lose_data = lambda index: index % 7 == 0
        ... the page calls navigator.bluetooth.requestDevice() ...

Chromium's BluetoothEmulation domain (DevTools protocol) stands where BlueZ, CoreBluetooth or Android
would; everything above, chooser and permissions included, is the real thing. It knows no
notifications: HELD_READS is the part of the page that asks for them by reads, answered when there is
something to tell.
"""
import asyncio
import base64
import contextlib
import dataclasses
import json
import socket
import threading
import urllib.request

import websockets

# Upper case, as Chromium compares it.
ADDRESS = "0A:0B:0C:0D:0E:0F"
CHARACTERISTIC_CONFIGURATION = "00002902-0000-1000-8000-00805f9b34fb"

# Services. A device of ours advertises the first.
WINDOW = "cf870001-dcb4-4991-b984-07d5f0ee4c4e"
SIMPLE = "d6f1d96d-594c-4c53-b1c6-144a1dfde6d8"
INFORMATION = "0000180a-0000-1000-8000-00805f9b34fb"

# HCI and ATT errors.
CONNECTION_FAILED = 0x3E
INVALID_LENGTH = 0x0D
UNLIKELY_ERROR = 0x0E

# For what the page begins while the link is breaking.
LAST_WORDS_S = 0.1

# Bits of a characteristic's properties, and what the domain calls them.
PROPERTIES = {0x02: "read", 0x04: "writeWithoutResponse", 0x08: "write", 0x10: "notify",
              0x20: "indicate"}

# Blink fires characteristicvaluechanged for reads as it does for notifications.
HELD_READS = """{
    const prototype = BluetoothRemoteGATTCharacteristic.prototype;
    const start = prototype.startNotifications;
    prototype.startNotifications = async function () {
        const result = await start.call(this);
        (async () => {
            try {
                for (;;) {
                    await this.readValue();
                }
            } catch {
                // The link is gone, and with it the subscription.
            }
        })();
        return result;
    };
}"""


class Operation:
    """What the browser does to a characteristic, until it is answered."""

    def __init__(self, row, parameters):
        self.row = row
        self.kind = parameters["type"]
        self.data = base64.b64decode(parameters.get("data", ""))
        self.is_command = parameters.get("writeType") == "write-without-response"


@dataclasses.dataclass
class Characteristic:
    """A row of the device's table, and its name in the browser."""
    service: str
    uuid: str
    properties: int
    value: int
    identity: str = ""

    def describe(self):
        """Its properties for the browser; what notifies can be read too, for HELD_READS."""
        bits = self.properties | (0x02 if self.properties & 0x10 else 0)
        return {name: True for bit, name in PROPERTIES.items() if bits & bit}


def read_table(text):
    """The rows that `ble_bridge table` prints."""
    return [Characteristic(service, uuid, int(properties), int(value))
            for service, uuid, properties, value in map(str.split, text.splitlines())]


class PageIsGone(RuntimeError):
    """The page was closed while it waited for an answer; with it went the simulation."""


class Browser:
    """The BluetoothEmulation domain of a browser's DevTools protocol."""

    def __init__(self, connection, on_event):
        self.connection = connection
        self.on_event = on_event
        self.count = 0
        self.answers = {}

    async def send(self, command, **parameters):
        """Carry out a command; gives its result."""
        self.count += 1
        answer = self.answers[self.count] = asyncio.get_running_loop().create_future()
        await self.connection.send(json.dumps({
            "id": self.count, "method": f"BluetoothEmulation.{command}", "params": parameters}))
        return await answer

    async def listen(self):
        """Hand out answers and events, as long as the browser lives."""
        async for text in self.connection:
            message = json.loads(text)
            if "id" not in message:
                self.on_event(message["method"].split(".")[1], message["params"])
                continue
            answer = self.answers.pop(message["id"])
            if message.get("error", {}).get("message") == "BluetoothEmulation not enabled":
                answer.set_exception(PageIsGone())
            elif "error" in message:
                answer.set_exception(RuntimeError(message["error"]["message"]))
            else:
                answer.set_result(message["result"])


class Radio:
    """The air. What is set before `name` may be changed at any time from the test's thread."""

    def __init__(self, debugging_port, table, socket_path, name="esp32", services=None,
                 advertised=None):
        self.lose_data = lambda index: False    # whether the data frame of that number is lost
        self.lose_answer = lambda index: False  # whether the notification is
        self.alter = lambda index, data: data   # what becomes of the frame's bytes
        self.pace_s = 0                         # what each data frame takes
        self.break_at = None                    # the link breaks with that data frame
        self.longest = 512                      # bytes of a write without response
        self.too_long = "drop"                  # "drop", "cut" or "refuse": what befalls others
        self.is_near = True                     # whether it can be connected
        self.data_count = 0
        self.answer_count = 0
        self.connection_count = 0
        self.lengths = []                       # of the data frames that reached the device

        self.name = name
        self.advertised = [WINDOW] if advertised is None else advertised
        self.table = [row for row in table if services is None or row.service in services]
        self.services = sorted({row.service for row in self.table})
        self.port = debugging_port
        self.socket_path = str(socket_path)
        self.failure = None
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(20), "the browser does not take a simulated device"
        self.check()
        return self

    def __exit__(self, *_):
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.stopped.set)
            self.thread.join(10)
        self.check()

    def check(self):
        """What went wrong in the radio's thread goes wrong in the test."""
        if self.failure:
            raise self.failure

    def hang_up(self):
        """The link breaks now."""
        asyncio.run_coroutine_threadsafe(self.drop(), self.loop).result(10)

    def power(self, state):
        """The computer's Bluetooth is "absent", "powered-off" or "powered-on"."""
        asyncio.run_coroutine_threadsafe(
            self.browser.send("setSimulatedCentralState", state=state), self.loop).result(10)

    # From here on in the radio's thread.

    def run(self):
        """The thread."""
        try:
            asyncio.run(self.serve())
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure
        self.ready.set()

    async def serve(self):
        """Until the test is over, or something goes wrong."""
        self.loop = asyncio.get_running_loop()
        self.stopped = asyncio.Event()
        self.events = asyncio.Queue()
        self.link = None         # the socket to the device
        self.listening = None    # the task that hears it
        self.replies = None      # its answers to reads and writes
        self.notifications = []  # that no read has fetched
        self.held_read = None    # the read that waits for one
        self.pending = []        # operations without an answer
        self.subscribed = set()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/json/version") as answer:
            url = json.load(answer)["webSocketDebuggerUrl"]
        async with websockets.connect(url, max_size=None) as connection:
            self.browser = Browser(connection, self.note)
            tasks = [asyncio.create_task(self.browser.listen())]
            await self.appear()
            tasks += [asyncio.create_task(self.work()), asyncio.create_task(self.stopped.wait())]
            self.ready.set()
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            tasks[1].cancel()
            await self.drop()
            tasks[0].cancel()

    def note(self, event, parameters):
        """An event of the browser, to be worked on in turn."""
        if event == "gattOperationReceived":
            self.events.put_nowait(parameters["type"])
        elif event == "characteristicOperationReceived":
            row = next(row for row in self.table
                       if row.identity == parameters["characteristicId"])
            operation = Operation(row, parameters)
            self.pending.append(operation)
            self.events.put_nowait(operation)

    async def appear(self):
        """The browser sees a device with the services of the table."""
        await self.browser.send("enable", state="powered-on", leSupported=True)
        await self.browser.send("simulatePreconnectedPeripheral", address=ADDRESS, name=self.name,
                                manufacturerData=[], knownServiceUuids=self.advertised)

    async def open_table(self):
        """The browser finds the services; it forgets them with each connection."""
        for service in self.services:
            added = await self.browser.send("addService", address=ADDRESS, serviceUuid=service)
            for row in self.table:
                if row.service == service:
                    await self.add(added["serviceId"], row)

    async def add(self, service_id, row):
        """The browser sees a characteristic."""
        added = await self.browser.send("addCharacteristic", serviceId=service_id,
                                        characteristicUuid=row.uuid, properties=row.describe())
        row.identity = added["characteristicId"]
        if "notify" in row.describe():
            await self.browser.send("addDescriptor", characteristicId=row.identity,
                                    descriptorUuid=CHARACTERISTIC_CONFIGURATION)

    async def work(self):
        """One operation of the browser after the other."""
        while True:
            event = await self.events.get()
            with contextlib.suppress(PageIsGone):
                if not isinstance(event, Operation):
                    await self.operate(event)
                elif event in self.pending:
                    await self.access(event)

    async def operate(self, kind):
        """The browser connects, or looks for services."""
        code = 0
        if kind == "discovery":
            await self.open_table()
        elif not await self.connect():
            code = CONNECTION_FAILED
        await self.browser.send("simulateGATTOperationResponse", address=ADDRESS, type=kind,
                                code=code)

    async def connect(self):
        """Reach the device; says whether that succeeded."""
        if not self.is_near:
            return False
        link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        link.setblocking(False)
        try:
            await self.loop.sock_connect(link, self.socket_path)
        except OSError:
            link.close()
            return False
        self.link = link
        self.replies = asyncio.Queue()
        self.subscribed.clear()
        self.connection_count += 1
        self.listening = asyncio.create_task(self.hear(link))
        return True

    async def drop(self):
        """The link is gone, whoever ended it."""
        if not self.link:
            return
        link, self.link = self.link, None
        if asyncio.current_task() is not self.listening:
            self.listening.cancel()
        link.close()
        self.held_read = None
        self.notifications.clear()
        self.replies.put_nowait(None)
        with contextlib.suppress(RuntimeError):  # the test is over
            # Chromium 156 says nothing of a disconnection while a read is without its answer, and
            # the page may be about to begin one.
            await asyncio.sleep(LAST_WORDS_S)
            while self.pending:
                await self.respond(self.pending[0], UNLIKELY_ERROR)
            await self.browser.send("simulateGATTDisconnection", address=ADDRESS)

    async def hear(self, link):
        """What the device says."""
        while True:
            try:
                message = await self.loop.sock_recv(link, 1024)
            except OSError:
                message = b""
            if not message:
                await self.drop()
                return
            if message[:1] != b"n":
                self.replies.put_nowait(message[2:])
            elif message[1] in self.subscribed:
                self.answer_count += 1
                if not self.lose_answer(self.answer_count):
                    self.notifications.append(message[2:])
                    await self.tell()

    async def tell(self):
        """Let a held read fetch the oldest notification."""
        if self.held_read and self.notifications:
            operation, self.held_read = self.held_read, None
            await self.respond(operation, 0, self.notifications.pop(0))

    async def respond(self, operation, code, data=None):
        """Answer an operation, once."""
        if operation not in self.pending:
            return
        self.pending.remove(operation)
        more = {} if data is None else {"data": base64.b64encode(data).decode()}
        try:
            await self.browser.send("simulateCharacteristicOperationResponse",
                                    characteristicId=operation.row.identity, type=operation.kind,
                                    code=code, **more)
        except RuntimeError as error:
            # Without a link the browser has forgotten the characteristic, without a page all of it.
            if self.link and not isinstance(error, PageIsGone):
                raise

    async def access(self, operation):
        """The browser reads, writes or subscribes."""
        row = operation.row
        if not self.link:
            await self.respond(operation, UNLIKELY_ERROR)
        elif operation.kind == "read" and row.value in self.subscribed:
            self.held_read = operation
            await self.tell()
        elif operation.kind == "read":
            reply = await self.ask(b"R", row)
            if reply is not None:
                await self.respond(operation, reply[0], reply[1:])
        elif operation.kind == "write":
            await self.write(operation)
        else:
            self.subscribed.add(row.value)
            await self.respond(operation, 0)

    async def ask(self, kind, row, data=b""):
        """What the device answers; None when the link breaks instead."""
        if not self.link:
            return None
        try:
            await self.loop.sock_sendall(self.link, kind + bytes([row.value]) + data)
        except OSError:
            return None  # hear() learns the same
        return await self.replies.get()

    async def write(self, operation):
        """A write, and what may befall it."""
        row, data = operation.row, operation.data
        if "notify" not in row.describe():
            self.data_count += 1
            data = self.alter(self.data_count, data)
            await asyncio.sleep(self.pace_s)
            if self.data_count == self.break_at:
                await self.drop()
                return
        if operation.is_command:
            await self.respond(operation, await self.carry(row, data))
        else:
            reply = await self.ask(b"W", row, data)
            if reply is not None:
                await self.respond(operation, reply[0])

    async def carry(self, row, data):
        """Bring a data frame to the device, or not; gives what the browser is told."""
        is_long = len(data) > self.longest
        is_lost = self.lose_data(self.data_count) or (is_long and self.too_long != "cut")
        if not is_lost and self.link:
            self.lengths.append(len(data[:self.longest]))
            with contextlib.suppress(OSError):
                await self.loop.sock_sendall(self.link,
                                             b"C" + bytes([row.value]) + data[:self.longest])
        return INVALID_LENGTH if is_long and self.too_long == "refuse" else 0
