# SPDX-License-Identifier: Apache-2.0
"""What of ESP-IDF is there in a folder; docs/esp-idf-check.md describes the layout.

    found = find(directory)
    found.checkouts, found.prebuilts
"""
import dataclasses
import pathlib
import re

TARGETS = ("esp32", "esp32s3", "esp32c3", "esp32c6")

# Submodules without which nothing of ours compiles, and what has to be in them.
SUBMODULES = {
    "components/mbedtls/mbedtls": "include/mbedtls/build_info.h",
    "components/lwip/lwip": "src/include/lwip/init.h",
    "components/bt/host/nimble/nimble": "nimble/host/include/host/ble_hs.h",
}
NIMBLE = "components/bt/host/nimble/nimble"


@dataclasses.dataclass
class Checkout:
    """A clone of esp-idf at some version."""

    folder: pathlib.Path
    version: str

    def components(self):
        """Its components' folders."""
        return sorted(path.parent for path in self.folder.glob("components/*/CMakeLists.txt"))

    def has_upstream_mbedtls(self):
        """Whether its mbedTLS 3 is not Espressif's own: that has more in gcm.h than upstream's."""
        file = self.folder / "components/mbedtls/mbedtls/include/mbedtls/gcm.h"
        return file.is_file() and "mbedtls_gcm_context_soft" not in file.read_text()

    def missing(self):
        """Its submodules that are empty."""
        return [name for name, file in SUBMODULES.items()
                if not (self.folder / name / file).is_file()]


@dataclasses.dataclass
class Prebuilt:
    """A copy of esp32-arduino-libs: headers and flags as a build of some version had them."""

    folder: pathlib.Path
    version: str
    checkout: Checkout = None  # of the same minor version, for NimBLE; None: there is none

    def has(self, target):
        return (self.folder / target / "flags" / "includes").is_file()


@dataclasses.dataclass
class Found:
    checkouts: list
    prebuilts: list


def version_of_checkout(folder):
    file = folder / "tools" / "cmake" / "version.cmake"
    if not (folder / "components").is_dir() or not file.is_file():
        return None
    parts = re.findall(r"set\(IDF_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)\)", file.read_text())
    return "v" + ".".join(parts) if len(parts) == 3 else None


def version_of_prebuilt(folder):
    for target in TARGETS:
        file = folder / target / "flags" / "defines"
        if file.is_file():
            match = re.search(r'IDF_VER=\\*"?v?([0-9.]+)', file.read_text())
            return "v" + match[1] if match else None
    return None


def minor_of(version):
    """"v5.1" of "v5.1.3"."""
    return ".".join(version.split(".")[:2])


def find(directory):
    """What `directory` is or contains."""
    folders = [directory] + sorted(path for path in directory.iterdir() if path.is_dir())
    found = Found([], [])
    for folder in folders:
        version = version_of_checkout(folder)
        if version:
            found.checkouts.append(Checkout(folder, version))
        version = version_of_prebuilt(folder)
        if version:
            found.prebuilts.append(Prebuilt(folder, version))
    by_minor = {minor_of(checkout.version): checkout for checkout in found.checkouts}
    for prebuilt in found.prebuilts:
        prebuilt.checkout = by_minor.get(minor_of(prebuilt.version))
    return found
