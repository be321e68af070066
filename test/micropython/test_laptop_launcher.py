# SPDX-License-Identifier: Apache-2.0
"""The launchers: options, exit statuses, words for people."""
import fcntl
import os
import subprocess

import pytest

from boards import LAPTOP, otakit
from laptop_fixtures import flash, laptop, need  # noqa: F401 (fixtures)


@pytest.mark.parametrize("text, status", [
    ("", 0),
    ("import sys; sys.exit()", 0),
    ("import sys; sys.exit(7)", 7),
    ("raise ValueError('no')", 1),
    ("import machine; machine.reset()", 100),
    ("try:\n    import machine; machine.reset()\nexcept BaseException:\n    pass", 100),
])
def test_exit_status_is_the_scripts(laptop, text, status):
    laptop.run(text, status=status)


def test_exception_is_shown(laptop):
    result = laptop.power_up("def f():\n    raise ValueError('no')\nf()\n")
    assert "main.py\", line 2, in f" in result.stdout + result.stderr
    assert "ValueError: no" in result.stdout + result.stderr


@pytest.mark.parametrize("arguments, words", [
    ([], "no script"),
    (["main.py"], "--flash is missing"),
    (["--flash"], "--flash needs a value"),
    (["--nonsense", "main.py"], "there is no option --nonsense"),
    (["--flash", "device.flash", "--cut-after", "soon", "main.py"], "--cut-after needs a number"),
    (["--flash", "device.flash", "nix.py"], "nix.py: there is no such script"),
])
def test_wrong_use_is_explained(laptop, tmp_path, arguments, words):
    (tmp_path / "main.py").write_text("")
    result = laptop.launch(*arguments)
    assert result.returncode == 2
    assert f"otakit-micropython: error: {words}\n" in result.stderr


def test_help(laptop):
    result = laptop.launch("--help")
    assert result.returncode == 0
    assert result.stdout.startswith("usage: otakit-micropython")
    assert result.stderr == ""


def test_flash_must_be_one_that_boots(laptop, tmp_path):
    (tmp_path / "main.py").write_text("print('running')")
    (tmp_path / "text").write_text("no flash")
    otakit("flash", "create", "-o", tmp_path / "blank.flash", "--size", "4MB",
           "--preset", "two-ota")
    for name, words in (("nix", "there is no such file"), ("text", "its size is no flash chip's"),
                        ("blank.flash", "no partition holds a bootable application")):
        result = laptop.launch("--flash", name, "main.py")
        assert result.returncode == 1
        assert f"otakit-micropython: error: {name}: {words}" in result.stderr
        assert "running" not in result.stdout


def test_device_that_runs_keeps_its_flash(laptop):
    with open(laptop.flash, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = laptop.power_up("")
    assert result.returncode == 1
    assert "another device is running on it" in result.stderr


def test_modules_beside_the_script_and_on_the_path(laptop, tmp_path):
    (tmp_path / "beside.py").write_text("name = 'beside'")
    (tmp_path / "more" / "package").mkdir(parents=True)
    (tmp_path / "more" / "package" / "__init__.py").write_text("from .part import name")
    (tmp_path / "more" / "package" / "part.py").write_text("name = 'package'")
    (tmp_path / "main.py").write_text(
        "import beside, package\nprint(beside.name, package.name, __name__)")
    result = laptop.launch("--flash", laptop.flash, "--path", "more", "main.py")
    assert result.stdout == "beside package __main__\n", result.stderr


def test_files_of_the_computer(laptop, tmp_path):
    assert laptop.run("""
import os
os.mkdir("made")
with open("made/file", "wb") as file:
    file.write(b"hello")
with open("made/file", "ab") as file:
    file.write(b" world")
with open("made/file", "rb") as file:
    file.seek(6)
    print(file.read(), file.tell(), os.stat("made/file")[6], os.listdir("made"))
os.rename("made/file", "made/moved")
try:
    open("made/file")
except OSError:
    print("moved")
""") == "b'world' 11 11 ['file']\nmoved\n"
    assert (tmp_path / "made" / "moved").read_bytes() == b"hello world"


def test_waiting_takes_its_time(laptop):
    assert laptop.run("""
import time
start = time.ticks_ms()
time.sleep(0.2)
time.sleep_ms(50)
print(250 <= time.ticks_diff(time.ticks_ms(), start) < 2000)
""") == "True\n"


def test_unix_port_needs_no_launcher(flash, tmp_path):  # noqa: F811
    need("unix")
    (tmp_path / "main.py").write_text(
        "from esp32 import Partition\nprint(Partition(Partition.RUNNING).info()[4])")
    result = subprocess.run(
        [os.environ.get("MICROPYTHON", "micropython"), "main.py"], cwd=tmp_path, timeout=60,
        check=False, capture_output=True, text=True,
        env={**os.environ, "OTAKIT_FLASH": str(flash),
             "MICROPYPATH": f"{LAPTOP / 'unix'}:{LAPTOP / 'lib'}:.frozen"})
    assert result.stdout == "ota_0\n", result.stderr
