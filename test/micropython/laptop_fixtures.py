# SPDX-License-Identifier: Apache-2.0
"""esp32.Partition on a laptop as its users have it: a launcher, a flash file, a script.

    def test_it(laptop):
        assert laptop.run("import esp32; print(esp32.Partition(1).info()[4])") == "ota_0\\n"

Every test runs on the unix port, through `ffi`, and on the WebAssembly build. MICROPYTHON names the
unix port; where it lacks `ffi` those tests are skipped.
"""
import os
import pathlib
import subprocess

import pytest

from boards import LAPTOP, POWER_LOST, otakit

LAUNCHERS = {
    "unix": [LAPTOP / "unix" / "otakit-micropython"],
    "wasm": ["node", LAPTOP / "node" / "otakit-micropython.mjs"],
}


def has_ffi(interpreter):
    """Whether an interpreter is a MicroPython that can call the shared library."""
    try:
        return subprocess.run([interpreter, "-c", "import ffi"], capture_output=True, timeout=10,
                              check=False).returncode == 0
    except OSError:
        return False


def need(kind):
    """Skip the test where a MicroPython is missing."""
    interpreter = os.environ.get("MICROPYTHON", "micropython")
    if kind == "unix" and not has_ffi(interpreter):
        pytest.skip(f"{interpreter} is no MicroPython with ffi")


class Laptop:
    """One MicroPython and the flash file of its device."""

    def __init__(self, kind, directory, flash):
        need(kind)
        self.launcher = [str(part) for part in LAUNCHERS[kind]]
        self.directory = pathlib.Path(directory)
        self.flash = flash

    def launch(self, *arguments):
        """Run the launcher with these arguments; the finished process."""
        return subprocess.run([*self.launcher, *map(str, arguments)], cwd=self.directory,
                              timeout=60, check=False, capture_output=True, text=True)

    def power_up(self, text, *arguments, cut_after=0):
        """Run a program in one power-up; the finished process."""
        script = self.directory / "main.py"
        script.write_text(text)
        return self.launch("--flash", self.flash, "--cut-after", cut_after, script, *arguments)

    def run(self, text, *arguments, status=0):
        """Run a program that ends with this exit status; its output."""
        result = self.power_up(text, *arguments)
        assert result.returncode == status, result.stdout + result.stderr
        return result.stdout

    def cut(self, text, *arguments, cut_after):
        """Run a program that loses power. Returns False where it ended before that."""
        result = self.power_up(text, *arguments, cut_after=cut_after)
        return result.returncode == POWER_LOST

    def states(self):
        """{label: state of its otadata entry}, as otakit sees the file."""
        slots = otakit("slot", "list", self.flash)["slots"]
        return {slot["label"]: slot["state"] for slot in slots}


@pytest.fixture
def flash(images, tmp_path):
    """A 4 MB flash with MicroPython's OTA partitions that runs version 1.0.0 in ota_0."""
    path = tmp_path / "device.flash"
    otakit("flash", "create", "-o", path, "--size", "4MB", "--preset", "micropython-ota",
           "--app", f"ota_0={images.old.path}")
    return path


@pytest.fixture(params=list(LAUNCHERS))
def laptop(request, flash, tmp_path):
    """A laptop of each kind."""
    return Laptop(request.param, tmp_path, flash)
