# SPDX-License-Identifier: Apache-2.0
"""Images, flash files and signatures against the real esptool and espsecure."""
import os
import pathlib
import re

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CHIPS = ("esp32", "esp32s2", "esp32c3", "esp32s3", "esp32c2", "esp32c6", "esp32h2", "esp32p4",
         "esp32c61", "esp32c5", "esp32h21", "esp32h4", "esp32s31")
SECTOR = 4096
APP_DESC_MAGIC = bytes.fromhex("3254cdab")


def create(otakit, path, chip="esp32c3", **options):
    """Make an image and return its path."""
    more = [part for name, value in options.items()
            for part in (f"--{name.replace('_', '-')}", value)]
    otakit("image", "create", "-o", path, "--chip", chip, "--project", "lamp",
           "--version", "1.2.0", *more)
    return path


def field(text, name):
    """The value behind `name:` in a tool's output."""
    return re.search(rf"^ *{re.escape(name)}: *(.*?) *$", text, re.MULTILINE).group(1)


@pytest.mark.parametrize("chip", CHIPS)
def test_esptool_accepts_created_images(otakit, esptool, tmp_path, chip):
    image = create(otakit, tmp_path / "app.bin", chip, secure_version=3, size=100000)
    info = esptool("--chip", chip, "image-info", image).stdout
    ours = otakit.json("image", "info", image)

    assert "(valid)" in field(info, "Checksum")
    assert "(valid)" in field(info, "Validation hash")
    assert field(info, "Project name") == ours["app"]["project"] == "lamp"
    assert field(info, "App version") == ours["app"]["version"] == "1.2.0"
    assert int(field(info, "Secure version")) == ours["app"]["secure_version"] == 3
    assert int(field(info, "Entry point"), 16) == ours["entry"]
    assert int(field(info, "Segments")) == len(ours["segments"])
    assert field(info, "ELF file SHA256") == ours["app"]["elf_sha256"]


@pytest.mark.parametrize("chip", CHIPS)
def test_esptool_sees_the_same_segments(otakit, esptool, tmp_path, chip):
    image = create(otakit, tmp_path / "app.bin", chip)
    info = esptool("--chip", chip, "image-info", image).stdout
    rows = re.findall(r"^\s+\d+\s+0x(\w+)\s+0x(\w+)\s+0x\w+\s+(.*?)\s*$", info, re.MULTILINE)
    ours = otakit.json("image", "info", image)["segments"]

    assert [(int(size, 16), int(address, 16)) for size, address, _ in rows] == \
        [(segment["size"], segment["address"]) for segment in ours]
    for (_, _, kinds), segment in zip(rows, ours):
        assert segment["kind"] in kinds.split(", ")


def test_esptool_reads_the_payload_back(otakit, esptool, tmp_path):
    payload = tmp_path / "payload"
    payload.write_bytes(bytes(range(256)) * 300)
    image = create(otakit, tmp_path / "app.bin", payload=payload)
    info = esptool("--chip", "esp32c3", "image-info", image).stdout

    assert "(valid)" in field(info, "Checksum")
    assert payload.read_bytes() in image.read_bytes()


def test_esptool_and_otakit_refuse_the_same_damage(otakit, esptool, tmp_path):
    image = create(otakit, tmp_path / "app.bin")
    content = bytearray(image.read_bytes())
    content[5000] ^= 1
    image.write_bytes(content)
    info = esptool("--chip", "esp32c3", "image-info", image, status=None)
    ours = otakit.json("image", "info", image, status=None)

    assert "invalid" in info.stdout + info.stderr
    assert (ours["checksum"], ours["hash"], ours["accepted"]) == ("bad", "bad", False)


def test_merge_bin_makes_the_flash_file(otakit, esptool, tmp_path):
    image = create(otakit, tmp_path / "app.bin")
    table = tmp_path / "table.bin"
    flash = tmp_path / "flash.bin"
    merged = tmp_path / "merged.bin"
    otakit("table", "build", "--preset", "two-ota", "-o", table)
    otakit("flash", "create", "-o", flash, "--size", "4MB", "--table", table,
           "--app", f"factory={image}", "--app", f"ota_1={image}")
    esptool("--chip", "esp32c3", "merge-bin", "-o", merged, "--pad-to-size", "4MB",
            "0x8000", table, "0x10000", image, "0x210000", image)

    assert merged.read_bytes() == flash.read_bytes()


def test_otakit_boots_what_merge_bin_made(otakit, esptool, tmp_path):
    image = create(otakit, tmp_path / "app.bin")
    table = tmp_path / "table.bin"
    merged = tmp_path / "merged.bin"
    otakit("table", "build", "--preset", "two-ota", "-o", table)
    esptool("--chip", "esp32c3", "merge-bin", "-o", merged, "--pad-to-size", "4MB",
            "0x8000", table, "0x110000", image)

    slots = {slot["label"]: slot for slot in otakit.json("slot", "list", merged)["slots"]}
    assert slots["ota_0"]["image"]["app"]["project"] == "lamp"
    assert slots["factory"]["image"] is None


