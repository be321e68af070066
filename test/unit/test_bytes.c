// SPDX-License-Identifier: Apache-2.0
/* Little-endian integers and the range check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"

static void load_le16_takes_the_low_byte_first(void **state)
{
    const uint8_t bytes[2] = {0x34, 0xF2};

    (void)state;
    assert_int_equal(otk_load_le16(bytes), 0xF234);
}

static void load_le32_takes_the_low_byte_first(void **state)
{
    const uint8_t bytes[5] = {0x00, 0x78, 0x56, 0x34, 0xF2};

    (void)state;
    assert_true(otk_load_le32(bytes + 1) == 0xF2345678u);
}

static void store_writes_what_load_reads(void **state)
{
    uint8_t bytes[6] = {0};

    (void)state;
    otk_store_le16(bytes, 0xBEEF);
    otk_store_le32(bytes + 2, 0x80FF0102u);
    assert_int_equal(bytes[0], 0xEF);
    assert_int_equal(bytes[5], 0x80);
    assert_int_equal(otk_load_le16(bytes), 0xBEEF);
    assert_true(otk_load_le32(bytes + 2) == 0x80FF0102u);
}

static void range_that_ends_at_the_end_fits(void **state)
{
    (void)state;
    assert_true(otk_range_fits(0, 0, 0));
    assert_true(otk_range_fits(4, 6, 10));
    assert_true(otk_range_fits(10, 0, 10));
}

static void range_that_passes_the_end_does_not_fit(void **state)
{
    (void)state;
    assert_false(otk_range_fits(4, 7, 10));
    assert_false(otk_range_fits(11, 0, 10));
}

static void range_whose_sum_wraps_does_not_fit(void **state)
{
    (void)state;
    assert_false(otk_range_fits(8, 0xFFFFFFFFu, 10));
    assert_false(otk_range_fits(0xFFFFFFFFu, 8, 10));
    assert_true(otk_range_fits(0x80000000u, 0x7FFFFFFFu, 0xFFFFFFFFu));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_le16_takes_the_low_byte_first),
        cmocka_unit_test(load_le32_takes_the_low_byte_first),
        cmocka_unit_test(store_writes_what_load_reads),
        cmocka_unit_test(range_that_ends_at_the_end_fits),
        cmocka_unit_test(range_that_passes_the_end_does_not_fit),
        cmocka_unit_test(range_whose_sum_wraps_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
