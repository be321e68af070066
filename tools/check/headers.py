#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone as C11, those for applications as C++ too, and is guarded by its path."""
import concurrent.futures
import os
import re
import shutil
import subprocess

import tree

# Applications may be written in C++.
FOR_APPLICATIONS = ("otakit", "compat")
# Headers that applications include by their bare names.
OTHERS_NAMES = "compat/esp_idf/include"
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-fsyntax-only"]


def library_flags():
    """Where the headers of the libraries lie that host code uses."""
    if not shutil.which("pkg-config"):
        return []
    return subprocess.run(["pkg-config", "--cflags", "libcurl", "libcjson", "cmocka"],
                          capture_output=True, text=True, check=False).stdout.split()


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
    jobs = [(path, "c") for path in headers]
    jobs += [(path, "c++") for path in headers if path.parts[0] in FOR_APPLICATIONS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda job: compile_alone(root, *job, flags), jobs)
    for (path, language), errors in zip(jobs, said):
        if errors:
            report.add(path, 1, f"does not compile alone as {language}:\n{errors.rstrip()}")
    for path in headers:
        guard = rf"^#ifndef (OTAKIT_)?{guard_of(path)}$"
        if not re.search(guard, (root / path).read_text(), re.MULTILINE):
            report.add(path, 1, f"the include guard is not {guard_of(path)}")
    report.finish(f"{len(headers)} headers compile alone")


main()
