#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compile the ESP-IDF component and its examples against ESP-IDF's own headers.

Only against what is found in a folder: nothing is fetched, and what is missing is named. Nothing is
linked either.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import builds
import toolchain
import trees

EXAMPLES = builds.COMPONENT / "examples"
# What should be there; what is there besides is compiled too.
EXPECTED = ("v5.1", "v5.4", "v6.0")
MESSAGE_LINES = 12

# The check checks itself: the compiler has to see the headers, and to refuse a wrong call.
RIGHT = """
#include <esp_ota_ops.h>
esp_err_t confirm(void);
esp_err_t confirm(void) { return esp_ota_mark_app_valid_cancel_rollback(); }
"""
WRONG = """
#include <esp_ota_ops.h>
esp_err_t confirm(void);
esp_err_t confirm(void) { return esp_ota_set_boot_partition("app1"); }
"""


@dataclasses.dataclass
class Outcome:
    """One example (or all) for one target and version. status: ok, failed, not found."""

    version: str
    target: str
    example: str
    status: str
    files: int = 0
    messages: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)


def arguments():
    parser = argparse.ArgumentParser(
        prog="./dev esp-idf-check", add_help=False,
        usage="./dev esp-idf-check DIR [OPTION...]; ./dev esp-idf-check --help lists them")
    parser.add_argument("directory", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--target", action="append", choices=trees.TARGETS)
    parser.add_argument("--version", action="append", metavar="V")
    parser.add_argument("--example", action="append", metavar="NAME")
    parser.add_argument("--set", action="append", default=[], metavar="CONFIG_NAME=VALUE")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def compile_source(source, flags):
    """Returns the compiler's message, or None."""
    done = subprocess.run([*flags, source], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip() or f"status {done.returncode}"


class Compiler:
    """Compiles each source of the platform-free part once for a target, however many examples have
    it: it reads no configuration."""

    def __init__(self):
        self.known = {}
        self.pool = concurrent.futures.ThreadPoolExecutor(min(4, os.cpu_count() or 1))

    def start(self, key, source, flags):
        if not source.is_relative_to(builds.ROOT / "otakit"):
            return self.pool.submit(compile_source, source, flags)
        key += (source,)
        if key not in self.known:
            self.known[key] = self.pool.submit(compile_source, source, flags)
        return self.known[key]

    def run(self, key, jobs):
        started = [(source, self.start(key, source, flags)) for source, flags in jobs]
        return [(source, future.result()) for source, future in started]


def test_itself(flags, scratch):
    """Why the outcome of this build would mean nothing, or None."""
    right, wrong = scratch / "right.c", scratch / "wrong.c"
    right.write_text(RIGHT)
    wrong.write_text(WRONG)
    message = compile_source(right, flags)
    if message:
        return f"self-test: a right call of esp_ota_ops.h is refused\n{message}"
    if not compile_source(wrong, flags):
        return "self-test: a wrong call of esp_ota_ops.h is not noticed"
    return None


def shorten(text):
    lines = text.replace(f"{builds.ROOT}/", "").splitlines()
    rest = len(lines) - MESSAGE_LINES
    return "\n".join(lines[:MESSAGE_LINES] + ([f"... {rest} more lines"] if rest > 0 else []))


def compile_example(tree, target, project, settings, compiler):
    """Compile one example with the component. `settings`: lines for its configuration."""
    make = builds.of_prebuilt if isinstance(tree, trees.Prebuilt) else builds.of_checkout
    outcome = Outcome(tree.version, target, project.name, "failed")
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        try:
            build = make(tree, target, project, settings, scratch)
        except (RuntimeError, OSError, KeyError, builds.kconfiglib.KconfigError) as error:
            outcome.messages.append(shorten(f"no build could be described: {error!r}"))
            return outcome
        trouble = test_itself(build.flags, scratch)
        if trouble:
            outcome.messages.append(shorten(trouble))
            return outcome
        results = compiler.run((str(tree.folder), target), build.jobs)
    outcome.files = len(results)
    outcome.notes = build.notes
    outcome.messages = [shorten(message) for _, message in results if message]
    if results and not outcome.messages:
        outcome.status = "ok"
    return outcome


def uses_bluetooth(project):
    return any("CONFIG_BT_NIMBLE_ENABLED=y" in file.read_text()
               for file in builds.defaults_of(project))


def lacks(tree, target, project):
    """What is not there of what compiling this takes, or None."""
    if isinstance(tree, trees.Checkout):
        missing = tree.missing()
    elif not tree.has(target):
        return f"{tree.folder.name}/{target}"
    else:
        missing = tree.checkout.missing() if tree.checkout else [trees.NIMBLE]
        missing = [name for name in missing if name == trees.NIMBLE]
    missing = [name for name in missing if name != trees.NIMBLE or uses_bluetooth(project)]
    return ", ".join(missing) or None


def wanted_trees(found, versions):
    """A prebuilt tree goes before a checkout of the same version: its flags are those of a build."""
    built = {trees.minor_of(tree.version) for tree in found.prebuilts}
    rest = [tree for tree in found.checkouts if trees.minor_of(tree.version) not in built]
    chosen = found.prebuilts + rest
    if versions:
        chosen = [tree for tree in chosen
                  if any((tree.version + ".").startswith(version + ".") for version in versions)]
    return sorted(chosen, key=lambda tree: tree.version)


def check_all(options, projects):
    """An outcome for each version, target and example."""
    chosen = wanted_trees(trees.find(options.directory), options.version)
    minors = {trees.minor_of(tree.version) for tree in chosen}
    compiler = Compiler()
    for version in options.version or EXPECTED:
        if trees.minor_of(version) not in minors:
            yield Outcome(version, "all", "all", "not found",
                          messages=[f"nothing of {version} in {options.directory}"])
    for tree in chosen:
        for target in options.target or trees.TARGETS:
            for project in projects:
                missing = lacks(tree, target, project)
                if missing:
                    yield Outcome(tree.version, target, project.name, "not found",
                                  messages=[missing])
                else:
                    yield compile_example(tree, target, project, options.set, compiler)


def describe(outcome):
    if outcome.status == "ok":
        return f"ok, {outcome.files} files"
    if outcome.status == "not found":
        return f"not found: {outcome.messages[0]}"
    return f"FAILED, {len(outcome.messages)} of {outcome.files} files"


def tell(outcome):
    print(f"{outcome.version} {outcome.target} {outcome.example}: {describe(outcome)}", flush=True)
    for note in outcome.notes:
        print(f"    note: {note}")
    if outcome.status == "failed":
        for message in outcome.messages:
            print("    " + message.replace("\n", "\n    "))


def print_table(outcomes):
    rows = [("version", "target", "example", "outcome")]
    rows += [(o.version, o.target, o.example, describe(o)) for o in outcomes]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)) + "  " + row[3])
    counts = {status: sum(o.status == status for o in outcomes)
              for status in ("ok", "failed", "not found")}
    print(f"\n{counts['ok']} passed, {counts['failed']} failed, {counts['not found']} skipped")


