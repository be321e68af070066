#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a chip gets: otakit/ as built for rv32imc holds no variables and asks for nothing.

Reads the archive and objects of the preset rv32 and fails on a global variable, and on a symbol
that neither otakit nor the compiler's own library nor the port has to bring (memcpy, memset,
memcmp, memmove). Then prints code size and greatest stack frame of every object and the size of
every feature in tools/check/features.txt, linked with nothing else.
"""
import argparse
import pathlib
import re
import subprocess
import sys

import tree

PREFIX = "riscv64-unknown-elf-"
FLAGS = ["-march=rv32imc", "-mabi=ilp32"]
FROM_THE_PORT = {"memcpy", "memset", "memcmp", "memmove"}
FEATURES = pathlib.Path(__file__).with_name("features.txt")


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=True).stdout


def symbols(path):
    """[(file, kind, name)] of an object or archive."""
    found = []
    for line in run(PREFIX + "nm", "--print-file-name", path).splitlines():
        where, rest = line.rsplit(":", 1)
        *_, kind, name = rest.split()
        found.append((where.rsplit(":", 1)[-1], kind, name))
    return found


def judge_symbols(found, compiler_library):
    """Yield (object, message) for variables and for symbols nobody brings."""
    defined = {name for _, kind, name in found if kind not in "Uw"}
    brought = defined | FROM_THE_PORT | compiler_library
    for where, kind, name in found:
        if kind in "bBdDcCsSgG":
            yield where, f"{name} is a global variable"
        if kind in "Uw" and name not in brought:
            yield where, f"{name} is used and nobody brings it"


def sections(path):
    """(code, constants, variables) of an object or program, bytes."""
    code = constants = variables = 0
    for line in run(PREFIX + "size", "-A", path).splitlines():
        match = re.match(r"(\.\S+)\s+(\d+)", line)
        if not match:
            continue
        name, size = match[1], int(match[2])
        if name.startswith(".text"):
            code += size
        elif name.startswith((".rodata", ".srodata")):
            constants += size
        elif name.startswith((".data", ".sdata", ".bss", ".sbss")):
            variables += size
    return code, constants, variables


def stack_of(path):
    """The greatest frame of a function in an object, bytes, from the compiler's .su file."""
    usage = path.with_suffix(".su")
    if not usage.is_file():
        return 0
    return max((int(line.split("\t")[1]) for line in usage.read_text().splitlines()), default=0)


def print_objects(objects, base):
    print(f"{'object':<40}{'code':>8}{'const':>8}{'stack':>8}")
    totals = [0, 0]
    for path in objects:
        code, constants, variables = sections(path)
        name = path.relative_to(base).as_posix().removesuffix(".c.obj")
        if variables:
            yield name, f"holds {variables} bytes of variables"
        totals = [totals[0] + code, totals[1] + constants]
        print(f"{name:<40}{code:>8}{constants:>8}{stack_of(path):>8}")
    print(f"{'all':<40}{totals[0]:>8}{totals[1]:>8}")


def load_features():
    """{name: [entry points and -symbols]} from features.txt."""
    found = {}
    for line in FEATURES.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            name, entries = line.split(":")
            found[name.strip()] = entries.split()
    return found


def print_features(archive, build):
    """Link each feature's entry points alone; what the linker keeps is what it costs."""
    print(f"\n{'feature':<40}{'code':>8}{'const':>8}{'sum':>8}")
    for name, entries in load_features().items():
        program = build / f"feature-{name}.elf"
        wanted = [f"-Wl,--undefined={entry}" for entry in entries if entry[0] != "-"]
        absent = sorted(FROM_THE_PORT) + [entry[1:] for entry in entries if entry[0] == "-"]
        seams = [f"-Wl,--defsym={symbol}=0" for symbol in absent]
        result = subprocess.run(
            [PREFIX + "gcc", *FLAGS, "-nostdlib", "-Wl,--gc-sections", "-Wl,-e,0", *wanted, *seams,
             archive, "-lgcc", "-o", program], capture_output=True, text=True, check=False)
        if result.returncode:
            yield f"feature {name}", result.stderr.strip().splitlines()[-1]
            continue
        code, constants, _ = sections(program)
        print(f"{name:<40}{code:>8}{constants:>8}{code + constants:>8}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, nargs="?", default=tree.HOME / "build/rv32",
                        help="build directory of the preset rv32")
    build = parser.parse_args().build
    archive = next(build.rglob("libotakit_portable.a"), None)
    if archive is None:
        sys.exit(f"{build} holds no libotakit_portable.a: ./dev build --preset rv32")
    base = next(build.rglob("otakit_portable.dir"))
    library = run(PREFIX + "gcc", *FLAGS, "-print-libgcc-file-name").strip()
    compiler_library = {name for _, kind, name in symbols(library) if kind in "TWDRB"}

    report = tree.Report()
    findings = list(print_objects(sorted(base.rglob("*.obj")), base))
    findings += judge_symbols(symbols(archive), compiler_library)
    findings += print_features(archive, build)
    print()
    for where, message in findings:
        report.add(where, 0, message)
    report.finish("no variables, nothing asked for but memcpy, memset, memcmp and memmove")


main()
