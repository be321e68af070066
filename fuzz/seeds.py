#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the seeds of the fuzz corpora: inputs that real devices have, in each target's framing.

They stand in corpus/TARGET as seed-*; what stands beside them was found by fuzzing and minimised.
"""
import binascii
import hashlib
import pathlib
import struct
import zlib

from structures import (BLANK, FACTORY_AND_TWO, SMALL_SLOTS, TWO_LARGE, entry, fill, image, record,
                        signature_block, table)

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"


def write(target, name, data):
    """One seed of a target."""
    directory = CORPUS / target
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"seed-{name}").write_bytes(data)


def table_seeds():
    head = struct.pack("<BH", 0, 0x40)
    for name, rows in (("two-ota", FACTORY_AND_TWO), ("two-ota-large", TWO_LARGE)):
        write("table", name, head + table(rows))
        write("table", name + "-no-md5", head + table(rows, md5=False))
    write("table", "behind-md5", head + table(FACTORY_AND_TWO)[:-32]
          + record(0, 0x12, 0x310000, 0x10000, "ota_2") + BLANK * 32)
    many = [(1, 0x40, 0x10000, 0x1000, f"p{i}") for i in range(94)]
    write("table", "94-entries", head + table(many)[:-32])
    write("table", "95-entries", head + table(many + many[:1], md5=False)[:-32])
    wraps = struct.pack("<BH", 1, 0x40) + table([(0, 0x10, 0x1000, 0xFFFFF000, "wraps")])
    write("table", "wraps", wraps)


def otadata_seeds():
    cases = {"blank": (BLANK * 32, BLANK * 32),
             "valid": (entry(5, 2), entry(6, 2)),
             "new": (entry(1, 2), entry(2, 0)),
             "pending": (entry(3, 1), entry(2, 2)),
             "torn": (entry(3, 2, good_crc=False), entry(2, 0xFFFFFFFF)),
             "aborted": (entry(3, 4), entry(2, 3)),
             "last": (entry(0xFFFFFFFE, 2), entry(0xFFFFFFFD, 2))}
    for name, (first, second) in cases.items():
        write("otadata", name, bytes([0, 2, 1]) + first + second)


def image_seeds():
    def framed(data, mode=0):
        return struct.pack("<BHHB", mode, 0, 100, 7) + data

    good = image()
    write("image", "good", framed(good))
    write("image", "sealed", framed(good, 1))
    write("image", "exact-fit", framed(good, 8))
    write("image", "no-hash", framed(image(hashed=False)))
    write("image", "cut", framed(good[:-40]))
    write("image", "bad-hash", framed(good[:-1] + bytes([good[-1] ^ 1])))
    write("image", "other-chip", struct.pack("<BHHB", 0, 5, 3, 1) + image(chip=5))
    write("image", "no-segment", framed(image(sizes=())))
    write("image", "many-segments", framed(good[:1] + b"\x10" + good[2:24] + bytes(16 * 8)
                                           + bytes(16), 1))


def version_seeds():
    cases = {"numbers": "1.2.3\n1.10.0\n1.9.9", "pre-release": "1.2.0-rc1\n1.2.0\nv1.2.0-rc2",
             "git": "v1.2.0-5-g0123abc\n1.2.0\n1.2.0-dirty", "build": "1.0+a\n1.0+b\n1.0~1",
             "words": "main\n\n2024-01-31", "zeros": "01.002\n1.2\n00"}
    for name, text in cases.items():
        write("version", name, text.encode())


def boot_input(mode, secure_version, first, second, rows=None, images=()):
    """An input of fuzz_boot: images stand in factory, ota_0, ota_1, ota_2, test."""
    out = bytes([mode, secure_version]) + first + second
    if rows is not None:
        records = table(rows)
        out += bytes([len(records) // 32]) + records
    for content in images:
        out += struct.pack("<H", len(content)) + content
    return out


def boot_seeds():
    sizes = (0x140, 0x20, 0, 0x40)
    old, new = image("1.0.0", 1, sizes), image("1.1.0", 2, sizes)
    blank = BLANK * 32
    write("boot", "factory", boot_input(1, 0, blank, blank, images=(old,)))
    write("boot", "repair", boot_input(0, 0, blank, blank, images=(b"", old, new)))
    write("boot", "new", boot_input(0x21, 0, entry(1, 2), entry(2, 0), images=(b"", old, new)))
    write("boot", "fallback", boot_input(5, 0, entry(2, 2), blank,
                                         images=(b"", b"", new[:-1], b"", old)))
    write("boot", "anti-rollback", boot_input(0x40, 2, entry(1, 2), entry(2, 2), images=(
        b"", image(secure_version=1, sizes=sizes), image(secure_version=3, sizes=sizes))))
    write("boot", "table", boot_input(0x38, 0, entry(1, 2), entry(2, 0), SMALL_SLOTS,
                                      (old, old, new)))


def layout_seeds():
    overlap = SMALL_SLOTS[:3] + [(0, 0x11, 0x10000, 0x20000, "ota_1")]
    hits_table = [(1, 0, 0xD000, 0x2000, "otadata"), (0, 0x10, 0x20000, 0x10000, "ota_0"),
                  (0, 0x11, 0x8000, 0x1000, "ota_1")]
    odd = SMALL_SLOTS[:3] + [(0, 0x11, 0x30000, 0x1801, "ota_1")]
    for name, rows in (("small", SMALL_SLOTS), ("overlap", overlap), ("hits-table", hits_table),
                       ("odd-size", odd)):
        records = b"".join(record(*row) for row in rows)
        write("layout", name, bytes([7]) + entry(1, 2) + BLANK * 32 + records)
        write("layout", name + "-pending", bytes([15]) + entry(1, 2) + entry(2, 0) + records)


def session_seeds():
    sizes = (0x1400, 0x20, 0, 0x40)
    small = image("1.1.0", 3, (0x140, 0x20, 0, 0x40))
    large = image("1.1.0", 3, sizes)

    def framed(mode, extra, data, piece=1000, cut=0, how=0, patches=()):
        out = struct.pack("<BBHHBB", mode, extra, piece, cut, how, len(patches))
        for place, content in patches:
            out += struct.pack("<HB", place, len(content)) + content
        return out + data

    first = (0, entry(1, 2))
    second = (0x1000, entry(2, 0))
    for name, mode in (("sha256", 0x35), ("size", 0x24), ("unknown", 0x04), ("align-32", 0x3D)):
        write("session", name, framed(mode, 0, large))
        for cut in (4, 7):
            write("session", f"{name}-resume-{cut}", framed(mode, 0, large, 4096, cut, cut * 4 + 1))
    for failing in (1, 3, 9, 14):
        write("session", f"flash-fails-{failing}", framed(0x35, 0, small, 500, 0, failing))
    write("session", "reject", framed(0x34, 0x14, small))
    write("session", "abort", framed(0x35, 0x08, large))
    write("session", "runs-ota-1", framed(0x76, 0x25, small, 9))
    write("session", "repeat", framed(0x35, 0x46, large))
    write("session", "other-image", framed(0x35, 0, large, 4096, 6, 1, ((0x1190, b"12"),)))
    write("session", "patched", framed(0xB5, 0, small, 100, 0, 0, (first, second)))
    write("session", "same-image", framed(0x34, 0, small, 100, 0, 0, (
        (0x9000, small[:255]), (0x90FF, small[255:510]), (0x91FE, small[510:]))))
    for slot in range(5):
        write("session", f"by-hand-{slot}", framed(0xB6, 0xA0, small, slot, 0, 0, (
            (0x2000, small[:255]), (0x20FF, small[255:510]), (0x21FE, small[510:]))))
    write("session", "rollback", framed(0xB4, 0, small, 100, 0, 0, (first, (0x1000, entry(2, 1)))))


def url_seeds():
    cases = {
        "absolute": ("https://ota.example.com/fw/app.bin?key=1", "https://cdn.example.net:8443/a"),
        "relative": ("https://h/a/b/c", "../d/./e.bin?x=1#frag"),
        "root": ("http://h:80", "/app.bin"), "query": ("https://h/a?b", "?c=%20d"),
        "network-path": ("https://a.example/x", "//b.example/y"),
        "ipv6": ("https://[2001:db8::1]:443/a", "b c"),
        "ipv4": ("https://192.0.2.7/a", "https://0x7f.1/"),
        "user": ("https://user:pw@h/", "https://h@evil.example/"),
        "bytes": ("HTTPS://H.Example/", "caf\xe9/\xfc.bin"),
        "scheme": ("https://h/", "ftp://h/x"), "dots": ("https://h/a/b/", "../../../../x/.."),
    }
    for name, (base, reference) in cases.items():
        write("url", name, f"{base}\n{reference}".encode("latin-1"))


def http_seeds():
    cases = {
        "whole": (200, "Content-Length: 1448064\nETag: \"abc-1\"\nAccept-Ranges: bytes"),
        "dates": (200, "Date: Sun, 06 Nov 2026 08:49:37 GMT\n"
                       "Last-Modified: Sat, 05 Nov 2026 08:49:37 GMT"),
        "part": (206, "Content-Range: bytes 4096-8191/1448064\nContent-Length: 4096"),
        "open-part": (206, "content-range: bytes 0-99/*\netag: W/\"weak\""),
        "past-end": (416, "Content-Range: bytes */500"),
        "gzip": (200, "Content-Encoding: gzip\nTransfer-Encoding: chunked"),
        "wait": (503, "Retry-After: 120"),
        "wait-until": (429, "Date: Sun, 06 Nov 2026 08:49:37 GMT\n"
                            "Retry-After: Sun, 06 Nov 2026 08:50:37 GMT"),
        "odd": (200, "Content-Length: 5, 5\nContent-Length: 4294967296\nAccept-Ranges: none"),
        "multipart": (206, "Content-Type: multipart/byteranges; boundary=x"),
    }
    for name, (status, fields) in cases.items():
        write("http", name, struct.pack("<H", status) + fields.encode())


def manifest_seeds():
    cases = {
        "full": '{"firmware": "app-1.4.0.bin", "sha": "%s", "length": 1448064, "version": '
                '"1.4.0", "project": "thermostat", "chip": "esp32c3"}' % ("9f86d081" * 8),
        "least": '{"firmware":"a"}',
        "nulls": '{"firmware":"a","sha":null,"length":null,"version":null}',
        "unknown": '{"x":[1,-2.5e+3,{"y":[true,false,null]}],"firmware":"https://h/a"}',
        "escapes": '{"firmware":"\\u00e4\\n\\/\\"\\\\\\ud83d\\ude00","note":"\\t"}',
        "utf8": '\ufeff{"firmware":"\u00e4\u20ac\U0001f600"}',
        "deep": '{"x":' + "[" * 31 + "]" * 31 + ',"firmware":"a"}',
        "twice": '{"firmware":"a","firmware":"b"}', "cut": '{"firmware":"a',
        "numbers": '{"length":4294967295,"firmware":"a","v":0.5E-2}',
    }
    for name, text in cases.items():
        write("manifest", name, text.encode())


def pull_seeds():
    large = image("1.1.0", 4, (0x1400, 0x20, 0, 0x40))
    data = image("1.1.0", 4, (0x140, 0x20, 0, 0x40))
    head, end, lost = b"\x00", b"\x07", b"\x87"

    def status(number):
        return b"\x01" + struct.pack("<H", number)

    def field(line):
        return b"\x02" + bytes([len(line)]) + line.encode()

    def body(content):
        return b"".join(b"\x04" + bytes([len(content[i:i + 200])]) + content[i:i + 200]
                        for i in range(0, len(content), 200))

    def part(length):
        return b"\x05" + struct.pack("<H", length)

    def framed(mode, steps, url=b"https://ota.example/app.bin", served=data):
        return (bytes([mode, len(url)]) + url + struct.pack("<H", len(served)) + served
                + b"".join(steps))

    whole = [head, part(300), part(0xFFFF), end]
    moved = [status(302), field("Location: https://cdn.example/b"), b"\x03", end]
    manifest = b'{"firmware":"app.bin","sha":"%s","length":%d}' % (
        hashlib.sha256(data).hexdigest().encode(), len(data))
    unknown = [status(200), b"\x03", part(300), part(0xFFFF), end]
    write("pull", "whole", framed(0x11, whole))
    write("pull", "resume", framed(0x19, [head, part(5000), lost] + whole, served=large))
    write("pull", "resume-etag", framed(0x09, [head, part(5000), lost] + whole, served=large))
    write("pull", "redirect", framed(0x18, moved + whole))
    write("pull", "chunked", framed(0x01, unknown))
    write("pull", "manifest", framed(0x02, [status(200), b"\x03", body(manifest), end] + whole))
    write("pull", "changed", framed(0x01, [head, part(5000), lost, status(200),
                                           field('ETag: "2"'), b"\x03", end] + whole,
                                    served=large))
    write("pull", "busy", framed(0x01, [status(503), field("Retry-After: 3"), b"\x03", end]
                                 + whole))
    write("pull", "past-end", framed(0x01, [head, part(5000), lost, status(416),
                                            field("Content-Range: bytes */4096"), b"\x03", end],
                                     served=large))
    write("pull", "stalled", framed(0x41, [head, part(100), b"\x06\x00\xf0"] + whole))
    write("pull", "downgrade", framed(0x08, [status(301), field("Location: http://ota.example/"),
                                             b"\x03", end]))
    write("pull", "plain", framed(0x0C, moved[:1] + [field("Location: //ota.example:80/x"),
                                                     b"\x03", end] + whole,
                                  b"http://ota.example"))


def multipart_seeds():
    def framed(body, content_type="multipart/form-data; boundary=B", steps=(0, 6)):
        return bytes([*steps, len(content_type)]) + content_type.encode() + body

    file = b'--B\r\nContent-Disposition: form-data; name="u"; filename="a.bin"\r\n\r\n'
    field = b'--B\r\nContent-Disposition: form-data; name="MD5"\r\n\r\n0123\r\n'
    write("multipart", "file", framed(file + b"\xe9image\r\n--B--\r\n"))
    write("multipart", "fields", framed(field + file + b"\xe9\r\n" + field + b"--B--"))
    write("multipart", "lookalike", framed(file + b"\r\r\n\r\n--\r\n-B\r\n--B \r\nA: b\r\n\r\n"))
    write("multipart", "quoted", framed(b"pre\r\n--a b\r\n\r\nx\r\n--a b--",
                                        'Multipart/Form-Data; x="a;b"; Boundary="a b"'))
    write("multipart", "cut", framed(file + b"abc\r\n--"))


def portal_seeds():
    data = image("1.1.0", 4, (0x140, 0x20, 0, 0x40))
    large = image("1.1.0", 4, (0x1400, 0x20, 0, 0x40))
    post, put, info, get, cancel, confirm, rollback, probe, stay = range(9)
    host, own, evil, token, password, chunked, length, sha256, form, waits = (
        b"\x00", b"\x03", b"\x04", b"\x06", b"\x07", b"\x09", b"\x0a", b"\x0c", b"\x0d", b"\x0e")
    ask = b"\x40"

    def begin(request, *fields, client=0):
        return bytes([client << 7, request, 1, len(fields)]) + b"".join(fields)

    def part(first, last):
        return b"\x10" + struct.pack("<HH", first, last - first)

    def anything(content, client=0):
        return bytes([client << 7 | 3, len(content)]) + content

    def send(length, client=0):
        return bytes([client << 7 | 1]) + struct.pack("<H", length)

    def field(line):
        return bytes([80 + len(line)]) + line.ljust(80 + len(line)).encode()

    end, other_end, cut, all_turns = b"\x04", b"\x84", b"\x05", b"\x07\xff\xff"

    def framed(mode, *steps, served=data):
        return bytes([mode]) + struct.pack("<H", len(served)) + served + b"".join(steps)

    whole = begin(post, host, length) + send(0xFFFF) + end + all_turns
    write("portal", "post", framed(0, whole))
    write("portal", "chunked", framed(0, begin(post, host, chunked), send(100), send(0xFFFF), end,
                                      all_turns))
    write("portal", "form", framed(0, begin(post, host, chunked, form), anything(
        b'--B\r\nContent-Disposition: form-data; filename="a"\r\n\r\n'), send(0xFFFF),
        anything(b"\r\n--B--"), end, all_turns))
    write("portal", "put", framed(
        0, begin(put, host, sha256, ask), end,
        begin(put, host, sha256, part(0, 99)), send(100), end,
        begin(put, host, sha256, part(100, len(data) - 1)), send(0xFFFF), end, all_turns))
    write("portal", "resume", framed(0, begin(post, host, length, sha256), send(5000), cut,
                                     begin(put, host, sha256, ask), end, whole, served=large))
    write("portal", "gap", framed(0, begin(put, host, sha256, part(200, 300)), send(101), end))
    write("portal", "page", framed(0, begin(post, host, own, token, length), send(0xFFFF), end,
                                   all_turns))
    write("portal", "foreign", framed(0, begin(post, host, evil, token, length), send(9), end))
    write("portal", "password", framed(2, begin(confirm, host), end,
                                       begin(rollback, host, password), end))
    write("portal", "captive", framed(1, begin(probe, b"\x02"), begin(get, host, b"\x0f"),
                                      begin(stay, host), begin(probe, b"\x02"), begin(info, host)))
    write("portal", "two", framed(0, begin(post, host, length), send(100),
                                  begin(post, host, length, waits, client=1), other_end,
                                  begin(cancel, host, client=1), other_end, send(0xFFFF), end))
    write("portal", "takeover", framed(0, begin(put, host, sha256, part(0, 300)), send(50),
                                       begin(put, host, sha256, part(50, 99), client=1),
                                       send(50, 1), other_end, send(100), end))
    write("portal", "idle", framed(0, begin(put, host, sha256, part(0, 99)), send(100), end,
                                   b"\x06\xff\xff", whole))
    write("portal", "any-field", framed(8, begin(post, field("Host:lamp"), field("Host:lamp"))))


def base64_seeds():
    for name, text in (("password", b"bGFtcDpvcGVuIHNlc2FtZQ=="), ("bare", b"Zm8"), ("bits", b"Zh==")):
        write("base64", name, b"\x40" + text)
    write("base64", "room", b"\x03Zm9vYg==")


def dns_seeds():
    room = struct.pack("<H", 512)
    head = bytes.fromhex("123401000001000000000000")
    name = b"\x11connectivitycheck\x07gstatic\x03com\x00"
    kinds = {"a": 1, "aaaa": 28, "any": 255, "https": 65}
    for kind, number in kinds.items():
        write("dns", kind, room + head + name + struct.pack(">HH", number, 1))
    write("dns", "pointer", room + head + b"\xc0\x0c\x00\x01\x00\x01")
    write("dns", "update", room + head[:2] + b"\x28" + head[3:] + name + b"\x00\x06\x00\x01")
    write("dns", "small-room", struct.pack("<H", 30) + head + name + b"\x00\x01\x00\x01")


def csv_seeds():
    two_ota = """# Name,   Type, SubType, Offset,  Size, Flags
