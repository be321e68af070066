#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make one self-contained file of a page in web/: modules and style inlined, comments left out.

    bundle.py web/portal.html --html portal.html
    bundle.py web/portal.html --c portal_page.c --symbol otk_portal_page \\
              --include otakit/transport/portal/page.h --limit 20480 --depfile portal_page.d

The same sources give the same bytes. It understands what web/ uses and refuses the rest:
`import { a, b } from "./c.js";`, `export` before a declaration, names that are unique over all
modules, template literals that end on their line.
"""
import argparse
import base64
import gzip
import hashlib
import pathlib
import re
import sys

IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.\.?/[\w./]+)";\n', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) )", re.M)
DECLARATION = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.M)
EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.M)


class Refused(Exception):
    """The page cannot be bundled; the text says why."""


class Modules:
    """The modules of a page, each behind the ones that it imports."""

    def __init__(self):
        self.paths = []
        self.parts = []
        self.exports = {}
        self.owners = {}

    def add(self, path):
        """Take in a module and what it imports, once."""
        if path in self.exports:
            return
        text = path.read_text(encoding="utf-8")
        self.exports[path] = set(EXPORTED.findall(text))
        for names, target in IMPORT.findall(text):
            target = (path.parent / target).resolve()
            self.add(target)
            for name in filter(None, (name.strip() for name in names.split(","))):
                if name not in self.exports[target]:
                    raise Refused(f"{path}: {target} exports no '{name}'")
        body = EXPORT.sub("", IMPORT.sub("", text))
        leftover = re.search(r"^(import|export)\b.*", body, re.M)
        if leftover:
            raise Refused(f"{path}: not understood: {leftover[0]}")
        for name in DECLARATION.findall(body):
            if name in self.owners:
                raise Refused(f"{path}: '{name}' is declared in {self.owners[name]} too")
            self.owners[name] = path.name
        self.paths.append(path)
        self.parts.append(shorten_script(path, body))


def shorten_script(path, text):
    """Without comments and indentation; lines stay lines."""
    lines = []
    text = re.sub(r"^[ ]*/\*.*?\*/\n", "", text, flags=re.M | re.S)
    for number, line in enumerate(text.splitlines(), 1):
        # Inside a string, a quote would follow on the same line.
        line = re.sub(r"""(^|\s)//( [^"'`]*)?$""", "", line).strip()
        if line.startswith("//"):
            continue
        if line.count("`") % 2:
            raise Refused(f"{path}: a template literal goes over the end of a line: {line}")
        if line:
            lines.append(line)
    return "\n".join(lines)


def shorten_style(text):
    """Without comments and needless blanks."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,]) ?", r"\1", text)
    return text.replace(": ", ":").replace(";}", "}").strip()


def hash_source(text):
    """The source expression of a Content-Security-Policy that allows exactly this text."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def replace_once(text, old, new):
    """Replace what must be there exactly once."""
    if text.count(old) != 1:
        raise Refused(f"the page has {text.count(old)} times: {old}")
    return text.replace(old, new)


def bundle(page):
    """One HTML text, and the files that it was made of."""
    html = page.read_text(encoding="utf-8")
    html = re.sub(r"<!--.*?-->\n?", "", html, flags=re.S)
    style_tag = re.search(r'<link rel="stylesheet" href="([\w.]+)">', html)
    script_tag = re.search(r'<script type="module" src="([\w.]+)"></script>', html)
    if not style_tag or not script_tag:
        raise Refused(f"{page}: it has no stylesheet or no module")
    style_path = page.parent / style_tag[1]
    modules = Modules()
    modules.add((page.parent / script_tag[1]).resolve())

    style = shorten_style(style_path.read_text(encoding="utf-8"))
    script = "\n".join(modules.parts)
    if "</script" in script.lower() or "</style" in style.lower():
        raise Refused("a script or style that ends its own element cannot be inlined")
    html = replace_once(html, "script-src 'self'", f"script-src {hash_source(script)}")
    html = replace_once(html, "style-src 'self'", f"style-src {hash_source(style)}")
    html = html.replace(style_tag[0], f"<style>{style}</style>")
    html = html.replace(script_tag[0], f'<script type="module">{script}</script>')
    return html, [page, style_path, *modules.paths]


def as_c(data, symbol, include):
    """C source that defines `symbol` and `symbol`_len as `include` declares them."""
    rows = [", ".join(f"0x{byte:02x}" for byte in data[at:at + 16])
            for at in range(0, len(data), 16)]
    body = ",\n    ".join(rows)
    return (f"// SPDX-License-Identifier: Apache-2.0\n/* Made by tools/web/bundle.py. */\n"
            f'#include "{include}"\n\n'
            f"const uint8_t {symbol}[] = {{\n    {body}}};\n\n"
            f"const uint32_t {symbol}_len = sizeof {symbol};\n")


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--html", type=pathlib.Path, help="write the page here")
    parser.add_argument("--c", type=pathlib.Path, help="write it here as C source, gzip")
    parser.add_argument("--symbol", help="name of the array in the C source")
    parser.add_argument("--include", help="header that declares it")
    parser.add_argument("--limit", type=int, help="fail when gzip makes more bytes of it")
    parser.add_argument("--depfile", type=pathlib.Path, help="write what it depends on, for Ninja")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Bundle as the command line says; returns the exit status."""
    options = parse(arguments)
    try:
        html, sources = bundle(options.page)
    except (OSError, Refused) as reason:
        print(f"bundle: error: {reason}", file=sys.stderr)
        return 1
    # Python 3.11 writes the zlib header itself when mtime is 0: no time, no file name.
    data = gzip.compress(html.encode(), 9, mtime=0)
    if options.limit and len(data) > options.limit:
        print(f"bundle: error: {options.page} has {len(data)} bytes as gzip, more than "
              f"{options.limit}", file=sys.stderr)
        return 1
    if options.html:
        options.html.write_text(html, encoding="utf-8")
    if options.c:
        options.c.write_text(as_c(data, options.symbol, options.include), encoding="utf-8")
        if options.depfile:
            names = " ".join(str(path.resolve()) for path in [*sources, pathlib.Path(__file__)])
            options.depfile.write_text(f"{options.c}: {names}\n", encoding="utf-8")
    print(f"{options.page.name}: {len(html)} bytes, {len(data)} as gzip")
    return 0


if __name__ == "__main__":
    sys.exit(main())
