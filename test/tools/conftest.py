# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of the checks: a tree that a test fills, and a check run over it."""
import pathlib
import subprocess
import sys

import pytest

CHECKS = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check"
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


class Sample:
    """A small tree. `write` adds a file; `check` runs one check and returns its findings."""

    def __init__(self, root):
        self.root = root

    def write(self, path, text, licence=LICENCE):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(licence + text)

    def run(self, name):
        return subprocess.run([sys.executable, CHECKS / f"{name}.py", "--root", self.root],
                              capture_output=True, text=True, check=False)

    def check(self, name):
        """[] when the check is content, else its lines of file:line: message."""
        result = self.run(name)
        assert result.returncode in (0, 1), result.stderr
        findings = [line for line in result.stdout.splitlines() if line.count(":") >= 2]
        assert bool(findings) == (result.returncode == 1), result.stdout + result.stderr
        return findings


@pytest.fixture
def sample(tmp_path):
    return Sample(tmp_path)
