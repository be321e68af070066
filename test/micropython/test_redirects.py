# SPDX-License-Identifier: Apache-2.0
"""Redirects: followed, counted, and never to where anyone could change what comes."""
import pytest

from rogue_server import RogueServer


@pytest.fixture
def redirect(rogue):
    """redirect(path, location): a path that leads elsewhere."""
    def put(path, location, status=302):
        rogue.paths[path] = lambda _, answer: answer.head(
            status, {"Location": location, "Content-Length": 0})
        return rogue.url(path)

    return put


def test_every_kind_is_followed(board, images, serve, redirect):
    serve(images.newer.content)
    path = "/app.bin"
    for status in (301, 302, 303, 307, 308):
        url = redirect(f"/{status}", path, status)
        path = f"/{status}"
    assert board.update(url, images.newer.sha) == "ota_1"


@pytest.mark.parametrize("location", ["app.bin", "../v2/app.bin", "/v2/app.bin"])
def test_relative_ones(board, images, serve, redirect, location):
    serve(images.newer.content, "/v2/app.bin")
    assert board.update(redirect("/v2/latest", location), images.newer.sha) == "ota_1"


def test_an_absolute_one_to_another_name(board, images, serve, redirect, rogue):
    serve(images.newer.content)
    url = redirect("/old", rogue.url("/app.bin", host="127.0.0.1"))
    assert board.update(url, images.newer.sha) == "ota_1"


def test_a_password_stays_with_its_server(board, images, serve, redirect, rogue):
    serve(images.newer.content)
    url = redirect("/old", rogue.url("/app.bin", host="127.0.0.1"))
    board.update(url, images.newer.sha, "headers={'Authorization': 'Bearer x'}")
    assert [request.fields.get("authorization") for request in rogue.requests] == ["Bearer x", None]


def test_a_password_goes_along_on_one_server(board, images, serve, redirect, rogue):
    serve(images.newer.content)
    board.update(redirect("/old", "/app.bin"), images.newer.sha,
                 "headers={'Authorization': 'Bearer x'}")
    assert [request.fields.get("authorization") for request in rogue.requests] == ["Bearer x"] * 2


def test_a_circle_ends(board, images, redirect, rogue):
    url = redirect("/a", "/a")
    assert board.update(url, images.new.sha)["error"] == "HTTP_TOO_MANY_REDIRECTS"
    assert len(rogue.requests) == 6


def test_one_to_nowhere(board, images, rogue):
    rogue.paths["/a"] = lambda _, answer: answer.head(302, {"Content-Length": 0})
    assert board.update(rogue.url("/a"), images.new.sha)["error"] == "HTTP_BAD_RESPONSE"


@pytest.mark.parametrize("location", ["ftp://h/x", "http://h/a b", "/" + "a" * 2400])
def test_one_to_what_is_no_url(board, images, redirect, location):
    assert board.update(redirect("/a", location), images.new.sha)["error"] == "BAD_URL"


def test_none_from_https_to_http(board, images, serve, authority, tmp_path):
    (tmp_path / "ca.pem").write_text(authority.pem())
    plain = serve(images.new.content)
    with RogueServer(authority.issue(tmp_path / "server")) as secure:
        secure.paths["/app.bin"] = lambda _, answer: answer.head(
            302, {"Location": plain, "Content-Length": 0})
        answer = board.update(secure.url("/app.bin"), images.new.sha, "ca='ca.pem', insecure=True")
    assert answer["error"] == "INSECURE_URL"
