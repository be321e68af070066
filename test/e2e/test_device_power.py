# SPDX-License-Identifier: Apache-2.0
"""Power cuts and kills at any moment: the device always boots, and the next runs finish the job.

OTK_SEED repeats the random moments of an earlier run.
"""
import os
import random
import time

import pytest

from device_fixtures import create_image, device, images, web  # noqa: F401 (fixtures)

SEED = int(os.environ.get("OTK_SEED", random.SystemRandom().randrange(1 << 32)))

# A new image that is being tried may be lost to a cut once; the run after that installs it again.
RUNS_UNTIL_CONFIRMED = 3


@pytest.fixture
def dice(request):
    """Random numbers that a failing run prints the seed of."""
    print(f"OTK_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def expect_bootable(device, images, tmp_path):
    """The flash file boots the old image from factory or the whole new one from ota_0."""
    label = device.boots()
    image = images.old if label == "factory" else images.new
    assert label in ("factory", "ota_0")
    content = image.read_bytes()
    assert device.read_slot(label, tmp_path)[:len(content)] == content


def update(device, images, *arguments):
    """Pull the new image by its SHA-256, so that a device that runs it already says so."""
    return device.update("new.bin", "--sha256", images.sha256, *arguments)


def finish(device, images, tmp_path):
    """Run until the update is confirmed."""
    for _ in range(RUNS_UNTIL_CONFIRMED):
        if update(device, images).status == 0:
            break
    else:
        pytest.fail("the update was never confirmed")
    assert device.boots() == "ota_0"
    expect_bootable(device, images, tmp_path)


def count_operations(device, images):
    """Flash operations of one whole update, found by halving. A few more or less from run to run:
    the network decides how often the device has time to erase ahead."""
    pristine = device.flash.read_bytes()
    low, high = 1, 4096
    while low < high:
        middle = (low + high) // 2
        cut = update(device, images, "--cut-after", middle).has("power_lost")
        device.flash.write_bytes(pristine)
        low, high = (middle + 1, high) if cut else (low, middle)
    return low - 1


def test_a_cut_says_so_and_the_next_run_resumes(device, otakit, images, web, tmp_path):
    run = update(device, images, "--cut-after", 300)
    assert run.status == 1
    assert run.names()[-1] == "power_lost"
    assert run.one("power_lost")["operation"] == 300
    assert "POWER LOST" in run.stdout and "hint: " in run.stderr
    assert device.boots() == "factory"

    last = otakit.json("slot", "last-update", device.flash)
    assert (last["stage"], last["status"]) == ("writing", "OK")
    assert (last["from"], last["to"]) == ("factory", "ota_0")
    line = otakit("slot", "last-update", device.flash).stdout
    assert line.startswith("an update into ota_0 is unfinished")
    slots = otakit("slot", "list", device.flash).stdout.splitlines()
    assert ["unfinished update" in slot for slot in slots] == [False, True, False]
    assert slots[2].endswith("empty")

    run = update(device, images)
    assert run.status == 0
    offset = run.one("resumed")["offset"]
    rest = images.new.stat().st_size - offset
    assert offset > 0 and rest > 0
    assert web.log()[-1] == f"/new.bin 206 {rest} bytes={offset}-"
    expect_bootable(device, images, tmp_path)


def test_an_image_is_recognised_by_its_head_where_its_digest_is_not_known(device, images, tmp_path):
    device.update("new.bin", "--cut-after", 300, status=1)
    assert device.update("new.bin", status=0).one("resumed")["offset"] > 0
    expect_bootable(device, images, tmp_path)


def test_another_image_does_not_inherit_what_was_begun(device, otakit, web, tmp_path):
    device.update("new.bin", "--cut-after", 300, status=1)
    other = create_image(otakit, tmp_path / "other.bin", "3.0.0", seed=3)
    web.publish("other.bin", other)
    run = device.update("other.bin", status=0)
    assert not run.has("resumed")
    content = other.read_bytes()
    assert device.read_slot("ota_0", tmp_path)[:len(content)] == content


@pytest.mark.slow
def test_a_cut_in_any_operation_loses_nothing(device, images, tmp_path, dice):
    pristine = device.flash.read_bytes()
    count = count_operations(device, images)
    assert count > images.new.stat().st_size // 256
    edges = [*range(1, 9), *range(count - 12, count + 4)]
    for operation in sorted({*edges, *dice.sample(range(9, count - 12), 25)}):
        device.flash.write_bytes(pristine)
        run = update(device, images, "--cut-after", operation)
        assert run.status == 0 or run.has("power_lost")
        expect_bootable(device, images, tmp_path)
        finish(device, images, tmp_path)


def test_a_device_whose_power_fails_all_the_time_gets_there(device, images, tmp_path, dice):
    resumed = 0
    for _ in range(100):
        run = update(device, images, "--cut-after", dice.randrange(60, 200))
        resumed += run.has("resumed")
        expect_bootable(device, images, tmp_path)
        if run.status == 0:
            break
    assert run.status == 0
    assert resumed >= 2


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_nothing(device, images, tmp_path, dice):
    pristine = device.flash.read_bytes()
    started = time.monotonic()
    device.update("new.bin", "--timing", "real", status=0)
    duration_s = time.monotonic() - started
    for _ in range(6):
        device.flash.write_bytes(pristine)
        for _ in range(2):
            process = device.start("--once", "--timing", "real", "--sha256", images.sha256,
                                   pull="new.bin")
            time.sleep(dice.uniform(0, duration_s))
            process.kill()
            process.communicate()
            expect_bootable(device, images, tmp_path)
        finish(device, images, tmp_path)


def test_an_interrupted_download_is_continued(device, tmp_path):
    process = device.start("--once", "--timing", "real", pull="new.bin")
    device.wait_for("progress", process)
    process.send_signal(2)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert device.update("new.bin", status=0).one("resumed")["offset"] > 0


def test_a_cut_while_the_verdict_is_written_keeps_a_good_application(device, images, tmp_path):
    device.update("new.bin", "--confirm", "manual", input="", status=1)
    trial = device.flash.read_bytes()
    for operation in range(1, 12):
        device.flash.write_bytes(trial)
        device.run("--once", "--cut-after", operation)
        expect_bootable(device, images, tmp_path)
