# SPDX-License-Identifier: Apache-2.0
"""Whom https trusts: the CA given, for the name in the URL, now."""
import datetime
import subprocess

import pytest

from certificates import Authority
from rogue_server import File, RogueServer

DAY = datetime.timedelta(days=1)


@pytest.fixture
def secure(authority, images, tmp_path):
    """secure(hosts=...): the URL of newer.bin on a server with a certificate like that."""
    servers = []

    def start(**options):
        server = RogueServer(authority.issue(tmp_path / "server", **options))
        servers.append(server)
        server.__enter__()
        server.paths["/app.bin"] = File(images.newer.content)
        return server.url("/app.bin")

    yield start
    for server in servers:
        server.__exit__()


def der(pem, path):
    subprocess.run(["openssl", "x509", "-outform", "DER", "-out", path], input=pem.encode(),
                   check=True)
    return path.read_bytes()


def test_forms_of_a_ca(board, images, authority, secure, tmp_path):
    url = secure()
    pem = authority.pem()
    (tmp_path / "ca.pem").write_text(pem)
    two = Authority("other").pem() + pem
    binary = der(pem, tmp_path / "ca.der")
    fresh = board.flash.read_bytes()
    for ca in (pem, pem.encode(), pem.replace("\n", "\r\n"), "ca.pem", "ca.der", binary, two):
        board.flash.write_bytes(fresh)
        assert board.update(url, images.newer.sha, f"ca={ca!r}") == "ota_1"


def test_a_wrong_ca(board, images, secure):
    answer = board.update(secure(), images.newer.sha, f"ca={Authority('other').pem()!r}")
    assert answer["error"] == "TLS_UNTRUSTED"
    assert not answer["again"]


@pytest.mark.parametrize("certificate", [
    {"hosts": ["example.com"]}, {"starts": -3 * DAY, "ends": -DAY}], ids=["name", "expired"])
def test_a_wrong_certificate(board, images, authority, secure, certificate):
    answer = board.update(secure(**certificate), images.newer.sha, f"ca={authority.pem()!r}")
    assert answer["error"] == "TLS_UNTRUSTED"


def test_a_wrong_ca_is_refused_by_nginx_too(board, images, site):
    answer = board.update(site.url("new.bin"), images.new.sha, f"ca={str(site.other_ca)!r}")
    assert answer["error"] == "TLS_UNTRUSTED"
    assert board.content("ota_1", 4096) == b"\xff" * 4096


def test_no_ca(board, images, secure):
    url = secure()
    assert board.update(url, images.newer.sha)["error"] == "INSECURE_URL"
    assert board.update(url, images.newer.sha, "insecure=True") == "ota_1"


@pytest.mark.parametrize("ca", [b"0", b"no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                "-----END CERTIFICATE-----\n",
                                "-----BEGIN CERTIFICATE-----\nAAA"])
def test_a_ca_that_is_none(board, images, secure, ca):
    assert board.update(secure(), images.newer.sha, f"ca={ca!r}")["error"] == "TLS_UNTRUSTED"


def test_a_ca_in_a_file_that_is_not_there(board, images, secure):
    answer = board.update(secure(), images.newer.sha, "ca='nix.pem'")
    assert answer["error"] == "INVALID_ARGUMENT"
    assert "nix.pem" in answer["message"]


def test_a_server_that_speaks_no_tls(board, images, rogue, authority):
    rogue.paths["/app.bin"] = File(images.newer.content)
    url = rogue.url("/app.bin").replace("http:", "https:")
    answer = board.update(url, images.newer.sha, f"ca={authority.pem()!r}, retries=0")
    assert answer["error"] in ("TLS_FAILED", "CONNECTION_LOST")
