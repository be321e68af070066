# SPDX-License-Identifier: Apache-2.0
"""How well a pull overlaps network and flash: its total time against the slower of the two alone.

usage: pull_overlap.py [--build DIR] [--size BYTES] [--json]

A server on this machine sends an image over HTTPS at a steady pace; the NOR model takes the real
time of its data sheet. For each pace three times are measured:
  network  the pull with a flash that takes no time: everything but the flash
  flash    the time that the chip itself was busy in the pull at full speed (erase, program, and the
           reading back and verifying that follow)
  total    the pull with both
The ratio is total / max(network, flash); 1.00 would be a perfect overlap.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "test" / "e2e"))

from rogue_server import RogueServer  # noqa: E402
from web_server import make_ca, make_certificate  # noqa: E402

PIECE = 4096
SIZE = 1448064      # of the image whose verification is measured, too
PACES = (0.5, 0.8, 1.0, 1.25, 2.0)  # of the speed at which the flash takes the image


class Paced:
    """Serves an image at some bytes per second; 0 is as fast as possible."""

    def __init__(self, image):
        self.image = image
        self.rate = 0

    def __call__(self, _, answer):
        answer.head(200, {"Content-Length": len(self.image), "ETag": '"one"'})
        start = time.monotonic()
        for offset in range(0, len(self.image), PIECE):
            piece = self.image[offset:offset + PIECE]
            if self.rate:
                due = start + (offset + len(piece)) / self.rate
                time.sleep(max(0, due - time.monotonic()))
            answer.send(piece)
        return True


class Bench:
    """A flash file, an image, and pull_once between them."""

    def __init__(self, build, directory, size):
        self.pull_once = build / "test" / "support" / "pull_once"
        self.directory = directory
        self._otakit(build, "image", "create", "-o", "app.bin", "--chip", "esp32", "--project",
                     "bench", "--version", "2", "--size", size, "--seed", 2)
        self._otakit(build, "image", "create", "-o", "old.bin", "--chip", "esp32", "--project",
                     "bench", "--version", "1", "--size", 100000, "--seed", 1)
        self._otakit(build, "flash", "create", "-o", "fresh.flash", "--size", "4MB", "--preset",
                     "two-ota-large", "--app", "ota_0=old.bin")
        self.image = (directory / "app.bin").read_bytes()
        make_ca(directory)
        make_certificate(directory)

    def _otakit(self, build, *arguments):
        subprocess.run([str(build / "otakit"), *map(str, arguments)], cwd=self.directory,
                       check=True, capture_output=True)

    def pull(self, url, real):
        """Pull into a fresh flash; returns what pull_once reported."""
        shutil.copyfile(self.directory / "fresh.flash", self.directory / "device.flash")
        line = [self.pull_once, "device.flash", url, "--ca", "ca.pem", *(["--real"] if real else [])]
        result = subprocess.run([str(part) for part in line], cwd=self.directory, check=False,
                                capture_output=True, text=True)
        end = json.loads(result.stdout.splitlines()[-1])
        if end["status"] != "OK":
            raise RuntimeError(f"the pull failed: {end['status']}")
        return end

    def measure(self):
        """One dictionary per pace."""
        served = Paced(self.image)
        results = []
        with RogueServer(self.directory / "server") as server:
            server.paths["/app.bin"] = served
            url = server.url("/app.bin")
            flash_s = self.pull(url, real=False)["flash_s"]
            for pace in (*PACES, 0):
                served.rate = pace * len(self.image) / flash_s
                network_s = self.pull(url, real=False)["total_s"]
                total_s = self.pull(url, real=True)["total_s"]
                results.append({
                    "rate": round(served.rate), "network_s": network_s, "flash_s": flash_s,
                    "total_s": total_s, "ratio": total_s / max(network_s, flash_s)})
        return results


def measure(build, size=SIZE):
    """Results for run.py."""
    with tempfile.TemporaryDirectory() as directory:
        return Bench(pathlib.Path(build).resolve(), pathlib.Path(directory), size).measure()


def main():
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=ROOT / "build", help="directory of the build")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of the image")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    results = measure(options.build, options.size)
    if options.json:
        print(json.dumps(results, indent=2))
        return
    print("server kB/s  network s  flash s  total s  ratio")
    for one in results:
        rate = f"{one['rate'] / 1000:11.0f}" if one["rate"] else "  unlimited"
        print(f"{rate}  {one['network_s']:9.2f}  {one['flash_s']:7.2f}  {one['total_s']:7.2f}"
              f"  {one['ratio']:5.3f}")


if __name__ == "__main__":
    main()
