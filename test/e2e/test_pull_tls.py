# SPDX-License-Identifier: Apache-2.0
"""Whom a pull trusts, and what it says when it does not."""
import datetime
import socket
import ssl

import pytest

from certificates import Authority
from pull_fixtures import authority, pull, pull_images, rogue, server_stem  # noqa: F401
from rogue_server import File, RogueServer

DAY = datetime.timedelta(days=1)


@pytest.fixture
def serve(authority, pull_images, tmp_path):
    """Start a server of the new image with another certificate; the answer is its URL."""
    servers = []

    def start(ca=authority, path="/app.bin", **certificate):
        server = RogueServer(ca.issue(tmp_path / f"other{len(servers)}", **certificate))
        server.paths[path] = File(pull_images.new)
        servers.append(server)
        return server.__enter__().url(path)

    yield start
    for server in servers:
        server.__exit__()


def test_pinned_ca_is_trusted_by_name_and_by_address(pull, serve):
    url = serve()
    assert pull(url).status == "OK"
    assert pull(url.replace("localhost", "127.0.0.1")).status == "OK"


def test_one_of_several_cas_is_enough(pull, serve, authority, tmp_path):
    backup = Authority("backup")
    both = tmp_path / "both.pem"
    both.write_text(authority.pem() + "\nwords between certificates\n" + backup.pem())
    assert pull(serve(), ca=both).status == "OK"
    assert pull(serve(ca=backup), ca=both).status == "OK"
    assert pull(serve(ca=Authority("third")), ca=both).status == "TLS_UNTRUSTED"


def test_another_ca_is_not_trusted(pull, serve):
    result = pull(serve(ca=Authority("stranger")))
    assert (result.status, len(result.requests)) == ("TLS_UNTRUSTED", 1)
    assert result.end["has_hint"]
    assert result.end["flash_operations"] == 0


def test_ca_of_the_same_name_is_not_trusted(pull, serve):
    assert pull(serve(ca=Authority("pinned"))).status == "TLS_UNTRUSTED"


def test_system_store_and_environment_are_not_asked(pull, serve, authority, tmp_path):
    stranger = Authority("stranger")
    trusted_elsewhere = tmp_path / "elsewhere.pem"
    trusted_elsewhere.write_text(stranger.pem())
    env = {"SSL_CERT_FILE": str(trusted_elsewhere), "CURL_CA_BUNDLE": str(trusted_elsewhere)}
    assert pull(serve(ca=stranger), env=env).status == "TLS_UNTRUSTED"
    env["SSL_CERT_FILE"] = str(pull.ca)
    assert pull(serve(), ca=False, env=env).status == "TLS_UNTRUSTED"


def test_expired_certificate_is_refused(pull, serve):
    assert pull(serve(starts=-3 * DAY, ends=-DAY)).status == "TLS_EXPIRED"


def test_certificate_of_the_future_is_refused(pull, serve):
    assert pull(serve(starts=DAY, ends=3 * DAY)).status == "TLS_NOT_YET_VALID"


def test_certificate_for_another_host_is_refused(pull, serve):
    assert pull(serve(hosts=["elsewhere.example"])).status == "TLS_WRONG_HOST"
    assert pull(serve(hosts=["127.0.0.1"])).status == "TLS_WRONG_HOST"


def test_device_without_a_clock_ignores_dates(pull, serve):
    assert pull(serve(starts=-3 * DAY, ends=-DAY), "--no-clock").status == "OK"
    assert pull(serve(starts=DAY, ends=3 * DAY), "--no-clock").status == "OK"


def test_device_without_a_clock_ignores_nothing_else(pull, serve):
    assert pull(serve(ca=Authority("stranger")), "--no-clock").status == "TLS_UNTRUSTED"
    assert pull(serve(hosts=["elsewhere.example"]), "--no-clock").status == "TLS_WRONG_HOST"


def test_plain_http_needs_an_explicit_word(pull, pull_images):
    with RogueServer() as plain:
        plain.paths["/app.bin"] = File(pull_images.new)
        assert pull(plain.url("/app.bin")).status == "INSECURE_URL"
        assert not plain.requests
        assert pull(plain.url("/app.bin"), "--insecure-http", ca=False).status == "OK"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_of_yesterday_is_refused(pull, server_stem, pull_images):
    with RogueServer(server_stem) as old:
        old.context.minimum_version = ssl.TLSVersion.TLSv1
        old.context.maximum_version = ssl.TLSVersion.TLSv1_1
        old.context.set_ciphers("ALL:@SECLEVEL=0")
        old.paths["/app.bin"] = File(pull_images.new)
        assert pull(old.url("/app.bin"), "--attempts", 2).status == "TLS_FAILED"


def test_tls_1_2_is_enough(pull, server_stem, pull_images):
    with RogueServer(server_stem) as server:
        server.context.maximum_version = ssl.TLSVersion.TLSv1_2
        server.paths["/app.bin"] = File(pull_images.new)
        assert pull(server.url("/app.bin")).status == "OK"


def test_server_without_tls_is_told(pull):
    with RogueServer() as plain:
        result = pull(plain.url("/app.bin").replace("http:", "https:"), "--attempts", 2,
                      "--connect-ms", 2000)
        assert result.status in ("TLS_FAILED", "CONNECT_TIMEOUT", "CONNECTION_LOST")


def test_ca_file_is_looked_at_first(pull, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate in here\n")
    assert pull("https://localhost:1/", ca=tmp_path / "missing.pem").status == "HOST_IO"
    result = pull("https://localhost:1/", ca=empty)
    assert (result.status, result.requests) == ("BAD_KEY", [])


def test_name_that_does_not_resolve_is_told(pull):
    result = pull("https://does-not-exist.invalid/app.bin", "--attempts", 2, "--connect-ms", 3000)
    assert result.status == "NAME_NOT_RESOLVED"
    assert len(result.requests) == 2


def test_refused_connection_is_told(pull):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"https://127.0.0.1:{closed.getsockname()[1]}/"
        result = pull(url, "--attempts", 3)
    assert (result.status, len(result.requests), len(result.waits)) == ("CONNECT_REFUSED", 3, 2)


def test_server_that_does_not_answer_the_handshake_is_told(pull):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert pull(url, "--attempts", 1, "--connect-ms", 500).status == "CONNECT_TIMEOUT"


def test_proxy_of_the_environment_is_obeyed_only_on_request(pull, serve):
    env = {"https_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}
    url = serve()
    assert pull(url, env=env).status == "OK"
    assert pull(url, "--proxy", "--attempts", 1, env=env).status == "CONNECT_REFUSED"


def test_malformed_urls_are_told_before_anything_else(pull):
    for url in ("localhost", "https://", "ftp://localhost/a", "https://user:pass@localhost/a",
                "https://localhost/" + "x" * 2048):
        result = pull(url)
        assert (result.status, result.requests) == ("BAD_URL", [])
