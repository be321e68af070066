# SPDX-License-Identifier: Apache-2.0
"""The example program updates a flash file, and the new application confirms itself."""
import subprocess


def run_example(build_dir, flash, image):
    return subprocess.run([build_dir / "examples" / "update_from_file", flash, image],
                          capture_output=True, text=True, timeout=60, check=False)


def test_the_example_updates_and_the_new_image_confirms_itself(otakit, build_dir, tmp_path):
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        otakit("image", "create", "-o", tmp_path / version, "--chip", "esp32c3",
               "--project", "lamp", "--version", version)
    flash = tmp_path / "lamp.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={tmp_path / '1.0.0'}")

    assert run_example(build_dir, flash, tmp_path / "1.1.0").returncode == 0
    second = run_example(build_dir, flash, tmp_path / "1.2.0")

    assert second.returncode == 0, second.stdout
    assert "1.1.0 is new and confirms itself" in second.stdout
    slots = {slot["label"]: slot for slot in otakit.json("slot", "list", flash)["slots"]}
    assert (slots["ota_0"]["image"]["app"]["version"], slots["ota_0"]["state"]) == ("1.1.0", "VALID")
    assert (slots["ota_1"]["image"]["app"]["version"], slots["ota_1"]["state"]) == ("1.2.0", "NEW")


def test_the_example_says_why_it_refuses(otakit, build_dir, tmp_path):
    image = tmp_path / "a.bin"
    otakit("image", "create", "-o", image, "--chip", "esp32c3", "--project", "p", "--version", "1")
    flash = tmp_path / "lamp.flash"
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--preset", "two-ota",
           "--app", f"factory={image}")
    (tmp_path / "junk").write_bytes(b"\x00" * 5000)

    result = run_example(build_dir, flash, tmp_path / "junk")

    assert result.returncode == 1
    assert "does not start with its magic" in result.stdout
