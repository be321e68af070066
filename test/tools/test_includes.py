# SPDX-License-Identifier: Apache-2.0
"""tools/check/includes.py"""
import pytest

BOXES = ["otakit/base", "otakit/format", "otakit/crypto", "otakit/core", "otakit/transport/pull",
         "otakit/transport/ble", "host", "sim", "port/linux", "port/espidf", "cli", "test/unit",
         "fuzz"]
FORBIDDEN = [
    ("otakit/base", "otakit/format"), ("otakit/format", "otakit/crypto"),
    ("otakit/crypto", "otakit/format"), ("otakit/format", "otakit/core"),
    ("otakit/core", "otakit/transport/pull"), ("otakit/core", "host"), ("otakit/core", "sim"),
    ("otakit/transport/pull", "otakit/transport/ble"), ("otakit/transport/pull", "host"),
    ("host", "sim"), ("sim", "host"), ("host", "otakit/transport/pull"), ("host", "cli"),
    ("sim", "port/linux"), ("cli", "port/linux"), ("port/linux", "cli"),
    ("port/linux", "port/espidf"), ("port/espidf", "sim"), ("cli", "test/unit"),
    ("sim", "fuzz"),
]
ALLOWED = [
    ("otakit/base", "otakit/base"), ("otakit/core", "otakit/format"),
    ("otakit/core", "otakit/crypto"), ("otakit/transport/pull", "otakit/core"),
    ("host", "otakit/core"), ("sim", "otakit/base"), ("cli", "sim"), ("cli", "host"),
    ("port/linux", "sim"), ("port/linux", "host"), ("port/linux", "otakit/transport/pull"),
    ("test/unit", "port/linux"), ("fuzz", "host"),
]


@pytest.fixture
def house(sample):
    for box in BOXES:
        sample.write(f"{box}/thing.h", "")
    return sample


@pytest.mark.parametrize("upper,lower", FORBIDDEN)
def test_reaching_up_or_sideways_is_found(house, upper, lower):
    house.write(f"{upper}/a.c", f'\n#include "{lower}/thing.h"\n')
    assert house.check("includes") == [
        f'{upper}/a.c:3: {upper} must not include "{lower}/thing.h"']


@pytest.mark.parametrize("upper,lower", ALLOWED)
def test_reaching_down_passes(house, upper, lower):
    house.write(f"{upper}/a.c", f'#include "{lower}/thing.h"\n')
    assert house.check("includes") == []


def test_a_path_that_does_not_start_at_the_root_is_found(house):
    house.write("otakit/core/a.c", '#include "thing.h"\n')
    assert len(house.check("includes")) == 1


def test_an_example_project_includes_what_stands_beside_it(house):
    house.write("port/espidf/examples/one/main/wifi.h", "")
    house.write("port/espidf/examples/one/main/main.c", '#include "wifi.h"\n')
    assert house.check("includes") == []
    house.write("port/espidf/examples/two/main/main.c", '#include "otakit/base/thing.h"\n')
    assert house.check("includes") == [
        'port/espidf/examples/two/main/main.c:2: "otakit/base/thing.h" is no file beside this one']


def test_a_directory_without_a_place_is_found(house):
    house.write("port/zephyr/a.c", '#include "sim/thing.h"\n')
    assert len(house.check("includes")) == 1


def test_device_code_that_wants_libc_is_found(house):
    house.write("otakit/core/a.c", "#include <string.h>\n")
    assert house.check("includes") == [
        "otakit/core/a.c:2: device code must not include <string.h>"]


def test_only_psa_files_may_use_psa(house):
    house.write("otakit/crypto/digest_psa.c", "#include <psa/crypto.h>\n")
    assert house.check("includes") == []
    house.write("otakit/crypto/digest.c", "#include <psa/crypto.h>\n")
    assert len(house.check("includes")) == 1
