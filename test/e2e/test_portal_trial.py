# SPDX-License-Identifier: Apache-2.0
"""What the page can tell after the reset: confirmed, on trial, rolled back and why."""
import pytest

from portal_fixtures import (DONE, NEW, OLD, make_portal_images, new_bytes, new_file,  # noqa: F401
                             portal_device)


def upload(client, file):
    """The new image, and the answer that it was installed."""
    assert client.curl("/update", "--data-binary", f"@{file}").text == DONE


def post(client, path):
    """A change; returns its status and the error's code, or None."""
    answer = client.curl(path, "-X", "POST")
    return answer.status, answer.json.get("error", {}).get("code")


def test_application_on_trial_is_confirmed_by_hand(board, new):
    with board.serving("--confirm", "manual") as client:
        upload(client, new)
        info = client.wait_for(lambda info: info["running"]["on_trial"])
        assert (info["running"]["version"], info["last_update"]["stage"]) == (NEW, "trial")
        answer = client.curl("/update", "--data-binary", f"@{new}")
        assert (answer.status, answer.text) == (
            409, "the running application is not confirmed yet (PENDING_VERIFY)\n")
        assert post(client, "/confirm") == (200, None)
        info = client.info()
        assert not info["running"]["on_trial"]
        assert info["last_update"]["stage"] == "confirmed"
        client.wait_for(lambda info: any(event["event"] == "confirmed"
                                         for event in board.events()))
    assert board.boots() == "ota_0"


def test_application_on_trial_is_rolled_back_by_hand(board, new):
    with board.serving("--confirm", "manual") as client:
        upload(client, new)
        client.wait_for(lambda info: info["running"]["on_trial"])
        assert post(client, "/rollback") == (200, None)
        info = client.wait_for(lambda info: info["running"]["version"] == OLD)
        assert info["last_update"]["stage"] in ("rejected", "rolled_back")
        assert info["last_update"]["code"] == "REJECTED"
    assert board.boots() == "factory"


def test_confirmed_application_is_rolled_back_once(board, new):
    with board.serving() as client:
        upload(client, new)
        client.wait_for_version(NEW)
        assert post(client, "/rollback") == (200, None)
        client.wait_for(lambda info: info["running"]["version"] == OLD)
        assert post(client, "/rollback") == (409, "NOT_PENDING")
        back = [event for event in board.events() if event["event"] == "rolled_back"]
    assert [(event["from"], event["status"]) for event in back] == [("ota_0", "REJECTED")]


def test_failed_self_test_comes_back_with_its_reason(board, new):
    with board.serving("--self-test", "fail") as client:
        upload(client, new)
        info = client.wait_for(lambda info: info["last_update"]["stage"] != "none"
                               and info["running"]["version"] == OLD
                               and info["session"]["state"] == "idle")
        last = info["last_update"]
        assert last["stage"] in ("rejected", "rolled_back")
        assert (last["code"], last["from"], last["to"]) == ("SELF_TEST_FAILED", "factory", "ota_0")
        assert last["message"] == "the new application's self-test failed"


def test_application_that_hangs_comes_back_after_the_watchdog(board, new):
    with board.serving("--self-test", "hang", "--self-test-timeout", "500ms") as client:
        upload(client, new)
        info = client.wait_for(lambda info: info["last_update"]["stage"] == "rolled_back")
        assert info["last_update"]["code"] == "UNCONFIRMED"
        assert info["last_update"]["reset_reason"] == "watchdog"
        assert info["running"]["version"] == OLD


@pytest.mark.parametrize("path", ["/confirm", "/rollback"])
def test_nothing_to_decide_on_a_factory_application(board, path):
    with board.serving() as client:
        assert post(client, path) == (409, "NOT_PENDING")
