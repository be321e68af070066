#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every C file is laid out as .clang-format says; --fix lays them out.

The version of Debian 12, 14, is the judge: others differ in details.
"""
import concurrent.futures
import os
import shutil
import subprocess
import sys

import tree

FORMATTER = shutil.which("clang-format-14") or shutil.which("clang-format")
STYLE = f"--style=file:{tree.HOME / '.clang-format'}"


def first_difference(root, path):
    """The first line that the formatter would change, or 0."""
    text = (root / path).read_text()
    wanted = subprocess.run([FORMATTER, STYLE, f"--assume-filename={path.name}"], input=text,
                            capture_output=True, text=True, check=True).stdout
    if text == wanted:
        return 0
    pairs = zip(text.splitlines() + [None], wanted.splitlines() + [None])
    return next((line for line, (is_now, should) in enumerate(pairs, 1) if is_now != should), 1)


def main():
    fix = "--fix" in sys.argv
    if fix:
        sys.argv.remove("--fix")
    root = tree.arguments(__doc__).root
    files = tree.files(root, ".c", ".h")
    if fix:
        subprocess.run([FORMATTER, STYLE, "-i", *files], cwd=root, check=True)
    report = tree.Report()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        lines = pool.map(lambda path: first_difference(root, path), files)
    for path, line in zip(files, lines):
        if line:
            report.add(path, line, "not in format; tools/check/format.py --fix mends it")
    report.finish(f"{len(files)} C files are in format")


main()
