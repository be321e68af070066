# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests: the programs as a user runs them, and esptool beside them.

    def test_info_names_the_project(otakit, tmp_path):
        otakit("image", "create", "-o", tmp_path / "a.bin", "--chip", "esp32",
               "--project", "lamp", "--version", "1")
        assert otakit.json("image", "info", tmp_path / "a.bin")["app"]["project"] == "lamp"

OTAKIT_BUILD names another build directory than build/.
"""
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("OTAKIT_BUILD", ROOT / "build")).resolve()


class Program:
    """A program under test. Calling it runs it and insists on one exit status."""

    def __init__(self, *command):
        self.command = [str(part) for part in command]

    def __call__(self, *arguments, status=0, input=None, timeout=60, **options):
        """Run, check the exit status (None: any), return the finished process with text output."""
        result = subprocess.run(
            [*self.command, *map(str, arguments)], input=input, timeout=timeout,
            capture_output=True, text=True, check=False, **options)
        if status is not None and result.returncode != status:
            pytest.fail(f"{self.command[-1]} {' '.join(map(str, arguments))}: exit status "
                        f"{result.returncode}, not {status}\n{result.stdout}{result.stderr}")
        return result

    def json(self, *arguments, **options):
        """Run with --json and return the one document it prints."""
        return json.loads(self(*arguments, "--json", **options).stdout)

    def start(self, *arguments, **options):
        """Start in the background; the caller ends it."""
        return subprocess.Popen([*self.command, *map(str, arguments)], text=True, **options)


@pytest.fixture(scope="session")
def build_dir():
    """Where the programs under test were built."""
    return BUILD


@pytest.fixture(scope="session")
def otakit():
    """The command line program."""
    path = BUILD / "otakit"
    assert os.access(path, os.X_OK), f"{path} is not there: run ./dev build first"
    return Program(path)


@pytest.fixture(scope="session")
def esptool():
    """The real esptool, as the other side of every image format."""
    return Program(sys.executable, "-m", "esptool")


@pytest.fixture(scope="session")
def espsecure():
    """The real espsecure."""
    return Program(sys.executable, "-m", "espsecure")
