// SPDX-License-Identifier: Apache-2.0
/*
 * Every fault of the simulated chip really happens, and only where it should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nor.h"
#include "sim/nor_fault.h"

#define AREA   0x10000u
#define SECTOR 4096u

static struct otk_nor *make(void)
{
    const struct otk_nor_config config = {.size = 0x40000, .seed = 3};
    struct otk_nor *nor = NULL;

    assert_int_equal(otk_nor_create(&config, &nor), OTK_OK);
    return nor;
}

static enum otk_status do_write(struct otk_nor *nor, uint32_t offset, uint8_t value, uint32_t len)
{
    const struct otk_flash *flash = otk_nor_flash(nor);
    uint8_t data[SECTOR];

    memset(data, value, sizeof data);
    return flash->write(flash->context, offset, data, len);
}

static enum otk_status do_erase(struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    const struct otk_flash *flash = otk_nor_flash(nor);

    return flash->erase(flash->context, offset, len);
}

static enum otk_status do_read(struct otk_nor *nor, uint32_t offset, void *data, uint32_t len)
{
    const struct otk_flash *flash = otk_nor_flash(nor);

    return flash->read(flash->context, offset, data, len);
}

static void arm(struct otk_nor *nor, uint64_t after_ops, enum otk_nor_fault fault, uint32_t bytes,
                uint64_t seed)
{
    const struct otk_nor_cut cut = {
        .after_ops = after_ops, .fault = fault, .bytes = bytes, .seed = seed};

    otk_nor_arm_cut(nor, &cut);
}

/* All cells of the area set to one value, in a chip that is otherwise blank. */
static struct otk_nor *make_filled(uint8_t value, uint32_t len)
{
    struct otk_nor *nor = make();
    uint8_t data[SECTOR];

    memset(data, value, sizeof data);
    for (uint32_t i = 0; i < len; i += SECTOR) {
        otk_nor_fill(nor, AREA + i, data, SECTOR);
    }
    return nor;
}

static uint32_t count_value(const struct otk_nor *nor, uint8_t value, uint32_t offset, uint32_t len)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < len; i++) {
        count += otk_nor_content(nor)[offset + i] == value;
    }
    return count;
}

static void the_cut_hits_the_operation_it_names(void **state)
{
    (void)state;
    for (uint32_t cut = 0; cut < 4; cut++) {
        struct otk_nor *nor = make();

        arm(nor, cut, OTK_NOR_BEFORE, 0, 0);
        assert_int_equal(do_write(nor, AREA, 0, 4 * 256), OTK_POWER_LOST);
        assert_int_equal(count_value(nor, 0, AREA, 4 * 256), cut * 256);
        assert_int_equal(count_value(nor, 0xFF, AREA, 4 * 256), (4 - cut) * 256);
        otk_nor_close(nor);
    }
}

static void without_power_every_call_fails_and_changes_nothing(void **state)
{
    struct otk_nor *nor = make_filled(0, SECTOR);
    uint8_t byte = 0x77;

    (void)state;
    arm(nor, 0, OTK_NOR_BEFORE, 0, 0);
    assert_true(otk_nor_is_powered(nor));
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
    assert_false(otk_nor_is_powered(nor));
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
    assert_int_equal(do_write(nor, AREA + SECTOR, 0, 4), OTK_POWER_LOST);
    assert_int_equal(do_read(nor, AREA, &byte, 1), OTK_POWER_LOST);
    assert_int_equal(byte, 0x77);
    assert_int_equal(count_value(nor, 0, AREA, SECTOR), SECTOR);
    otk_nor_power_on(nor);
    assert_int_equal(do_read(nor, AREA, &byte, 1), OTK_OK);
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_OK);
    otk_nor_close(nor);
}

static void a_disarmed_cut_does_not_happen(void **state)
{
    struct otk_nor *nor = make();

    (void)state;
    arm(nor, 0, OTK_NOR_BEFORE, 0, 0);
    otk_nor_disarm_cut(nor);
    assert_int_equal(do_write(nor, AREA, 0, 4), OTK_OK);
    otk_nor_close(nor);
}

