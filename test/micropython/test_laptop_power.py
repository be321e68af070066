# SPDX-License-Identifier: Apache-2.0
"""The power of a laptop's device can be cut inside any flash operation."""
import pytest

from boards import POWER_LOST, otakit
from laptop_fixtures import LAUNCHERS, Laptop, flash, laptop  # noqa: F401 (fixtures)
from test_laptop_partition import INSTALL, PRELUDE

# Confirms what runs where it is the new version, else installs it.
LIVE = INSTALL.replace("import sys\n", """import sys
if running.info()[4] == "ota_1":
    Partition.mark_app_valid_cancel_rollback()
    sys.exit()
""")


def test_cut_ends_the_program_at_once(laptop, images):
    script = INSTALL.replace("other.set_boot()", """
try:
    other.set_boot()
finally:
    print("still alive")
""")
    count = images.new.path.stat().st_size // 4096 + 1
    whole = laptop.power_up(script, images.new.path, cut_after=0)
    assert "still alive" in whole.stdout
    operations = count * 17 - 15 + 1  # an erase and 16 pages a block, then otadata
    for cut_after in (1, 2, 40, operations):
        otakit("slot", "reset", laptop.flash)
        result = laptop.power_up(script, images.new.path, cut_after=cut_after)
        assert result.returncode == POWER_LOST
        assert "the power was cut" in result.stderr
        assert "still alive" not in result.stdout


def test_torn_write_keeps_its_first_bytes(laptop):
    script = PRELUDE + "other.writeblocks(0, bytearray(4096), 0)"
    assert laptop.cut(script, cut_after=3)
    content = laptop.flash.read_bytes()[0x190000:0x191000]
    # Boot repaired blank otadata with an erase and a write; this was the first page.
    assert content == bytes(16) + b"\xff" * 4080


@pytest.mark.parametrize("first", range(1, 9))
def test_every_cut_near_the_switch_ends_in_the_new_version(laptop, images, first):
    """Cut at one of the last operations of the update, or of the power-ups behind it."""
    count = images.newer.path.stat().st_size // 4096 + 1
    cut_after = count * 17 + 2 - 4 + first
    for _ in range(4):
        laptop.cut(LIVE, images.newer.path, cut_after=cut_after)
        cut_after = first
    for _ in range(3):
        laptop.power_up(LIVE, images.newer.path)
    assert laptop.run(PRELUDE + "print(running.info()[4])") == "ota_1\n"
    assert laptop.states()["ota_1"] == "VALID"


@pytest.mark.parametrize("cut_after", [0, 2, 3, 300, 1250])
def test_both_micropythons_leave_the_same_flash(images, tmp_path, flash, cut_after):
    blank = flash.read_bytes()
    contents = []
    for kind in LAUNCHERS:
        flash.write_bytes(blank)
        Laptop(kind, tmp_path, flash).power_up(INSTALL, images.new.path, cut_after=cut_after)
        contents.append(flash.read_bytes())
    assert contents[0] == contents[1]
    assert contents[0] != blank
