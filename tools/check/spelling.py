#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No misspelt word in any text of the tree; spelling-ignore.txt beside this holds what is meant."""
import pathlib
import re
import subprocess

import tree

IGNORED = pathlib.Path(__file__).with_name("spelling-ignore.txt")
# Licence texts and recorded data are other people's words.
EXEMPT_PARTS = {"LICENSE", "corpus", "data", IGNORED.name}


def main():
    root = tree.arguments(__doc__).root
    files = [path for path in tree.files(root) if not set(path.parts) & EXEMPT_PARTS]
    found = subprocess.run(
        ["codespell", "--disable-colors", "--ignore-words", IGNORED, "--", *files], cwd=root,
        capture_output=True, text=True, check=False).stdout
    report = tree.Report()
    for path, line, message in re.findall(r"^(.+?):(\d+): (.*)$", found, re.MULTILINE):
        report.add(path, line, message)
    report.finish(f"{len(files)} files without a misspelt word")


main()
