# SPDX-License-Identifier: Apache-2.0
"""otakit image info, verify, create and sign."""
import struct
import subprocess

import pytest

from cli_samples import (APP_KEYS, ERROR_KEYS, IMAGE_KEYS, SEGMENT_KEYS, create_image, damage,
                         failure, run_bytes)

CHIPS = ["esp32", "esp32s2", "esp32c3", "esp32s3", "esp32c2", "esp32c6", "esp32h2", "esp32p4",
         "esp32c61", "esp32c5", "esp32h21", "esp32h4", "esp32s31"]


@pytest.fixture(name="image")
def image_file(otakit, tmp_path):
    return create_image(otakit, tmp_path / "app.bin", "1.2.3", size="128K", secure_version=5)


@pytest.fixture(scope="module", name="keys")
def key_files(tmp_path_factory):
    """Private keys and their public halves: {"rsa": (private, public), "p256": …}."""
    directory = tmp_path_factory.mktemp("keys")
    commands = {"rsa": ["genrsa", "-out", None, "3072"],
                "other": ["genrsa", "-out", None, "3072"],
                "short": ["genrsa", "-out", None, "2048"],
                "p256": ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", None]}
    keys = {}
    for name, command in commands.items():
        private, public = directory / f"{name}.pem", directory / f"{name}.pub.pem"
        command = [private if word is None else word for word in command]
        subprocess.run(["openssl", *command], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True,
                       capture_output=True)
        keys[name] = private, public
    return keys


def test_info_has_every_key(otakit, image):
    document = otakit.json("image", "info", image)
    assert set(document) == IMAGE_KEYS
    assert set(document["app"]) == APP_KEYS
    assert all(set(segment) == SEGMENT_KEYS for segment in document["segments"])
    assert document["signature"] is None
    assert (document["accepted"], document["status"]) == (True, "OK")
    assert (document["checksum"], document["hash"]) == ("ok", "ok")
    assert document["length"] == image.stat().st_size == 131072


def test_info_tells_what_create_was_told(otakit, image):
    document = otakit.json("image", "info", image)
    app = document["app"]
    assert document["chip"] == "esp32"
    assert (app["project"], app["version"], app["secure_version"]) == ("lamp", "1.2.3", 5)


@pytest.mark.parametrize("chip", CHIPS)
def test_every_chip_gets_an_image_that_its_bootloader_accepts(otakit, tmp_path, chip):
    image = create_image(otakit, tmp_path / "app.bin", chip=chip)
    document = otakit.json("image", "info", image)
    assert (document["chip"], document["accepted"]) == (chip, True)
    otakit("image", "verify", image, "--chip", chip)


@pytest.mark.parametrize("offset, key, code", [
    (4000, "checksum", "BAD_CHECKSUM"), (-1, "hash", "BAD_HASH")])
def test_info_shows_a_damaged_image_as_far_as_it_goes(otakit, image, offset, key, code):
    broken = damage(image, offset % image.stat().st_size)
    document = otakit.json("image", "info", broken)
    assert set(document) == IMAGE_KEYS
    assert document[key] == "bad"
    assert (document["accepted"], document["status"]) == (False, code)
    assert "refused" in otakit("image", "info", broken).stdout


def test_info_of_something_else_fails_and_says_so(otakit, tmp_path):
    text = tmp_path / "readme"
    text.write_text("no image at all, only a text that is longer than a header")
    document = otakit.json("image", "info", text, status=1)
    assert set(document) == IMAGE_KEYS | {"error"}
    assert set(document["error"]) == ERROR_KEYS
    assert document["error"]["code"] == document["status"] == "BAD_MAGIC"
    assert document["accepted"] is False


@pytest.mark.parametrize("offset, code", [
    (0, "BAD_MAGIC"), (4000, "BAD_CHECKSUM"), (-1, "BAD_HASH")])
def test_verify_says_why_not(otakit, image, offset, code):
    broken = damage(image, offset % image.stat().st_size)
    assert failure(otakit, "image", "verify", broken)["code"] == code
    stderr = otakit("image", "verify", broken, status=1).stderr
    assert stderr.startswith(f"otakit: error: {broken}: ") and "\nhint: " in stderr


def test_verify_accepts_in_a_document(otakit, image):
    assert otakit.json("image", "verify", image) == {"accepted": True, "status": "OK",
                                                     "length": 131072}


def test_verify_judges_chip_size_and_place(otakit, image):
    otakit("image", "verify", image, "--chip", "ESP32", "--max-size", "128K", "--at", "0x20000")
    cases = {("--chip", "esp32s3"): "WRONG_CHIP", ("--max-size", "131071"): "TOO_BIG",
             ("--at", "0x11000"): "BAD_ADDRESS"}
    for options, code in cases.items():
        assert failure(otakit, "image", "verify", image, *options)["code"] == code


def test_verify_judges_the_revision(otakit, image):
    content = bytearray(image.read_bytes())
    content[15:17] = (103).to_bytes(2, "little")
    content[23] = 0
    newer = image.with_suffix(".v1.3")
    newer.write_bytes(content)
    otakit("image", "verify", newer)
    otakit("image", "verify", newer, "--chip", "esp32", "--revision", "1.3")
    error = failure(otakit, "image", "verify", newer, "--chip", "esp32")
    assert error["code"] == "CHIP_REVISION" and "--revision" in error["hint"]
    otakit("image", "verify", newer, "--chip", "esp32", "--revision", "v1.2", status=1)


def test_a_truncated_image_is_incomplete(otakit, image):
    image.write_bytes(image.read_bytes()[:-40])
    assert failure(otakit, "image", "verify", image)["code"] in ("INCOMPLETE", "TRUNCATED")


def test_images_come_from_standard_input(otakit, image):
    result = run_bytes(otakit, "image", "info", "-", "--json", data=image.read_bytes())
    assert result.returncode == 0 and b'"accepted":\ttrue' in result.stdout
    assert run_bytes(otakit, "image", "verify", "-", data=b"").returncode == 1


def test_create_is_reproducible_and_the_seed_changes_it(otakit, tmp_path):
    first = create_image(otakit, tmp_path / "1", seed=1)
    again = create_image(otakit, tmp_path / "2", seed=1)
    other = create_image(otakit, tmp_path / "3", seed=2)
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()


def test_create_carries_a_payload(otakit, tmp_path):
    payload = tmp_path / "payload"
    payload.write_bytes(b"carried along " * 100)
    image = create_image(otakit, tmp_path / "app.bin", payload=payload)
    assert payload.read_bytes() in image.read_bytes()
    otakit("image", "verify", image)


def test_create_writes_to_standard_output(otakit):
    made = run_bytes(otakit, "image", "create", "-o", "-", "--chip", "esp32", "--project", "p",
                     "--version", "1")
    assert made.stdout[:1] == b"\xe9" and len(made.stdout) == 65536


@pytest.mark.parametrize("options", [
    {"version": "x" * 32}, {"project": "x" * 32}, {"size": 16}, {"size": "100MB"}])
def test_create_refuses_what_no_image_can_be(otakit, tmp_path, options):
    arguments = {"chip": "esp32", "project": "lamp", "version": "1", **options}
    words = [word for name, value in arguments.items() for word in (f"--{name}", value)]
    otakit("image", "create", "-o", tmp_path / "app.bin", *words, status=1)
    assert not (tmp_path / "app.bin").exists()


@pytest.mark.parametrize("kind, scheme", [("rsa", "rsa3072"), ("p256", "ecdsa-p256")])
def test_a_signed_image_is_good_under_its_key_only(otakit, image, keys, kind, scheme):
    signed = image.with_suffix(".signed")
    private, public = keys[kind]
    otakit("image", "sign", image, "--key", private, "-o", signed)
    otakit("image", "verify", signed, "--key", public)
    error = failure(otakit, "image", "verify", signed, "--key", keys["other"][1])
    assert error["code"] == "BAD_SIGNATURE"
    signature = otakit.json("image", "info", signed)["signature"]
    assert set(signature) == {"scheme", "key_digest", "digest", "status", "blocks"}
    assert (signature["scheme"], signature["status"], signature["blocks"]) == (scheme, "OK", 1)


def test_an_unsigned_image_has_no_signature(otakit, image, keys):
    error = failure(otakit, "image", "verify", image, "--key", keys["rsa"][1])
    assert error["code"] == "NO_SIGNATURE"


def test_unusable_keys_are_refused(otakit, image, keys):
    out = image.with_suffix(".signed")
    for key in (keys["short"][0], keys["rsa"][1], image):
        assert failure(otakit, "image", "sign", image, "--key", key, "-o", out)["code"] == "BAD_KEY"
    assert not out.exists()


def test_sign_refuses_a_broken_image_unless_forced(otakit, image, keys):
    broken, out = damage(image, 4000), image.with_suffix(".signed")
    otakit("image", "sign", broken, "--key", keys["p256"][0], "-o", out, status=1)
    otakit("image", "sign", broken, "--key", keys["p256"][0], "-o", out, "--force")


def esp8266_image(path, segment_size):
    """What an ESP8266 boots: 8 bytes of header, then the first segment's address and size."""
    header = struct.pack("<BBBBI", 0xE9, 1, 0, 0, 0x401004D0)
    segment = struct.pack("<II", 0x40100000, segment_size) + bytes(range(256)) * 128
    path.write_bytes(header + segment)
    return path


@pytest.mark.parametrize("segment_size", [0x7984, 0x0005])  # where others have their chip id
def test_an_image_of_an_esp8266_is_called_one(otakit, tmp_path, segment_size):
    image = esp8266_image(tmp_path / "esp8266.bin", segment_size)
    document = otakit.json("image", "info", image)
    assert (document["accepted"], document["status"]) == (False, "WRONG_CHIP")
    reason = f"chip id 0x{segment_size:04x} is none of an ESP32-class chip (it looks like an ESP8266"
    assert reason in otakit("image", "info", image).stdout
    for command in (["image", "verify", image],
                    ["flash", "create", "-o", tmp_path / "f", "--size", "4MB", "--preset",
                     "two-ota", "--app", f"ota_0={image}"]):
        error = failure(otakit, *command)
        assert error["code"] == "WRONG_CHIP" and reason in error["message"]
        assert "ESP8266" in error["hint"]


def test_an_image_for_a_chip_without_a_name_is_for_the_wrong_chip(otakit, image, tmp_path):
    content = bytearray(image.read_bytes())
    content[12:14] = b"\x34\x12"
    (tmp_path / "x.bin").write_bytes(content)
    error = failure(otakit, "image", "verify", tmp_path / "x.bin")
    assert error["code"] == "WRONG_CHIP" and error["hint"]
    assert "0x1234 is none" in error["message"] and "ESP8266" not in error["message"]
