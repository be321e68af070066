# SPDX-License-Identifier: Apache-2.0
"""ota.url beside Python's own urllib."""
from urllib.parse import urljoin

import pytest

REFERENCES = ["app.bin", "/x/app.bin", "?q=1", "../b.bin", "../../../b", "./c", "//h2/x",
              "https://z/q?a=../b", "a/./b/../c", "d/..", "d/.", "", "a?b/../c", "..", "."]
BASES = ["http://h:80/a/b/m.json?k=/v", "https://h/", "http://h/m.json"]


@pytest.mark.parametrize("base", BASES)
def test_join_is_that_of_urllib(board, base):
    joined = board.ask("[url.join(BASE, each) for each in REFERENCES]"
                       .replace("url.", "__import__('ota.url').url."),
                       BASE=base, REFERENCES=REFERENCES)
    expected = [urljoin(base, reference) for reference in REFERENCES]
    assert joined == expected


def test_split(board):
    urls = ["http://h", "HTTPS://h/", "http://h:8080?x", "http://[::1]:8/a", "http://h/a#b"]
    assert board.ask("[__import__('ota.url').url.split(each) for each in URLS]", URLS=urls) == [
        ["http", "h", 80, "/"], ["https", "h", 443, "/"], ["http", "h", 8080, "/?x"],
        ["http", "::1", 8, "/a"], ["http", "h", 80, "/a"]]
