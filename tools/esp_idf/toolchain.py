# SPDX-License-Identifier: Apache-2.0
"""Debian's cross compilers in the place of Espressif's.

Xtensa: the only one that Debian has is for the ESP8266's core, whose calling convention differs. It
reads and checks every line all the same.
"""
import pathlib
import shutil
import subprocess

NEWLIB = pathlib.Path("/usr/include/newlib")

RISCV = "riscv64-unknown-elf-gcc"
XTENSA = "xtensa-lx106-elf-gcc"
MACHINES = {
    "esp32": [XTENSA, "-mlongcalls"],
    "esp32s3": [XTENSA, "-mlongcalls"],
    "esp32c3": [RISCV, "-march=rv32imc_zicsr_zifencei", "-mabi=ilp32"],
    "esp32c6": [RISCV, "-march=rv32imac_zicsr_zifencei", "-mabi=ilp32"],
}
# Where Debian has its picolibc; not every compiler knows.
PICOLIBC = {RISCV: "picolibc.specs", XTENSA: "/usr/lib/xtensa-lx106-elf/picolibc.specs"}

STRICT = ["-std=gnu17", "-Os", "-Wall", "-Wextra", "-Werror", "-S", "-o", "/dev/null"]
# As ESP-IDF's build sets them for all.
DEFINES = ["-DESP_PLATFORM", "-D_GNU_SOURCE", "-D_POSIX_READER_WRITER_LOCKS",
           "-DMBEDTLS_CONFIG_FILE=\"mbedtls/esp_config.h\"",
           "-DSOC_MMU_PAGE_SIZE=CONFIG_MMU_PAGE_SIZE", "-DUNITY_INCLUDE_CONFIG_H"]


def missing(targets):
    """Compilers that these targets need and that are not installed."""
    return sorted({MACHINES[target][0] for target in targets
                   if not shutil.which(MACHINES[target][0])})


def adapted_newlib(scratch):
    """A folder to be searched before newlib's: Espressif's newlib declares _global_impure_ptr without
    the const that Debian's has."""
    folder = scratch / "newlib"
    (folder / "sys").mkdir(parents=True, exist_ok=True)
    text = (NEWLIB / "sys" / "reent.h").read_text()
    (folder / "sys" / "reent.h").write_text(
        text.replace("*const _global_impure_ptr", "*_global_impure_ptr")
        .replace("* const _global_impure_ptr", "*_global_impure_ptr"))
    return folder


def c_library(target, uses_picolibc, scratch):
    """Options for the C library that a version of ESP-IDF has. To be put behind its own folders."""
    if uses_picolibc:
        return [f"--specs={PICOLIBC[MACHINES[target][0]]}", "-include", "sys/types.h"]
    # What the compiler brings itself (stdatomic.h) goes before what newlib has of the same name.
    compiler = subprocess.run([MACHINES[target][0], "-print-file-name=include"], check=True,
                              capture_output=True, text=True).stdout.strip()
    return ["-isystem", str(adapted_newlib(scratch)), "-isystem", compiler,
            "-isystem", str(NEWLIB), "-D_RETARGETABLE_LOCKING=1"]
