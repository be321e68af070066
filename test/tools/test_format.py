# SPDX-License-Identifier: Apache-2.0
"""tools/check/format.py and tools/check/spelling.py"""
import shutil

import pytest


@pytest.mark.skipif(not shutil.which("clang-format"), reason="clang-format is not installed")
def test_a_line_out_of_format_is_found(sample):
    sample.write("host/a.c", "int f(void)\n{\n    return 1;\n}\n")
    assert sample.check("format") == []
    sample.write("host/a.c", "int f(void)\n{\n  return 1;\n}\n")
    assert sample.check("format") == [
        "host/a.c:4: not in format; tools/check/format.py --fix mends it"]


@pytest.mark.skipif(not shutil.which("codespell"), reason="codespell is not installed")
def test_a_misspelt_word_is_found(sample):
    sample.write("README.md", "They receive it.\n", licence="")
    assert sample.check("spelling") == []
    sample.write("README.md", "They rec" + "ieve it.\n", licence="")
    assert len(sample.check("spelling")) == 1
