# SPDX-License-Identifier: Apache-2.0
"""What published update packages ask of a board is there on a laptop, in the words they use."""
import json
import time

import pytest

from boards import WAS_RESET
from laptop_fixtures import flash, laptop  # noqa: F401 (fixtures)


@pytest.fixture
def give(rogue):
    """give(path, content): the URL of a file whose end is the end of the connection."""
    def put(path, content):
        def respond(_, answer):
            answer.head(200, {"Content-Length": len(content)})
            answer.send(content)

        rogue.paths[path] = respond
        return rogue.url(path)

    return put


def test_platform_is_a_board(laptop):
    assert laptop.run("""
import sys
from sys import argv, platform
assert sys.platform == platform == "esp32"
print(sys.argv[1:] == argv[1:] == ["a", "b c"], sys.version.split(" ")[1], sys.implementation[0])
sys.path.append("/nowhere")
""", "a", "b c").startswith("True MicroPython micropython")


def test_file_system_has_a_partition(laptop):
    assert laptop.run("""
from flashbdev import bdev
print(bdev.info()[4], bdev.ioctl(5, None))
""") == "vfs 4096\n"


def test_buffered_writer_hands_over_whole_buffers(laptop):
    assert laptop.run("""
import io

class Device(io.IOBase):
    def write(self, data):
        sizes.append(len(data))
        return len(data)

sizes = []
writer = io.BufferedWriter(Device(), 4096)
for size in (1, 4095, 10000, 0, 3):
    writer.write(memoryview(bytearray(size)))
writer.flush()
writer.flush()
print(sizes, io.BytesIO(b"x").read())
""") == "[4096, 4096, 4096, 1811] b'x'\n"


RAW_SOCKET = """
import binascii, hashlib, sys, usocket
from esp32 import Partition

_, _, host, path = sys.argv[1].split("/", 3)
host, port = host.split(":")
ai = usocket.getaddrinfo(host, int(port), 0, usocket.SOCK_STREAM)[0]
sock = usocket.socket(*ai[:3])
sock.connect(ai[-1])
sock.write(b"%s /%s HTTP/1.0\\r\\n" % ("GET", path))
sock.write(b"Host: %s\\r\\n\\r\\n" % host)
status = int(sock.readline().split(None, 2)[1])
while sock.readline() not in (b"", b"\\r\\n"):
    pass
part = Partition(Partition.RUNNING).get_next_update()
sha = hashlib.sha256()
got = b""
block = 0
buffer = bytearray(4096)
while True:
    count = sock.readinto(buffer)
    if not count:
        break
    sha.update(memoryview(buffer)[:count])
    got += bytes(buffer[:count])
    while len(got) >= 4096:
        part.writeblocks(block, bytearray(got[:4096]))
        got = got[4096:]
        block += 1
part.writeblocks(block, bytearray(got + b"\\xff" * (4096 - len(got))))
sock.close()
print(status, binascii.hexlify(sha.digest()).decode())
part.set_boot()
"""


def test_raw_socket_brings_an_image(laptop, images, give):
    assert laptop.run(RAW_SOCKET, give("/app.bin", images.new.content)) == f"200 {images.new.sha}\n"
    assert laptop.states()["ota_1"] == "NEW"


BLOCK_DEVICE = """
import hashlib, io, json, machine, requests, sys
from esp32 import Partition

response = requests.get(sys.argv[1])
manifest = json.load(response.raw)
response.close()
part = Partition(Partition.RUNNING).get_next_update()

class Blocks(io.IOBase):
    end = 0

    def write(self, data):
        whole = len(data) // 4096 * 4096
        view = memoryview(data)
        block = self.end // 4096
        if whole:
            part.writeblocks(block, view[:whole])
        if len(data) > whole:
            part.ioctl(6, block + whole // 4096)
            part.writeblocks(block + whole // 4096, view[whole:], 0)
        self.end += len(data)
        return len(data)

device = Blocks()
writer = io.BufferedWriter(device, 4096)
response = requests.get(sys.argv[1].rsplit("/", 1)[0] + "/" + manifest["firmware"])
assert response.status_code == 200
buffer = memoryview(bytearray(4096))
while True:
    count = response.raw.readinto(buffer)
    if count == 0:
        break
    writer.write(buffer[:count])
response.close()
writer.flush()
assert device.end == manifest["length"], device.end
sha = hashlib.sha256()
at = 0
while True:
    count = min(4096, device.end - at)
    part.readblocks(at // 4096, buffer[:count], 0)
    if count == 0:
        break
    sha.update(buffer[:count])
    at += count
assert sha.digest().hex() == manifest["sha"]
part.set_boot()
assert Partition(Partition.BOOT).info()[4] == part.info()[4]
machine.reset()
"""


