// SPDX-License-Identifier: Apache-2.0
/* Base64: texts of every length, and what is no base64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/base64.h"

static enum otk_status decode(const char *text, uint8_t *bytes, uint32_t size, uint32_t *len)
{
    return otk_base64_decode(otk_text(text, (uint32_t)strlen(text)), bytes, size, len);
}

static void base64_decodes_every_length(void **state)
{
    /* Source: base64 of GNU coreutils. */
    static const char *const examples[][2] = {
        {"", ""},
        {"l", "bA=="},
        {"la", "bGE="},
        {"lam", "bGFt"},
        {"lamp", "bGFtcA=="},
        {"lamps", "bGFtcHM="},
        {"lamps!", "bGFtcHMh"},
    };
    uint8_t bytes[8];
    uint32_t len;

    (void)state;
    for (size_t index = 0; index < sizeof examples / sizeof examples[0]; index++) {
        const char *const plain = examples[index][0];

        assert_int_equal(decode(examples[index][1], bytes, sizeof bytes, &len), OTK_OK);
        assert_int_equal(len, strlen(plain));
        assert_memory_equal(bytes, plain, len);
    }
}

static void base64_does_without_padding(void **state)
{
    uint8_t bytes[4];
    uint32_t len;

    (void)state;
    assert_int_equal(decode("+/8", bytes, sizeof bytes, &len), OTK_OK);
    assert_int_equal(len, 2);
    assert_memory_equal(bytes, "\xFB\xFF", 2);
}

static void base64_refuses_what_it_is_not(void **state)
{
    static const char *const wrong[] = {
        "Z", "Zg=", "Zg===", "Zg==Zg==", "Z g=", "Zh==", "Zm9=", "=Zg=", "Zm-v", "===="};
    uint8_t bytes[8];
    uint32_t len = 77;

    (void)state;
    for (size_t index = 0; index < sizeof wrong / sizeof wrong[0]; index++) {
        assert_int_equal(decode(wrong[index], bytes, sizeof bytes, &len), OTK_BAD_FORMAT);
    }
    assert_int_equal(len, 77);
}

static void base64_stays_within_its_room(void **state)
{
    uint8_t bytes[4] = {0, 0, 0, 0xEE};
    uint32_t len;

    (void)state;
    assert_int_equal(decode("Zm9vYg==", bytes, 3, &len), OTK_NO_SPACE);
    assert_int_equal(bytes[3], 0xEE);
    assert_int_equal(decode("Zm9v", bytes, 3, &len), OTK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_decodes_every_length),
        cmocka_unit_test(base64_does_without_padding),
        cmocka_unit_test(base64_refuses_what_it_is_not),
        cmocka_unit_test(base64_stays_within_its_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
