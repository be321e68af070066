#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make the ESP-IDF component as one directory: for components/ of a project, or for a registry.

    pack.py DIR          makes DIR/otakit, which must not exist

In the tree the component takes its engines from otakit/ and its page from web/; here they come along, at
the same places.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[2]
PORT = pathlib.Path("port/espidf")

# What ESP-IDF and a registry look for at the top of a component.
ON_TOP = ("Kconfig", "README.md", "idf_component.yml", "examples")
TAKEN = ("otakit", "web", "tools/web", "port/espidf", "LICENSE")
LEFT_OUT = ("otakit/CMakeLists.txt", "web/ble", "web/ble.html", "web/ble.js")

CMAKE = """\
# SPDX-License-Identifier: Apache-2.0
include("${CMAKE_CURRENT_LIST_DIR}/port/espidf/CMakeLists.txt")
"""


def tracked():
    """What git knows of TAKEN, in a checkout."""
    git = subprocess.run(["git", "ls-files", "-z", "--", *TAKEN], cwd=HOME, capture_output=True,
                         text=True, check=False)
    if git.returncode != 0:
        sys.exit(f"pack.py: git does not list the files of {HOME}: {git.stderr.strip()}")
    return [pathlib.Path(name) for name in git.stdout.split("\0") if name]


def present():
    """All that there is of TAKEN, in a tree that was unpacked from an archive."""
    paths = [path for name in TAKEN for path in [HOME / name, *(HOME / name).rglob("*")]]
    return sorted(path.relative_to(HOME) for path in paths
                  if path.is_file() and "__pycache__" not in path.parts)


def listing():
    """Every file of the tree that belongs to the component; relative."""
    paths = tracked() if (HOME / ".git").exists() else present()
    return [path for path in paths
            if not any(path.as_posix() == left or path.as_posix().startswith(left + "/")
                       for left in LEFT_OUT)]


def place_of(path):
    """Where a file of the tree stands in the component."""
    if path.is_relative_to(PORT) and path.relative_to(PORT).parts[0] in ON_TOP:
        return path.relative_to(PORT)
    return path


def pack(component):
    paths = listing()
    for path in paths:
        target = component / place_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HOME / path, target)
    (component / "CMakeLists.txt").write_text(CMAKE)
    return len(paths) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR",
                        help="where to make the directory otakit")
    component = parser.parse_args().directory / "otakit"
    if component.exists():
        sys.exit(f"pack.py: {component} exists: remove it, or name another directory")
    count = pack(component)
    print(f"{component}: {count} files")


main()