static void after_completes_the_operation_and_loses_power(void **state)
{
    struct otk_nor *nor = make_filled(0, SECTOR);

    (void)state;
    arm(nor, 1, OTK_NOR_AFTER, 0, 0);
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_OK);
    assert_int_equal(do_write(nor, AREA, 0x12, 256), OTK_POWER_LOST);
    assert_int_equal(count_value(nor, 0x12, AREA, 256), 256);
    assert_false(otk_nor_is_unstable(nor, AREA));
    otk_nor_close(nor);
}

static void after_an_erase_the_sector_is_erased_and_stable(void **state)
{
    struct otk_nor *nor = make_filled(0, SECTOR);

    (void)state;
    arm(nor, 0, OTK_NOR_AFTER, 0, 0);
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
    assert_int_equal(count_value(nor, 0xFF, AREA, SECTOR), SECTOR);
    assert_false(otk_nor_is_unstable(nor, AREA));
    otk_nor_close(nor);
}

static void a_torn_program_keeps_exactly_its_first_bytes(void **state)
{
    (void)state;
    for (uint32_t bytes = 0; bytes <= 256; bytes += 4) {
        struct otk_nor *nor = make();

        arm(nor, 0, OTK_NOR_TORN, bytes, 0);
        assert_int_equal(do_write(nor, AREA, 0x12, 256), OTK_POWER_LOST);
        assert_int_equal(count_value(nor, 0x12, AREA, bytes), bytes);
        assert_int_equal(count_value(nor, 0xFF, AREA + bytes, SECTOR - bytes), SECTOR - bytes);
        assert_false(otk_nor_is_unstable(nor, AREA));
        otk_nor_close(nor);
    }
}

static void a_mixed_program_clears_a_part_of_the_bits_and_no_others(void **state)
{
    uint32_t random_bits = 0;
    uint32_t random_words = 0;
    uint32_t one_word = 0;
    uint32_t one_bit = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 32; seed++) {
        struct otk_nor *nor = make();
        uint32_t partial = 0;
        uint32_t untouched;

        arm(nor, 0, OTK_NOR_MIXTURE, 0, seed);
        assert_int_equal(do_write(nor, AREA, 0x00, 256), OTK_POWER_LOST);
        untouched = count_value(nor, 0xFF, AREA, 256);
        partial = 256 - untouched - count_value(nor, 0x00, AREA, 256);
        random_bits += partial > 200;
        random_words += partial == 0 && untouched > 64 && untouched < 192;
        one_word += partial == 0 && untouched == 4;
        one_bit += partial == 1 && untouched == 0;
        assert_int_equal(count_value(nor, 0xFF, AREA + 256, SECTOR - 256), SECTOR - 256);
        otk_nor_close(nor);
    }
    assert_true(random_bits > 0 && random_words > 0 && one_word > 0 && one_bit > 0);
    assert_int_equal(random_bits + random_words + one_word + one_bit, 32);
}

static void a_mixed_program_never_clears_a_bit_that_stays_set(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        struct otk_nor *nor = make();

        arm(nor, 0, OTK_NOR_MIXTURE, 0, seed);
        assert_int_equal(do_write(nor, AREA, 0x0F, 256), OTK_POWER_LOST);
        for (uint32_t i = 0; i < 256; i++) {
            assert_int_equal(otk_nor_content(nor)[AREA + i] & 0x0F, 0x0F);
        }
        otk_nor_close(nor);
    }
}

static void a_garbage_program_clears_bits_it_should_not_but_only_inside_its_range(void **state)
{
    struct otk_nor *nor = make();
    uint32_t wrong = 0;

    (void)state;
    arm(nor, 0, OTK_NOR_GARBAGE, 0, 5);
    assert_int_equal(do_write(nor, AREA + 64, 0x0F, 64), OTK_POWER_LOST);
    for (uint32_t i = 64; i < 128; i++) {
        wrong += (otk_nor_content(nor)[AREA + i] & 0x0F) != 0x0F;
    }
    assert_true(wrong > 32);
    assert_int_equal(count_value(nor, 0xFF, AREA, 64), 64);
    assert_int_equal(count_value(nor, 0xFF, AREA + 128, 128), 128);
    otk_nor_close(nor);
}

