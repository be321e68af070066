# SPDX-License-Identifier: Apache-2.0
"""esp32.Partition on a laptop does what MicroPython's ESP32 port does, to the letter."""
import pytest

from boards import WAS_RESET, otakit
from laptop_fixtures import flash, laptop  # noqa: F401 (fixtures)

TABLE = """\
<Partition type=0, subtype=16, address=65536, size=1572864, label=ota_0, encrypted=0>
<Partition type=0, subtype=17, address=1638400, size=1572864, label=ota_1, encrypted=0>
<Partition type=1, subtype=2, address=36864, size=16384, label=nvs, encrypted=0>
<Partition type=1, subtype=0, address=53248, size=8192, label=otadata, encrypted=0>
<Partition type=1, subtype=1, address=61440, size=4096, label=phy_init, encrypted=0>
<Partition type=1, subtype=129, address=3211264, size=983040, label=vfs, encrypted=0>
"""

PRELUDE = """
import machine
from esp32 import Partition

running = Partition(Partition.RUNNING)
other = running.get_next_update()


def error_of(call):
    try:
        call()
    except (OSError, ValueError, TypeError) as error:
        return repr(error)
    return "none"


"""

# As ota32 writes it: whole blocks, the last one padded.
INSTALL = PRELUDE + """
import sys

with open(sys.argv[1], "rb") as image:
    block = 0
    while True:
        data = bytearray(b"\\xff" * 4096)
        if image.readinto(data) == 0:
            break
        other.writeblocks(block, data)
        block += 1
other.set_boot()
print(Partition(Partition.BOOT).info()[4])
machine.reset()
"""


def test_partitions_print_as_in_the_tutorial(laptop):
    assert laptop.run(PRELUDE + """
for partition in Partition.find(Partition.TYPE_APP) + Partition.find(Partition.TYPE_DATA):
    print(partition)
""") == TABLE


def test_info_is_a_tuple_that_can_be_compared(laptop):
    assert laptop.run(PRELUDE + """
print(running.info(), running.info() == Partition("ota_0").info(), other.info() == running.info())
""") == "(0, 16, 65536, 1572864, 'ota_0', False) True False\n"


def test_find_takes_positions_and_keywords(laptop):
    assert laptop.run(PRELUDE + """
def labels(*args, **kwargs):
    print([partition.info()[4] for partition in Partition.find(*args, **kwargs)])

labels()
labels(1, 0)
labels(type=Partition.TYPE_DATA, label="nvs")
labels(0, 0xff, "ota_1", 4096)
labels(label="nvs")
labels(0, 0x20)
print(running.find(1, 2)[0].info()[4])
""") == "['ota_0', 'ota_1']\n['otadata']\n['nvs']\n['ota_1']\n[]\n[]\nnvs\n"


@pytest.mark.parametrize("call, error", [
    ('Partition("nix")', "OSError(2,)"),
    ("Partition(2)", "ValueError()"),
    ("other.set_boot()", "OSError(-5379, 'ESP_ERR_OTA_VALIDATE_FAILED')"),
    ('Partition("nvs").set_boot()', "OSError(-5379, 'ESP_ERR_OTA_VALIDATE_FAILED')"),
    ("other.writeblocks(0, bytearray(100))", "OSError(-260, 'ESP_ERR_INVALID_SIZE')"),
    ("other.writeblocks(384, bytearray(4096))", "OSError(-260, 'ESP_ERR_INVALID_SIZE')"),
    ("other.writeblocks(385, bytearray(4096))", "OSError(-258, 'ESP_ERR_INVALID_ARG')"),
    ("other.readblocks(383, bytearray(4097))", "OSError(-260, 'ESP_ERR_INVALID_SIZE')"),
    ("other.readblocks(-1, bytearray(1))", "OSError(-258, 'ESP_ERR_INVALID_ARG')"),
    ("other.readblocks(384, bytearray(0))", "none"),
    ("other.ioctl(6, 384)", "OSError(-260, 'ESP_ERR_INVALID_SIZE')"),
])
def test_errors_are_those_of_the_chip(laptop, call, error):
    assert laptop.run(PRELUDE + f"print(error_of(lambda: {call}))") == error + "\n"


@pytest.mark.parametrize("call", [
    "Partition.find(label=5)", "Partition.find(label=1 << 40)", "Partition(None)", "Partition(1.5)",
    "other.readblocks(0, memoryview(b'constant'))", "other.readblocks(0, b'constant')",
    "other.readblocks(0.5, bytearray(8))", "other.readblocks(None, bytearray(8))",
    "other.writeblocks(0, 4096)", "other.writeblocks(0, None, 0)", "other.ioctl(6, '0')"])
def test_what_is_of_another_kind_is_a_type_error(laptop, call):
    """Nothing of it may reach the C code, where it would be an address."""
    answer = laptop.run(PRELUDE + f"print(error_of(lambda: {call}))")
    assert answer.startswith("TypeError(")


def test_a_label_may_be_bytes(laptop):
    assert laptop.run(PRELUDE + "print(Partition(b'ota_1').info() == other.info(), "
                      "len(Partition.find(label=b'ota_1')))") == "True 1\n"


