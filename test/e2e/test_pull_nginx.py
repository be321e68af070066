# SPDX-License-Identifier: Apache-2.0
"""Pulling from a real nginx: whole files, ranges, manifests, keep-alive."""
import json
import subprocess
import time

import pytest

from pull_fixtures import authority, pull, pull_images  # noqa: F401
from web_server import WebServer


@pytest.fixture(scope="module")
def nginx(tmp_path_factory, pull_images):
    """nginx with a certificate from its own CA; serves the images."""
    with WebServer(tmp_path_factory.mktemp("nginx")) as server:
        (server.root / "app.bin").write_bytes(pull_images.new)
        yield server


@pytest.fixture
def pull_there(pull, nginx):
    """Pull a path from nginx."""
    def run(path, *options):
        return pull(nginx.url(path), *options, ca=nginx.ca)
    return run


def requests_of(nginx, run):
    """What nginx logged during `run`: (path, status, range)."""
    before = len(nginx.log())
    result = run()
    time.sleep(0.1)  # nginx logs when a request ends, which may be after the client has gone
    return result, [(line.split()[0], int(line.split()[1]), line.split()[3])
                    for line in nginx.log()[before:]]


def test_image_is_pulled_whole(pull, pull_there, nginx, pull_images):
    result, log = requests_of(nginx, lambda: pull_there("app.bin"))
    assert result.status == "OK"
    assert log == [("/app.bin", 200, "-")]
    assert pull.installed(pull_images.new)


def test_image_of_known_sha256_is_checked(pull_there, pull_images):
    wanted = pull_images.sha256(pull_images.new)
    assert pull_there("app.bin", "--sha256", wanted).status == "OK"
    assert pull_there("app.bin", "--sha256", "0" * 64).status == "BAD_HASH"


def test_stopped_pull_of_known_sha256_continues_with_one_request(pull, pull_there, nginx,
                                                                 pull_images):
    wanted = pull_images.sha256(pull_images.new)
    assert pull_there("app.bin", "--sha256", wanted, "--cancel-at", 150000).status == "CANCELLED"
    result, log = requests_of(nginx, lambda: pull_there("app.bin", "--sha256", wanted))
    assert (result.status, len(log)) == ("OK", 1)
    offset = result.offsets()[0]
    assert log[0] == ("/app.bin", 206, f"bytes={offset}-")
    assert result.end["resumed_at"] == offset > 65536
    assert pull.installed(pull_images.new)


def test_stopped_pull_continues_when_the_head_is_the_same(pull, pull_there, nginx, pull_images):
    assert pull_there("app.bin", "--cancel-at", 150000).status == "CANCELLED"
    result, log = requests_of(nginx, lambda: pull_there("app.bin"))
    assert result.status == "OK"
    assert result.offsets()[0] == 0 and result.offsets()[1] > 65536
    assert result.requests[1]["has_if_range"]
    assert (log[-1][1], log[-1][2]) == (206, f"bytes={result.offsets()[1]}-")
    assert pull.installed(pull_images.new)


def test_stopped_pull_of_another_image_starts_anew(pull, pull_there, nginx, pull_images):
    (nginx.root / "other.bin").write_bytes(pull_images.other)
    assert pull_there("app.bin", "--cancel-at", 150000).status == "CANCELLED"
    result = pull_there("other.bin")
    assert (result.status, result.offsets()) == ("OK", [0])
    assert pull.installed(pull_images.other)


def test_manifest_names_the_image(pull, pull_there, nginx, pull_images):
    (nginx.root / "fw").mkdir(exist_ok=True)
    (nginx.root / "fw" / "latest.json").write_text(json.dumps({
        "comment": {"nested": [1, {"deep": None}]}, "firmware": "../app.bin",
        "sha": pull_images.sha256(pull_images.new), "length": len(pull_images.new),
        "version": "2.0.0", "project": "lamp", "chip": "esp32"}, indent=2))
    result, log = requests_of(nginx, lambda: pull_there("fw/latest.json"))
    assert result.status == "OK"
    assert [entry[0] for entry in log] == ["/fw/latest.json", "/app.bin"]
    assert pull.installed(pull_images.new)


def test_manifest_of_the_running_image_is_up_to_date(pull_there, nginx, pull_images):
    manifest = nginx.root / "current.json"
    manifest.write_text(json.dumps({"firmware": "none.bin",
                                    "sha": pull_images.sha256(pull_images.old)}))
    result = pull_there("current.json")
    assert (result.status, len(result.requests)) == ("UP_TO_DATE", 1)
    manifest.write_text(json.dumps({"firmware": "none.bin", "version": "1.0.0"}))
    assert pull_there("current.json", "--refuse-same-version").status == "UP_TO_DATE"
    assert pull_there("current.json").status == "HTTP_NOT_FOUND"


def test_manifest_for_another_chip_is_refused(pull_there, nginx):
    (nginx.root / "chip.json").write_text('{"firmware": "app.bin", "chip": "esp32c3"}')
    result = pull_there("chip.json")
    assert (result.status, len(result.requests)) == ("WRONG_CHIP", 1)


def test_manifest_that_is_none_is_refused(pull_there, nginx):
    (nginx.root / "broken.json").write_text('{"firmware": "app.bin"')
    assert pull_there("broken.json").status == "BAD_MANIFEST"
    assert pull_there("app.bin", "--kind", "manifest").status == "BAD_MANIFEST"
    assert pull_there("broken.json", "--kind", "image").status == "BAD_MAGIC"


def test_image_for_another_chip_is_refused_before_it_is_written(pull_there, nginx, otakit):
    otakit("image", "create", "-o", nginx.root / "c3.bin", "--chip", "esp32c3", "--project",
           "lamp", "--version", "2", "--size", 100000)
    result = pull_there("c3.bin")
    assert (result.status, result.end["flash_operations"]) == ("WRONG_CHIP", 0)


def test_missing_file_is_told(pull_there):
    result = pull_there("none.bin")
    assert (result.status, len(result.requests)) == ("HTTP_NOT_FOUND", 1)


def test_nginx_restarted_in_the_middle_does_not_matter(pull, nginx, pull_images, tmp_path):
    """The connection of a slow transfer is cut by nginx itself."""
    slow = WebServer(tmp_path / "slow", locations="limit_rate 100k;")
    slow.directory.mkdir()
    with slow:
        (slow.root / "app.bin").write_bytes(pull_images.new)
        command = [str(part) for part in (
            pull.program, pull.flash, slow.url("app.bin"), "--ca", slow.ca, "--real",
            "--backoff-ms", 100, "--attempts", 20)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            time.sleep(1)
            slow.break_off()
            output, _ = process.communicate(timeout=60)
    end = json.loads(output.splitlines()[-1])
    assert end["status"] == "OK"
    assert any(" 206 " in line for line in slow.log()), slow.log()
    assert pull.installed(pull_images.new)
