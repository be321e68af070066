#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the seeds of the fuzz corpora: inputs that real devices have, in each target's framing.

They stand in corpus/TARGET as seed-*; what stands beside them was found by fuzzing and minimised.
"""
import hashlib
import pathlib
import struct

from structures import (BLANK, FACTORY_AND_TWO, SMALL_SLOTS, TWO_LARGE, entry, image, record,
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


def main():
    for make in (boot_seeds, csv_seeds, http_seeds, image_seeds, inspect_seeds, layout_seeds,
                 manifest_seeds, otadata_seeds, pull_seeds, session_seeds, signature_seeds,
                 table_seeds, text_seeds, url_seeds, value_seeds, version_seeds):
        make()


if __name__ == "__main__":
    main()
