// SPDX-License-Identifier: Apache-2.0
/* Where flash offsets belong, and what is erased behind encryption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "port/espidf/places.h"

static const struct otk_place places[] = {
    {.offset = 0xD000, .size = 0x2000},
    {.offset = 0x10000, .size = 0x100000},
    {.offset = 0xFFFFF000, .size = 0x1000},
};

#define COUNT (sizeof places / sizeof places[0])

static void places_find_what_holds_the_whole_range(void **state)
{
    (void)state;
    assert_ptr_equal(otk_places_find(places, COUNT, 0xD000, 0x2000), &places[0]);
    assert_ptr_equal(otk_places_find(places, COUNT, 0xEFFF, 1), &places[0]);
    assert_ptr_equal(otk_places_find(places, COUNT, 0x10000, 4), &places[1]);
    assert_ptr_equal(otk_places_find(places, COUNT, 0xFFFFFFFF, 1), &places[2]);
}

static void places_find_nothing_outside_or_across(void **state)
{
    (void)state;
    assert_null(otk_places_find(places, COUNT, 0x8000, 0xC00));
    assert_null(otk_places_find(places, COUNT, 0xCFFF, 2));
    assert_null(otk_places_find(places, COUNT, 0xEFFF, 2));
    assert_null(otk_places_find(places, COUNT, 0xD000, UINT32_MAX));
    assert_null(otk_places_find(places, COUNT, 0xFFFFFFFF, 2));
    assert_null(otk_places_find(places, 0, 0xD000, 1));
}

static void places_are_touched_by_one_byte(void **state)
{
    (void)state;
    assert_false(otk_places_touch(places, COUNT, 0x8000, 0x5000));
    assert_true(otk_places_touch(places, COUNT, 0x8000, 0x5001));
    assert_true(otk_places_touch(places, COUNT, 0xEFFF, 2));
    assert_false(otk_places_touch(places, COUNT, 0xF000, 0x1000));
    assert_false(otk_places_touch(places, COUNT, 0xD000, 0));
    assert_true(otk_places_touch(places, COUNT, 0, UINT32_MAX));
}

/* Three units on the chip: erased, written, erased. */
static void fill(uint8_t raw[3 * OTK_PLACES_UNIT])
{
    memset(raw, 0xFF, 3 * OTK_PLACES_UNIT);
    memset(raw + OTK_PLACES_UNIT, 0xFF, OTK_PLACES_UNIT - 1);
    raw[2 * OTK_PLACES_UNIT - 1] = 0x7F;
}

static void places_show_erased_units_from_anywhere(void **state)
{
    uint8_t raw[3 * OTK_PLACES_UNIT];

    (void)state;
    fill(raw);
    for (uint32_t lead = 0; lead < OTK_PLACES_UNIT; lead++) {
        for (uint32_t len = 0; lead + len <= sizeof raw; len++) {
            uint8_t data[sizeof raw + 1];

            memset(data, 0xA5, sizeof data);
            otk_places_show_erased(data, len, raw, lead);
            for (uint32_t index = 0; index < len; index++) {
                const bool is_written = (lead + index) / OTK_PLACES_UNIT == 1;

                assert_int_equal(data[index], is_written ? 0xA5 : 0xFF);
            }
            assert_int_equal(data[len], 0xA5);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_find_what_holds_the_whole_range),
        cmocka_unit_test(places_find_nothing_outside_or_across),
        cmocka_unit_test(places_are_touched_by_one_byte),
        cmocka_unit_test(places_show_erased_units_from_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
