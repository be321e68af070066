# SPDX-License-Identifier: Apache-2.0
"""`otakit push http://` to the portal of a virtual device."""
import hashlib
import json
import re
import signal
import subprocess
import urllib.parse
import urllib.request

import pytest

from cli_samples import create_image, failure, run_on_terminal
from cutting_proxy import CuttingProxy
from device_fixtures import create_image as create_device_image
from push_fixtures import (NEW, NEW_SIZE, OLD, make_push_images, new_image,  # noqa: F401
                           pushed_device)

PORTAL = ("--portal", "127.0.0.1:0")
SLOW = (*PORTAL, "--timing", "real")


def begin_upload(url, image):
    """Begin an update by hand, as another client would, and leave it."""
    total = image.stat().st_size
    request = urllib.request.Request(url + "update", method="PUT", headers={
        "Content-Range": f"bytes */{total}",
        "X-Otakit-Sha256": hashlib.sha256(image.read_bytes()).hexdigest()})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_an_update_and_what_became_of_it(otakit, pushed, new):
    with pushed.running(*PORTAL) as portal:
        document = otakit.json("push", portal["url"], new, "--wait")
    assert (document["protocol"], document["outcome"]) == ("http-put", "confirmed")
    assert document["device"] == {"name": "otakit", "chip": "esp32c3"}
    assert document["before"] == {"slot": "factory", "project": "lamp", "version": OLD,
                                  "state": None}
    assert document["after"] == {"slot": "ota_0", "project": "lamp", "version": NEW,
                                 "state": "confirmed"}
    assert document["image"]["sha256"] == hashlib.sha256(new.read_bytes()).hexdigest()
    assert document["bytes"] == NEW_SIZE and document["resumed_at"] == 0
    assert pushed.boots() == "ota_0"


def test_an_image_that_is_there_already_is_not_sent(otakit, pushed, new):
    with pushed.running(*PORTAL) as portal:
        for _ in range(2):  # ota_0 and ota_1 hold it afterwards
            otakit("push", portal["url"], new, "--wait")
        document = otakit.json("push", portal["url"], new, "--wait")
        result = otakit("push", portal["url"], new, "--wait")
        events = pushed.events()
    assert (document["outcome"], document["after"]["slot"]) == ("confirmed", "ota_0")
    assert document["resumed_at"] == NEW_SIZE and document["duration_ms"] < 60000
    assert "the device has the whole image already\n" in result.stderr
    assert result.stdout == f"the device runs lamp {NEW}, confirmed (nothing had to be sent)\n"
    told = [e for e in events if e["event"] in ("verified", "switched")]
    assert [e["slot"] for e in told] == [f"ota_{i}" for i in (0, 0, 1, 1, 0, 0, 1, 1)]
    assert told[4]["skipped"] == told[6]["skipped"] == NEW_SIZE


def test_people_are_told(otakit, pushed, new):
    with pushed.running(*SLOW) as portal:
        result = otakit("push", portal["url"], new, "--wait")
    assert result.stderr.startswith(f"lamp {OLD} -> {NEW}, esp32c3, 683.6 KB\n")
    assert re.search(r"^writing: .* KB, \d+%, .*/s$", result.stderr, re.MULTILINE)
    assert re.fullmatch(rf"the device runs lamp {NEW}, confirmed \(683.6 KB in .* s, .*/s\)\n",
                        result.stdout)


def test_a_terminal_gets_a_bar(otakit, pushed, new):
    with pushed.running(*SLOW) as portal:
        status, shown = run_on_terminal(otakit, "push", portal["url"], new)
    assert status == 0
    assert re.search(rb"\rwriting \[#*\.*\] .* KB, .* KB/s, \d+s left", shown)


def test_quiet_is_quiet(otakit, pushed, new):
    with pushed.running(*PORTAL) as portal:
        result = otakit("push", portal["url"], new, "--quiet", "--wait")
    assert result.stdout == result.stderr == ""