@pytest.fixture(scope="module", params=["rsa3072", "p256"])
def key(request, tmp_path_factory):
    """A fresh key of each kind: the files of its private and its public half."""
    folder = tmp_path_factory.mktemp(request.param)
    made = (rsa.generate_private_key(65537, 3072) if request.param == "rsa3072"
            else ec.generate_private_key(ec.SECP256R1()))
    private, public = folder / "private.pem", folder / "public.pem"
    private.write_bytes(made.private_bytes(serialization.Encoding.PEM,
                                           serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    public.write_bytes(made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.mark.parametrize("size", [65536, 70000])
def test_espsecure_verifies_what_otakit_signed(otakit, espsecure, tmp_path, key, size):
    private, public = key
    image = create(otakit, tmp_path / "app.bin", size=size)
    signed = tmp_path / "signed.bin"
    otakit("image", "sign", image, "--key", private, "-o", signed)

    espsecure("verify-signature", "--version", "2", "--keyfile", public, signed)
    otakit("image", "verify", signed, "--key", public)


@pytest.mark.parametrize("size", [65536, 70000])
def test_otakit_verifies_what_espsecure_signed(otakit, espsecure, tmp_path, key, size):
    private, public = key
    image = create(otakit, tmp_path / "app.bin", size=size)
    signed = tmp_path / "signed.bin"
    espsecure("sign-data", "--version", "2", "--keyfile", private, "--output", signed, image)

    otakit("image", "verify", signed, "--key", public)
    content = bytearray(signed.read_bytes())
    content[-SECTOR - 1] ^= 1
    signed.write_bytes(content)
    otakit("image", "verify", signed, "--key", public, status=1)


def test_both_tools_write_the_same_block(otakit, espsecure, tmp_path, key):
    private, _ = key
    image = create(otakit, tmp_path / "app.bin")
    ours, theirs = tmp_path / "ours.bin", tmp_path / "theirs.bin"
    otakit("image", "sign", image, "--key", private, "-o", ours)
    espsecure("sign-data", "--version", "2", "--keyfile", private, "--output", theirs, image)
    ours, theirs = ours.read_bytes(), theirs.read_bytes()
    block = len(image.read_bytes())
    signature = 812 if ours[block + 1] == 2 else 101  # behind digest and key

    assert len(ours) == len(theirs)
    assert ours[:block + signature] == theirs[:block + signature]
    assert ours[block + 1200:] == theirs[block + 1200:]


def test_signature_info_names_the_same_key(otakit, espsecure, tmp_path, key):
    private, _ = key
    image = create(otakit, tmp_path / "app.bin")
    signed = tmp_path / "signed.bin"
    otakit("image", "sign", image, "--key", private, "-o", signed)
    theirs = espsecure("signature-info-v2", signed).stdout
    digest = re.search(r"digest for block 0:((?:\s+[0-9a-f]{2}){32})", theirs).group(1)

    assert "".join(digest.split()) in otakit("image", "info", signed, "--json").stdout


def test_a_signature_of_another_key_is_refused(otakit, tmp_path, key):
    private, public = key
    image = create(otakit, tmp_path / "app.bin")
    signed = tmp_path / "signed.bin"
    other = tmp_path / "other.pem"
    other.write_bytes(ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    otakit("image", "sign", image, "--key", other, "-o", signed)

    otakit("image", "verify", signed, "--key", public, status=1)
    otakit("image", "verify", image, "--key", public, status=1)
    otakit("image", "sign", signed, "--key", private, "-o", signed)
    otakit("image", "verify", signed, "--key", public)


def firmware():
    """Real images: those .bin files of OTK_FIRMWARE_DIR that hold an application description."""
    folder = os.environ.get("OTK_FIRMWARE_DIR")
    paths = sorted(pathlib.Path(folder).glob("*.bin")) if folder else []
    return [path for path in paths if path.read_bytes()[32:36] == APP_DESC_MAGIC]


@pytest.mark.skipif(not firmware(), reason="OTK_FIRMWARE_DIR names no firmware")
@pytest.mark.parametrize("path", firmware(), ids=lambda path: path.stem)
def test_real_firmware_is_accepted(otakit, esptool, path):
    ours = otakit.json("image", "info", path)
    info = esptool("image-info", path).stdout

    assert (ours["accepted"], ours["checksum"], ours["hash"]) == (True, "ok", "ok")
    assert ours["length"] == path.stat().st_size
    assert field(info, "Detected image type").replace("-", "").lower() == ours["chip"]
    assert field(info, "App version") == ours["app"]["version"]
    assert field(info, "ELF file SHA256") == ours["app"]["elf_sha256"]
    otakit("image", "verify", path)