def test_without_ota_slots_there_is_no_next_one(laptop, images):
    laptop.flash.unlink()
    otakit("flash", "create", "-o", laptop.flash, "--size", "4MB", "--preset", "single-app",
           "--app", f"factory={images.old.path}")
    assert laptop.run("""
from esp32 import Partition
for call in (Partition(Partition.RUNNING).get_next_update, lambda: Partition(Partition.BOOT),
             Partition.mark_app_valid_cancel_rollback):
    try:
        print(call())
    except OSError as error:
        print(repr(error))
""") == "OSError(2,)\nOSError(2,)\nOSError(-261, 'ESP_ERR_NOT_FOUND')\n"


def test_ioctl_answers_as_a_block_device(laptop):
    assert laptop.run(PRELUDE + """
small = Partition("vfs", block_size=512)
print([other.ioctl(command, None) for command in (1, 2, 3, 4, 5, 7)])
print(small.ioctl(4, None), small.ioctl(5, None), small.ioctl(6, 0))
print(other.ioctl(6, 3))
""") == "[0, 0, 0, 384, 4096, None]\n1920 512 -22\n0\n"


def test_blocks_and_offsets_name_bytes(laptop):
    laptop.run(PRELUDE + """
other.writeblocks(2, bytearray(bytes(range(256)) * 16))
buffer = bytearray(3)
other.readblocks(2, buffer, 253)
assert buffer == b"\\xfd\\xfe\\xff", buffer
view = memoryview(bytearray(10))
other.readblocks(1, view[4:6], 4095)
assert bytes(view) == b"\\0\\0\\0\\0\\xff\\0\\0\\0\\0\\0", bytes(view)
other.readblocks(2, bytearray(0))
assert error_of(lambda: other.readblocks(2, b"abc")).startswith("TypeError")
""")


def test_writing_with_an_offset_erases_nothing(laptop):
    laptop.run(PRELUDE + """
other.writeblocks(0, bytearray(b"\\xf0" * 4096))
other.writeblocks(0, memoryview(b"\\x3c\\x3c"), 1)
buffer = bytearray(4)
other.readblocks(0, buffer)
assert buffer == b"\\xf0\\x30\\x30\\xf0", buffer
other.ioctl(6, 0)
other.writeblocks(0, b"tail", 4094 - 4090)
other.readblocks(0, buffer, 4)
assert buffer == b"tail", buffer
""")
    content = laptop.flash.read_bytes()[0x190000:0x190010]
    assert content == b"\xff\xff\xff\xfftail" + b"\xff" * 8


def test_small_blocks_keep_their_neighbours(laptop):
    laptop.run(PRELUDE + """
vfs = Partition("vfs", 512)
vfs.writeblocks(0, bytearray(b"a" * 4096))
vfs.writeblocks(7, bytearray(b"b" * 1024))
buffer = bytearray(1540)
vfs.readblocks(7, buffer, -2)
assert buffer == b"aa" + b"b" * 1024 + b"\\xff" * 514, buffer
""")


def test_update_boots_on_trial_and_reverts_unmarked(laptop, images):
    assert laptop.run(INSTALL, images.new.path, status=WAS_RESET) == "ota_1\n"
    assert laptop.states()["ota_1"] == "NEW"
    assert laptop.run(PRELUDE + "print(running.info()[4])") == "ota_1\n"
    assert laptop.states()["ota_1"] == "PENDING_VERIFY"
    assert laptop.run(PRELUDE + "print(running.info()[4])") == "ota_0\n"
    assert laptop.states()["ota_1"] == "ABORTED"


def test_marked_update_stays(laptop, images):
    laptop.run(INSTALL, images.new.path, status=WAS_RESET)
    laptop.run(PRELUDE + "Partition.mark_app_valid_cancel_rollback()")
    assert laptop.states() == {"ota_0": "VALID", "ota_1": "VALID"}
    assert laptop.run(PRELUDE + "print(running.info()[4], other.info()[4])") == "ota_1 ota_0\n"


def test_importing_again_is_no_power_up(laptop, images):
    laptop.run(INSTALL, images.new.path, status=WAS_RESET)
    assert laptop.run("""
import sys
for _ in range(2):
    from esp32 import Partition
    print(Partition(Partition.RUNNING).info()[4])
    for name in ("esp32", "_otakit", "machine"):
        sys.modules.pop(name, None)
""") == "ota_1\nota_1\n"
    assert laptop.states()["ota_1"] == "PENDING_VERIFY"


def test_bad_image_is_never_selected(laptop, images, tmp_path):
    damaged = bytearray(images.new.content)
    damaged[100000] ^= 1
    path = tmp_path / "damaged.bin"
    path.write_bytes(damaged)
    result = laptop.power_up(INSTALL, path)
    assert result.returncode == 1
    assert "ESP_ERR_OTA_VALIDATE_FAILED" in result.stdout + result.stderr
    assert laptop.run(PRELUDE + "print(Partition(Partition.BOOT).info()[4])") == "ota_0\n"


def test_chip_is_that_of_the_flash(laptop, images):
    result = laptop.power_up(INSTALL, images.other_chip.path)
    assert "ESP_ERR_OTA_VALIDATE_FAILED" in result.stdout + result.stderr


def test_bootloader_of_otakit_is_the_same(laptop, images):
    """`otakit boot` counts as a power-up, and the next one finds its trial over."""
    laptop.run(INSTALL, images.new.path, status=WAS_RESET)
    assert otakit("boot", laptop.flash)["booted"] == "ota_1"
    assert laptop.run(PRELUDE + "print(running.info()[4])") == "ota_0\n"
