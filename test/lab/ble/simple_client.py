#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client of protocol A as people have it: simple_client.py IMAGE

Does what the client that comes with esp32_ble_ota does, and no more: finds the device by its name,
takes the packet size from what bleak says of the MTU, writes every packet with response, pauses a
second for each answer. Prints "done" or "refused".
"""
import asyncio
import sys

from bleak import BleakClient, BleakScanner

CONTROL = "7ad671aa-21c0-46a4-b722-270e3ae3d830"
DATA = "23408888-1f40-4cd8-9b89-ca8d45f8a5b0"
REQUEST, REQUEST_ACK, DONE, DONE_ACK = 1, 2, 4, 5


async def ask(client, opcode, answers):
    """Write an opcode to control and return the device's."""
    await client.write_gatt_char(CONTROL, bytes([opcode]))
    await asyncio.sleep(1)
    return await asyncio.wait_for(answers.get(), 60)


async def main(path):
    """One update."""
    with open(path, "rb") as file:
        image = file.read()
    found = [device for device in await BleakScanner.discover() if device.name == "esp32"]
    if not found:
        sys.exit("no device named esp32")
    answers = asyncio.Queue()
    async with BleakClient(found[0]) as client:
        await client.start_notify(CONTROL, lambda _, value: answers.put_nowait(value[0]))
        size = client.mtu_size - 3
        await client.write_gatt_char(DATA, size.to_bytes(2, "little"), response=True)
        if await ask(client, REQUEST, answers) != REQUEST_ACK:
            sys.exit("refused: REQUEST")
        for at in range(0, len(image), size):
            await client.write_gatt_char(DATA, image[at:at + size], response=True)
        if await ask(client, DONE, answers) != DONE_ACK:
            sys.exit("refused: DONE")
    print(f"done: {len(image)} bytes, {size} a packet", flush=True)


asyncio.run(main(sys.argv[1]))
