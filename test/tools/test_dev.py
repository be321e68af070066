# SPDX-License-Identifier: Apache-2.0
"""./dev: its commands answer, and misuse is told from failure."""
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["demo", "build", "test", "check", "powercut", "fuzz", "vectors", "bench"]


def dev(*arguments, cwd=ROOT):
    return subprocess.run([ROOT / "dev", *arguments], capture_output=True, text=True, check=False,
                          cwd=cwd, timeout=10)


def test_help_names_every_command():
    result = dev("--help")
    assert result.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command} " in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_from_any_directory(command, tmp_path):
    result = dev(command, "--help", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.startswith(f"usage: ./dev {command}")


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["build", "--preset", "nonsense"], ["build", "--nonsense"],
    ["build", "--preset"], ["test", "nonsense"], ["check", "nonsense"], ["check", "usage"],
    ["fuzz", "nonsense"], ["fuzz", "--seconds"], ["fuzz", "--seconds", "soon"], ["vectors"],
    ["demo", "a", "b"],
])
def test_misuse_ends_with_status_2(arguments):
    result = dev(*arguments)
    assert result.returncode == 2
    assert result.stdout == "" and result.stderr != ""
