# SPDX-License-Identifier: Apache-2.0
"""The program around an application of ESP-IDF's: boots, resets, trials, cuts of the power."""
import re
import subprocess

import pytest

from idf_fixtures import idf_app, idf_images, idf_nginx  # noqa: F401


def test_image_that_fails_its_trial_is_rolled_back(idf_app, idf_nginx):
    said = idf_app("once", idf_nginx.url("app.bin"), trial="fail")
    assert said.boots() == ["factory boots: lamp 1.0.0", "ota_0 boots: lamp 2.0.0, PENDING_VERIFY",
                            "factory boots: lamp 1.0.0"]


def test_image_that_crashes_is_rolled_back(idf_app, idf_nginx):
    said = idf_app("once", idf_nginx.url("app.bin"), trial="crash")
    assert "panic: the application died: Aborted" in said.lines
    assert said.boots()[-1] == "factory boots: lamp 1.0.0"
    assert said.after("reset reason") == ["1", "3", "4"]


def test_application_that_always_crashes_ends_the_run(idf_app):
    said = idf_app("resume", "https://localhost:1/", status=0)
    assert said.results() == ["ESP_ERR_HTTP_CONNECT"]
    idf_app.flash.with_name("device.flash.nvs").write_text("something else\n")
    said = idf_app("none", "", status=1)  # ESP_ERROR_CHECK(nvs_flash_init())
    assert said.text.count("panic: ") == 10
    assert "--- it crashes again and again ---" in said.lines


def test_resets_end_a_run(idf_app, idf_nginx):
    said = idf_app("once", idf_nginx.url("app.bin"), "--resets", 1)
    assert said.boots()[-1] == "ota_0 boots: lamp 2.0.0, PENDING_VERIFY"
    assert "confirmed" not in said.lines
    said = idf_app("none", "")
    assert said.boots() == ["factory boots: lamp 1.0.0"]  # nobody had confirmed it


def test_time_ends_a_run(idf_app, idf_nginx):
    said = idf_app("once", idf_nginx.url("app.bin").replace("app", "slow"), "--seconds", 1)
    assert re.search(r"switched off after 1 s; \d+ flash operations", said.text)
    assert said.results() == []


@pytest.mark.parametrize("fault", ["before", "torn", "mixture", "garbage", "after"])
def test_cut_comes_in_the_named_operation(idf_app, idf_nginx, idf_images, fault):
    said = idf_app("once", idf_nginx.url("app.bin"), "--cut", 200, "--fault", fault)
    assert f"--- POWER LOST in flash operation 200 ({fault}), and back ---" in said.lines
    assert said.after("reset reason") == ["1", "1", "3"]
    assert said.results() == ["ESP_OK"]
    assert idf_app.installed(idf_images.new)


def test_cut_of_the_switch_is_repeated_until_it_holds(idf_app, idf_nginx, idf_images):
    count = int(re.search(r"(\d+) flash operations", idf_app(
        "once", idf_nginx.url("app.bin"), "--resets", 1).text).group(1))
    for cut in range(count - 4, count + 1):
        flash = idf_app.flash
        flash.write_bytes(idf_images.flash.read_bytes())
        flash.with_name("device.flash.nvs").unlink(missing_ok=True)
        said = idf_app("resume", idf_nginx.url("app.bin"), "--cut", cut)
        assert "POWER LOST" in said.text
        assert said.boots()[-1].split(" boots: ")[1].startswith("lamp ")


@pytest.mark.parametrize("mode", ["once", "partial", "native", "bulk"])
def test_no_cut_bricks_a_device(idf_app, idf_nginx, mode):
    before = idf_app.flash.read_bytes()
    said = idf_app(mode, idf_nginx.url("app.bin"), "--cut", "all", "--sample", 60, "--resets", 2,
                   timeout=240)
    verdict = re.search(r"(\d+) cuts: (\d+) bricks, (\d+) wrong images; (\d+) ended updated",
                        said.text)
    assert verdict.groups()[:3] == ("60", "0", "0")
    assert int(verdict.group(4)) >= 50
    assert idf_app.flash.read_bytes() == before


def test_cuts_that_brick_a_device_are_found(idf_app):
    said = idf_app("fatal", "", "--cut", "all", status=1)
    verdict = re.search(r"(\d+) cuts: (\d+) bricks, 0 wrong", said.text)
    assert verdict.group(1) == verdict.group(2) == "18"  # two sectors, sixteen pages
    assert len(said.after("cut ")) == 10  # the first of them, each with how to see it
    number = re.search(r"NOTHING BOOTS; see it with --cut (\d+)", said.text).group(1)
    assert "boot: NOTHING BOOTS" in idf_app("fatal", "", "--cut", number, status=1).text


def test_cut_that_never_comes_does_not_pass_for_one(idf_app):
    said = idf_app("none", "", "--cut", 5)
    assert "--- flash operation 5 never came: NO POWER WAS LOST ---" in said.lines
    said = idf_app("none", "", "--cut", "all", status=1)
    assert "no flash operation, so there is nothing to cut" in said.text


def test_nothing_that_boots_is_told(idf_app):
    content = bytearray(idf_app.flash.read_bytes())
    content[0x10000:0x110000] = b"\xff" * 0x100000
    idf_app.flash.write_bytes(content)
    said = idf_app("none", "", status=1)
    assert "boot: NOTHING BOOTS: " in said.text


@pytest.mark.parametrize("options, why", [
    ([], "--flash: names the flash file and is missing"),
    (["--flash", "x", "--cut", "0"], "--cut wants a number from 1, or all"),
    (["--flash", "x", "--cut", "many"], "--cut wants a number from 1, or all"),
    (["--flash", "x", "--seconds", "-1"], "is no number that this option takes"),
    (["--flash", "x", "--fault", "fire"], "is no kind of fault"),
    (["--flash", "x", "--log", "loud"], "is no log level"),
    (["--flash", "x", "--sample", "3"], "goes with --cut all"),
    (["--flash", "x", "more"], "is not an option"),
    (["--flash"], "requires an argument"),
])
def test_wrong_usage_is_explained(build_dir, options, why):
    program = build_dir / "test" / "support" / "idf_app"
    result = subprocess.run([program, *options], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert why in result.stderr and "--help" in result.stderr


@pytest.mark.parametrize("content, why", [
    (None, "there is no such file"),
    (b"short", "a flash file is as large as its chip"),
])
def test_flash_file_that_is_none_is_told(build_dir, tmp_path, content, why):
    if content:
        (tmp_path / "x").write_bytes(content)
    result = subprocess.run([build_dir / "test" / "support" / "idf_app", "--flash", tmp_path / "x"],
                            capture_output=True, text=True, check=False)
    assert result.returncode == 1 and why in result.stderr


def test_help_names_every_option(build_dir):
    said = subprocess.run([build_dir / "test" / "support" / "idf_app", "--help"], check=True,
                          capture_output=True, text=True).stdout
    for option in ("flash", "nvs", "resets", "seconds", "cut", "sample", "fault", "log",
                   "allow-http", "skip-waits"):
        assert f"--{option}" in said
