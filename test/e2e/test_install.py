# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` leaves is complete: a program can be built against it."""
import os
import pathlib
import subprocess

import pytest

PROGRAM = """
#include <otakit/base/status.h>
#include <stdio.h>
int main(void)
{
    puts(otk_status_name(OTK_BAD_HASH));
    return 0;
}
"""


@pytest.fixture(scope="module")
def prefix(build_dir, tmp_path_factory):
    """A prefix with the build installed in it."""
    path = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", build_dir, "--prefix", path], check=True,
                   capture_output=True)
    return path


def test_a_program_builds_with_the_installed_library(prefix, tmp_path):
    config = next(prefix.rglob("otakit.pc")).parent
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "otakit"], check=True, text=True,
                           capture_output=True, env={**os.environ, "PKG_CONFIG_PATH": str(config)})
    source = tmp_path / "program.c"
    source.write_text(PROGRAM)
    subprocess.run(["gcc", "-std=c11", source, "-o", tmp_path / "program",
                    *flags.stdout.split()], check=True)
    said = subprocess.run([tmp_path / "program"], check=True, capture_output=True, text=True)
    assert said.stdout == "BAD_HASH\n"


def test_headers_of_the_library_are_installed_and_no_others(prefix):
    root = pathlib.Path(__file__).resolve().parents[2]
    own = {path.relative_to(root) for path in (root / "otakit").rglob("*.h")}
    source = root / "compat" / "esp_idf" / "include"
    idf = {"otakit-esp-idf" / path.relative_to(source) for path in source.rglob("*.h")}
    installed = {path.relative_to(prefix / "include") for path in prefix.rglob("*.h")}
    assert installed == own | idf


@pytest.mark.parametrize("path", [
    "bin/otakit",
    "share/man/man1/otakit.1",
    "share/bash-completion/completions/otakit",
    "share/zsh/site-functions/_otakit",
    "share/fish/vendor_completions.d/otakit.fish",
])
def test_a_distribution_finds_what_it_expects(prefix, path):
    assert (prefix / path).is_file()
