# SPDX-License-Identifier: Apache-2.0
"""A real nginx with a certificate of its own CA, on a free port of this machine.

    with WebServer(directory) as web:
        (web.root / "app.bin").write_bytes(image)
        otakit("device", "run", "--pull", web.url("app.bin"), "--ca", web.ca, ...)
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 64; }}
http {{
    {temp_paths}
    log_format story '$request_uri $status $body_bytes_sent $http_range';
    access_log {dir}/access.log story;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {dir}/server.pem;
        ssl_certificate_key {dir}/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        root {dir}/www;
        {locations}
    }}
}}
"""


def openssl(directory, *arguments):
    """Run openssl quietly; its words appear when it fails."""
    subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True)


def make_ca(directory, name="ca"):
    """A CA that lives for two days: NAME.pem and NAME.key."""
    openssl(directory, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", f"/CN=otakit test {name}", "-addext",
            "keyUsage=critical,keyCertSign", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def make_certificate(directory):
    """A certificate for localhost, signed by ca.pem: server.pem and server.key."""
    (directory / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(directory, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    openssl(directory, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-out", "server.pem", "-extfile", "names")


def temp_paths(directory):
    """nginx makes a directory for each of these modules that it was built with."""
    built = subprocess.run(["nginx", "-V"], capture_output=True, text=True, check=True).stderr
    modules = [module for module in ("proxy", "fastcgi", "uwsgi", "scgi")
               if not re.search(rf"--without-http_{module}_module", built)]
    return "\n    ".join(f"{module}_temp_path {directory}/tmp/{module};"
                         for module in ["client_body", *modules])


def free_port():
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class WebServer:
    """nginx over HTTPS; serves what is put into `root`.

    locations  nginx configuration of the server: how some paths behave
    """

    def __init__(self, directory, locations=""):
        self.locations = locations
        self.directory = pathlib.Path(directory)
        self.root = self.directory / "www"
        self.ca = self.directory / "ca.pem"
        self.other_ca = self.directory / "other.pem"
        self.port = None
        self.process = None

    def __enter__(self):
        self.root.mkdir()
        (self.directory / "tmp").mkdir()
        make_ca(self.directory)
        make_ca(self.directory, "other")
        make_certificate(self.directory)
        for _ in range(8):
            if self._start(free_port()):
                return self
        raise RuntimeError(f"nginx does not start: {(self.directory / 'error.log').read_text()}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def break_off(self):
        """End all of it at once, in the middle of what it sends, and start it again."""
        os.killpg(self.process.pid, signal.SIGKILL)     # its workers would outlive nginx itself
        self.process.wait(10)
        if not self._start(self.port):
            raise RuntimeError("nginx does not start again")

    def _start(self, port):
        config = self.directory / "nginx.conf"
        config.write_text(CONFIG.format(
            user="user root;" if os.geteuid() == 0 else "", dir=self.directory, port=port,
            temp_paths=temp_paths(self.directory), locations=self.locations))
        self.process = subprocess.Popen(
            ["nginx", "-p", self.directory, "-e", self.directory / "error.log", "-c", config],
            stderr=subprocess.DEVNULL, start_new_session=True)
        self.port = port
        while self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return True
            time.sleep(0.05)
        return False

    def url(self, name):
        """The URL of a file in `root`."""
        return f"https://localhost:{self.port}/{name}"

    def publish(self, name, source):
        """Put a copy of a file into `root`; returns its URL."""
        shutil.copyfile(source, self.root / name)
        return self.url(name)

    def log(self):
        """Lines of the access log: path, status, bytes, Range."""
        return (self.directory / "access.log").read_text().splitlines()
