# SPDX-License-Identifier: Apache-2.0
"""Updates that go well: image, slot, reset, confirmation."""
import json

import pytest

from boards import WAS_RESET
from conftest import create_image


def test_an_update_by_url_and_sha_boots_after_the_reset(board, images, site):
    url = site.url("new.bin")
    assert board.update(url, images.new.sha, f"ca={str(site.ca)!r}") == "ota_1"
    assert board.content("ota_1", len(images.new.content)) == images.new.content
    assert board.next_boot() == "ota_1"
    assert board.ask("ota.status()")["running"] == "ota_1"
    assert board.slots()["ota_1"]["image"]["app"]["version"] == "2.0.0"


def test_progress_is_a_dot_for_each_64_kb(board, images, serve):
    board.update(serve(images.new.content), images.new.sha)
    assert f".... {len(images.new.content)} bytes\n" in board.output


def test_progress_goes_to_a_function(board, images, serve):
    board.update(serve(images.new.content), images.new.sha,
                 "progress=lambda done, total: print('seen', done, total)")
    seen = [line.split()[1:] for line in board.output.splitlines() if line.startswith("seen")]
    size = len(images.new.content)
    assert seen[0] == ["4096", str(size)]
    assert seen[-1] == [str(size), str(size)]
    assert len(seen) == -(-size // 4096)


def test_progress_can_be_silent(board, images, serve):
    assert board.update(serve(images.new.content), images.new.sha, "progress=False") == "ota_1"
    assert "." not in board.output


def test_an_image_that_runs_already_is_not_written(board, images, serve):
    assert board.update(serve(images.old.content), images.old.sha) is None
    assert board.content("ota_1", 4096) == b"\xff" * 4096


def test_reset_boots_it_at_once(board, images, serve):
    url = serve(images.new.content)
    board.run(f"import ota\nota.update({url!r}, {images.new.sha!r}, reset=True)\n"
              "print('not reached')", status=WAS_RESET)
    assert "not reached" not in board.output
    assert board.ask("ota.status()")["running"] == "ota_1"


def test_an_update_that_waits_for_its_reset_can_be_replaced(board, images, serve):
    answers = board.ask_all("ota.update(A, NEW)", "ota.update(B, NEWER)",
                            A=serve(images.new.content), NEW=images.new.sha,
                            B=serve(images.newer.content, "/newer.bin"), NEWER=images.newer.sha)
    assert answers == ["ota_1", "ota_1"]
    assert board.next_boot() == "ota_1"
    assert board.slots()["ota_1"]["image"]["app"]["version"] == "3.0.0"


def test_asking_for_what_runs_withdraws_an_update_that_waits(board, images, serve):
    answers = board.ask_all("ota.update(A, NEW)", "ota.update(B, OLD)",
                            A=serve(images.new.content), NEW=images.new.sha,
                            B=serve(images.old.content, "/old.bin"), OLD=images.old.sha)
    assert answers == ["ota_1", None]
    assert board.next_boot() == "ota_0"


def test_an_update_asked_for_twice_is_downloaded_once(board, images, serve, rogue):
    answers = board.ask_all("ota.update(URL, SHA)", "ota.update(URL, SHA)",
                            URL=serve(images.new.content), SHA=images.new.sha)
    assert answers == ["ota_1", "ota_1"]
    assert len(rogue.requests) == 1
    assert board.next_boot() == "ota_1"


def test_updates_go_round(board, images, serve):
    assert board.update(serve(images.new.content), images.new.sha) == "ota_1"
    assert board.update(serve(images.newer.content), images.newer.sha) == "ota_0"
    assert board.ask_all("ota.confirm()", "ota.status()['running']") == [True, "ota_0"]
    assert board.next_boot() == "ota_0"


def test_a_manifest_says_it_all(board, images, site):
    manifest = {"firmware": "new.bin", "sha": images.new.sha, "length": len(images.new.content),
                "version": "2.0.0", "project": "lamp", "chip": "esp32c3", "later": [1, {}]}
    (site.root / "manifest.json").write_text(json.dumps(manifest))
    answer = board.ask("ota.update_from_manifest(URL, ca=CA)", URL=site.url("manifest.json"),
                       CA=str(site.ca))
    assert answer == "ota_1"
    assert board.next_boot() == "ota_1"


@pytest.mark.parametrize("size", [5000, 64])
def test_an_image_without_a_length_comes_in_chunks(board, images, rogue, size):
    def chunks(_, answer):
        answer.head(200, {"Transfer-Encoding": "chunked"})
        content = images.new.content
        for start in range(0, len(content), size):
            answer.chunk(content[start:start + size])
        answer.chunk(b"")

    rogue.paths["/app.bin"] = chunks
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"
    assert board.next_boot() == "ota_1"


def test_an_image_ends_with_the_connection(board, images, rogue):
    def until_close(_, answer):
        answer.head(200)
        answer.send(images.new.content)

    rogue.paths["/app.bin"] = until_close
    assert board.update(rogue.url("/app.bin"), images.new.sha) == "ota_1"


def test_an_image_may_fill_the_slot(board, tmp_path, serve):
    full = create_image(tmp_path / "full.bin", "5.0.0", 1536 * 1024)
    assert board.update(serve(full.content), full.sha) == "ota_1"
    assert board.content("ota_1", len(full.content)) == full.content
    assert board.next_boot() == "ota_1"


def test_an_image_of_unknown_length_may_fill_the_slot(board, tmp_path, rogue):
    full = create_image(tmp_path / "full.bin", "5.0.0", 1536 * 1024)

    def until_close(_, answer):
        answer.head(200)
        answer.send(full.content)

    rogue.paths["/app.bin"] = until_close
    assert board.update(rogue.url("/app.bin"), full.sha) == "ota_1"
    assert board.next_boot() == "ota_1"