nvs,      data, nvs,     ,        0x4000,
otadata,  data, ota,     ,        0x2000,
phy_init, data, phy,     ,        0x1000,
factory,  0,    0,       ,        1M
ota_0,    0,    ota_0,   ,        1M
ota_1,    0,    ota_1,   ,        1M
"""
    cases = {
        "two-ota": (8, two_ota), "strict": (4, two_ota), "crlf": (0, two_ota.replace("\n", "\r\n")),
        "utf16": (0, ("\ufeff" + two_ota).encode("utf-16-le")),
        "numbers": (0, "a,0x40,0b11,0x9000,1_000\nb,65,0o17,,5kk\nc,1,6,,-0x400000,encrypted"),
        "flags": (0, "a,data,nvs,0x9000,4K,readonly:encrypted\n"),
        "variable": (0, "a,data,fat,0x9000,$FOO_SIZE\n$NO,data,fat,,4K"),
        "bootloader": (0x10, "bl,bootloader,primary,N/A,N/A\npt,partition_table,primary,N/A,N/A\n"
                             "rec,bootloader,recovery,N/A,N/A\nx,app,special,0x10000,64K"),
        "overlap": (0, "a,app,ota_0,0x10000,1M\nb,app,ota_1,0x20000,1M"),
        "no-verify": (3, "a,app,ota_0,0x10001,1M\na,data,ota,0x20000,1"),
        "names": (0, "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4,data,nvs,0x9000,0x4000"),
    }
    for name, (mode, text) in cases.items():
        write("csv", name, bytes([mode]) + (text if isinstance(text, bytes) else text.encode()))
    write("csv", "binary", b"\x00" + table(FACTORY_AND_TWO))
    write("csv", "binary-sealed", b"\x80" + table(TWO_LARGE))
    write("csv", "binary-no-md5", b"\x01" + table(TWO_LARGE, md5=False))


def signature_seeds():
    rsa = signature_block(2)
    p256 = signature_block(3, 2, small=True)
    write("signature", "rsa", b"\x02" + rsa)
    write("signature", "p256", b"\x02" + p256)
    write("signature", "p384", b"\x02" + signature_block(3, 3))
    write("signature", "bad-crc", b"\x00" + rsa[:-20] + bytes(20))
    write("signature", "sealed", b"\x03" + rsa[:40])


def inspect_seeds():
    def framed(mode, data, rest=b"", chip=0):
        return struct.pack("<BHHH", mode, chip, 100, len(data)) + data + rest

    good = image(sizes=(0x140, 0x20, 0x20, 0x40))
    write("inspect", "good", framed(2, good))
    write("inspect", "sealed", framed(3, good))
    write("inspect", "trailing", framed(0, good, b"trailing"))
    write("inspect", "signed", framed(6, good, signature_block(2) + signature_block(3, 2, True)))
    write("inspect", "resigned", framed(14, good, signature_block(2)[:100]))
    write("inspect", "cut", framed(0, good[:300]))
    write("inspect", "chip", framed(0, image(chip=5, sizes=(0x140, 0x20)), chip=5))


def value_seeds():
    cases = {"size": (2, "1536K"), "hex": (0, "0x8000"), "duration": (3, "500ms"),
             "chip": (4, "ESP32-C3"), "revision": (5, "v1.3"), "count": (1, "18446744073709551615"),
             "giga": (2, "4GiB")}
    for name, (kind, text) in cases.items():
        write("value", name, bytes([kind]) + text.encode())


def text_seeds():
    cases = {"plain": "factory", "utf8": "\u00e4\u20ac\U0001f600", "escape": "\x1b[31mred\x07",
             "c1": "\u009b31m", "words": "slit"}
    for name, text in cases.items():
        write("text", name, b"\x20" + text.encode())
    write("text", "latin1", b"\x05caf\xe9\xff\xed\xa0\x80")


def window_seeds():
    def padded(text):
        return text.encode().ljust(32, b"\0")

    opening = (struct.pack("<BxHII", 1, 5, 1448064, 0) + fill(1, 32) + padded("1.4.0")
               + padded("thermostat"))
    info = struct.pack("<BBHHbbBBBxIIIIHxx", 1, 7, 5, 301, -1, 0, 5, 0, 3, 0x5F3C2A10, 1 << 20, 2,
                       16384, 0x81) + padded("1.3.0") + padded("thermostat") + padded("esp32")
    for op in (2, 3, 4, 5, 6, 7):
        write("window", f"request-{op}", bytes([op]))
    write("window", "open", opening)
    write("window", "opened", struct.pack("<BBHII", 0x81, 0, 0x81, 16384, 4096))
    write("window", "state", struct.pack("<BBBxIII", 0x82, 62, 2, 8192, 8192, 4096))
    write("window", "answer", bytes([0x83, 8, 1]))
    write("window", "info", info)
    write("window", "info-on-a-line", b"\x87" + info)
    write("window", "data", struct.pack("<HI", 0x8001, 0x17FFF) + fill(2, 240))


def sector_seeds():
    def command(number, payload):
        return b"\x01" + struct.pack("<H", number) + payload.ljust(18, b"\0")

    data = fill(3, 241)
    write("sector", "start", command(1, struct.pack("<I", 1448064)))
    write("sector", "stop", command(2, b""))
    write("sector", "ack-start", command(3, struct.pack("<HHB", 1, 0, 64)))
    write("sector", "bad-crc", b"\x00" + command(1, b"\1")[1:])
    write("sector", "ack-sector", command(7, struct.pack("<HH", 2, 6)))
    write("sector", "packet", b"\x00" + struct.pack("<HB", 7, 3) + data)
    write("sector", "last", b"\x00" + struct.pack("<HB", 7, 0xFF) + data
          + struct.pack("<H", binascii.crc_hqx(data, 0)))
    write("sector", "only-crc", b"\x00" + struct.pack("<HBH", 0xFFFF, 0xFF, 0x1234))


def stuffed(frame):
    """A frame as it goes over a serial line."""
    out = bytearray(b"\0")
    for block in (frame + struct.pack("<I", zlib.crc32(frame))).split(b"\0"):
        while len(block) >= 254:
            out += b"\xff" + block[:254]
            block = block[254:]
        out += bytes([len(block) + 1]) + block
    return bytes(out) + b"\0"


def serial_seeds():
    head = struct.pack("<HB", 1034, 15)
    log = b"ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON),boot:0xc\r\n"
    long_run = bytes(range(1, 255)) * 4
    write("serial", "query", head + stuffed(b"\x02"))
    write("serial", "between-log", head + log + stuffed(b"\x02") + log + stuffed(b"\x10\0\0abc"))
    write("serial", "long", head + stuffed(b"\x10" + long_run[:1000]))
    write("serial", "full-runs", head + stuffed(long_run[:254]) + stuffed(long_run[:508]))
    write("serial", "zeros", head + stuffed(bytes(300)))
    write("serial", "cut", head + stuffed(b"\x02")[:-3] + stuffed(b"\x03"))
    write("serial", "small-buffer", struct.pack("<HB", 6, 0) + stuffed(b"\x02") + stuffed(bytes(9)))


def ble_seeds():
    data = image("1.1.0", 5, (0x1400, 0x20, 0, 0x40))
    other = image("1.1.0", 5, (0x1400, 0x20, 0, 0x40), chip=5)
    wait, silence, gone, full, finish = b"\x0a\x40", b"\x8a\x05", b"\x0b", b"\x0c", b"\x04\x03"
    more = b"\x03" * (len(data) // 1000 + 1)
    line = b"\x81" + b"\x83" * len(more) + b"\x84\x03"
    window = b"\x01" + more + finish
    simple = b"\x05" + (b"\x06" + struct.pack("<H", 500)) * (len(data) // 500 + 1) + b"\x07"
    sectors = b"\x08\x09\x00\x09\x01\x88"
    cases = {
        "window": window + wait * 2, "line": line + wait * 2,
        "window-confirm": window + wait * 4 + b"\x04\x05",
        "window-reject": window + wait * 4 + b"\x04\x06" + wait,
        "gap": b"\x01\x02\x00\x10\x64\x00" + wait + more + finish + wait,
        "gone": b"\x01\x03\x03\x03" + gone + window + gone + wait,
        "silent": b"\x01\x03" + silence + window + wait,
        "simple": simple + wait * 2, "simple-gone": simple[:10] + gone + simple + wait * 2,
        "sector": sectors + wait * 2, "sector-gone": sectors[:-1] + gone + wait * 2,
        "finished-alone": window + gone + b"\x01" + finish + wait + b"\x01" + finish + wait,
        "sector-faults": b"\x08\x49\x00\x89\x00\x09\x01" + sectors[1:] + wait,
        "sector-ffff": b"\x08\x09\x00\x09\xff\x88" + wait * 2,
        "all-at-once": b"\x05\x08\x01\x81\x0d" + simple + wait * 2,
        "hand-over": b"\x01\x03\x03\x03" + gone + line + wait * 2,
        "cancelled": b"\x01\x03\x03\x2d\x03" + wait + simple + wait,
        "full": full + b"\x01\x03" + wait + full + more + finish + wait,
        "cut": b"\x01\x0f\x08" + more + window + wait * 2,
        "raw": b"\x00\x00\x01\x01\x00\x06\x03abc\x00\x0c\x02\x10\x00\x0e",
    }
    for name, steps in cases.items():
        write("ble", name, struct.pack("<BH", 1, len(data)) + data + steps)
    write("ble", "other-chip", struct.pack("<BH", 9, len(other)) + other + window + simple + sectors)


def client_seeds():
    """What a device says to each client, from the connection to the switch."""
    connect, answered, gone = b"\x00", b"\x01", b"\x07"

    def said(kind, number, rest=b"", channel=0):
        return bytes([4 | channel << 4, kind]) + struct.pack("<I", number) + rest

    def state(following, phase=1, status=0):
        return said(1, following, struct.pack("<BBH", status, phase, 0))

    info = b"\x22\x80" + bytes([1, 4]) + bytes(126)
    opened = answered + said(0, 0, struct.pack("<H", 8192))
    states = b"".join(state(offset) for offset in range(2000, 20001, 2000))
    sent = opened + states
    window = connect + info + sent
    simple = (connect + answered + said(5, 2) + answered * 2)
    ack = b"".join(said(4, index, b"\x00\x00", 1) for index in range(5))
    sector = connect + answered + said(3, 0, b"\x01\x04") + ack
    stopped = answered + said(3, 0, b"\x02\x00")
    cases = {
        "window": (2, window + answered + state(20000, 2) + state(20000, 3)),
        "window-no-info": (2, connect + answered + sent + answered + state(20000, 3)),
        "window-line": (6, connect + b"\x02\x81\x87" + info[2:] + sent + state(20000, 3)),
        "window-gap": (2, connect + info + opened + state(2000) + state(2000, 1, 63) + states
                       + answered + state(20000, 3)),
        "window-silent": (2, connect + info + opened + b"\x06\xe9\x03" + answered + states
                          + answered + state(20000, 3)),
        "window-gone": (2, connect + info + opened + state(4000) + gone + b"\x06\x00\x02" + window
                        + answered + gone + connect + info),
        "window-refused": (2, connect + info + answered + b"\x02\x0c\x81\x18" + bytes(10)),
        "window-cancelled": (2, connect + info + opened + b"\x87" + b"\x02\x03\x83\x00\x04"),
        "simple": (0, simple + answered * 42 + said(5, 5)),
        "simple-short": (0x10, simple + answered * 2 + said(5, 5)),
        "simple-refused": (0, simple + answered * 2 + b"\x81\x84"),
        "sector": (1, sector + stopped),
        "sector-responses": (9, connect + answered + said(3, 0, b"\x01\x00")
                             + b"".join(answered * 6 + said(4, index, b"\x00\x00", 1)
                                        for index in range(5)) + stopped),
        "sector-again": (1, connect + answered + said(3, 0, b"\x01\x04") + said(4, 0, b"\x01\x00", 1)
                         + said(4, 1, b"\x02\x00", 1) + ack + stopped),
        "sector-ahead": (1, connect + answered + said(3, 0, b"\x01\x04") + said(4, 0, b"\x00\x00", 1)
                         + said(4, 1, b"\x02\x04", 1) + ack[-8:] + stopped),
    }
    for name, (mode, steps) in cases.items():
        write("clients", name, struct.pack("<BH", mode, 800) + steps)


def main():
    for make in (base64_seeds, ble_seeds, boot_seeds, client_seeds, csv_seeds, dns_seeds,
                 http_seeds, image_seeds, inspect_seeds, layout_seeds, manifest_seeds, multipart_seeds, otadata_seeds,
                 portal_seeds, pull_seeds, sector_seeds, serial_seeds, session_seeds,
                 signature_seeds, table_seeds, text_seeds, url_seeds, value_seeds,
                 version_seeds, window_seeds):
        make()


if __name__ == "__main__":
    main()
