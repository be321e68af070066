# SPDX-License-Identifier: Apache-2.0
"""tools/check/device_objects.py, over archives of one object"""
import shutil
import subprocess
import sys

import pytest

from conftest import CHECKS

COMPILER = "riscv64-unknown-elf-gcc"
FLAGS = ["-march=rv32imc", "-mabi=ilp32", "-ffreestanding", "-Os", "-fstack-usage", "-c"]
FINE = """
static const int table[] = {1, 2, 3};
void *memcpy(void *, const void *, unsigned int);
int otk_boot(int i) { int copy[3]; memcpy(copy, table, sizeof copy); return copy[i]; }
int otk_layout_load(int i) { return i; }
int otk_boot_select(long long a, long long b) { return (int)(a / b); }
"""

pytestmark = pytest.mark.skipif(not shutil.which(COMPILER), reason=f"{COMPILER} is not installed")


def check(tmp_path, source):
    """Build `source` into an archive as the preset rv32 does; return exit status and output."""
    objects = tmp_path / "otakit_portable.dir"
    objects.mkdir()
    (tmp_path / "a.c").write_text(source)
    subprocess.run([COMPILER, *FLAGS, tmp_path / "a.c", "-o", objects / "a.c.obj"], check=True)
    subprocess.run(["ar", "rcs", tmp_path / "libotakit_portable.a", objects / "a.c.obj"],
                   check=True)
    result = subprocess.run([sys.executable, CHECKS / "device_objects.py", tmp_path],
                            capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def test_constants_and_memory_functions_pass(tmp_path):
    status, output = check(tmp_path, FINE)
    assert status == 0, output


@pytest.mark.parametrize("variable", ["static int counter;", "static int counter = 7;"])
def test_a_variable_is_found(tmp_path, variable):
    status, output = check(tmp_path, FINE + variable + "int next(void) { return counter++; }")
    assert status == 1
    assert "counter is a global variable" in output
    assert "a:0: holds 4 bytes of variables" in output


def test_a_function_that_nobody_brings_is_found(tmp_path):
    status, output = check(tmp_path, FINE + "void *malloc(unsigned); void *f(void) "
                                            "{ return malloc(7); }")
    assert status == 1
    assert "malloc is used and nobody brings it" in output