def test_without_wait_it_ends_with_the_switch(otakit, pushed, new):
    with pushed.running(*PORTAL) as portal:
        document = otakit.json("push", portal["url"], new)
        assert document["outcome"] == "switched" and document["after"] is None
        pushed.wait_until(lambda events: any(e["event"] == "confirmed" for e in events))


def test_a_rollback_is_a_failure_with_its_reason(otakit, pushed, new):
    with pushed.running(*PORTAL, "--self-test", "fail") as portal:
        document = otakit.json("push", portal["url"], new, "--wait", status=1)
        assert document["outcome"] == "rolled_back"
        assert document["error"]["code"] == "SELF_TEST_FAILED"
        assert f"rolled back to {OLD}" in document["error"]["message"]
        assert document["after"]["version"] == OLD and document["after"]["slot"] == "factory"


def test_a_trial_is_waited_for_and_then_told(otakit, pushed, new):
    with pushed.running(*PORTAL, "--confirm", "manual") as portal:
        document = otakit.json("push", portal["url"], new, "--wait", "--timeout", "3s")
        assert document["outcome"] == document["after"]["state"] == "on_trial"
        error = failure(otakit, "push", portal["url"], new)
        assert error["code"] == "PENDING_VERIFY" and "on trial" in error["hint"]
        pushed.say("confirm")
        pushed.wait_until(lambda events: any(e["event"] == "confirmed" for e in events))


@pytest.mark.parametrize("limits", [[50000], [500000], [40000, 60000, 80000], [690000]])
def test_a_connection_that_breaks_is_taken_up_again(otakit, pushed, new, limits):
    with pushed.running(*PORTAL) as portal:
        address = urllib.parse.urlsplit(portal["url"])
        with CuttingProxy(address.hostname, address.port, limits) as proxy:
            document = otakit.json("push", proxy.url, new, "--wait")
            assert proxy.cut_count == len(limits)
    assert document["outcome"] == "confirmed" and document["after"]["version"] == NEW
    # From the start again would be the limits and the whole image.
    assert len(limits) > 1 or proxy.passed < NEW_SIZE + 40000


def test_retries_have_an_end(otakit, pushed, new):
    with pushed.running(*PORTAL) as portal:
        address = urllib.parse.urlsplit(portal["url"])
        with CuttingProxy(address.hostname, address.port, [4000] * 50) as proxy:
            document = otakit.json("push", proxy.url, new, "--retries", "2", status=1)
            assert proxy.cut_count == 3
    assert document["error"]["code"] == "CONNECTION_LOST" and document["outcome"] == "failed"
    assert "again" in document["error"]["hint"]


