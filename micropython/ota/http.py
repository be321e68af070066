# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 GET: redirects, ranges, and heads and bodies of bounded size.

    client = Client(ca=PEM)
    response = client.get("https://updates.example/app.bin", offset=65536, validator=etag)
    count = response.readinto(view)
    response.close()
"""
import gc
import socket

from . import url as urls
from .error import OtaError

_HEAD_MAX = 16384  # bytes of a head, and of what stands between chunks beyond their own size
_LINE_MAX = 2304  # bytes kept of one line of it
_REDIRECTS_MAX = 5
_HEX = b"0123456789abcdefABCDEF"
_WANTED = ("content-length", "transfer-encoding", "content-encoding", "content-range", "etag",
           "last-modified", "location")


def _bad(what):
    return OtaError("HTTP_BAD_RESPONSE", "the server does not speak HTTP as it should: " + what)


def _number(text):
    if not text.isdigit() or len(text) > 10:
        raise _bad("'%s' is no length" % text[:20])
    return int(text)


class _Connection:
    """A socket whose failures all look alike. A port without settimeout() may wait for ever."""

    def __init__(self, scheme, host, port, forms, timeout):
        self._stream = self._socket = None
        self._left = _HEAD_MAX
        try:
            addresses = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
        except OSError as error:
            raise OtaError("NAME_NOT_RESOLVED", "no address for %s (%s); is the board on the "
                           "network?" % (host, error), again=True)
        self._connect(addresses, host, port, timeout)
        self._stream = self._socket
        if scheme == "https":
            from . import tls
            try:
                self._stream = tls.wrap(self._socket, host, forms)
            except OtaError:
                self.close()
                raise

    def _connect(self, addresses, host, port, timeout):
        failure = None
        for address in addresses:
            self._socket = socket.socket(address[0], address[1], address[2])
            try:
                if hasattr(self._socket, "settimeout"):
                    self._socket.settimeout(timeout)
                self._socket.connect(address[-1])
                return
            except OSError as error:
                failure = error
                self._socket.close()
        raise OtaError("CONNECT_REFUSED", "no connection to %s port %d (%s)"
                       % (host, port, failure), again=True)

    def _do(self, method, *arguments):
        try:
            result = method(*arguments)
        except OSError as error:
            raise OtaError("CONNECTION_LOST", "the connection was lost (%s)" % error, again=True)
        if result is None:
            raise OtaError("STALLED", "the server sends nothing any more", again=True)
        return result

    def send(self, data):
        self._do(self._stream.write, data)

    def readinto(self, view):
        return self._do(self._stream.readinto, view)

    def line(self):
        """The next line of a head without its end. One too long to be kept is cut."""
        line = b""
        piece = b""
        while not piece.endswith(b"\n"):
            piece = self._do(self._stream.readline, 256)
            if not piece:
                raise OtaError("CONNECTION_LOST", "the server broke the connection off", again=True)
            self._left -= len(piece)
            if self._left < 0:
                raise _bad("its head is too long")
            if len(line) < _LINE_MAX:
                line += piece
        return line.rstrip(b"\r\n")

    def allow(self, count):
        """So many bytes of a body come: as many more may stand between them."""
        self._left = min(self._left + count, _HEAD_MAX)

    def close(self):
        for end in (self._stream, self._socket):
            try:
                if end:
                    end.close()
            except OSError:
                pass  # it was lost already
        self._stream = self._socket = None


class Response:
    """An answer whose head was read.

    status     as 200
    location   where a redirect leads, or None
    offset     of the body's first byte in the file
    total      bytes of the whole file; None: not told
    validator  what If-Range takes to ask for the rest of the same file; "" without
    """

    def __init__(self, connection):
        self._connection = connection
        self.status = 100
        while 100 <= self.status < 200:  # interim answers
            self.status = self._read_status()
            headers = self._read_headers()
        self.location = headers.get("location")
        self.offset = 0
        self._chunked = self._is_chunked(headers)
        self._left = 0 if self._chunked else None
        if not self._chunked and "content-length" in headers:
            self._left = _number(headers["content-length"])
        self.total = None if self._chunked else self._left
        if self.status == 206:
            self._read_range(headers.get("content-range", ""))
        etag = headers.get("etag", "")
        self.validator = etag if etag.startswith('"') else headers.get("last-modified", "")

    def _read_status(self):
        words = self._connection.line().split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
            raise _bad("its answer does not begin with HTTP/1.1 and a number")
        return int(words[1])

    def _read_headers(self):
        headers = {}
        while True:
            line = self._connection.line()
            if not line:
                return headers
            name, mark, value = line.partition(b":")
            try:
                name = name.decode().lower()
                if mark and name in _WANTED:
                    value = value.strip().decode()
                    if headers.get(name, value) != value:
                        raise _bad("two different headers " + name)
                    headers[name] = value
            except UnicodeError:
                raise _bad("a header has bytes that are no text")

    def _is_chunked(self, headers):
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise OtaError("HTTP_COMPRESSED", "the server compresses the file; switch that off")
        coding = headers.get("transfer-encoding", "identity").lower()
        if coding not in ("identity", "chunked"):
            raise _bad("transfer-encoding " + coding[:20])
        return coding == "chunked"

    def _read_range(self, text):
        """bytes FIRST-LAST/TOTAL, where TOTAL may be an asterisk."""
        try:
            unit, _, span = text.partition(" ")
            span, _, total = span.partition("/")
            self.offset = _number(span.split("-")[0])
            self.total = None if total == "*" else _number(total)
        except OtaError:
            unit = ""
        if unit != "bytes":
            raise OtaError("HTTP_BAD_RANGE", "the server answers a range with '%s'" % text[:40],
                           again=True)

    def _next_chunk(self):
        """Go to the next chunk's data. Returns False where the body ends."""
        if self._left is None:
            return False
        digits = self._connection.line().split(b";")[0].strip()
        if not 0 < len(digits) <= 8 or any(digit not in _HEX for digit in digits):
            raise _bad("a chunk without a length")
        self._left = int(digits, 16)
        self._connection.allow(self._left)
        if self._left == 0:
            while self._connection.line():
                pass  # trailers
            self._left = None
        return self._left is not None

    def readinto(self, view):
        """Read what comes next of the body. Returns how many bytes; 0: it ended, whole."""
        if self._chunked and not self._left and not self._next_chunk():
            return 0
        if self._left is not None:
            view = view[:min(len(view), self._left)]
        if not view:
            return 0
        count = self._connection.readinto(view)
        if self._left is None:
            return count
        if count == 0:
            raise OtaError("CONNECTION_LOST", "the server broke the connection off", again=True)
        self._left -= count
        if self._chunked and self._left == 0 and self._connection.line():
            raise _bad("a chunk longer than it says")
        return count

    def fill(self, view):
        """Read until the view is full or the body ends. Returns how many bytes."""
        filled = 0
        while filled < len(view):
            count = self.readinto(view[filled:])
            if count == 0:
                break
            filled += count
        return filled

    def close(self):
        self._connection.close()


