# SPDX-License-Identifier: Apache-2.0
"""Uploads over the web portal that break off, and go on: by POST, by PUT, after a power cut, over
another transport."""
import hashlib
import json
import os
import random
import socket
import struct
import threading
import time

import pytest

from device_fixtures import web  # noqa: F401
from portal_fixtures import (DONE, NEW, OLD, make_portal_images, new_bytes, new_file,  # noqa: F401
                             portal_device)
from rogue_server import RogueServer
from virtual_device import interrupt

SECTOR = 4096
SEED = int(os.environ.get("OTK_SEED", random.SystemRandom().randrange(1 << 32)))


def cut_post(client, image, sent, **fields):
    """A POST whose connection breaks behind `sent` bytes. Returns /info from after that."""
    with client.connection() as raw:
        raw.sendall(client.head("POST /update", Content_Length=len(image), **fields) + image[:sent])
        client.wait_for(lambda info: info["session"]["offset"] == sent)
    return client.wait_for(lambda info: info["session"]["state"] == "failed")


def sha256_of(image):
    """In hexadecimal digits."""
    return hashlib.sha256(image).hexdigest()


def put_rest(client, image, offset, part=65536):
    """The image from `offset`, in parts. Returns the last answer."""
    answer = None
    while offset < len(image):
        answer = client.put(image, offset, min(offset + part, len(image)) - 1)
        assert answer.status == 200, answer.text
        offset = answer.json["session"]["offset"]
    return answer


def test_cut_post_goes_on_by_post(board, new, image):
    with board.serving() as client:
        info = cut_post(client, image, 200000)
        assert info["session"]["code"] == "CONNECTION_LOST"
        assert info["last_update"]["stage"] == "writing"
        assert info["running"]["version"] == OLD
        assert client.curl("/update", "--data-binary", f"@{new}").text == DONE
        session = client.info()["session"]
        assert session["resumed_at"] == 200000 // SECTOR * SECTOR
        client.wait_for_version(NEW)


def test_cut_post_with_its_hash_goes_on_by_put(board, image):
    with board.serving() as client:
        cut_post(client, image, 200000, X_Otakit_Sha256=sha256_of(image))
        offset = client.offset(image)
        assert offset == 200000 // SECTOR * SECTOR
        answer = put_rest(client, image, offset)
        assert answer.json["session"]["state"] == "switched"
        client.wait_for_version(NEW)


def test_client_that_is_gone_keeps_nobody_out(board, image):
    with board.serving() as client:
        with client.connection() as raw:  # its end arrives together with the last bytes
            raw.sendall(client.head("POST /update", Content_Length=len(image)) + image[:9000])
        began = time.monotonic()
        client.wait_for(lambda info: info["session"]["code"] == "CONNECTION_LOST")
        assert time.monotonic() - began < 5


def test_put_in_parts_says_where_to_go_on(board, image):
    with board.serving() as client:
        assert client.offset(image) == 0
        assert client.put(image, 0, 99999).json["session"]["offset"] == 100000
        assert client.offset(image) == 100000
        assert client.put(image, 50000, 149999).json["session"]["offset"] == 150000
        assert client.put(image, 0, 9).json["session"]["offset"] == 150000
        answer = put_rest(client, image, 150000)
        session = answer.json["session"]
        assert (session["state"], session["offset"], session["code"]) == (
            "switched", len(image), "OK")
        client.wait_for_version(NEW)


def test_put_behind_a_gap_is_refused(board, image):
    with board.serving() as client:
        client.put(image, 0, 99999)
        answer = client.put(image, 100001, 150000)
        assert answer.status == 416
        assert answer.json["error"]["code"] == "GAP"
        assert answer.json["session"]["offset"] == 100000


