# SPDX-License-Identifier: Apache-2.0
"""The device of a flash file for a MicroPython without `ffi`: the shared library behind a socket.

    python partition_server.py LIBRARY FLASH CUT_AFTER

Prints its port and serves one client, remote/_otakit.py: a line "NAME NUMBER... LENGTH", then
LENGTH bytes; the answer is a line "RESULT LENGTH" and bytes. The library ends the process where the
power is lost; so the status of this process is that of the board.
"""
import ctypes
import socket
import sys

INFO_SIZE = 37  # OTK_MPY_INFO_SIZE


class Device:
    """The functions of micropython/laptop/abi.h."""

    def __init__(self, library, flash, cut_after):
        self.library = ctypes.CDLL(library)
        self.library.otk_mpy_status_text.restype = ctypes.c_char_p
        self.library.otk_mpy_error_name.restype = ctypes.c_char_p
        status = self.library.otk_mpy_open(flash.encode())
        if status == 0:
            status = self.library.otk_mpy_boot(self.library.otk_mpy_size(), cut_after)
        if status != 0:
            sys.exit(self.library.otk_mpy_status_text(status).decode())

    def call(self, name, numbers, data):
        """(result, bytes) of a call."""
        function = getattr(self.library, "otk_mpy_" + name)
        if name == "read":
            buffer = ctypes.create_string_buffer(numbers.pop())
            return function(*numbers, buffer, len(buffer)), buffer.raw
        if name == "info":
            buffer = ctypes.create_string_buffer(INFO_SIZE)
            return function(*numbers, buffer), buffer.raw
        if name in ("write", "change"):
            return function(*numbers, data, len(data)), b""
        if name == "find":
            return function(*numbers, data or None), b""
        if name == "error_name":
            return 0, function(*numbers)
        return function(*numbers), b""


def main():
    library, flash, cut_after = sys.argv[1:]
    device = Device(library, flash, int(cut_after))
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        client, _ = server.accept()
    with client, client.makefile("rwb") as stream:
        for line in stream:
            name, *numbers = line.decode().split()
            data = stream.read(int(numbers.pop()))
            result, answer = device.call(name, [int(number) for number in numbers], data)
            stream.write(b"%d %d\n%s" % (result, len(answer), answer))
            stream.flush()


if __name__ == "__main__":
    main()
