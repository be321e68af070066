# SPDX-License-Identifier: Apache-2.0
"""What holds for every command: options, errors, exit statuses, files, interrupts."""
import fcntl
import os
import pathlib
import re
import signal
import stat
import subprocess
import time
from json import loads

import pytest

from cli_samples import create_image, failure, run_bytes, run_on_terminal

COMMANDS = ["table build", "table show", "image info", "image verify", "image create", "image sign",
            "flash create", "flash read", "flash write", "flash erase", "slot list", "slot switch",
            "slot confirm", "slot reject", "slot reset", "slot last-update", "boot", "device run",
            "push", "help", "completion"]
GROUPS = ["table", "image", "flash", "slot", "device"]


@pytest.fixture(name="image")
def image_file(otakit, tmp_path):
    return create_image(otakit, tmp_path / "app.bin")


def test_help_lists_every_command(otakit):
    for arguments in (["--help"], ["-h"], ["help"]):
        text = otakit(*arguments).stdout
        assert all(f"\n  {command} " in text for command in COMMANDS)
    listed = otakit.json("help")["commands"]
    assert [entry["command"] for entry in listed] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(otakit, command):
    text = otakit(*command.split(), "--help").stdout
    assert text.startswith(f"Usage: otakit {command}")
    assert "\nExamples:\n  " in text and "--json" in text
    assert text == otakit("help", *command.split()).stdout
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_lists_its_commands(otakit, group):
    text = otakit(group, "--help").stdout
    assert all(command in text for command in COMMANDS if command.startswith(group + " "))
    assert otakit("help", group).stdout == text
    assert text in otakit(group, status=2).stderr


def test_version(otakit):
    assert re.fullmatch(r"otakit \d+\.\d+\.\d+\n", otakit("--version").stdout)
    assert set(otakit.json("--version")) == {"version"}


@pytest.mark.parametrize("arguments, suggestion", [
    (["tablo", "show"], "table"), (["slot", "lost"], "slot list"), (["boto"], "boot"),
    (["boot", "--dry-ran", "x"], "--dry-run"), (["image", "info", "--jsno", "x"], "--json"),
    (["table", "build", "--flashsize", "4MB"], "--flash-size")])
def test_a_slip_brings_a_suggestion(otakit, arguments, suggestion):
    error = otakit(*arguments, status=2).stderr
    assert f"did you mean {suggestion}?" in error
    assert error.startswith("otakit: error: ") and "\nhint: " in error


@pytest.mark.parametrize("arguments", [
    [], ["nothing-like-it"], ["table"], ["table", "xyzzy"], ["boot"], ["boot", "a", "b"],
    ["boot", "--xyzzy", "a"], ["boot", "-x", "a"], ["boot", "--dry-run=yes", "a"],
    ["flash", "read", "a", "b"], ["flash", "read", "a", "b", "-o"], ["completion", "tcsh"],
    ["boot", "a", "--chip", "esp8266"], ["boot", "a", "--revision", "3"],
    ["boot", "a", "--secure-version", "-1"], ["boot", "a", "--secure-version", "4294967296"],
    ["flash", "read", "a", "b", "-o", "x", "-o", "y"], ["help", "xyzzy"],
    ["table", "build", "a", "-o", "b", "--secure", "v3"], ["image", "sign", "a", "-o", "b"]])
def test_wrong_use_is_two_in_words_and_in_json(otakit, arguments):
    result = otakit(*arguments, status=2)
    assert "otakit: error: " in result.stderr and "\nhint: " in result.stderr
    assert result.stdout == ""
    assert failure(otakit, *arguments, status=2)["code"] == "USAGE"


def test_options_stand_anywhere_and_in_any_spelling(otakit, tmp_path):
    out = tmp_path / "out"
    for arguments in (["table", "build", "--preset", "two-ota", "-o", out],
                      ["table", "build", "--preset=two-ota", f"--output={out}"],
                      ["table", "build", f"-o{out}", "--preset=two-ota"],
                      ["table", "build", "-qo", out, "--preset=two-ota"],
                      ["-q", "table", "build", "-o", out, "--preset=two-ota"],
                      ["--json", "table", "build", "-o", out, "--preset=two-ota"]):
        out.unlink(missing_ok=True)
        otakit(*arguments)
        assert out.stat().st_size == 3072


def test_a_value_that_may_be_left_out_is_shown_so(otakit, build_dir):
    text = otakit("device", "run", "--help").stdout
    assert "\n  --ble [ADAPTER]\n" in text and "\n  --ble-name NAME\n" in text
    page = (build_dir / "man" / "otakit-device-run.1").read_text()
    assert "\\fB\\-\\-ble\\fR\\fI [ADAPTER]\\fR" in page


@pytest.mark.parametrize("ble", [["--ble"], ["--ble=hci1"], ["--ble", "hci1"],
                                 ["--ble", "--once"]])
def test_a_value_may_be_left_out(otakit, tmp_path, ble):
    """What is refused is the flash file, not the way the option is written."""
    for arguments in (["--flash", tmp_path / "nix", *ble], [*ble, "--flash", tmp_path / "nix"]):
        assert failure(otakit, "device", "run", *arguments)["code"] != "USAGE"


@pytest.mark.parametrize("arguments, told", [
    (["--ble", "--ble=hci1"], "given twice"), (["--ble", "hci0", "hci1"], "one argument too many"),
    (["--ble-name"], "needs a value")])
