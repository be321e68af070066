# SPDX-License-Identifier: Apache-2.0
"""`otakit push` to devices that lie: it ends, by itself, with the exit status of a failure."""
import time

import pytest

from cli_samples import create_image, failure
from lying_devices import LyingLine, info, lying_portal, session

IMPATIENT = ("--timeout", "1s", "--retries", "1")


@pytest.fixture(name="image", scope="module")
def image_file(otakit, tmp_path_factory):
    return create_image(otakit, tmp_path_factory.mktemp("lies") / "app.bin", "1.3.0", size=90000)


@pytest.fixture(name="in_time", autouse=True)
def ends_in_time():
    """No device can hold a push for ever that gives it one second."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("code", ["INTERRUPTED", "USAGE", "MORE", "HOST_IO"])
def test_a_device_does_not_choose_the_exit_status(otakit, image, code):
    """As 130 says that somebody pressed Ctrl-C here."""
    lies = [{"asked_where": (409, {"error": {"code": code, "message": "a lie"}})},
            {"asked_where": (200, session("failed", code=code))},
            {"about": lambda number: info(boot_id=str(number), last_update={"stage": "rolled_back",
                                                                            "code": code})}]
    for lie in lies:
        with lying_portal(**lie) as portal:
            assert failure(otakit, "push", portal.url, image, "--wait")["code"] == "REFUSED"


@pytest.mark.parametrize("number", [62, 120, 121, 125, 126, 255])
def test_nor_does_one_on_a_line(otakit, image, number):
    with LyingLine(number) as line:
        error = failure(otakit, "push", f"serial:{line.path}", image, *IMPATIENT)
    assert error["code"] == "REFUSED"


@pytest.mark.parametrize("lie", ["about", "asked_where", "sent_all"])
def test_an_answer_that_drips_ends(otakit, image, lie):
    with lying_portal(**{lie: "drip"}) as portal:
        assert failure(otakit, "push", portal.url, image, *IMPATIENT)["code"] == "STALLED"


def test_an_answer_that_is_never_begun_is_asked_for_again(otakit, image):
    """On a connection that was used before there is nothing to connect."""
    def silent(number):
        time.sleep(3 if number == 1 else 0)
        return 200, session()

    with lying_portal(asked_where=silent) as portal:
        assert otakit.json("push", portal.url, image, *IMPATIENT)["outcome"] == "switched"


def test_a_verification_without_end_ends(otakit, image):
    about = info(**session("finishing", 90000))
    with lying_portal(about=about, sent_all=lambda _: None) as portal:
        failure(otakit, "push", portal.url, image, *IMPATIENT)


@pytest.mark.parametrize("offset", [89999, 90000, 4e9])
def test_a_device_that_never_switches_ends(otakit, image, offset):
    with lying_portal(asked_where=session(offset=offset), sent_all=session()) as portal:
        assert failure(otakit, "push", portal.url, image, *IMPATIENT)["code"] == "STALLED"


def test_an_offset_that_goes_forth_and_back_is_no_progress(otakit, image):
    with lying_portal(asked_where=lambda number: session(offset=number % 3 * 1000),
                      sent_all=session()) as portal:
        assert failure(otakit, "push", portal.url, image, *IMPATIENT)["code"] == "STALLED"
        assert portal.server.asked.count("where") < 6


def test_a_wait_for_a_dripping_answer_ends(otakit, image):
    with lying_portal(about=lambda number: info() if number == 1 else "drip") as portal:
        error = failure(otakit, "push", portal.url, image, "--wait", *IMPATIENT)
    assert error["code"] == "TIMEOUT"


def test_patience_has_a_limit(otakit, image):
    error = failure(otakit, "push", "http://127.0.0.1:9", image, "--timeout", "25h", status=2)
    assert error["code"] == "USAGE"
