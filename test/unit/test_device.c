// SPDX-License-Identifier: Apache-2.0
/* What the start of a device puts in order in otadata. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nor_fault.h"
#include "test/support/rig.h"

static struct rig rig;
static struct rig_image image;

/* ota_0 runs, confirmed, beside factory. */
static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&image, "1.0.0", 30000, 1);
    rig_install(&rig, OTK_SLOT_FACTORY, &image);
    rig_reset(&rig);
    rig_make_image(&image, "1.1.0", 40000, 2);
    rig_update(&rig, &image);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void put_entry(uint32_t index, uint32_t seq, uint32_t state)
{
    uint8_t sector[OTK_SECTOR_SIZE];
    struct otk_otadata entry;

    memset(sector, 0xFF, sizeof sector);
    otk_otadata_make(seq, state, &entry);
    otk_otadata_encode(&entry, sector);
    otk_nor_fill(rig.nor, RIG_OTADATA + index * OTK_SECTOR_SIZE, sector, sizeof sector);
}

/* An erase of the sector loses power at once: the content is whole, some cells are weak. */
static void weaken(uint32_t index, uint64_t seed)
{
    const struct otk_flash *flash = otk_nor_flash(rig.nor);
    const struct otk_nor_cut cut = {.fault = OTK_NOR_TORN, .bytes = 0, .seed = seed};

    otk_nor_arm_cut(rig.nor, &cut);
    assert_int_equal(
        flash->erase(flash->context, RIG_OTADATA + index * OTK_SECTOR_SIZE, OTK_SECTOR_SIZE),
        OTK_POWER_LOST);
    otk_nor_power_on(rig.nor);
}

static uint64_t count_ops(void)
{
    struct otk_nor_counts counts;

    otk_nor_get_counts(rig.nor, &counts);
    return counts.ops;
}

static enum otk_status start(int running)
{
    return otk_device_start(&rig.device, &rig.board, running, OTK_RESET_POWER_ON, rig.scratch);
}

static void device_start_writes_nothing_when_otadata_is_in_order(void **state)
{
    const uint64_t before = count_ops();

    (void)state;
    assert_int_equal(start(0), OTK_OK);
    assert_int_equal(count_ops(), before);
}

static void device_start_puts_an_app_with_an_unknown_state_on_trial(void **state)
{
    static const uint32_t states[] = {5, 0x80000002u, 0x7FFFFFFFu};

    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        put_entry(0, 1, states[i]);
        assert_int_equal(start(0), OTK_OK);
        assert_int_equal(rig_state(&rig, 0), OTK_STATE_PENDING_VERIFY);
        assert_true(otk_trial_is_pending(&rig.device));
    }
}

static void device_start_leaves_an_inactive_entry_with_an_unknown_state(void **state)
{
    (void)state;
    put_entry(0, 1, OTK_STATE_UNDEFINED);
    put_entry(1, 3, OTK_STATE_VALID);
    assert_int_equal(start(0), OTK_OK);
    assert_int_equal(rig_state(&rig, 0), OTK_STATE_UNDEFINED);
    assert_int_equal(rig_state(&rig, 1), OTK_STATE_VALID);
}

static void regression_an_entry_torn_behind_sequence_number_0_decides(void **state)
{
    (void)state;
    put_entry(0, 0, OTK_STATE_UNDEFINED); /* its CRC is that of an erased word */
    assert_int_equal(start(0), OTK_OK);
    assert_int_equal(otk_nor_content(rig.nor)[RIG_OTADATA], 0xFF);
}

/* Whether readings of an entry differ depends on where its weak cells lie: try many. */
static void device_start_rewrites_a_weak_entry_of_the_running_app(void **state)
{
    unsigned mended = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 64; seed++) {
        put_entry(0, 1, OTK_STATE_VALID);
        weaken(0, seed);
        assert_int_equal(start(0), OTK_OK);
        if (otk_nor_is_unstable(rig.nor, RIG_OTADATA)) {
            continue;
        }
        mended++;
        assert_true(rig_state(&rig, 0) == OTK_STATE_VALID ||
                    rig_state(&rig, 0) == OTK_STATE_PENDING_VERIFY ||
                    rig_state(&rig, 0) == OTK_STATE_UNDEFINED);
    }
    assert_true(mended > 16);
}

static void device_start_erases_a_weak_entry_of_another_app(void **state)
{
    unsigned mended = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 64; seed++) {
        put_entry(1, 2, OTK_STATE_NEW);
        weaken(1, seed);
        assert_int_equal(start(0), OTK_OK);
        if (otk_nor_is_unstable(rig.nor, RIG_OTADATA + OTK_SECTOR_SIZE)) {
            continue;
        }
        mended++;
        assert_int_equal(rig_state(&rig, 1), OTK_STATE_UNDEFINED);
        assert_int_equal(rig_state(&rig, 0), OTK_STATE_VALID);
    }
    assert_true(mended > 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(device_start_writes_nothing_when_otadata_is_in_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(device_start_puts_an_app_with_an_unknown_state_on_trial,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(device_start_leaves_an_inactive_entry_with_an_unknown_state,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(regression_an_entry_torn_behind_sequence_number_0_decides,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(device_start_rewrites_a_weak_entry_of_the_running_app,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(device_start_erases_a_weak_entry_of_another_app, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
