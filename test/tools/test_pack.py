# SPDX-License-Identifier: Apache-2.0
"""tools/esp_idf/pack.py"""
import pathlib
import re
import shutil
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[2]
PACK = HOME / "tools/esp_idf/pack.py"


def pack(directory):
    return subprocess.run([sys.executable, PACK, directory], capture_output=True, text=True,
                          check=False)


def test_every_source_and_include_comes_along(tmp_path):
    assert pack(tmp_path).returncode == 0
    component = tmp_path / "otakit"
    assert (component / "idf_component.yml").is_file()
    assert (component / "examples/portal/main/main.c").is_file()
    lists = (component / "port/espidf/CMakeLists.txt", component / "otakit/sources.cmake")
    for path in lists:
        for name in re.findall(r"^ +([\w/]+\.c)\)?$", path.read_text(), re.MULTILINE):
            assert (path.parent / name).is_file(), name
    for path in [*component.glob("port/**/*.[ch]"), *component.glob("otakit/**/*.[ch]")]:
        for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE):
            assert (component / name).is_file(), f"{path}: {name}"


def test_the_page_is_made_from_what_came_along(tmp_path):
    assert pack(tmp_path).returncode == 0
    component = tmp_path / "otakit"
    page = tmp_path / "page.c"
    subprocess.run([sys.executable, component / "tools/web/bundle.py",
                    component / "web/portal.html", "--c", page, "--symbol", "otk_portal_page",
                    "--include", "otakit/transport/portal/page.h"], check=True)
    assert "otk_portal_page_len" in page.read_text()


def test_the_examples_build_where_they_stand(tmp_path):
    """ESP-IDF names a component after its folder: "espidf" in the tree, "otakit" in a package."""
    assert pack(tmp_path).returncode == 0
    component = tmp_path / "otakit"
    lists = sorted(component.glob("examples/*/main/CMakeLists.txt"))
    assert len(lists) > 3
    for path in lists:
        assert not re.search(r"\b(espidf|otakit)\b", path.read_text()), path


def test_links_lead_to_what_came_along(tmp_path):
    assert pack(tmp_path).returncode == 0
    component = tmp_path / "otakit"
    links = [(path, link) for path in component.glob("**/*.md")
             for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text())]
    assert links
    for path, link in links:
        target = (path.parent / link).resolve()
        assert target.is_relative_to(component) and target.exists(), f"{path}: {link}"


def test_an_unpacked_archive_gives_the_same(tmp_path):
    assert pack(tmp_path / "checkout").returncode == 0
    source = tmp_path / "source"
    source.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=HOME, capture_output=True, check=True)
    subprocess.run(["tar", "x"], cwd=source, input=archive.stdout, check=True)
    shutil.copyfile(PACK, source / PACK.relative_to(HOME))
    subprocess.run([sys.executable, source / PACK.relative_to(HOME), tmp_path / "archive"],
                   check=True, capture_output=True)
    one, other = ({path.relative_to(root) for path in root.rglob("*")}
                  for root in (tmp_path / "checkout", tmp_path / "archive"))
    assert one == other


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "otakit").mkdir()
    refused = pack(tmp_path)
    assert refused.returncode == 1
    assert "exists" in refused.stderr