def test_block_device_writer_with_a_manifest(laptop, images, give):
    give("/new.bin", images.new.content)
    manifest = {"firmware": "new.bin", "sha": images.new.sha, "length": len(images.new.content)}
    laptop.run(BLOCK_DEVICE, give("/ota.json", json.dumps(manifest).encode()), status=WAS_RESET)
    assert laptop.states()["ota_1"] == "NEW"


def test_status_page_reads_otadata_records(laptop):
    assert laptop.run("""
import binascii, struct
from esp32 import Partition

for block in (0, 1):
    record = bytearray(32)
    Partition.find(1, 0)[0].readblocks(block, record)
    seq, _, state, crc = struct.unpack("<L20sLL", record)
    print(seq, state, crc == binascii.crc32(struct.pack("<L", seq), 0xFFFFFFFF))
""") == "1 2 True\n4294967295 4294967295 False\n"


def test_requests_follows_redirects_and_reports_refusals(laptop, rogue, give):
    give("/there", b"content")
    rogue.paths["/nix"] = lambda request, answer: answer.head(404)
    rogue.paths["/here"] = lambda request, answer: answer.head(302, {"Location": "/there"})
    rogue.paths["/round"] = lambda request, answer: answer.head(302, {"Location": "/round"})
    assert laptop.run("""
import sys, requests, urequests
root = sys.argv[1]
print(requests.get(root + "/here").content, urequests.get(root + "/nix").status_code)
try:
    requests.get(root + "/round")
except ValueError as error:
    print(error)
""", rogue.url("")) == "b'content' 404\nToo many redirects\n"


def test_names_and_ports_that_do_not_answer(laptop):
    output = laptop.run("""
import socket
try:
    socket.getaddrinfo("host.invalid", 80)
except OSError as error:
    print("name")
sock = socket.socket()
try:
    sock.connect(socket.getaddrinfo("127.0.0.1", 1)[0][-1])
except OSError as error:
    print(error.args[0])
sock.close()
""")
    assert output == "name\n111\n"


def test_silence_ends_with_a_timeout(laptop, rogue):
    def silence(_, answer):
        answer.head(200, {"Content-Length": 10})
        answer.send(b"ab")
        time.sleep(3)

    rogue.paths["/slow"] = silence
    assert laptop.run("""
import sys, requests
response = requests.get(sys.argv[1], timeout=0.5)
try:
    print(response.raw.read(2))
    print(response.raw.read(8))
except OSError as error:
    print("timeout", error.args[0] in (11, 110))
""", rogue.url("/slow")) == "b'ab'\ntimeout True\n"


@pytest.mark.parametrize("name, trusted, verdict", [
    ("localhost", "own", "'GET'"),
    ("localhost", "other", "ValueError"),
    ("127.0.0.2", "own", "ValueError"),
    ("", "own", "ValueError"),
])
def test_tls_accepts_the_pinned_authority_only(laptop, site, authority, tmp_path, name, trusted,
                                               verdict):
    (tmp_path / "other.pem").write_text(authority.pem())
    ca = {"own": site.ca, "other": tmp_path / "other.pem"}[trusted]
    output = laptop.run("""
import socket, ssl, sys
name, port, ca = sys.argv[1:]
sock = socket.socket()
sock.connect(socket.getaddrinfo("127.0.0.1", int(port))[0][-1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
with open(ca, "rb") as file:
    context.load_verify_locations(cadata=file.read())
try:
    sock = context.wrap_socket(sock, server_hostname=name)
    sock.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print("'GET'", sock.readline())
except ValueError as error:
    print("ValueError", error)
try:
    context.load_verify_locations(cadata=b"no certificate")
except ValueError as error:
    print(error)
""", name, site.url("").split(":")[2].strip("/"), ca)
    assert output.startswith(verdict)
    assert "invalid cert" in output


def test_https_without_an_authority_is_for_those_who_ask_for_it(laptop, site):
    assert laptop.run("""
import socket, sys, requests, ssl, ussl
address = socket.getaddrinfo("localhost", int(sys.argv[1]))[0][-1]
sock = socket.socket()
sock.connect(address)
sock = ussl.wrap_socket(sock, server_hostname="localhost")
sock.write(b"HEAD /new.bin HTTP/1.0\\r\\n\\r\\n")
print(sock.readline())
sock.close()
print(requests.head("https://localhost:" + sys.argv[1] + "/new.bin").status_code)
sock = socket.socket()
sock.connect(address)
try:
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(sock)
except ValueError as error:
    print(error)
""", site.url("").split(":")[2].strip("/")) == (
        "b'HTTP/1.1 200 OK\\r\\n'\n200\nCERT_REQUIRED requires server_hostname\n")
