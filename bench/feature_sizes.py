# SPDX-License-Identifier: Apache-2.0
"""Code size on a chip, by feature: what a program gets that calls all of an engine's functions."""
import re

import sizes

PICOLIBC = "/usr/lib/picolibc/riscv64-unknown-elf/include"

LISTS = ("BASE", "FORMAT", "CORE", "PULL", "PORTAL", "BLE")

# Beside what sizes.py names: signatures (PSA Crypto), and the page, which is data.
SEAMS = sizes.SEAMS + ("otk_ecdsa_p256_verify", "otk_rsa3072_verify", "otk_portal_page")

CORE = ("core/device.h", "core/trial.h", "core/updater.h", "core/last_update.h")
# What it is, headers beside those of the core, and the structs that it keeps as long as it lives.
FEATURES = (
    ("core: device, session, updater, trial", (), ("core/updater.h", "otk_updater")),
    ("+ pull", ("transport/pull/pull.h",), ("transport/pull/pull.h", "otk_pull")),
    ("+ portal", ("transport/portal/portal.h",), ("transport/portal/portal.h", "otk_portal")),
    ("+ Bluetooth LE, protocol A", ("transport/ble/simple.h",),
     ("transport/ble/simple.h", "otk_simple")),
    ("+ Bluetooth LE, protocol B", ("transport/ble/sector.h",),
     ("transport/ble/sector.h", "otk_sector")),
    ("+ Bluetooth LE, protocol C", ("transport/ble/window.h",),
     ("transport/ble/window.h", "otk_window")),
    ("+ Bluetooth LE, A, B and C", ("transport/ble/ble.h",), ("transport/ble/ble.h", "otk_ble")),
    ("all", ("transport/pull/pull.h", "transport/portal/portal.h", "transport/ble/ble.h"), None),
)


def functions_of(header):
    """The functions that a header declares."""
    text = (sizes.ROOT / "otakit" / header).read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.findall(r"^(?:OTK_MUST_USE )?[a-z][\w ]*[ *](otk_\w+)\(", text, re.MULTILINE)


def entries_of(headers):
    return tuple(dict.fromkeys(name for header in headers for name in functions_of(header)))


def psa_flags(directory):
    """The host's headers of PSA Crypto, and of a C library that they include."""
    for name in ("psa", "mbedtls"):
        link = directory / "include" / name
        link.parent.mkdir(exist_ok=True)
        if not link.exists():
            link.symlink_to(f"/usr/include/{name}")
    return ["-isystem", directory / "include", "-idirafter", PICOLIBC]


class Rows:
    """A row for each feature: bytes of code and constants, how many more than the core, RAM."""

    def __init__(self, directory):
        self.chip = sizes.Chip(directory, LISTS, SEAMS)

    def features(self):
        core = None
        for what, headers, kept in FEATURES:
            size = sum(self.chip.linked(entries_of(CORE + headers)).values())
            core = core or size
            more = size - core if headers else ""
            ram = self.chip.struct_size(f"otakit/{kept[0]}", kept[1]) if kept else ""
            yield what, size, more, ram

    def digests(self):
        """What and bytes of the two ways to digests."""
        yield "SHA-256 and MD5 in C (`digest_portable.c`)", self.compiled("digest_portable")
        yield "the same through PSA Crypto (`digest_psa.c`), without PSA Crypto", self.compiled(
            "digest_psa", *psa_flags(self.chip.directory))
        yield "ECDSA P-256 and RSA-3072 through PSA Crypto (`signature_psa.c`)", self.compiled(
            "signature_psa", *psa_flags(self.chip.directory))

    def compiled(self, name, *flags):
        target = self.chip.directory / f"{name}.o"
        sizes.run(sizes.PREFIX + "gcc", *sizes.FLAGS, *flags, "-c",
                  sizes.ROOT / "otakit" / "crypto" / f"{name}.c", "-o", target)
        return sizes.sections_of(target)