@pytest.mark.parametrize("fields", [
    {"Content-Range": "bytes 0-9/100"},
    {"Content-Range": "bytes 0-99/*"},
    {"Content-Range": "lines 0-99/300000"},
    {"Content-Range": ""},
    {"X-Otakit-Sha256": "0123"},
    {"X-Otakit-Sha256": ""},
])
def test_put_whose_head_makes_no_sense_is_refused(board, image, fields):
    with board.serving() as client:
        answer = client.put(image, 0, 99, **fields)
        assert (answer.status, answer.json["error"]["code"]) == (400, "BAD_FORMAT")
        assert client.info()["session"]["state"] == "idle"


def test_put_of_another_image_than_it_says_is_refused(board, image):
    with board.serving() as client:
        wrong = {"X-Otakit-Sha256": "0" * 64}
        answer = client.put(image, 0, len(image) - 1, **wrong)
        assert (answer.status, answer.json["error"]["code"]) == (422, "BAD_HASH")
        assert answer.json["session"]["state"] == "failed"
        assert client.put(image, 0, len(image) - 1).json["session"]["state"] == "switched"


def test_put_that_is_shorter_than_it_says(board, image):
    """The connection closes before the length that the head promised."""
    head = dict(Content_Range=f"bytes 0-99999/{len(image)}", X_Otakit_Sha256=sha256_of(image))
    with board.serving() as client:
        with client.connection() as raw:
            raw.sendall(client.head("PUT /update", Content_Length=100000, **head) + image[:60000])
            client.wait_for(lambda info: info["session"]["offset"] == 60000)
        client.wait_for(lambda info: info["session"]["state"] == "failed")
        assert client.offset(image) == 60000 // SECTOR * SECTOR
        put_rest(client, image, 60000 // SECTOR * SECTOR)
        client.wait_for_version(NEW)


def test_put_takes_over_from_its_own_dead_connection(board, image):
    """A phone that slept: the device does not know yet that the old connection is gone."""
    head = dict(Content_Range=f"bytes 0-{len(image) - 1}/{len(image)}",
                X_Otakit_Sha256=sha256_of(image))
    with board.serving() as client, client.connection() as raw:
        raw.sendall(client.head("PUT /update", Content_Length=len(image), **head) + image[:60000])
        client.wait_for(lambda info: info["session"]["offset"] == 60000)
        put_rest(client, image, client.offset(image))
        client.wait_for_version(NEW)


def test_upload_between_parts_keeps_others_out_for_ten_seconds(board, new, image):
    with board.serving() as client:
        client.put(image, 0, 99999)
        began = time.monotonic()
        assert client.curl("/update", "--data-binary", f"@{new}").status == 409
        client.wait_for(lambda info: info["session"]["state"] == "failed")
        assert 8 < time.monotonic() - began < 20
        assert client.curl("/update", "--data-binary", f"@{new}").text == DONE


def test_upload_goes_on_after_the_device_was_switched_off(board, image):
    with board.serving() as client:
        client.put(image, 0, 199999)
        interrupt(board.process)
    with board.serving() as client:
        offset = client.offset(image)
        assert offset == 199999 // SECTOR * SECTOR
        put_rest(client, image, offset)
        client.wait_for_version(NEW)


def run_until_dark(board, client, image):
    """Upload until the device loses power: it says no more, and the run ends."""
    client.put_result = client.curl("/update", "--data-binary", f"@{image}", status=None)
    assert board.process.wait(timeout=20) == 1
    assert any(event["event"] == "power_lost" for event in board.events())


@pytest.mark.parametrize("part", range(6))
def test_power_cut_in_an_upload(board, new, image, part):
    operations = random.Random(f"portal {part}").randrange(1, 170)
    with board.serving("--cut-after", str(operations)) as client:
        run_until_dark(board, client, new)
        assert client.put_result is None or client.put_result.status == 200
    assert board.boots() in ("factory", "ota_0")
    with board.serving() as client:
        version = client.wait_for(lambda info: not info["running"]["on_trial"])["running"]["version"]
        if version == OLD:
            put_rest(client, image, client.offset(image))
        client.wait_for_version(NEW)
    content = board.read_slot("ota_0", board.flash.parent)
    assert content[:len(image)] == image


def break_off(client, image, offset, dice):
    """A PUT of everything from `offset` whose connection breaks somewhere, politely or not."""
    head = client.head("PUT /update", Content_Length=len(image) - offset,
                       Content_Range=f"bytes {offset}-{len(image) - 1}/{len(image)}",
                       X_Otakit_Sha256=sha256_of(image))
    with client.connection() as raw:
        if dice.random() < 0.5:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.sendall(head + image[offset:offset + dice.randrange(60000)])
        time.sleep(dice.random() / 20)


def test_upload_survives_any_number_of_cuts(board, image):
    print(f"OTK_SEED={SEED}")
    dice = random.Random(SEED)
    offsets = []
    with board.serving() as client:
        for _ in range(200):
            offsets.append(client.offset(image))
            if len(image) - offsets[-1] < 60000:
                break
            break_off(client, image, offsets[-1], dice)
        assert offsets == sorted(offsets) and len(offsets) > 5
        put_rest(client, image, offsets[-1])
        client.wait_for_version(NEW)


def pull(board, web, new, image, *arguments, status):
    """A run that pulls by a manifest, which tells length and hash as an upload does."""
    web.publish("handover.bin", new)
    (web.root / "handover.json").write_text(json.dumps(
        {"firmware": "handover.bin", "length": len(image), "sha": sha256_of(image)}))
    return board.run("--once", "--manifest", web.url("handover.json"), "--ca", web.ca, *arguments,
                     status=status)


def test_pull_goes_on_where_an_upload_was_cut(board, new, image, web):
    with board.serving() as client:
        cut_post(client, image, 200000, X_Otakit_Sha256=sha256_of(image))
    run = pull(board, web, new, image, status=0)
    offset = 200000 // SECTOR * SECTOR
    assert run.one("resumed")["offset"] == offset
    assert web.log()[-1].split() == ["/handover.bin", "206", str(len(image) - offset),
                                     f"bytes={offset}-"]
    assert run.one("confirmed")["version"] == NEW


def test_upload_goes_on_where_a_pull_was_cut(board, new, image, web):
    run = pull(board, web, new, image, "--cut-after", "60", status=1)
    assert run.has("power_lost")
    with board.serving() as client:
        offset = client.offset(image)
        assert 0 < offset < len(image) and offset % SECTOR == 0
        put_rest(client, image, offset)
        client.wait_for_version(NEW)


def test_pull_leaves_alone_what_an_upload_has_switched(board, new, image):
    may_answer, may_end = threading.Event(), threading.Event()

    def answer_late(_, answer):
        if len(server.requests) > 1:
            answer.head(404, {"Content-Length": 0})
            return
        may_answer.wait(20)
        answer.head(200, {"Content-Length": len(image)})
        answer.send(image[:100000])
        may_end.wait(20)

    with RogueServer() as server:
        server.paths["/late.bin"] = answer_late
        with board.serving("--pull", server.url("/late.bin"), "--insecure-http") as client:
            board.wait_for("request", board.process)
            assert client.curl("/update", "--data-binary", f"@{new}").text == DONE
            may_answer.set()
            info = client.wait_for(lambda info: info["session"]["state"] == "idle")
            may_end.set()
            assert info["running"]["version"] == NEW


def test_upload_is_not_slowed_down_by_a_pull_that_waits(board, new):
    may_end = threading.Event()
    with RogueServer() as server:
        server.paths["/late.bin"] = lambda *_: may_end.wait(30)
        with board.serving("--pull", server.url("/late.bin"), "--insecure-http") as client:
            board.wait_for("request", board.process)
            began = time.monotonic()
            assert client.curl("/update", "--data-binary", f"@{new}").text == DONE
            assert time.monotonic() - began < 6  # alone: well below a second
        may_end.set()