static void a_torn_erase_clears_its_first_bytes_and_leaves_all_sectors_unstable(void **state)
{
    struct otk_nor *nor = make_filled(0x12, 0x10000);

    (void)state;
    arm(nor, 0, OTK_NOR_TORN, 5000, 9);
    assert_int_equal(do_erase(nor, AREA, 0x10000), OTK_POWER_LOST);
    assert_int_equal(count_value(nor, 0xFF, AREA, 5000), 5000);
    assert_int_equal(count_value(nor, 0x12, AREA + 5000, 0x10000 - 5000), 0x10000 - 5000);
    for (uint32_t i = 0; i < 0x10000; i += SECTOR) {
        assert_true(otk_nor_is_unstable(nor, AREA + i));
    }
    assert_false(otk_nor_is_unstable(nor, AREA - SECTOR));
    otk_nor_close(nor);
}

/* Over a few seeds an interrupted block erase leaves erased, untouched, zeroed and mixed sectors. */
static void an_interrupted_erase_leaves_every_kind_of_sector(void **state)
{
    uint32_t erased = 0;
    uint32_t untouched = 0;
    uint32_t zeroed = 0;
    uint32_t mixed = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct otk_nor *nor = make_filled(0x12, 0x10000);

        arm(nor, 0, OTK_NOR_MIXTURE, 0, seed);
        assert_int_equal(do_erase(nor, AREA, 0x10000), OTK_POWER_LOST);
        for (uint32_t i = AREA; i < AREA + 0x10000; i += SECTOR) {
            uint32_t ff = count_value(nor, 0xFF, i, SECTOR);
            uint32_t old = count_value(nor, 0x12, i, SECTOR);
            uint32_t zero = count_value(nor, 0, i, SECTOR);

            erased += ff == SECTOR;
            untouched += old == SECTOR;
            zeroed += zero == SECTOR;
            mixed += ff < SECTOR && old < SECTOR && zero < SECTOR;
            assert_true(otk_nor_is_unstable(nor, i));
        }
        otk_nor_close(nor);
    }
    assert_true(erased > 0 && untouched > 0 && zeroed > 0 && mixed > 0);
}

static void a_garbage_erase_leaves_random_bytes(void **state)
{
    struct otk_nor *nor = make_filled(0, SECTOR);

    (void)state;
    arm(nor, 0, OTK_NOR_GARBAGE, 0, 2);
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
    assert_true(count_value(nor, 0, AREA, SECTOR) < 64);
    assert_true(count_value(nor, 0xFF, AREA, SECTOR) < 64);
    assert_true(otk_nor_is_unstable(nor, AREA));
    assert_int_equal(count_value(nor, 0xFF, AREA + SECTOR, SECTOR), SECTOR);
    otk_nor_close(nor);
}

/* How many of 64 reads of a sector differ from its cells. */
static uint32_t count_disturbed(struct otk_nor *nor, uint32_t offset)
{
    uint8_t data[SECTOR];
    uint32_t count = 0;

    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(do_read(nor, offset, data, SECTOR), OTK_OK);
        count += memcmp(data, otk_nor_content(nor) + offset, SECTOR) != 0;
    }
    return count;
}

static void an_unstable_sector_reads_differently_until_it_is_erased_completely(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        struct otk_nor *nor = make_filled(0x12, SECTOR);

        arm(nor, 0, OTK_NOR_MIXTURE, 0, seed);
        assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
        otk_nor_power_on(nor);
        assert_true(count_disturbed(nor, AREA) > 8);
        assert_int_equal(count_disturbed(nor, AREA + SECTOR), 0);
        assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_OK);
        assert_int_equal(count_disturbed(nor, AREA), 0);
        otk_nor_close(nor);
    }
}

