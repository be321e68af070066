#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every C file of the tree is built: sources named in a CMake file, unit tests registered.

A file that nobody compiles is a file that nobody checks.
"""
import re

import tree

GLOBBED = ("fuzz",)


def cmake_files(root, path):
    """The CMake files that may name a source: from its directory up to the root."""
    for directory in [root / parent for parent in path.parents]:
        for name in ("CMakeLists.txt", "sources.cmake"):
            if (directory / name).is_file():
                yield directory, (directory / name).read_text()


def is_named(root, path):
    """Whether a CMake file names the source, relative to where that file stands."""
    for directory, text in cmake_files(root, path):
        name = (root / path).relative_to(directory).as_posix()
        if re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w.-])", text):
            return True
        test = re.fullmatch(r"test_(\w+)\.c", name)
        if test and re.search(rf"\w+_test\(\s*{test.group(1)}\b", text):
            return True
    return False


def main():
    root = tree.arguments(__doc__).root
    report = tree.Report()
    sources = tree.files(root, ".c", below=tree.CODE)
    for path in sources:
        if path.parts[0] not in GLOBBED and not is_named(root, path):
            report.add(path, 1, "no CMake file names this source")
    report.finish(f"{len(sources)} sources are built")


main()
