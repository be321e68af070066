#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure otakit, print the results, and with --write put them into docs/benchmarks.md.

Parts: instructions (callgrind), sizes and features (rv32imc), flash (simulated NOR chip), ble (modelled Bluetooth
link and that chip), pull (overlap of network and flash; takes minutes).
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import ble_goodput
import callgrind
import feature_sizes
import pull_overlap
import sizes

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"

DIGESTS = {"otk_md5", "otk_sha256_init", "otk_sha256_update", "otk_sha256_finish",
           "otk_sha256_abort"}
# argument of bench_decisions, function, what it is
DECISIONS = [
    ("select", "otk_boot_select", "slot selection, two valid entries (seq 5 and 6), two slots"),
    ("table", "otk_layout_decode", "partition table, 6 entries and MD5"),
    ("verify", "otk_image_verify", "image verification, 1,448,064 bytes, SHA-256 appended"),
]
CASES = {
    "least": "the least: pages programmed, cheapest erase commands",
    "sequential": "sequential writer, one 4 KB erase a sector (baseline)",
    "other-image": "session, slot holds another image",
    "same-length": "session, slot holds another image of the same length",
    "blank-slot": "session, blank slot",
    "same-image": "session, slot holds the image",
    "similar-image": "session, every tenth sector differs",
}


def table(head, rows, right=1):
    """A Markdown table whose columns from `right` on are numbers."""
    marks = ["---"] * right + ["---:"] * (len(head) - right)
    lines = [head, marks] + [[str(cell) for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def measure_instructions(build, directory):
    rows = []
    for program, words in (("bench_decisions", "64 bit"), ("bench_decisions_m32", "32 bit")):
        path = build / "bench" / program
        if not path.exists():
            continue
        for argument, function, what in DECISIONS:
            output = directory / f"{program}.{argument}"
            callgrind.count(path, argument, function, (), output)
            profile = callgrind.Profile(output)
            rest = profile.total - profile.cost_of(DIGESTS)
            alone = profile.total - profile.cost_of(DIGESTS | {"shim_read"})
            rows.append((f"{what}; {words}", f"{profile.total:,}", f"{rest:,}", f"{alone:,}"))
    return table(["instructions", "all", "without digest", "and without flash read"], rows)


def measure_sizes(_, directory):
    chip = sizes.Chip(directory)
    decision = chip.linked(sizes.DECISION)
    both = chip.linked(sizes.DECISION + sizes.SESSION)
    session = sum(both.get(name, 0) for name in sizes.SESSION_OBJECTS)
    sums = [
        ("decision: table, otadata, image verification, selection", sum(decision.values())),
        ("session: its own code", session),
        ("decision and session with everything they call", sum(both.values())),
        ("RAM of a session: `sizeof(struct otk_session)`",
         chip.struct_size("otakit/core/session.h", "otk_session")),
    ]
    objects = [(f"`{name}`", chip.compiled(name) if name in chip.objects else "", size,
                decision.get(name, ""), "yes" if name in sizes.SESSION_OBJECTS else "")
               for name, size in sorted(both.items())]
    return (table(["linked, rv32imc -Os", "bytes"], sums) + "\n\n"
            + table(["object", "compiled", "linked with both", "with the decision alone",
                     "session's own"], objects))


def measure_features(_, directory):
    rows = feature_sizes.Rows(directory)
    return (table(["linked, rv32imc -Os", "bytes", "more than the core", "RAM"], rows.features())
            + "\n\n" + table(["compiled, rv32imc -Os", "bytes"], rows.digests()))


def measure_flash(build, _):
    lines = subprocess.run([build / "bench" / "bench_flash_time"], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    rows = []
    least = None
    for line in lines:
        name, *numbers = line.split()
        program, erase, read, sectors, half_blocks, blocks = map(int, numbers)
        total = program + erase + read
        least = least or total
        rows.append((CASES[name], *(f"{ns / 1e6:.0f}" for ns in (program, erase, read, total)),
                     f"{sectors} / {half_blocks} / {blocks}",
                     f"{(program + erase) / least:.3f}", f"{total / least:.3f}"))
    return table(["1,448,064 bytes", "program ms", "erase ms", "read ms", "all ms",
                  "4 / 32 / 64 KB erases", "ratio without reads", "ratio"], rows)


def measure_ble(build, _):
    cases = ble_goodput.measure(build)
    return "\n\n".join(table(head, rows) for head, rows in (
        ble_goodput.protocols(cases, ("grid",)),
        ble_goodput.protocols(cases, ("poor", "phone", "short")),
        ble_goodput.buffers(cases)))


def measure_pull(build, _):
    rows = []
    for one in pull_overlap.measure(build):
        rate = f"{one['rate'] / 1000:.0f}" if one["rate"] else "unlimited"
        rows.append((rate, *(f"{one[key]:.2f}" for key in ("network_s", "flash_s", "total_s")),
                     f"{one['ratio']:.3f}"))
    return table(["server kB/s", "network s", "flash s", "total s", "ratio"], rows, right=0)


PARTS = {"instructions": measure_instructions, "sizes": measure_sizes, "features": measure_features,
         "flash": measure_flash, "ble": measure_ble, "pull": measure_pull}


def write_page(name, text):
    """Put a part's table between its marks in docs/benchmarks.md."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    page = PAGE.read_text()
    pattern = re.escape(begin) + r".*?" + re.escape(end)
    changed, count = re.subn(pattern, lambda _: begin + text + "\n" + end, page, flags=re.DOTALL)
    if count != 1:
        sys.exit(f"bench: error: {PAGE.name} has no place for {name}")
    PAGE.write_text(changed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", default=list(PARTS),
                        help=f"what to measure: {', '.join(PARTS)}; without one, everything")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build",
                        help="build directory of the preset release")
    parser.add_argument("--write", action="store_true", help="update docs/benchmarks.md")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    for name in options.parts:
        with tempfile.TemporaryDirectory() as directory:
            text = PARTS[name](options.build.resolve(), pathlib.Path(directory))
        print(f"{text}\n", flush=True)
        if options.write:
            write_page(name, text)


if __name__ == "__main__":
    main()