def test_ctrl_c_leaves_what_arrived_and_the_next_push_goes_on(otakit, pushed, new):
    with pushed.running(*SLOW) as portal:
        push = otakit.start("push", portal["url"], new, "--json", stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
        pushed.wait_until(lambda events: any(e["event"] == "progress" and e["written"] > 100000
                                             for e in events))
        push.send_signal(signal.SIGINT)
        stdout, stderr = push.communicate(timeout=10)
        assert push.returncode == 130
        assert stderr.startswith(f"lamp {OLD} -> {NEW}") or "interrupted" in stderr
        error = json.loads(stdout)["error"]
        assert error["code"] == "INTERRUPTED" and "goes on there" in error["hint"]
        document = otakit.json("push", portal["url"], new, "--wait")
    assert document["outcome"] == "confirmed" and document["resumed_at"] >= 90000


def test_a_device_that_resets_in_the_middle_goes_on(otakit, pushed, new, tmp_path):
    """Its power is cut; the push waits until it is back and ends with another run of it."""
    with pushed.running("--portal", "127.0.0.1:0", "--timing", "real") as portal:
        port = urllib.parse.urlsplit(portal["url"]).port
        push = otakit.start("push", portal["url"], new, "--json", "--wait",
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        pushed.wait_until(lambda events: any(e["event"] == "progress" and e["written"] > 100000
                                             for e in events))
        pushed.process.kill()
        pushed.process.communicate()
    with pushed.running("--portal", f"127.0.0.1:{port}"):
        stdout, stderr = push.communicate(timeout=40)
        assert push.returncode == 0, stderr
    assert json.loads(stdout)["outcome"] == "confirmed"
    assert "trying again" not in stderr  # remarks are for people


def test_somebody_else_is_at_it(otakit, pushed, new, tmp_path):
    other = create_device_image(otakit, tmp_path / "other.bin", NEW, seed=3)
    with pushed.running(*SLOW) as portal:
        first = otakit.start("push", portal["url"], new, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        pushed.wait_until(lambda events: any(e["event"] == "progress" for e in events))
        error = failure(otakit, "push", portal["url"], other)
        assert error["code"] == "BUSY" and "/cancel" in error["hint"]
        assert first.wait(timeout=20) == 0


def test_a_password(otakit, pushed, new):
    with pushed.running(*PORTAL, "--portal-password", "secret") as portal:
        error = failure(otakit, "push", portal["url"], new)
        assert error["code"] == "PASSWORD_NEEDED" and "OTAKIT_PASSWORD" in error["hint"]
        error = failure(otakit, "push", portal["url"], new, "--password", "wrong")
        assert error["code"] == "PASSWORD_NEEDED" and "wrong" in error["hint"]
        otakit("push", portal["url"], new, env={"OTAKIT_PASSWORD": "secret"})


def test_the_wrong_chip_is_refused_here_and_by_force_there(otakit, pushed, tmp_path):
    other = create_image(otakit, tmp_path / "other.bin", "2.0.0", size=90000)
    with pushed.running(*PORTAL) as portal:
        document = otakit.json("push", portal["url"], other, status=1)
        assert document["error"]["code"] == "WRONG_CHIP" and document["bytes"] == 0
        assert "esp32c3" in document["error"]["message"]
        assert not any(event["event"] == "update_begin" for event in pushed.events())
        assert failure(otakit, "push", portal["url"], other, "--force")["code"] == "WRONG_CHIP"


@pytest.mark.parametrize("policy, project, version, code", [
    ("--refuse-other-project", "kettle", NEW, "WRONG_PROJECT"),
    ("--refuse-same-version", "lamp", OLD, "SAME_VERSION"),
    ("--refuse-older-version", "lamp", "0.9.0", "OLDER_VERSION")])
def test_policy(otakit, pushed, tmp_path, policy, project, version, code):
    image = create_device_image(otakit, tmp_path / "x.bin", version, seed=3, project=project)
    with pushed.running(*PORTAL, policy) as portal:
        assert failure(otakit, "push", portal["url"], image)["code"] == code
        assert failure(otakit, "push", portal["url"], image, "--force")["code"] == code


def test_too_big(otakit, pushed, tmp_path):
    image = create_device_image(otakit, tmp_path / "x.bin", NEW, seed=3, size=1100000)
    with pushed.running(*PORTAL) as portal:
        assert failure(otakit, "push", portal["url"], image)["code"] == "TOO_BIG"
        assert failure(otakit, "push", portal["url"], image, "--force")["code"] == "TOO_BIG"


@pytest.mark.parametrize("method", ["post", "multipart"])
def test_a_portal_takes_the_old_ways_too(otakit, pushed, new, method):
    with pushed.running(*PORTAL) as portal:
        document = otakit.json("push", portal["url"], new, "--method", method, "--wait")
    assert (document["protocol"], document["outcome"]) == (f"http-{method}", "confirmed")


@pytest.mark.parametrize("method", ["post", "multipart"])
def test_the_old_ways_tell_the_reason_as_well(otakit, pushed, tmp_path, method):
    image = create_device_image(otakit, tmp_path / "x.bin", OLD, seed=3)
    with pushed.running(*PORTAL, "--refuse-same-version") as portal:
        error = failure(otakit, "push", portal["url"], image, "--force", "--method", method)
    assert error["code"] == "SAME_VERSION"


def test_what_another_client_began_is_gone_on_with(otakit, pushed, new):
    with pushed.running(*PORTAL) as portal:
        begin_upload(portal["url"], new)
        document = otakit.json("push", portal["url"], new, "--wait")
    assert document["outcome"] == "confirmed"
