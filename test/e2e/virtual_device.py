# SPDX-License-Identifier: Apache-2.0
"""A virtual device under test: its flash file, its runs, and what it reported."""
import json
import shutil
import signal
import subprocess
import time


class Run:
    """A finished run of the device."""

    def __init__(self, status, stdout, stderr, events):
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.events = events

    def names(self):
        """Names of the events, in order, without the ones that only tell progress."""
        return [event["event"] for event in self.events
                if event["event"] not in ("progress", "request")]

    def one(self, name):
        """The only event with that name."""
        found = [event for event in self.events if event["event"] == name]
        assert len(found) == 1, f"{len(found)} events {name} in {self.names()}"
        return found[0]

    def has(self, name):
        """Whether an event with that name was reported."""
        return any(event["event"] == name for event in self.events)


def read_events(path):
    """The events of a file; a last line that was cut by a kill is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True)
            if line.endswith("\n")]


class VirtualDevice:
    """A flash file and the program that runs on it."""

    def __init__(self, otakit, web, directory, flash):
        self.otakit = otakit
        self.web = web
        self.flash = directory / "device.flash"
        self.events_path = directory / "device.events"
        shutil.copyfile(flash, self.flash)

    def arguments(self, *arguments, pull=None):
        """The command line of a run; `pull` is the name of a file on the web server."""
        line = ["device", "run", "--flash", self.flash, "--events", self.events_path]
        if pull:
            line += ["--pull", self.web.url(pull), "--ca", self.web.ca]
        return [*line, *arguments]

    def run(self, *arguments, pull=None, status=None, input="", timeout=60):
        """Run to the end."""
        self.events_path.unlink(missing_ok=True)
        result = self.otakit(*self.arguments(*arguments, pull=pull), status=status, input=input,
                             timeout=timeout)
        assert result.returncode in (0, 1, 2, 130), result.stderr
        return Run(result.returncode, result.stdout, result.stderr, read_events(self.events_path))

    def update(self, pull, *arguments, **options):
        """Run until one update is decided."""
        return self.run("--once", *arguments, pull=pull, **options)

    def start(self, *arguments, pull=None):
        """Start a run in the background; the caller ends it."""
        self.events_path.unlink(missing_ok=True)
        return self.otakit.start(*self.arguments(*arguments, pull=pull), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for(self, name, process, timeout=20):
        """Wait until a run in the background has reported an event."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if any(event["event"] == name for event in read_events(self.events_path)):
                return
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        raise AssertionError(f"no event {name}: {read_events(self.events_path)}")

    def boots(self):
        """Label of the slot that the next reset would boot, asked of the flash file alone."""
        return self.otakit.json("boot", self.flash, "--dry-run")["booted"]

    def read_slot(self, label, directory):
        """Content of a slot."""
        path = directory / "slot.bin"
        self.otakit("flash", "read", self.flash, label, "-o", path)
        return path.read_bytes()


def interrupt(process):
    """Ctrl-C, and what the run then printed; returns its exit status."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    return process.returncode
