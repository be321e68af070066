#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Things that must not stand in any text of the tree.

Paths of somebody's machine, host names of package registries, notes to oneself, white space at the
end of a line, a missing newline at the end of a file, a source file without its licence line.
"""
import re

import tree

REGISTRIES = r"""pypi\.org pythonhosted\.org registry\.npmjs\.org crates\.io rubygems\.org docker\.io
    ghcr\.io quay\.io proxy\.golang\.org deb\.debian\.org archive\.ubuntu\.com""".split()

FORBIDDEN = [
    (re.compile(r"(?<![\w.:/~-])/(?:home|root|Users|work|mnt|media)/\w"), "a path of one machine"),
    (re.compile("|".join(REGISTRIES)), "the host name of a package registry"),
    (re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b"), "a note to oneself"),
    (re.compile(r"[ \t]+$", re.MULTILINE), "white space at the end of the line"),
]
LICENSED = (".c", ".h", ".py", ".sh", ".cmake")
SPDX = "SPDX-License-Identifier: Apache-2.0"
# Licence texts and recorded data are other people's words.
EXEMPT = ("LICENSE",)
EXEMPT_PARTS = ("corpus", "data")
MYSELF = "tools/check/texts.py"


def judge(path, text):
    """Yield (line, message)."""
    for pattern, what in FORBIDDEN:
        if path.as_posix() == MYSELF and what.startswith("the host"):
            continue
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, what
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end of the file"
    if path.suffix in LICENSED and text and SPDX not in "\n".join(text.splitlines()[:3]):
        yield 1, f"no line {SPDX}"


def main():
    root = tree.arguments(__doc__).root
    report = tree.Report()
    count = 0
    for path in tree.files(root):
        if path.name in EXEMPT or set(path.parts) & set(EXEMPT_PARTS):
            continue
        try:
            text = (root / path).read_text()
        except UnicodeDecodeError:
            continue
        count += 1
        for line, message in judge(path, text):
            report.add(path, line, message)
    report.finish(f"{count} text files are clean")


main()
