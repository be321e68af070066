#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone as C11, those for applications as C++ too, and is guarded by its path.

What of port/espidf needs headers of ESP-IDF's is left to `./dev esp-idf-check`.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess

import tree

# Applications may be written in C++.
FOR_APPLICATIONS = ("otakit", "compat")
# Headers that applications include by their bare names.
OTHERS_NAMES = "compat/esp_idf/include"
INCLUDE = re.compile(r'^#include ([<"])([^>"]+)[>"]', re.MULTILINE)
C_LIBRARY = {"stdbool.h", "stddef.h", "stdint.h", "stdio.h", "string.h"}
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-fsyntax-only"]


def library_flags():
    """Where the headers of the libraries lie that host code uses."""
    if not shutil.which("pkg-config"):
        return []
    return subprocess.run(["pkg-config", "--cflags", "libcurl", "libcjson", "cmocka"],
                          capture_output=True, text=True, check=False).stdout.split()


def needs_esp_idf(root, path, seen=None):
    """Whether a header of port/espidf reaches one that is neither ours nor the C library's."""
    seen = seen if seen is not None else set()
    if path.parts[:2] != ("port", "espidf") or path in seen or not (root / path).is_file():
        return False
    seen.add(path)
    includes = INCLUDE.findall((root / path).read_text())
    return any(kind == "<" and name not in C_LIBRARY
               or kind == '"' and needs_esp_idf(root, pathlib.Path(name), seen)
               for kind, name in includes)


def compile_alone(root, path, language, flags):
    """What the compiler says to a file that holds nothing but the include."""
    command = ["clang" if language == "c++" else os.environ.get("CC", "gcc"), "-x", language,
               "-std=c11" if language == "c" else "-std=c++11", *WARNINGS, "-D_GNU_SOURCE",
               f"-I{root}", f"-I{root / OTHERS_NAMES}", *flags, "-"]
    result = subprocess.run(command, input=f'#include "{path.as_posix()}"\n', cwd=root,
                            capture_output=True, text=True, check=False)
    return result.stderr if result.returncode else ""


def guard_of(path):
    """The include guard a header has: otakit/core/slot.h -> OTAKIT_CORE_SLOT_H.

    Above otakit/ the prefix may be there too: sim/nor.h -> OTAKIT_SIM_NOR_H or SIM_NOR_H.
    """
    return re.sub(r"\W", "_", path.as_posix()).upper()


def main():
    root = tree.arguments(__doc__).root.resolve()
    report = tree.Report()
    flags = library_flags()
    headers = tree.files(root, ".h", below=tree.CODE)
    alone = [path for path in headers if not needs_esp_idf(root, path)]
    jobs = [(path, "c") for path in alone]
    jobs += [(path, "c++") for path in alone if path.parts[0] in FOR_APPLICATIONS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda job: compile_alone(root, *job, flags), jobs)
    for (path, language), errors in zip(jobs, said):
        if errors:
            report.add(path, 1, f"does not compile alone as {language}:\n{errors.rstrip()}")
    for path in headers:
        guard = rf"^#ifndef (OTAKIT_)?{guard_of(path)}$"
        if not re.search(guard, (root / path).read_text(), re.MULTILINE):
            report.add(path, 1, f"the include guard is not {guard_of(path)}")
    report.finish(f"{len(alone)} headers compile alone, {len(headers) - len(alone)} need ESP-IDF")


main()
