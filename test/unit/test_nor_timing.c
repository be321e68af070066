// SPDX-License-Identifier: Apache-2.0
/*
 * Virtual and real time of the simulated chip.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "sim/nor.h"

static void programming_costs_first_byte_further_bytes_and_transfer(void **state)
{
    const struct otk_nor_timing *timing = otk_nor_timing_typical();

    (void)state;
    /* 32 command clocks and 8 a byte at 12.5 ns. */
    assert_int_equal(otk_nor_program_ns(timing, 1), 30000 + 500);
    assert_int_equal(otk_nor_program_ns(timing, 32), 30000 + 31 * 2500 + 3600);
    /* A page never takes longer than the page figure. */
    assert_int_equal(otk_nor_program_ns(timing, 256), 400000 + 26000);
    assert_int_equal(otk_nor_program_ns(otk_nor_timing_worst(), 256), 3000000 + 26000);
}

static void erasing_costs_what_its_command_costs(void **state)
{
    (void)state;
    assert_int_equal(otk_nor_erase_ns(otk_nor_timing_typical(), 4096), 45000400);
    assert_int_equal(otk_nor_erase_ns(otk_nor_timing_typical(), 32768), 120000400);
    assert_int_equal(otk_nor_erase_ns(otk_nor_timing_typical(), 65536), 150000400);
    assert_int_equal(otk_nor_erase_ns(otk_nor_timing_worst(), 65536), 2000000400);
}

static void reading_uses_both_lines(void **state)
{
    (void)state;
    assert_int_equal(otk_nor_read_ns(otk_nor_timing_typical(), 4096), (24 + 4096 * 4) * 25 / 2);
}

static void a_chip_adds_up_its_time_by_kind(void **state)
{
    struct otk_nor *nor;
    struct otk_nor_counts counts;
    const struct otk_flash *flash;
    uint8_t data[256] = {0};

    (void)state;
    assert_int_equal(otk_nor_create(NULL, &nor), OTK_OK);
    flash = otk_nor_flash(nor);
    assert_int_equal(flash->erase(flash->context, 0, 8192), OTK_OK);
    assert_int_equal(flash->write(flash->context, 0, data, 256), OTK_OK);
    assert_int_equal(flash->read(flash->context, 0, data, 2), OTK_OK);
    otk_nor_get_counts(nor, &counts);
    assert_int_equal(counts.erase_ns, 2 * 45000400);
    assert_int_equal(counts.program_ns, 426000);
    assert_int_equal(counts.read_ns, 400);
    assert_int_equal(otk_nor_time_ns(nor), 2 * 45000400 + 426000 + 400);
    otk_nor_close(nor);
}

static uint64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void real_time_sleeps_as_long_as_the_chip_would(void **state)
{
    struct otk_nor *nor;
    const struct otk_flash *flash;
    uint64_t start;

    (void)state;
    assert_int_equal(otk_nor_create(NULL, &nor), OTK_OK);
    flash = otk_nor_flash(nor);
    otk_nor_set_real_time(nor, true);
    start = clock_ns();
    assert_int_equal(flash->erase(flash->context, 0, 4096), OTK_OK);
    assert_true(clock_ns() - start >= 45000400);
    otk_nor_close(nor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programming_costs_first_byte_further_bytes_and_transfer),
        cmocka_unit_test(erasing_costs_what_its_command_costs),
        cmocka_unit_test(reading_uses_both_lines),
        cmocka_unit_test(a_chip_adds_up_its_time_by_kind),
        cmocka_unit_test(real_time_sleeps_as_long_as_the_chip_would),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
