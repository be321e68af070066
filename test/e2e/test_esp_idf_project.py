# SPDX-License-Identifier: Apache-2.0
"""The example outside the tree: built against an installed otakit, as docs/esp-idf-on-a-laptop.md says."""
import pathlib
import re
import shutil
import subprocess

import pytest

from idf_fixtures import idf_images, idf_nginx  # noqa: F401

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "esp_idf_on_a_laptop"


@pytest.fixture(scope="module")
def prefix(build_dir, tmp_path_factory):
    """A prefix with the build installed in it."""
    path = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", build_dir, "--prefix", path], check=True,
                   capture_output=True)
    return path


@pytest.fixture(scope="module")
def app(prefix, idf_nginx, tmp_path_factory):
    """The example, built as a project of its own."""
    build = tmp_path_factory.mktemp("project")
    shutil.copyfile(idf_nginx.ca, build / "ca_cert.pem")
    subprocess.run(["cmake", "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
                    f"-DUPDATE_URL={idf_nginx.url('app.bin')}", f"-DCA={build / 'ca_cert.pem'}"],
                   check=True, capture_output=True)
    subprocess.run(["cmake", "--build", build], check=True, capture_output=True)
    return build / "app"


@pytest.fixture
def flash(idf_images, tmp_path):
    """A device that runs lamp 1.0.0."""
    return shutil.copyfile(idf_images.flash, tmp_path / "lamp.flash")


def run(app, flash, *options):
    """Run to the end; returns what was printed."""
    return subprocess.run([app, "--flash", flash, *options], check=True, capture_output=True,
                          text=True, timeout=240).stdout


def test_the_example_updates_and_confirms_itself(app, flash):
    said = run(app, flash)
    assert re.search(r"restart \(1\).*ota_0 boots: lamp 2.0.0, PENDING_VERIFY.*confirmed", said,
                     re.DOTALL)
    assert "2.0.0 runs, 2.0.0 is offered" in said
    assert "boot: ota_0 boots: lamp 2.0.0, VALID" in run(app, flash)


def test_the_example_continues_behind_a_cut(app, flash):
    said = run(app, flash, "--cut", "1000")
    assert re.search(r"196608 bytes are written.*POWER LOST.*Writing to.*262144 bytes are written",
                     said, re.DOTALL)
    assert "ota_0 boots: lamp 2.0.0" in said


def test_no_cut_bricks_the_example(app, flash):
    said = run(app, flash, "--cut", "all", "--sample", "60")
    assert "60 cuts: 0 bricks, 0 wrong images; 60 ended updated, 0 with the image before" in said


def test_flags_come_from_pkg_config(prefix, tmp_path):
    config = next(prefix.rglob("otakit-esp-idf.pc")).parent
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "otakit-esp-idf"], check=True,
                           text=True, capture_output=True, env={"PKG_CONFIG_PATH": str(config),
                                                                "PATH": "/usr/bin:/bin"})
    source = tmp_path / "app.c"
    source.write_text("""
        #include "esp_log.h"
        #include "esp_system.h"
        #if ESP_IDF_VERSION < ESP_IDF_VERSION_VAL(5, 1, 0)
        #error "the version is told"
        #endif
        _Static_assert(BIT31 == BIT(31) && BIT0 == 1, "ESP-IDF's esp_system.h names bits, too");
        void app_main(void) { ESP_LOGI("app", "here"); }
    """)
    subprocess.run(["gcc", source, "-o", tmp_path / "app", *flags.stdout.split()], check=True)
    result = subprocess.run([tmp_path / "app", "--help"], check=True, capture_output=True, text=True)
    assert "app_main()" in result.stdout
