# SPDX-License-Identifier: Apache-2.0
"""`requests` as micropython-lib has it, as far as updates go: GET and HEAD over HTTP/1.0.

    response = requests.get("https://host/app.bin")
    response.raw.readinto(buffer)

As there, HTTPS keeps out listeners and does not ask the server who it is.
"""
import socket

_REDIRECTS = (301, 302, 303, 307, 308)
_REDIRECT_COUNT_MAX = 10


class Response:
    def __init__(self, sock, status_code, reason, headers):
        self.raw = sock
        self.status_code = status_code
        self.reason = reason
        self.headers = headers
        self.encoding = "utf-8"
        self._content = None

    def close(self):
        if self.raw:
            self.raw.close()
            self.raw = None

    @property
    def content(self):
        if self._content is None:
            try:
                self._content = self.raw.read()
            finally:
                self.close()
        return self._content

    @property
    def text(self):
        return str(self.content, self.encoding)

    def json(self):
        import json

        return json.loads(self.content)


def _split(url):
    """Scheme, host, port and path of a URL."""
    try:
        scheme, _, place, path = url.split("/", 3)
    except ValueError:
        scheme, _, place = url.split("/", 2)
        path = ""
    if scheme not in ("http:", "https:"):
        raise ValueError("Unsupported protocol: " + scheme)
    port = 443 if scheme == "https:" else 80
    if ":" in place:
        place, port = place.rsplit(":", 1)
    return scheme, place, int(port), "/" + path


def _connect(scheme, host, port, timeout):
    address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    sock = socket.socket(address[0], address[1], address[2])
    if timeout is not None:
        sock.settimeout(timeout)
    try:
        sock.connect(address[-1])
        if scheme == "https:":
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.verify_mode = ssl.CERT_NONE
            sock = context.wrap_socket(sock, server_hostname=host)
    except Exception:
        sock.close()
        raise
    return sock


def _receive_head(sock):
    """Status, reason and headers of an answer; names keep their case."""
    words = sock.readline().split(None, 2)
    if len(words) < 2:
        raise ValueError("HTTP error: BadStatusLine:\n%s" % words)
    headers = {}
    while True:
        line = sock.readline()
        if not line or line == b"\r\n":
            break
        name, _, value = str(line, "utf-8").partition(":")
        headers[name] = value.strip()
    return int(words[1]), words[2].rstrip() if len(words) > 2 else "", headers


def _header(headers, wanted):
    for name, value in headers.items():
        if name.lower() == wanted:
            return value
    return ""


def request(method, url, headers=None, timeout=None, stream=None):
    for _ in range(_REDIRECT_COUNT_MAX):
        scheme, host, port, path = _split(url)
        sock = _connect(scheme, host, port, timeout)
        try:
            lines = ["%s %s HTTP/1.0" % (method, path), "Host: %s:%d" % (host, port)]
            lines += ["%s: %s" % header for header in (headers or {}).items()]
            sock.write(("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode())
            status, reason, answered = _receive_head(sock)
            if "chunked" in _header(answered, "transfer-encoding"):
                raise ValueError("Unsupported Transfer-Encoding")
        except Exception:
            sock.close()
            raise
        if status not in _REDIRECTS:
            return Response(sock, status, reason, answered)
        sock.close()
        place = _header(answered, "location")
        url = place if "://" in place else "%s//%s:%d%s" % (scheme, host, port, place)
    raise ValueError("Too many redirects")


def get(url, **options):
    return request("GET", url, **options)


def head(url, **options):
    return request("HEAD", url, **options)
