#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every function in a header of otakit/, host/ and sim/ carries its contract.

A comment ends on the line above the declaration; where the function returns enum otk_status, the
comment says "Returns". Device headers must mark such a function OTK_MUST_USE.
"""
import csource
import tree

DOCUMENTED = ("otakit", "host", "sim")


def judge(path, declaration, comment):
    """Yield what is missing at one function."""
    returns_status = "enum otk_status" in declaration.split("(")[0]
    if comment is None:
        yield "has no comment above it"
    elif returns_status and "Returns" not in comment:
        yield "does not say what it returns"
    if returns_status and path.parts[0] == "otakit" and "OTK_MUST_USE" not in declaration:
        yield "returns a status and is not marked OTK_MUST_USE"


def main():
    root = tree.arguments(__doc__).root
    report = tree.Report()
    count = 0
    for path in tree.files(root, ".h", below=DOCUMENTED):
        text = (root / path).read_text()
        comments = csource.comments(text)
        for name, line, declaration in csource.declarations(text):
            count += 1
            for problem in judge(path, declaration, comments.get(line - 1)):
                report.add(path, line, f"{name} {problem}")
    report.finish(f"{count} functions documented")


main()
