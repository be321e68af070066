# SPDX-License-Identifier: Apache-2.0
"""An HTTPS server that does exactly what a test tells it, byte by byte.

    def cut(request, answer):
        answer.head(200, {"Content-Length": 100})
        answer.send(b"only so much")            # then the connection is closed

    with RogueServer(stem) as rogue:
        rogue.paths["/app.bin"] = cut
        pull(rogue.url("/app.bin"))

A path function that returns True keeps the connection for another request.
"""
import dataclasses
import socket
import ssl
import threading


@dataclasses.dataclass
class Request:
    """What the client asked."""
    target: str
    fields: dict      # names in lower case
    connection: int   # counted from 1

    def offset(self):
        """The first byte of the Range, or 0."""
        value = self.fields.get("range", "bytes=0-")
        return int(value.removeprefix("bytes=").split("-")[0])


class Answer:
    """Writes raw bytes to the client."""

    def __init__(self, stream):
        self.stream = stream

    def send(self, data):
        """Bytes as they are."""
        self.stream.sendall(data)

    def head(self, status, fields=None):
        """Status line, fields and the empty line."""
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def chunk(self, data):
        """One chunk; an empty one ends the body."""
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")


class RogueServer:
    """Threads that run path functions; every request is noted in `requests`."""

    def __init__(self, stem=None, send_buffer=None):
        self.send_buffer = send_buffer
        self.paths = {}
        self.requests = []
        self.context = None
        self.scheme = "http"
        if stem:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(stem.with_suffix(".pem"), stem.with_suffix(".key"))
            self.scheme = "https"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopping = threading.Event()
        self.connection_count = 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.listener.close()

    def url(self, path, host="localhost"):
        """The URL of a path; 127.0.0.1 is the same server under another name."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def _accept(self):
        while not self.stopping.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.send_buffer:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer)
            self.connection_count += 1
            threading.Thread(target=self._serve, args=(client, self.connection_count),
                             daemon=True).start()

    def _serve(self, client, number):
        try:
            with client:
                stream = (self.context.wrap_socket(client, server_side=True)
                          if self.context else client)
                with stream:
                    while self._serve_one(stream, number):
                        pass
        except (OSError, ValueError):
            pass  # the client left

    def _serve_one(self, stream, number):
        received = b""
        while b"\r\n\r\n" not in received:
            piece = stream.recv(4096)
            if not piece:
                return False
            received += piece
        lines = received.decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        request = Request(lines[0].split(" ")[1],
                          {name.lower(): value for name, value in fields.items()}, number)
        self.requests.append(request)
        keep = self.paths[request.target](request, Answer(stream))
        if not keep and isinstance(stream, ssl.SSLSocket):
            self._say_goodbye(stream)
        return keep

    @staticmethod
    def _say_goodbye(stream):
        """Close TLS properly, so that the client does not have to guess."""
        try:
            stream.settimeout(1)
            stream.unwrap()
        except OSError:
            pass


class File:
    """Serves some bytes properly; tests spoil what they need to."""

    def __init__(self, content, etag='"one"', limit=None):
        self.content = content
        self.etag = etag
        self.limit = limit  # bytes per response, then the connection breaks

    def __call__(self, request, answer):
        offset = request.offset()
        validator = request.fields.get("if-range", self.etag)
        fields = {"ETag": self.etag} if self.etag else {}
        if offset and validator == self.etag:
            if offset >= len(self.content):
                answer.head(416, {"Content-Range": f"bytes */{len(self.content)}",
                                  "Content-Length": 0})
                return True
            fields["Content-Range"] = (f"bytes {offset}-{len(self.content) - 1}/"
                                       f"{len(self.content)}")
            body = self.content[offset:]
        else:
            body = self.content
        answer.head(206 if "Content-Range" in fields else 200,
                    {**fields, "Content-Length": len(body)})
        answer.send(body[:self.limit])
        return self.limit is None or self.limit >= len(body)
