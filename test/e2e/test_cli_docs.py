# SPDX-License-Identifier: Apache-2.0
"""Man pages and completions, as the build made them of the command table."""
import re
import shutil
import subprocess

import pytest

from test_cli_usage import COMMANDS, GROUPS

SHELLS = {"bash": "otakit.bash", "zsh": "_otakit", "fish": "otakit.fish"}


def page_name(command):
    return "otakit-" + command.replace(" ", "-")


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def options_of(otakit, command):
    """The long options that --help of a command shows."""
    text = otakit(*command.split(), "--help").stdout
    return set(re.findall(r"^  (?:-\w, )?--([a-z0-9-]+)", text, re.MULTILINE))


def complete(build_dir, *words):
    """What bash offers behind these words."""
    script = ("source \"$0/completions/otakit.bash\"; COMP_WORDS=(otakit \"$@\"); "
              "COMP_CWORD=$#; _otakit; printf '%s\\n' \"${COMPREPLY[@]}\"")
    result = subprocess.run(["bash", "-c", script, build_dir, *words], capture_output=True,
                            text=True, check=True)
    return result.stdout.split()


def test_every_command_has_a_page(build_dir):
    pages = {path.name for path in (build_dir / "man").iterdir()}
    assert pages == {"otakit.1"} | {page_name(command) + ".1" for command in COMMANDS}


@needs("man")
@pytest.mark.parametrize("command", COMMANDS)
def test_pages_are_good_roff_and_tell_all_options(otakit, build_dir, command):
    page = build_dir / "man" / f"{page_name(command)}.1"
    result = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", page], capture_output=True,
                            text=True, check=True, env={"MANWIDTH": "200", "PATH": "/usr/bin:/bin"})
    assert result.stderr == ""
    for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES"):
        assert f"\n{heading}\n" in result.stdout
    for option in options_of(otakit, command):
        assert f"--{option}" in result.stdout


def test_help_prints_the_same_page(otakit, build_dir):
    page = (build_dir / "man" / "otakit-slot-list.1").read_text()
    assert otakit("help", "--man", "slot", "list").stdout == page


@pytest.mark.parametrize("shell", SHELLS)
def test_the_program_prints_the_script_that_was_built(otakit, build_dir, shell):
    script = (build_dir / "completions" / SHELLS[shell]).read_text()
    assert otakit("completion", shell).stdout == script
    assert otakit.json("completion", shell) == {"shell": shell, "script": script}


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=needs(shell)) for shell in SHELLS])
def test_the_shell_understands_its_script(build_dir, shell):
    subprocess.run([shell, "-n", build_dir / "completions" / SHELLS[shell]], check=True)


def test_bash_offers_the_first_words(build_dir):
    expected = set(GROUPS) | {command for command in COMMANDS if " " not in command}
    assert set(complete(build_dir, "")) == expected | {"--help", "--version"}
    assert complete(build_dir, "ta") == ["table"]


@pytest.mark.parametrize("group", GROUPS)
def test_bash_offers_the_second_words(build_dir, group):
    expected = {command.split()[1] for command in COMMANDS if command.startswith(group + " ")}
    assert set(complete(build_dir, group, "")) == expected | {"--help"}


@pytest.mark.parametrize("command", COMMANDS)
def test_bash_offers_every_option(otakit, build_dir, command):
    offered = set(complete(build_dir, *command.split(), "--"))
    assert offered == {f"--{option}" for option in options_of(otakit, command)}


def test_bash_offers_options_where_a_value_may_be_left_out(build_dir):
    assert "--ble-name" in complete(build_dir, "device", "run", "--ble", "--")
    assert complete(build_dir, "device", "run", "--ble-name", "--") == []


def test_zsh_and_fish_know_that_a_value_may_be_left_out(build_dir):
    zsh = (build_dir / "completions" / "_otakit").read_text()
    assert re.search(r"'--ble\[[^]]*\]::ADAPTER: '", zsh)
    assert re.search(r"'--ble-name\[[^]]*\]:NAME: '", zsh)
    fish = (build_dir / "completions" / "otakit.fish").read_text()
    assert re.search(r"-l ble -d ", fish) and re.search(r"-l ble-name -x -d ", fish)


def test_bash_offers_values(build_dir, tmp_path):
    assert "two-ota" in complete(build_dir, "table", "build", "--preset", "")
    assert complete(build_dir, "boot", "--chip", "esp32s") == ["esp32s2", "esp32s3", "esp32s31"]
    assert complete(build_dir, "completion", "f") == ["fish"]
    (tmp_path / "one.flash").write_text("")
    assert complete(build_dir, "boot", f"{tmp_path}/o") == [f"{tmp_path}/one.flash"]


@needs("fish")
@pytest.mark.parametrize("line, expected", [
    ("otakit ", set(GROUPS)), ("otakit slot ", {"list", "switch", "confirm", "reject", "reset"}),
    ("otakit table build --preset ", {"two-ota", "single-app"}),
    ("otakit slot list --", {"--chip", "--json", "--help"}),
    ("otakit completion ", {"bash", "zsh", "fish"})])
def test_fish_offers_what_fits(build_dir, line, expected):
    script = "source $argv[1]/completions/otakit.fish; complete -C $argv[2]"
    result = subprocess.run(["fish", "-c", script, build_dir, line], capture_output=True,
                            text=True, check=True)
    assert expected <= {row.split("\t")[0] for row in result.stdout.splitlines()}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_script_knows_every_command(build_dir, shell, command):
    script = (build_dir / "completions" / SHELLS[shell]).read_text()
    assert command.split()[-1] in re.findall(r"[\w-]+", script)
