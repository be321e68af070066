// SPDX-License-Identifier: Apache-2.0
/*
 * Going back to an earlier moment of a chip is exact.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nor.h"
#include "sim/nor_fault.h"
#include "sim/nor_snapshot.h"
#include "sim/random.h"

#define SIZE   0x40000u
#define SECTOR 4096u

static struct otk_nor *make(void)
{
    const struct otk_nor_config config = {.size = SIZE};
    struct otk_nor *nor = NULL;

    assert_int_equal(otk_nor_create(&config, &nor), OTK_OK);
    return nor;
}

/* A few random operations, the last of which may lose power. */
static void do_anything(struct otk_nor *nor, uint64_t *random)
{
    const struct otk_flash *flash = otk_nor_flash(nor);
    const struct otk_nor_cut cut = {.after_ops = 4 + otk_random_below(random, 4),
                                    .fault = (enum otk_nor_fault)otk_random_below(random, 5),
                                    .bytes = 100,
                                    .seed = otk_random_next(random)};
    uint8_t data[600];

    memset(data, (int)otk_random_below(random, 256), sizeof data);
    otk_nor_arm_cut(nor, &cut);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t sector = otk_random_below(random, SIZE / SECTOR) * SECTOR;
        uint32_t block = sector & ~0xFFFFu;

        if (flash->erase(flash->context, i == 3 ? block : sector, i == 3 ? 0x10000 : SECTOR) ==
            OTK_OK) {
            (void)!flash->write(flash->context, sector, data, sizeof data);
        }
    }
    otk_nor_disarm_cut(nor);
}

static uint8_t *copy_content(const struct otk_nor *nor)
{
    uint8_t *copy = malloc(SIZE);

    assert_non_null(copy);
    memcpy(copy, otk_nor_content(nor), SIZE);
    return copy;
}

static void restoring_brings_back_every_byte_each_time(void **state)
{
    struct otk_nor *nor = make();
    uint64_t random = 1;
    uint8_t *before;

    (void)state;
    do_anything(nor, &random);
    otk_nor_power_on(nor);
    before = copy_content(nor);
    assert_int_equal(otk_nor_push(nor), OTK_OK);
    for (int i = 0; i < 200; i++) {
        do_anything(nor, &random);
        otk_nor_restore(nor);
        assert_memory_equal(before, otk_nor_content(nor), SIZE);
        assert_true(otk_nor_is_powered(nor));
    }
    free(before);
    otk_nor_close(nor);
}

static void moments_nest(void **state)
{
    struct otk_nor *nor = make();
    uint64_t random = 2;
    uint8_t *outer = copy_content(nor);

    (void)state;
    assert_int_equal(otk_nor_push(nor), OTK_OK);
    for (int i = 0; i < 50; i++) {
        uint8_t *inner;

        do_anything(nor, &random);
        otk_nor_power_on(nor);
        inner = copy_content(nor);
        assert_int_equal(otk_nor_push(nor), OTK_OK);
        for (int j = 0; j < 3; j++) {
            do_anything(nor, &random);
            otk_nor_restore(nor);
            assert_memory_equal(inner, otk_nor_content(nor), SIZE);
        }
        do_anything(nor, &random);
        otk_nor_pop(nor);
        otk_nor_restore(nor);
        assert_memory_equal(outer, otk_nor_content(nor), SIZE);
        free(inner);
    }
    free(outer);
    otk_nor_close(nor);
}

static void instability_and_its_randomness_come_back(void **state)
{
    struct otk_nor *nor = make();
    const struct otk_flash *flash = otk_nor_flash(nor);
    const struct otk_nor_cut cut = {.fault = OTK_NOR_MIXTURE, .seed = 4};
    uint8_t first[SECTOR];
    uint8_t second[SECTOR];

    (void)state;
    otk_nor_arm_cut(nor, &cut);
    assert_int_equal(flash->erase(flash->context, 0, SECTOR), OTK_POWER_LOST);
    otk_nor_power_on(nor);
    assert_int_equal(otk_nor_push(nor), OTK_OK);
    assert_int_equal(flash->read(flash->context, 0, first, SECTOR), OTK_OK);
    assert_int_equal(flash->erase(flash->context, 0, SECTOR), OTK_OK);
    assert_false(otk_nor_is_unstable(nor, 0));
    otk_nor_restore(nor);
    assert_true(otk_nor_is_unstable(nor, 0));
    assert_int_equal(flash->read(flash->context, 0, second, SECTOR), OTK_OK);
    assert_memory_equal(first, second, SECTOR);
    otk_nor_close(nor);
}

static void lost_power_and_an_armed_cut_come_back(void **state)
{
    struct otk_nor *nor = make();
    const struct otk_flash *flash = otk_nor_flash(nor);
    const struct otk_nor_cut cut = {.after_ops = 1, .fault = OTK_NOR_BEFORE};

    (void)state;
    otk_nor_arm_cut(nor, &cut);
    assert_int_equal(otk_nor_push(nor), OTK_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(flash->erase(flash->context, 0, 3 * SECTOR), OTK_POWER_LOST);
        assert_false(otk_nor_is_powered(nor));
        otk_nor_restore(nor);
        assert_true(otk_nor_is_powered(nor));
    }
    otk_nor_close(nor);
}

static void a_fill_is_undone_too(void **state)
{
    struct otk_nor *nor = make();

    (void)state;
    assert_int_equal(otk_nor_push(nor), OTK_OK);
    otk_nor_fill(nor, 0x1FFE, "abcd", 4);
    assert_int_equal(otk_nor_content(nor)[0x2000], 'c');
    otk_nor_restore(nor);
    assert_int_equal(otk_nor_content(nor)[0x1FFE], 0xFF);
    assert_int_equal(otk_nor_content(nor)[0x2000], 0xFF);
    otk_nor_close(nor);
}

static void one_moment_too_many_is_refused(void **state)
{
    struct otk_nor *nor = make();

    (void)state;
    for (unsigned i = 0; i < OTK_NOR_MOMENT_COUNT; i++) {
        assert_int_equal(otk_nor_push(nor), OTK_OK);
    }
    assert_int_equal(otk_nor_push(nor), OTK_NO_SPACE);
    otk_nor_close(nor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restoring_brings_back_every_byte_each_time),
        cmocka_unit_test(moments_nest),
        cmocka_unit_test(instability_and_its_randomness_come_back),
        cmocka_unit_test(lost_power_and_an_armed_cut_come_back),
        cmocka_unit_test(a_fill_is_undone_too),
        cmocka_unit_test(one_moment_too_many_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
