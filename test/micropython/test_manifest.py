# SPDX-License-Identifier: Apache-2.0
"""Manifests: what they may say, and whom they are taken from."""
import json

import pytest


@pytest.fixture
def publish(serve, images):
    """publish(manifest): the URL of a manifest beside new.bin."""
    serve(images.new.content, "/v2/new.bin")

    def put(manifest):
        text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        return serve(text, "/v2/manifest.json")

    return put


def fetch(board, url, extra="insecure=True"):
    return board.ask(f"ota.update_from_manifest(URL, {extra})", URL=url)


@pytest.mark.parametrize("name", ["new.bin", "/v2/new.bin", "./new.bin", "../v2/new.bin", "URL"])
def test_where_the_firmware_is(board, images, publish, rogue, name):
    name = name.replace("URL", rogue.url("/v2/new.bin"))
    url = publish({"firmware": name, "sha": images.new.sha, "length": len(images.new.content)})
    assert fetch(board, url) == "ota_1"
    assert board.next_boot() == "ota_1"


@pytest.mark.parametrize("more", [{}, {"length": None}])
def test_the_length_need_not_be_given(board, images, publish, more):
    url = publish({"firmware": "new.bin", "sha": images.new.sha, **more})
    assert fetch(board, url) == "ota_1"


def test_a_sha_from_elsewhere(board, images, publish):
    url = publish({"firmware": "new.bin"})
    assert fetch(board, url)["error"] == "BAD_MANIFEST"
    assert fetch(board, url, f"sha={images.new.sha!r}, insecure=True") == "ota_1"


def test_over_http_only_on_request(board, images, publish):
    url = publish({"firmware": "new.bin", "sha": images.new.sha})
    answer = board.ask("ota.update_from_manifest(URL)", URL=url)
    assert answer["error"] == "INSECURE_URL"


TEXTS = [
    b"", b"{", b"[]", b"5", b"null", b"{}", b'{"firmware": 5, "sha": ""}', b'{"firmware": ""}',
    b'{"firmware": "new.bin", "sha": "00", "length": "5"}', b"\xff\xfe",
    b'{"firmware": "new.bin", "length": -1}', b'{"firmware": "new.bin", "length": true}',
    b'{"firmware": "new.bin", "x": "' + b"a" * 4096 + b'"}']


def test_a_manifest_that_is_none(board, serve):
    urls = [serve(text, f"/{number}.json") for number, text in enumerate(TEXTS)]
    codes = board.ask("[attempt(lambda: ota.update_from_manifest(url, insecure=True))['error'] "
                      "for url in URLS]", URLS=urls)
    assert codes == ["BAD_MANIFEST"] * len(TEXTS)


def test_a_bad_sha(board, publish):
    assert fetch(board, publish({"firmware": "new.bin", "sha": 5}))["error"] == "INVALID_ARGUMENT"


def test_a_wrong_length(board, images, publish):
    url = publish({"firmware": "new.bin", "sha": images.new.sha, "length": 5})
    assert fetch(board, url)["error"] == "TRUNCATED"
    assert board.content("ota_1", 4096) == b"\xff" * 4096


def test_a_manifest_that_is_not_there(board, rogue):
    rogue.paths["/m.json"] = lambda _, answer: answer.head(404, {"Content-Length": 0})
    assert fetch(board, rogue.url("/m.json"))["error"] == "HTTP_NOT_FOUND"


@pytest.mark.parametrize("host, expected", [("localhost", "Bearer x"), ("127.0.0.1", None)])
def test_a_password_stays_with_its_server(board, images, publish, rogue, host, expected):
    """Another name is another server, as with redirects."""
    url = publish({"firmware": rogue.url("/v2/new.bin", host), "sha": images.new.sha})
    assert fetch(board, url, "insecure=True, headers={'Authorization': 'Bearer x'}") == "ota_1"
    asked = [request.fields.get("authorization") for request in rogue.requests]
    assert asked == ["Bearer x", expected]


@pytest.mark.parametrize("text", [
    b"[" * 4000, b'{"firmware":' * 300, b'{"firmware": "a", "length": 1' + b"0" * 3000 + b"}",
    b'{"firmware": "a", "length": 1e400, "sha": ""}', b'{"firmware": ["new.bin"], "sha": []}',
    b'{"firmware": "\x00\xff", "sha": {}}',
    b'{"firmware": "ftp://x/", "sha": "' + b"00" * 32 + b'"}',
    b'{"firmware": "new.bin", "sha": ["' + b"00" * 32 + b'"]}', b'"' + b"x" * 3000])
def test_a_hostile_manifest_is_refused(board, serve, text):
    url = serve(text, "/hostile.json")
    answer = fetch(board, url)
    assert answer["error"] in ("BAD_MANIFEST", "INVALID_ARGUMENT", "BAD_URL")
