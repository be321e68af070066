# SPDX-License-Identifier: Apache-2.0
"""tools/check/headers.py and tools/check/documented.py"""
import pytest

GOOD = """#ifndef OTAKIT_BASE_A_H
#define OTAKIT_BASE_A_H
#include <stdint.h>
#define OTK_MUST_USE
enum otk_status { OTK_OK };
struct otk_a {
    int (*call)(void *context);
};
#ifdef __cplusplus
extern "C" {
#endif
/* One more. */
static inline uint32_t otk_a_next(uint32_t x)
{
    return x + 1;
}
/* Returns  OTK_OK */
OTK_MUST_USE enum otk_status otk_a_open(struct otk_a *a,
                                        uint32_t size);
#ifdef __cplusplus
}
#endif
#endif
"""


def test_a_good_header_passes(sample):
    sample.write("otakit/base/a.h", GOOD)
    assert sample.check("headers") == []
    assert sample.check("documented") == []


@pytest.mark.parametrize("old,new,language", [
    ("#include <stdint.h>\n", "", "c"),
    ("uint32_t size", "uint32_t class", "c++"),
])
def test_a_header_that_does_not_stand_alone_is_found(sample, old, new, language):
    sample.write("otakit/base/a.h", GOOD.replace(old, new))
    findings = "\n".join(sample.check("headers"))
    assert f"does not compile alone as {language}" in findings


def test_what_needs_esp_idf_is_left_to_another_check(sample):
    guarded = "#ifndef PORT_ESPIDF_{0}_H\n#define PORT_ESPIDF_{0}_H\n{1}\n#endif\n"
    sample.write("port/espidf/a.h", guarded.format("A", "#include <esp_err.h>\nesp_err_t f(x);"))
    sample.write("port/espidf/b.h", guarded.format("B", '#include "port/espidf/a.h"\nno_type g;'))
    assert sample.check("headers") == []
    sample.write("port/espidf/c.h", guarded.format("C", "#include <stdint.h>\nno_type g;"))
    assert "port/espidf/c.h:1: does not compile alone as c" in sample.check("headers")[0]


def test_a_guard_that_is_not_the_path_is_found(sample):
    sample.write("otakit/base/a.h", GOOD.replace("BASE_A_H", "BASE_B_H"))
    assert sample.check("headers") == [
        "otakit/base/a.h:1: the include guard is not OTAKIT_BASE_A_H"]


@pytest.mark.parametrize("old,new,message", [
    ("/* One more. */\n", "\n", "14: otk_a_next has no comment above it"),
    ("/* One more. */\n", "/* One more. */\n\n", "15: otk_a_next has no comment above it"),
    ("/* Returns  OTK_OK */\n", "", "18: otk_a_open has no comment above it"),
    ("Returns  OTK_OK", "Opens.", "19: otk_a_open does not say what it returns"),
    ("OTK_MUST_USE enum", "enum",
     "19: otk_a_open returns a status and is not marked OTK_MUST_USE"),
])
def test_a_missing_contract_is_found(sample, old, new, message):
    sample.write("otakit/base/a.h", GOOD.replace(old, new))
    assert sample.check("documented") == [f"otakit/base/a.h:{message}"]