def _judge(response, asked, url):
    """Raise for a status that brings no file."""
    status = response.status
    if status == 200 or (status == 206 and asked):
        return
    message = "the server answers %d for %s" % (status, url)
    if status in (404, 410):
        raise OtaError("HTTP_NOT_FOUND", message + "; is the name right?")
    if status in (401, 403):
        raise OtaError("HTTP_DENIED", message + "; headers= can carry a token")
    if status == 416:
        raise OtaError("HTTP_BAD_RANGE", message, again=True)
    if status >= 500 or status == 429:
        raise OtaError("HTTP_SERVER_ERROR", message, again=True)
    raise OtaError("HTTP_CLIENT_ERROR", message)


class Client:
    """What is the same for all requests of one update.

    ca        CA certificates that https servers are checked with; see tls.load_ca()
    plain     True: http may be used
    insecure  True: https may be used without a check
    headers   dict of further headers, sent to the first server only, not where it redirects to
    timeout   seconds that a server may be silent
    """

    def __init__(self, ca=None, plain=False, insecure=False, headers=None, timeout=30):
        self._forms = None
        if ca:
            from . import tls
            self._forms = tls.load_ca(ca)
        self._plain = plain
        self._insecure = insecure
        self._headers = headers or {}
        self._timeout = timeout

    def _check_scheme(self, scheme, before):
        if scheme == "http" and (before == "https" or not self._plain):
            raise OtaError("INSECURE_URL", "over http anyone on the way could change what comes; "
                           "use https with ca=, or insecure=True")
        if scheme == "https" and not (self._forms or self._insecure):
            raise OtaError("INSECURE_URL", "https needs ca=, the CA certificate that the server is "
                           "checked with (PEM or DER); insecure=True does without a check")

    def _request(self, url, before, fields):
        scheme, host, port, path = urls.split(url)
        self._check_scheme(scheme, before)
        gc.collect()  # TLS wants large pieces of memory
        connection = _Connection(scheme, host, port, self._forms, self._timeout)
        try:
            lines = ["GET %s HTTP/1.1" % path, "Host: " + urls.authority(url), "Connection: close",
                     "Accept-Encoding: identity", "User-Agent: otakit-micropython"]
            lines += ["%s: %s" % field for field in fields.items()]
            connection.send("\r\n".join(lines + ["", ""]).encode())
            return scheme, Response(connection)
        except OtaError:
            connection.close()
            raise

    def get(self, url, offset=0, validator=""):
        """The file at `url` from a byte on, redirects followed.

        validator  of an earlier answer: where the file has become another one, all of it comes

        Returns a Response whose offset is `offset`, or 0. Close it.
        """
        fields = dict(self._headers)
        if offset:
            fields["Range"] = "bytes=%d-" % offset
            if validator:
                fields["If-Range"] = validator
        scheme = None
        for _ in range(_REDIRECTS_MAX + 1):
            scheme, response = self._request(url, scheme, fields)
            if response.status not in (301, 302, 303, 307, 308):
                break
            response.close()
            if not response.location:
                raise _bad("a redirect to nowhere")
            target = urls.join(url, response.location)
            if urls.split(target)[:3] != urls.split(url)[:3]:
                for name in self._headers:
                    fields.pop(name, None)
            url = target
        else:
            raise OtaError("HTTP_TOO_MANY_REDIRECTS", "the server redirects in a circle")
        try:
            _judge(response, offset, url)
            if response.offset not in (0, offset):
                raise OtaError("HTTP_BAD_RANGE", "the server sends another range than asked for",
                               again=True)
        except OtaError:
            response.close()
            raise
        return response
