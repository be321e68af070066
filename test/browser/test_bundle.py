# SPDX-License-Identifier: Apache-2.0
"""The bundler: the same bytes every time, and no page that is not understood."""
import base64
import gzip
import hashlib
import re
import subprocess
import sys

import pytest

from portal_device import ROOT

BUNDLER = ROOT / "tools" / "web" / "bundle.py"
HTML = """<!DOCTYPE html>
<meta http-equiv="Content-Security-Policy" content="script-src 'self'; style-src 'self'">
<link rel="stylesheet" href="style.css">
<script type="module" src="main.js"></script>
"""
CSS = "/* A comment. */\n:root {\n    --line: #d9dee5;\n}\n"


def bundle(page, *options, status=0):
    """Run it; what it printed."""
    result = subprocess.run([sys.executable, BUNDLER, page, *map(str, options)], timeout=30,
                            capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture
def site(tmp_path):
    """site(**modules): a page with these modules; main is the one that it begins with."""
    def write(**modules):
        (tmp_path / "page.html").write_text(HTML)
        (tmp_path / "style.css").write_text(CSS)
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text)
        return tmp_path / "page.html"
    return write


def test_the_same_sources_give_the_same_bytes(tmp_path):
    for name in ("first.c", "second.c"):
        bundle(ROOT / "web" / "portal.html", "--c", tmp_path / name, "--symbol", "page",
               "--include", "page.h")
    assert (tmp_path / "first.c").read_bytes() == (tmp_path / "second.c").read_bytes()


def test_the_c_source_holds_the_page(tmp_path):
    bundle(ROOT / "web" / "portal.html", "--c", tmp_path / "page.c", "--symbol", "page",
           "--include", "a/page.h", "--html", tmp_path / "page.html")
    text = (tmp_path / "page.c").read_text()
    data = bytes(int(byte, 16) for byte in re.findall(r"0x([0-9a-f]{2})", text))
    assert gzip.decompress(data) == (tmp_path / "page.html").read_bytes()
    assert '#include "a/page.h"' in text and "page_len = sizeof page;" in text


def test_modules_stand_behind_what_they_import_once(site, tmp_path):
    page = site(main='import { b } from "./b.js";\nimport { a } from "./a.js";\nb(a);\n',
                a="export const a = 1; // one\n",
                b='import {\n    a,\n} from "./a.js";\nexport function b(c) {\n    return a + c;\n}\n')
    bundle(page, "--html", tmp_path / "out.html")
    script = re.search(r'<script type="module">(.*)</script>', (tmp_path / "out.html").read_text(),
                       re.S)[1]
    assert script == "const a = 1;\nfunction b(c) {\nreturn a + c;\n}\nb(a);"


def test_the_policy_allows_exactly_what_is_inlined(site, tmp_path):
    bundle(site(main="start();\n"), "--html", tmp_path / "out.html")
    html = (tmp_path / "out.html").read_text()
    for tag, kind in (('script type="module"', "script"), ("style", "style")):
        text = re.search(f"<{tag}>(.*?)</{kind}>", html, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in html
    assert "'self'" not in html and "comment" not in html


def test_strings_that_look_like_comments_stay(site, tmp_path):
    bundle(site(main='const a = "http://host/ // b";\nconst b = 1; // gone\n// gone\nuse(a, b);\n'),
           "--html", tmp_path / "out.html")
    html = (tmp_path / "out.html").read_text()
    assert '"http://host/ // b"' in html and "gone" not in html


def test_a_page_that_is_too_large_is_refused(site):
    assert "more than 100" in bundle(site(main="start();\n"), "--limit", 100, status=1)


@pytest.mark.parametrize("modules, reason", [
    ({"main": 'import { a } from "./a.js";\nconst b = 1;\n', "a": "export const a = 1;\nconst b = 2;\n"},
     "'b' is declared in a.js too"),
    ({"main": 'import { c } from "./a.js";\n', "a": "export const a = 1;\n"}, "exports no 'c'"),
    ({"main": 'import a from "./a.js";\n', "a": "export const a = 1;\n"}, "not understood"),
    ({"main": "export default 1;\n"}, "not understood"),
    ({"main": 'import { a } from "./missing.js";\n'}, "missing.js"),
    ({"main": "const a = `one\n    two`;\n"}, "template literal"),
    ({"main": 'const a = "</script>";\n'}, "ends its own element"),
], ids=["name_twice", "unknown_name", "default_import", "default_export", "missing_module",
        "long_template", "end_of_script"])
def test_what_is_not_understood_is_refused(site, modules, reason):
    assert reason in bundle(site(**modules), status=1)