def test_a_value_that_may_be_left_out_is_still_checked(otakit, arguments, told):
    error = failure(otakit, "device", "run", "--flash", "x", *arguments, status=2)
    assert error["code"] == "USAGE" and told in error["message"]


def test_two_dashes_end_the_options(otakit, tmp_path):
    (tmp_path / "--json").write_text("nvs,data,nvs,0x9000,16K\n")
    result = otakit("table", "show", "--", "--json", cwd=tmp_path)
    assert result.stdout.startswith("# ")


def test_json_errors_are_one_document_and_words_go_to_stderr(otakit, tmp_path):
    result = otakit("image", "info", tmp_path / "nix", "--json", status=1)
    assert result.stdout.startswith("{") and result.stdout.endswith("}\n")
    assert result.stderr.startswith("otakit: error: ")


def test_quiet_leaves_only_errors(otakit, tmp_path):
    result = otakit("table", "build", "--preset", "two-ota", "-o", tmp_path / "t", "-q")
    assert result.stdout == result.stderr == ""
    assert "otakit: error" in otakit("boot", tmp_path / "nix", "-q", status=1).stderr


def test_a_document_and_a_file_cannot_share_standard_output(otakit):
    error = failure(otakit, "table", "build", "--preset", "two-ota", "-o", "-", status=2)
    assert error["code"] == "USAGE"


def test_a_full_disk_is_an_error(otakit, image):
    for arguments in (["image", "info", image], ["image", "info", image, "--json"],
                      ["table", "build", "--preset", "two-ota", "-o", "-"], ["--help"]):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([*otakit.command, *map(str, arguments)], stdout=full,
                                    stderr=subprocess.PIPE, text=True, check=False)
        assert result.returncode == 1 and "otakit: error: standard output" in result.stderr


def test_outputs_need_a_directory_that_exists(otakit, tmp_path):
    error = failure(otakit, "table", "build", "--preset", "two-ota", "-o", tmp_path / "no" / "t")
    assert error["code"] in ("NOT_FOUND", "HOST_IO")
    failure(otakit, "table", "build", "--preset", "two-ota", "-o", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_file_keeps_its_permissions_and_its_links(otakit, tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    otakit("table", "build", "--preset", "two-ota", "-o", link)
    assert link.is_symlink() and real.stat().st_size == 3072
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_file_follows_the_umask(otakit, tmp_path):
    otakit("table", "build", "--preset", "two-ota", "-o", tmp_path / "t", umask=0o027)
    assert stat.S_IMODE((tmp_path / "t").stat().st_mode) == 0o640


def test_a_device_file_is_written_not_replaced(otakit):
    otakit("table", "build", "--preset", "two-ota", "-o", "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("json", [False, True])
def test_an_interrupt_is_130_and_leaves_nothing(otakit, tmp_path, json):
    arguments = ["table", "build", "-", "-o", tmp_path / "t", *(["--json"] if json else [])]
    process = otakit.start(*arguments, stdin=-1, stdout=-1, stderr=-1)
    wait_until_it_reads(process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert stderr.startswith("otakit: error: interrupted")
    assert ('"INTERRUPTED"' in stdout) == json
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_the_document_is_printed_adds_no_second_one(otakit):
    pipe, end = os.pipe()
    size = fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 4096)
    os.write(end, b" " * size)
    process = otakit.start("table", "show", "/", "--json", stdout=end, stderr=-1)
    os.close(end)
    wait_until_it_calls(process, "1", "0x1")
    process.send_signal(signal.SIGINT)
    with open(pipe, encoding="utf-8") as output:
        assert loads(output.read())["error"]["code"] == "HOST_IO"
    process.communicate(timeout=10)
    assert process.returncode == 1


def wait_until_it_reads(process):
    """Until the program sleeps in a system call that reads its standard input."""
    wait_until_it_calls(process, "0", "0x0")


def wait_until_it_calls(process, *call):
    """Until the program sleeps in that system call with that first argument."""
    for _ in range(500):
        words = pathlib.Path(f"/proc/{process.pid}/syscall").read_text().split()
        if words[:2] == list(call):
            return
        time.sleep(0.01)
    pytest.fail(f"the program never slept in call {call}")


def test_long_work_shows_a_bar_on_a_terminal_only(otakit, tmp_path):
    """64 MB of flash take long enough to be worth a bar, or are done at once; both are fine."""
    flash, data = tmp_path / "big.flash", tmp_path / "data"
    csv = tmp_path / "t.csv"
    csv.write_text("big,data,fat,0x10000,60M\n")
    data.write_bytes(b"\0" * (60 << 20))
    otakit("flash", "create", "-o", flash, "--size", "64MB", "--table", csv)
    status, shown = run_on_terminal(otakit, "flash", "write", flash, "big", data)
    assert status == 0 and shown.endswith(b"big: 60 MB written at 0x10000\r\n")
    assert "\r" not in otakit("flash", "write", flash, "big", data).stderr


def test_hostile_text_does_not_reach_the_terminal(otakit, tmp_path):
    image = create_image(otakit, tmp_path / "app.bin", "\x1b[31mred\x07")
    assert "\x1b" not in otakit("image", "info", image).stdout
    assert "\x1b" not in otakit("image", "info", f"{tmp_path}/\x1b[2Jnix", status=1).stderr
    assert run_bytes(otakit, "image", "info", image, "--json").returncode == 0