def projects_of(names):
    """The examples' folders. Raises SystemExit with 2 for one that is not there."""
    found = {path.parent.parent.name: path.parent.parent
             for path in sorted(EXAMPLES.glob("*/main/CMakeLists.txt"))}
    for name in names or ():
        if name not in found:
            print(f"esp-idf-check: there is no example '{name}': {', '.join(found)}",
                  file=sys.stderr)
            raise SystemExit(2)
    return [found[name] for name in names or found]


def main():
    # Whoever reads only the beginning, as head does, ends this quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    options = arguments()
    if not options.directory.is_dir():
        print(f"esp-idf-check: {options.directory} is not a directory", file=sys.stderr)
        return 2
    options.directory = options.directory.resolve()
    missing = toolchain.missing(options.target or trees.TARGETS)
    if missing:
        print(f"esp-idf-check: not installed: {', '.join(missing)}", file=sys.stderr)
        return 2
    outcomes = []
    for outcome in check_all(options, projects_of(options.example)):
        outcomes.append(outcome)
        if not options.json:
            tell(outcome)
    if options.json:
        print(json.dumps([dataclasses.asdict(outcome) for outcome in outcomes], indent=2))
    else:
        print_table(outcomes)
    if any(outcome.status == "failed" for outcome in outcomes):
        return 1
    return 0 if any(outcome.status == "ok" for outcome in outcomes) else 3


if __name__ == "__main__":
    sys.exit(main())
