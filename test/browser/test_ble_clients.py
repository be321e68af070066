# SPDX-License-Identifier: Apache-2.0
"""The clients of protocols C and A in web/ble, frame by frame, in the browser they are made for."""
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CASES = re.findall(r"^export (?:async )?function (\w+)",
                   (HERE / "modules" / "ble_clients.js").read_text(encoding="utf-8"), re.M)
STATUS = re.compile(r'X\((\w+), (\d+), "([^"]*)"\)')

# What each case throws; null where it passes.
RUN = """async () => {
    const results = {};
    for (const [name, run] of Object.entries(await import("/test/ble_clients.js"))) {
        try {
            await run();
            results[name] = null;
        } catch (error) {
            results[name] = error.stack;
        }
    }
    return results;
}"""


@pytest.fixture(scope="module")
def results(browser, module_url):
    """All cases run in one tab."""
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(module_url + "test/blank.html")
    yield tab.evaluate(RUN)
    context.close()


@pytest.mark.parametrize("case", CASES)
def test_client(results, case):
    assert results[case] is None


def test_statuses_are_those_of_the_library(modules_page):
    header = (ROOT / "otakit" / "base" / "status.h").read_text(encoding="utf-8")
    listed = {number: [name, text] for name, number, text in STATUS.findall(header)
              if int(number) < 80}
    assert modules_page.evaluate("async () => (await import('/ble/status.js')).statuses") == listed
