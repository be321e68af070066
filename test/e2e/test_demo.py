# SPDX-License-Identifier: Apache-2.0
"""The demo tells the truth, notices when reality differs, and leaves nothing behind."""
import os
import pathlib
import stat
import subprocess

import pytest

from device_fixtures import create_image

DEMO = pathlib.Path(__file__).resolve().parents[2] / "tools" / "demo.sh"


def run_demo(program, directory, *arguments):
    """Run the demo with `directory` for its temporary files."""
    environment = {**os.environ, "OTAKIT": str(program), "TMPDIR": str(directory), "NO_COLOR": "1"}
    environment.pop("KEEP", None)
    return subprocess.run([DEMO, *arguments], env=environment, capture_output=True, text=True,
                          timeout=120, check=False)


@pytest.fixture
def temporary(tmp_path):
    """An empty directory, which has to be empty again in the end."""
    directory = tmp_path / "tmp"
    directory.mkdir()
    yield directory
    assert not list(directory.iterdir())


def test_the_demo_tells_five_stories(otakit, temporary):
    result = run_demo(otakit.command[0], temporary)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("[ok]") == 6
    assert result.stdout.endswith("All five stories ended as they should.\n")


@pytest.mark.parametrize("size", [1300000, 3000000])
def test_the_demo_finds_a_layout_for_an_image_of_the_user(otakit, temporary, tmp_path, size):
    image = create_image(otakit, tmp_path / "mine.bin", "7.1", seed=7, size=size, chip="esp32s3")
    result = run_demo(otakit.command[0], temporary, image)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "7.1 for esp32s3" in result.stdout and "mine.bin" in result.stdout


def test_the_demo_refuses_what_is_no_image(otakit, temporary, tmp_path):
    image = tmp_path / "notes.txt"
    image.write_text("not firmware")
    result = run_demo(otakit.command[0], temporary, image)
    assert result.returncode == 1
    assert "notes.txt" in result.stderr and "hint: " in result.stderr


@pytest.mark.parametrize("lie", [
    's/--self-test fail//',                    # the self-test passes after all
    's/--cut-after [0-9]*//',                  # the power never goes
    's,/corrupt.bin,/app.bin,',                # the corrupt image is good
    's/--portal/--self-test fail --portal/',   # what was uploaded does not stay
])
def test_the_demo_fails_where_reality_differs(otakit, temporary, tmp_path, lie):
    liar = tmp_path / "liar"
    liar.write_text("#!/usr/bin/env bash\n"
                    f"exec {otakit.command[0]} $(printf '%s ' \"$@\" | sed '{lie}')\n")
    liar.chmod(liar.stat().st_mode | stat.S_IXUSR)
    result = run_demo(liar, temporary)
    assert result.returncode == 1
    assert "otakit: error: demo: " in result.stderr