static void a_weak_bit_is_found_by_reads_of_any_length(void **state)
{
    struct otk_nor *nor = make_filled(0x12, SECTOR);
    uint32_t differing = 0;
    uint8_t byte;

    (void)state;
    arm(nor, 0, OTK_NOR_TORN, 0, 1);
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
    otk_nor_power_on(nor);
    for (uint32_t round = 0; round < 32; round++) {
        for (uint32_t i = 0; i < SECTOR; i++) {
            assert_int_equal(do_read(nor, AREA + i, &byte, 1), OTK_OK);
            differing += byte != 0x12;
        }
    }
    assert_true(differing > 0);
    otk_nor_close(nor);
}

static void programming_does_not_make_a_sector_stable(void **state)
{
    struct otk_nor *nor = make();

    (void)state;
    arm(nor, 0, OTK_NOR_MIXTURE, 0, 0);
    while (do_erase(nor, AREA, SECTOR) == OTK_OK) {
        continue;
    }
    otk_nor_power_on(nor);
    arm(nor, 0, OTK_NOR_TORN, SECTOR, 7); /* looks erased, is not */
    assert_int_equal(do_erase(nor, AREA, SECTOR), OTK_POWER_LOST);
    otk_nor_power_on(nor);
    assert_int_equal(do_write(nor, AREA, 0x12, SECTOR), OTK_OK);
    assert_true(otk_nor_is_unstable(nor, AREA));
    assert_true(count_disturbed(nor, AREA) > 8);
    otk_nor_close(nor);
}

static void the_same_seed_gives_the_same_fault(void **state)
{
    struct otk_nor *one = make_filled(0x12, SECTOR);
    struct otk_nor *two = make_filled(0x12, SECTOR);
    uint8_t data_one[SECTOR];
    uint8_t data_two[SECTOR];

    (void)state;
    arm(one, 0, OTK_NOR_MIXTURE, 0, 77);
    arm(two, 0, OTK_NOR_MIXTURE, 0, 77);
    assert_int_equal(do_erase(one, AREA, SECTOR), OTK_POWER_LOST);
    assert_int_equal(do_erase(two, AREA, SECTOR), OTK_POWER_LOST);
    otk_nor_power_on(one);
    otk_nor_power_on(two);
    assert_int_equal(do_read(one, AREA, data_one, SECTOR), OTK_OK);
    assert_int_equal(do_read(two, AREA, data_two, SECTOR), OTK_OK);
    assert_memory_equal(data_one, data_two, SECTOR);
    otk_nor_close(one);
    otk_nor_close(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cut_hits_the_operation_it_names),
        cmocka_unit_test(without_power_every_call_fails_and_changes_nothing),
        cmocka_unit_test(a_disarmed_cut_does_not_happen),
        cmocka_unit_test(after_completes_the_operation_and_loses_power),
        cmocka_unit_test(after_an_erase_the_sector_is_erased_and_stable),
        cmocka_unit_test(a_torn_program_keeps_exactly_its_first_bytes),
        cmocka_unit_test(a_mixed_program_clears_a_part_of_the_bits_and_no_others),
        cmocka_unit_test(a_mixed_program_never_clears_a_bit_that_stays_set),
        cmocka_unit_test(a_garbage_program_clears_bits_it_should_not_but_only_inside_its_range),
        cmocka_unit_test(a_torn_erase_clears_its_first_bytes_and_leaves_all_sectors_unstable),
        cmocka_unit_test(an_interrupted_erase_leaves_every_kind_of_sector),
        cmocka_unit_test(a_garbage_erase_leaves_random_bytes),
        cmocka_unit_test(an_unstable_sector_reads_differently_until_it_is_erased_completely),
        cmocka_unit_test(a_weak_bit_is_found_by_reads_of_any_length),
        cmocka_unit_test(programming_does_not_make_a_sector_stable),
        cmocka_unit_test(the_same_seed_gives_the_same_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
