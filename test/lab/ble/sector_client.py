#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client of protocol B, Espressif's ble_ota_raw: sector_client.py IMAGE [--damage SECTOR]

Sends as many sectors ahead as the answer to START allows, by writes without response; --damage spoils
one byte of that sector when it is sent for the first time. Prints "done: ... N repeated" or why not.
"""
import argparse
import asyncio
import binascii
import struct
import sys

from bleak import BleakClient, BleakScanner

UUID = "0000{:04x}-0000-1000-8000-00805f9b34fb"
FIRMWARE, COMMAND = UUID.format(0x8020), UUID.format(0x8022)
SECTOR_SIZE = 4096
PACKET_SIZE = 492       # with its header of 3 bytes a write of 495
START, STOP = 1, 2
GOOD = 0


def crc16(data):
    """Polynomial 1021 from 0, not reflected."""
    return binascii.crc_hqx(data, 0)


def command(code, payload=b""):
    """A command's 20 bytes."""
    frame = struct.pack("<H", code) + payload.ljust(16, b"\0")
    return frame + struct.pack("<H", crc16(frame))


def packets(image, sector, damage):
    """One sector, the last packet with the CRC."""
    data = image[sector * SECTOR_SIZE:(sector + 1) * SECTOR_SIZE]
    check = struct.pack("<H", crc16(data))
    if damage:
        data = data[:99] + bytes([data[99] ^ 1]) + data[100:]
    parts = [data[at:at + PACKET_SIZE] for at in range(0, len(data), PACKET_SIZE)]
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        yield struct.pack("<HB", sector, 0xFF if last else index) + part + (check if last else b"")


async def ask(client, answers, code, payload=b""):
    """A command; returns its answer where it was accepted."""
    await client.write_gatt_char(COMMAND, command(code, payload), response=True)
    answer = await asyncio.wait_for(answers.get(), 60)
    kind, asked, refused = struct.unpack_from("<HHH", answer)
    if (kind, asked, refused) != (3, code, 0) or struct.pack("<H", crc16(answer[:18])) != answer[18:]:
        sys.exit(f"refused: command {code}: {answer.hex()}")
    return answer


async def send(client, acks, image, window, damaged):
    """All sectors; returns how many had to be repeated."""
    count = -(-len(image) // SECTOR_SIZE)
    wanted = sent = repeated = 0
    while wanted < count:
        while sent < min(wanted + window, count):
            for packet in packets(image, sent, sent == damaged):
                await client.write_gatt_char(FIRMWARE, packet, response=False)
            if sent == damaged:
                damaged = None
            sent += 1
        sector, result, next_wanted = struct.unpack_from(
            "<HHH", await asyncio.wait_for(acks.get(), 60))
        if result == GOOD:
            wanted = sector + 1
        else:
            repeated += 1
            wanted = next_wanted
            # Answers to what was already on its way behind it say the same again.
            for _ in range(sent - sector - 1):
                await asyncio.wait_for(acks.get(), 60)
            sent = wanted
    return repeated


async def main(arguments):
    """One update."""
    with open(arguments.image, "rb") as file:
        image = file.read()
    device = await BleakScanner.find_device_by_name("esp32", timeout=20)
    if not device:
        sys.exit("no device named esp32")
    answers, acks = asyncio.Queue(), asyncio.Queue()
    async with BleakClient(device) as client:
        await client.start_notify(COMMAND, lambda _, value: answers.put_nowait(bytes(value)))
        await client.start_notify(FIRMWARE, lambda _, value: acks.put_nowait(bytes(value)))
        answer = await ask(client, answers, START, struct.pack("<I", len(image)))
        window = max(answer[6], 1)
        print(f"window {window}", flush=True)
        repeated = await send(client, acks, image, window, arguments.damage)
        await ask(client, answers, STOP)
    print(f"done: {len(image)} bytes, {repeated} repeated", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--damage", type=int)
    asyncio.run(main(parser.parse_args()))
