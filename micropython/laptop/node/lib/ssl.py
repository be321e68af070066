# SPDX-License-Identifier: Apache-2.0
"""TLS of a client, as MicroPython's ports have it. JavaScript does the work (net.mjs)."""
import _otakit_net as _net
from socket import _check, _window

PROTOCOL_TLS_CLIENT = 0
CERT_NONE = 0
CERT_OPTIONAL = 1
CERT_REQUIRED = 2


class SSLContext:
    def __init__(self, protocol):
        if protocol != PROTOCOL_TLS_CLIENT:
            raise ValueError("only clients here")
        self.verify_mode = CERT_REQUIRED
        self._certificates = []

    def load_verify_locations(self, cafile=None, cadata=None):
        if cafile:
            with open(cafile, "rb") as file:
                cadata = file.read()
        _window.write(cadata)
        if _net.check().number != 0:
            raise ValueError("invalid cert")
        self._certificates.append(cadata)

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True,
                    server_hostname=None):
        if server_side:
            raise ValueError("only clients here")
        if self.verify_mode == CERT_REQUIRED and server_hostname is None:
            raise ValueError("CERT_REQUIRED requires server_hostname")
        for certificate in self._certificates:
            _window.write(certificate)
            _net.trust()
        _check(_net.secure(sock._id, server_hostname, self.verify_mode == CERT_REQUIRED,
                           sock._timeout_ms))
        return sock


def wrap_socket(sock, *, server_side=False, server_hostname=None, cert_reqs=CERT_NONE, cadata=None,
                do_handshake=True):
    context = SSLContext(PROTOCOL_TLS_CLIENT)
    context.verify_mode = cert_reqs
    if cadata:
        context.load_verify_locations(cadata=cadata)
    return context.wrap_socket(sock, server_side=server_side, server_hostname=server_hostname)
