# SPDX-License-Identifier: Apache-2.0
"""The ESP-IDF component without a chip: its own files over compat/esp_idf, see test/espidf/app.c."""
import os
import re
import shutil

import pytest

from conftest import BUILD, Program
from device_fixtures import images, web  # noqa: F401 (fixtures)


@pytest.fixture
def component(otakit, web, images, tmp_path):
    """Run the component's application; returns what it printed."""
    flash = tmp_path / "component.flash"
    shutil.copyfile(images.flash, flash)
    return Component(otakit, web, flash)


class Component:
    def __init__(self, otakit, web, flash):
        self.otakit = otakit
        self.web = web
        self.flash = flash

    def run(self, *arguments, url=None, verdict="pass", ca=None):
        program = Program(BUILD / "test/espidf/otk_espidf_component")
        environment = dict(os.environ, OTAKIT_TEST_URL=url or self.web.url("new.bin"),
                           OTAKIT_TEST_CA=str(ca or self.web.ca), OTAKIT_TEST_VERDICT=verdict)
        return program("--flash", self.flash, *arguments, env=environment, timeout=110).stdout

    def slot(self, label):
        slots = self.otakit.json("slot", "list", self.flash)["slots"]
        return next(slot for slot in slots if slot["label"] == label)


def events(output):
    return [int(number) for number in re.findall(r"^event (\d+) ", output, re.MULTILINE)]


STARTED, ROLLED_BACK, ON_TRIAL, CONFIRMED, REJECTED = range(5)
BEGIN, PROGRESS, FAILED, UP_TO_DATE, SWITCHED, RESTART = range(5, 11)


def test_a_pull_ends_confirmed_and_up_to_date(component):
    output = component.run("--seconds", "60")
    told = [event for event in events(output) if event != PROGRESS]
    assert told[:6] == [STARTED, BEGIN, SWITCHED, RESTART, STARTED, ON_TRIAL]
    assert sorted(told[6:]) == [CONFIRMED, UP_TO_DATE]      # the manifest is asked for meanwhile
    assert PROGRESS in events(output)
    assert "the bootloader should go back" in output
    assert "the bootloader goes back" in output
    assert component.slot("ota_0")["state"] == "VALID"


def test_a_failed_self_test_brings_the_old_application_back(component):
    output = component.run("--seconds", "60", "--resets", "2", verdict="fail")
    assert events(output)[-2:] == [REJECTED, RESTART]
    assert "SELF_TEST_FAILED" in output
    assert output.rstrip().splitlines()[-2].startswith("boot: factory boots")


@pytest.mark.parametrize("verdict", ["hang", "ask"])
def test_a_trial_that_nobody_decides_ends_by_its_deadline(component, verdict):
    output = component.run("--seconds", "60", "--resets", "2", verdict=verdict)
    assert "nobody has confirmed this application in time" in output
    assert component.slot("ota_0")["state"] == "ABORTED"


def test_the_next_start_tells_of_the_rollback(component):
    component.run("--seconds", "60", "--resets", "2", verdict="hang")
    output = component.run("--seconds", "60", url=component.web.url("corrupt.bin"))
    assert f"event {ROLLED_BACK} UNCONFIRMED" in output


def test_a_damaged_image_is_refused(component):
    output = component.run("--seconds", "60", url=component.web.url("corrupt.bin"))
    assert events(output)[-1] == FAILED
    assert "BAD_CHECKSUM" in output or "BAD_HASH" in output
    assert "boot: ota_0" not in output


def test_no_cut_of_the_power_does_harm(component):
    output = component.run("--cut", "all", "--sample", "40")
    assert re.search(r"40 cuts: 0 bricks, 0 wrong images; 40 ended updated", output)


def test_without_slots_it_says_so(component, otakit, images, tmp_path):
    component.flash = tmp_path / "single.flash"
    otakit("flash", "create", "-o", component.flash, "--size", "4MB", "--preset", "single-app",
           "--app", f"factory={images.old}")
    output = component.run("--seconds", "20")
    assert "start: ESP_ERR_NOT_FOUND" in output
