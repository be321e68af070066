# SPDX-License-Identifier: Apache-2.0
"""Goodput over the modelled Bluetooth link, from bench/ble_goodput.c, as tables."""
import collections
import subprocess

PROTOCOLS = ("A", "B", "B-raw", "C", "C-l2cap")
Case = collections.namedtuple(
    "Case", "group protocol phy interval_us mtu packets loss buffer goodput limit total_ms")
WHAT = {
    "grid": "",
    "poor": ", 1 % of packets lost",
    "phone": ", 4 packets an event",
    "short": ", packets of 27 bytes",
}


def measure(build):
    lines = subprocess.run([build / "bench" / "bench_ble_goodput"], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    cases = []
    for line in lines:
        group, protocol, phy, *numbers = line.split()
        cases.append(Case(group, protocol, phy, *map(int, numbers)))
    return cases


def interval(case):
    return f"{case.interval_us / 1000:g}"


def kilobytes(case):
    return f"{case.goodput / 1000:.1f}" if case else ""


def share(case):
    return f"{100 * case.goodput / case.limit:.1f} %" if case else ""


def protocols(cases, groups):
    """Rows: a link; columns: what each protocol makes of it."""
    links = collections.defaultdict(dict)
    for case in cases:
        if case.group in groups:
            links[case.group, case.phy, case.interval_us, case.mtu][case.protocol] = case
    head = ["link", "limit", *PROTOCOLS, "C of limit", "C-l2cap of limit", "C to A", "A s", "C s"]
    rows = []
    for (group, phy, _, mtu), by in links.items():
        rows.append((f"{phy}, {interval(by['C'])} ms, MTU {mtu}{WHAT[group]}",
                     f"{by['C'].limit / 1000:.1f}", *(kilobytes(by.get(name)) for name in PROTOCOLS),
                     share(by["C"]), share(by.get("C-l2cap")),
                     f"{by['C'].goodput / by['A'].goodput:.1f}",
                     *(f"{by[name].total_ms / 1000:.1f}" for name in ("A", "C"))))
    return head, rows


def buffers(cases):
    """Rows: a link; columns: bytes that the device can hold."""
    cases = [case for case in cases if case.group == "buffer"]
    sizes = sorted({case.buffer for case in cases})
    links = collections.defaultdict(dict)
    for case in cases:
        links[case.phy, case.interval_us, case.mtu][case.buffer] = case
    head = ["C, link", *(f"{size // 1024} KB" for size in sizes)]
    rows = [(f"{phy}, {interval(by[sizes[0]])} ms, MTU {mtu}",
             *(f"{kilobytes(by[size])}, {share(by[size])}" for size in sizes))
            for (phy, _, mtu), by in links.items()]
    return head, rows
