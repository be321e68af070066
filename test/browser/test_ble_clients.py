# SPDX-License-Identifier: Apache-2.0
"""The clients of protocols C and A in web/ble, frame by frame, in the browser they are made for."""
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CASES = re.findall(r"^export (?:async )?function (\w+)",
                   (HERE / "ble" / "clients.js").read_text(encoding="utf-8"), re.M)
STATUS = re.compile(r'X\((\w+), (\d+), "([^"]*)"\)')


@pytest.mark.parametrize("case", CASES)
def test_client(modules_page, case):
    modules_page.evaluate("async (name) => (await import('/test/clients.js'))[name]()", case)


def test_statuses_are_those_of_the_library(modules_page):
    header = (ROOT / "otakit" / "base" / "status.h").read_text(encoding="utf-8")
    listed = {number: [name, text] for name, number, text in STATUS.findall(header)
              if int(number) < 80}
    assert modules_page.evaluate("async () => (await import('/ble/status.js')).statuses") == listed
