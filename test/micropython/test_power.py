# SPDX-License-Identifier: Apache-2.0
"""The power is cut inside flash operations of an update, and nothing is lost.

After each cut the board boots what ran before: the last operation, the otadata entry, counts only
when it is whole. A second attempt then ends in the new image.
"""
import pytest

from conftest import create_image
from rogue_server import File

UPDATE = "ota.update(URL, SHA, progress=False)"


class Bench:
    """A board whose update is cut at one operation after another, each time from the start."""

    def __init__(self, board, image, url):
        self.board = board
        self.image = image
        self.names = {"URL": url, "SHA": image.sha}
        board.ask("ota.confirm()")
        self.fresh = board.flash.read_bytes()

    def cut(self, point):
        """Returns whether the power was lost in the update."""
        self.board.flash.write_bytes(self.fresh)
        return self.board.ask_until_cut(UPDATE, point, **self.names)

    def count(self):
        """Flash operations of a whole update."""
        low, high = 1, 2
        while self.cut(high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.cut(middle) else (low, middle)
        return low

    def judge(self, point):
        """Cut there, look at what is left, and try again."""
        board = self.board
        assert self.cut(point), point
        assert board.next_boot() == "ota_0", point
        assert board.slots()["ota_0"]["state"] == "VALID", point
        assert board.ask(UPDATE, **self.names) == "ota_1", point
        assert board.next_boot() == "ota_1", point
        assert board.content("ota_1", len(self.image.content)) == self.image.content, point


@pytest.fixture
def bench(board, tmp_path, rogue):
    """bench(size): an update to an image of that size."""
    def prepare(size):
        image = create_image(tmp_path / "power.bin", "6.0.0", size)
        rogue.paths["/app.bin"] = File(image.content)
        return Bench(board, image, rogue.url("/app.bin"))

    return prepare


def test_three_blocks_cut_everywhere(bench, kind):
    work = bench(9008)
    for point in range(work.count(), 0, -1 if kind == "unix" else -5):
        work.judge(point)


def test_twenty_blocks_cut_here_and_there(bench, kind):
    work = bench(80016)
    count = work.count()
    for point in range(5, count + 1, 11 if kind == "unix" else 40):
        work.judge(point)


def test_cut_again_while_going_on(bench, kind):
    """The second attempt is cut, too, each time a little later; the third one ends."""
    work = bench(80016)
    count = work.count()
    board = work.board
    for first in range(20, count, 60 if kind == "unix" else 150):
        assert work.cut(first)
        for second in (1, 3, 10, 25):
            if not board.ask_until_cut(UPDATE, second, **work.names):
                break
            assert board.next_boot() == "ota_0"
        if board.next_boot() == "ota_0":
            assert board.ask(UPDATE, **work.names) == "ota_1"
        assert board.next_boot() == "ota_1"
