#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every #include reaches downwards only, as the picture of the house in README.md says.

Device code (otakit/) includes nothing of the C library but stdint, stdbool and stddef; a file named
*_psa.c may include psa/crypto.h.
"""
import re

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

BASE = ("otakit/base",)
BYTES = BASE + ("otakit/format", "otakit/crypto")
CORE = BYTES + ("otakit/core",)
LIBRARIES = CORE + ("otakit/transport", "host", "sim")

# Directory -> what it may include besides itself. The longest prefix decides.
RULES = {
    "otakit/base": (),
    "otakit/format": BASE,
    "otakit/crypto": BASE,
    "otakit/core": BYTES,
    "otakit/transport/ble": CORE,
    "otakit/transport/portal": CORE,
    "otakit/transport/pull": CORE,
    "host": CORE,
    "sim": CORE,
    "port/linux": LIBRARIES,
    "port/espidf": CORE + ("otakit/transport",),
    "port/riscv": LIBRARIES,
    "compat/esp_idf": LIBRARIES,
    "micropython": LIBRARIES,
    "cli": LIBRARIES,
    "examples": LIBRARIES,
    "examples/esp_idf_on_a_laptop": ("compat/esp_idf/include",),
}
# Headers under names that are not ours: found as if they stood at the root.
OTHERS_NAMES = "compat/esp_idf/include"
# Nothing includes these but they themselves, and they may include everything.
ON_TOP = ("test", "fuzz", "bench")
# Projects to be copied out of the tree: they include what stands beside them.
PROJECTS = "port/espidf/examples"
FREESTANDING = {"stdint.h", "stdbool.h", "stddef.h"}


def is_below(path, directory):
    return path == directory or path.startswith(directory + "/")


def box_of(path):
    """The longest rule that covers a path, or None."""
    boxes = [box for box in RULES if is_below(path, box)]
    return max(boxes, key=len) if boxes else None


def judge_system(path, name):
    """Why a file must not include <name>, or None."""
    if not is_below(path, "otakit") or name in FREESTANDING:
        return None
    if path.endswith("_psa.c") and name == "psa/crypto.h":
        return None
    return f"device code must not include <{name}>"


def judge_own(root, path, name):
    """Why a file must not include "name", or None."""
    if is_below(path, PROJECTS):
        beside = (root / path).parent / name
        return None if beside.is_file() else f'"{name}" is no file beside this one'
    if (root / OTHERS_NAMES / name).is_file():
        name = f"{OTHERS_NAMES}/{name}"
    if not (root / name).is_file():
        return f'"{name}" is no file, seen from the root of the tree'
    if any(is_below(path, top) for top in ON_TOP):
        return None
    box = box_of(path)
    if box is None:
        return "this directory has no place in the include rule"
    if any(is_below(name, allowed) for allowed in (box,) + RULES[box]):
        return None
    return f'{box} must not include "{name}"'


def main():
    root = tree.arguments(__doc__).root
    report = tree.Report()
    count = 0
    for path in tree.files(root, ".c", ".h", below=tree.CODE):
        text = (root / path).read_text()
        for match in INCLUDE.finditer(text):
            count += 1
            kind, name = match.groups()
            if kind == "<":
                problem = judge_system(path.as_posix(), name)
            else:
                problem = judge_own(root, path.as_posix(), name)
            if problem:
                report.add(path, text.count("\n", 0, match.start()) + 1, problem)
    report.finish(f"{count} includes reach downwards")


main()
