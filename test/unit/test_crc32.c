// SPDX-License-Identifier: Apache-2.0
/* CRC-32 against the check values of zlib's crc32 and of ESP-IDF's otadata entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "otakit/base/crc32.h"

static void crc32_has_the_published_check_value(void **state)
{
    (void)state;
    assert_true(otk_crc32(0, "123456789", 9) == 0xCBF43926u);
}

static void crc32_of_nothing_is_what_it_started_with(void **state)
{
    (void)state;
    assert_true(otk_crc32(0, "", 0) == 0);
    assert_true(otk_crc32(0x12345678u, "", 0) == 0x12345678u);
}

static void crc32_continues_at_every_split(void **state)
{
    (void)state;
    for (uint32_t split = 0; split <= 9; split++) {
        const uint32_t head = otk_crc32(0, "123456789", split);

        assert_true(otk_crc32(head, &"123456789"[split], 9 - split) == 0xCBF43926u);
    }
}

static void crc32_of_a_word_equals_that_of_its_bytes(void **state)
{
    const uint8_t bytes[4] = {0x78, 0x56, 0x34, 0xF2};

    (void)state;
    assert_true(otk_crc32_le32(0, 0xF2345678u) == otk_crc32(0, bytes, 4));
    assert_true(otk_crc32_le32(0xFFFFFFFFu, 0xF2345678u) == otk_crc32(0xFFFFFFFFu, bytes, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_has_the_published_check_value),
        cmocka_unit_test(crc32_of_nothing_is_what_it_started_with),
        cmocka_unit_test(crc32_continues_at_every_split),
        cmocka_unit_test(crc32_of_a_word_equals_that_of_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
