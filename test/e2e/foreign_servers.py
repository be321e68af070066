# SPDX-License-Identifier: Apache-2.0
"""Devices that are not ours, as small real HTTP servers: how their sources say that they behave.

Each keeps in `image` what it was sent. A handler's POST returns the code and the text of its answer.
"""
import email
import hashlib
import http.server
import threading
import urllib.parse


def is_application(image):
    """The hash that every image has at its end."""
    return image[:1] == b"\xe9" and hashlib.sha256(image[:-32]).digest() == image[-32:]


class Handler(http.server.BaseHTTPRequestHandler):
    """What they have in common."""
    protocol_version = "HTTP/1.1"
    pages = {}  # path -> (code, text)

    def log_message(self, *_):
        """Nothing: pytest shows what matters."""

    def answer(self, code, text, kind="text/plain", **fields):
        """The whole answer."""
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        """A page, or 404."""
        self.server.asked.append(self.path)
        code, text = self.pages.get(self.path.partition("?")[0], (404, "Nothing matches"))
        self.answer(code, text, "text/html" if text.startswith("<") else "text/plain")

    def do_POST(self):
        """Read the body and let the class judge it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(*self.take(urllib.parse.urlsplit(self.path).path, body))

    def form(self, body):
        """The parts of a form: name -> (file name or None, content)."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = email.message_from_bytes(head + body).get_payload()
        return {part.get_param("name", header="content-disposition"):
                (part.get_filename(), part.get_payload(decode=True)) for part in parts}

    def form_file(self, body):
        """The first part that is a file, as most of them take it."""
        return next(content for name, content in self.form(body).values() if name)


class SoftapOta(Handler):
    """esp32-softap-ota: the body is the image, whatever it says of itself."""
    pages = {"/": (200, "<html>ESP32 OTA Update</html>"),
             "/update": (405, "Request method for this URI is not handled by server")}

    def take(self, path, body):
        """POST /update."""
        self.server.image = body
        if path != "/update" or body[:1] != b"\xe9":
            return 500, "Flash Error"
        if not is_application(body):
            return 500, "Validation / Activation Error"
        return 200, "Firmware update complete, rebooting now!\n"


class ElegantOta2(Handler):
    """ElegantOTA 2 and AsyncElegantOTA: a form with a field MD5 that must be there."""
    pages = {"/update": (200, "<html>ElegantOTA</html>"),
             "/update/identity": (200, '{"id": "c0ffee", "hardware": "ESP32"}')}

    def take(self, path, body):
        """POST /update."""
        form = self.form(body)
        if path != "/update" or "MD5" not in form:
            return 400, "MD5 parameter missing"
        name, self.server.image = form["firmware"]
        digest = hashlib.md5(self.server.image).hexdigest()
        good = name and digest == form["MD5"][1].decode() and is_application(self.server.image)
        return (200, "OK") if good else (500, "FAIL")


class ElegantOta3(Handler):
    """ElegantOTA 3: begun by a GET, then a form elsewhere."""
    pages = {"/update": (200, "<html>ElegantOTA</html>"), "/ota/start": (200, "OK")}

    def take(self, path, body):
        """POST /ota/upload."""
        if path != "/ota/upload":
            return 404, "Not found"
        self.server.image = self.form_file(body)
        start = next(path for path in self.server.asked if path.startswith("/ota/start?"))
        query = urllib.parse.parse_qs(start.partition("?")[2])
        if query != {"mode": ["fr"], "hash": [hashlib.md5(self.server.image).hexdigest()]}:
            return 400, "Hash mismatch"
        return (200, "OK") if is_application(self.server.image) else (400, "Bad magic byte")


class EspHome(Handler):
    """ESPHome's web server: a form, no page, and code 200 whatever happened."""

    def take(self, path, body):
        """POST /update."""
        if path != "/update":
            return 404, "Nothing matches"
        self.server.image = self.form_file(body)
        return 200, "Update " + ("Successful!" if is_application(self.server.image) else "Failed!")


class WithPassword(SoftapOta):
    """One that wants HTTP Basic for everything."""

    def do_GET(self):
        if self.authorized():
            super().do_GET()

    def do_POST(self):
        if self.authorized():
            super().do_POST()

    def authorized(self):
        """Whether admin:secret came with the request."""
        if self.headers["Authorization"] == "Basic YWRtaW46c2VjcmV0":
            return True
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.answer(401, "", **{"WWW-Authenticate": 'Basic realm="OTA"'})
        return False


class Elsewhere(Handler):
    """One that would rather have the image sent to somebody else."""
    elsewhere = "http://127.0.0.1:9/update"

    def take(self, path, body):
        """POST of anything."""
        self.server.image = body
        return 307, "", "text/plain"

    def do_POST(self):
        self.server.image = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(307, "", Location=self.elsewhere)


class Endless(Handler):
    """One whose answers never end."""

    def do_GET(self):
        self.pour()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.pour()

    def pour(self):
        """Until the client has had enough."""
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            self.close_connection = True


class ForeignServer:
    """A handler's class, running."""

    def __init__(self, handler, address="127.0.0.1"):
        class Server(http.server.ThreadingHTTPServer):
            """With the family that the address needs."""
            address_family = 10 if ":" in address else 2
            daemon_threads = True

        self.server = Server((address, 0), handler)
        self.server.asked = []
        self.server.image = None
        host = f"[{address}]" if ":" in address else address
        self.url = f"http://{host}:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def image(self):
        """What it was sent last."""
        return self.server.image
