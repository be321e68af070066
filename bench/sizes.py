# SPDX-License-Identifier: Apache-2.0
"""Code size on a chip: otakit/ compiled for rv32imc, object by object and linked."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
PREFIX = "riscv64-unknown-elf-"
# As cmake/rv32.cmake.
FLAGS = ["-std=c11", "-Os", "-march=rv32imc", "-mabi=ilp32", "-ffreestanding", "-nostdlib",
         "-ffunction-sections", "-fdata-sections", f"-I{ROOT}"]

# What a board brings: the C library's four, and the digests (ROM, PSA Crypto).
SEAMS = ("memcpy", "memset", "memcmp", "memmove", "otk_sha256_init", "otk_sha256_update",
         "otk_sha256_finish", "otk_sha256_abort", "otk_md5")

DECISION = ("otk_boot",)
SESSION = ("otk_session_open", "otk_session_write", "otk_session_poll", "otk_session_finish",
           "otk_session_switch", "otk_session_close", "otk_session_abort", "otk_session_progress",
           "otk_session_offset")
SESSION_OBJECTS = ("core/session", "core/session_recall", "core/session_verify",
                   "core/session_write", "core/journal", "core/measure")


def sources(lists=("BASE", "FORMAT", "CORE")):
    """The sources in these lists of otakit/sources.cmake, relative to otakit/."""
    text = (ROOT / "otakit" / "sources.cmake").read_text()
    found = re.findall(rf"set\(OTAKIT_({'|'.join(lists)})_SOURCES\s+([^)]*)\)", text)
    return [name for _, names in found for name in names.split()]


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True).stdout


def sections_of(path):
    """Code and constants of an object, bytes."""
    text = run(PREFIX + "size", "-A", path)
    return sum(int(size) for size in
               re.findall(r"^\.(?:text|rodata|srodata)\S*\s+(\d+)", text, re.MULTILINE))


class Chip:
    """The objects of a firmware, in a directory of their own."""

    def __init__(self, directory, lists=("BASE", "FORMAT", "CORE"), seams=SEAMS):
        self.directory = pathlib.Path(directory)
        self.seams = seams
        self.objects = {}
        for name in sources(lists):
            target = self.directory / (name.replace("/", "_") + ".o")
            run(PREFIX + "gcc", *FLAGS, "-c", ROOT / "otakit" / name, "-o", target)
            self.objects[name.removesuffix(".c")] = target

    def compiled(self, name):
        """Bytes of an object before linking."""
        return sections_of(self.objects[name])

    def linked(self, entries):
        """What a program that calls `entries` holds of each object, bytes."""
        listing = self.directory / "linked.map"
        run(PREFIX + "gcc", *FLAGS, "-Wl,--gc-sections", "-Wl,-e,0", f"-Wl,-Map={listing}",
            *(f"-Wl,--undefined={entry}" for entry in entries),
            *(f"-Wl,--defsym={seam}=0" for seam in self.seams), *self.objects.values(), "-lgcc",
            "-o", self.directory / "linked.elf")
        kept = listing.read_text().split("Linker script and memory map")[1]
        names = {path.name: name for name, path in self.objects.items()}
        found = {}
        for size, path in re.findall(r"^ \.(?:text|rodata|srodata)\S*\s+0x[0-9a-f]+\s+"
                                     r"0x([0-9a-f]+)\s+(\S+\.o)$", kept, re.MULTILINE):
            name = names.get(pathlib.Path(path).name, "libgcc")
            found[name] = found.get(name, 0) + int(size, 16)
        return {name: size for name, size in found.items() if size}

    def struct_size(self, header, name):
        """sizeof(struct name), bytes."""
        source = self.directory / "struct.c"
        source.write_text(f'#include "{header}"\nchar size[sizeof(struct {name})];\n')
        target = self.directory / "struct.o"
        run(PREFIX + "gcc", *FLAGS, "-c", source, "-o", target)
        return int(run(PREFIX + "nm", "-S", target).split()[1], 16)
