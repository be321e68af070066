// SPDX-License-Identifier: Apache-2.0
/* Confirm, reject, roll back, choose by hand; and what is remembered of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sim/fuse.h"
#include "sim/nor_fault.h"
#include "test/support/rig.h"

static struct rig rig;
static struct rig_image image;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&image, "1.0.0", 30000, 1);
    rig_install(&rig, OTK_SLOT_FACTORY, &image);
    rig_reset(&rig);
    rig_make_image(&image, "1.1.0", 40000, 2);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static struct otk_last_update last_update(void)
{
    struct otk_last_update last;

    assert_int_equal(otk_last_update(&rig.device, &last), OTK_OK);
    return last;
}

static void trial_confirm_makes_the_entry_valid(void **state)
{
    (void)state;
    rig_update(&rig, &image);
    assert_int_equal(last_update().stage, OTK_STAGE_TRIAL);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    assert_int_equal(rig_state(&rig, 0), OTK_STATE_VALID);
    assert_int_equal(last_update().stage, OTK_STAGE_CONFIRMED);
    assert_int_equal(last_update().from_slot, OTK_SLOT_FACTORY);
    assert_int_equal(rig_reset(&rig), 0);
    assert_int_equal(last_update().stage, OTK_STAGE_CONFIRMED);
}

static void trial_confirm_of_a_confirmed_app_writes_nothing(void **state)
{
    struct otk_nor_counts before;
    struct otk_nor_counts after;

    (void)state;
    rig_update(&rig, &image);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    otk_nor_get_counts(rig.nor, &before);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    otk_nor_get_counts(rig.nor, &after);
    assert_int_equal(before.ops, after.ops);
}

static void trial_confirm_refuses_what_otadata_does_not_name(void **state)
{
    (void)state;
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_NOT_PENDING);
}

static void trial_reject_goes_back_at_the_next_reset(void **state)
{
    (void)state;
    rig_update(&rig, &image);
    assert_int_equal(otk_trial_reject(&rig.device, OTK_SELF_TEST_FAILED, rig.scratch), OTK_OK);
    assert_int_equal(rig_state(&rig, 0), OTK_STATE_INVALID);
    assert_int_equal(last_update().stage, OTK_STAGE_REJECTED);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    assert_int_equal(last_update().stage, OTK_STAGE_ROLLED_BACK);
    assert_int_equal(last_update().status, OTK_SELF_TEST_FAILED);
}

static void trial_reject_refuses_when_nothing_good_is_left(void **state)
{
    (void)state;
    rig_update(&rig, &image);
    otk_nor_fill(rig.nor, rig_slot_offset(&rig, OTK_SLOT_FACTORY), "gone", 4);
    assert_int_equal(otk_trial_reject(&rig.device, OTK_SELF_TEST_FAILED, rig.scratch),
                     OTK_NO_ROLLBACK);
    assert_int_equal(rig_state(&rig, 0), OTK_STATE_PENDING_VERIFY);
}

static void trial_remembers_why_the_device_was_reset(void **state)
{
    (void)state;
    rig_update(&rig, &image);
    assert_int_equal(otk_boot(&rig.board, rig.scratch, sizeof rig.scratch, &rig.boot), OTK_OK);
    assert_int_equal(
        otk_device_start(&rig.device, &rig.board, rig.boot.slot, OTK_RESET_WATCHDOG, rig.scratch),
        OTK_OK);
    assert_int_equal(last_update().stage, OTK_STAGE_ROLLED_BACK);
    assert_int_equal(last_update().reset_reason, OTK_RESET_WATCHDOG);
    rig_reset(&rig);
    assert_int_equal(last_update().reset_reason, OTK_RESET_WATCHDOG);
}

static void trial_update_after_a_rollback_succeeds(void **state)
{
    (void)state;
    rig_update(&rig, &image);
    rig_reset(&rig);
    rig_make_image(&image, "1.2.0", 40000, 3);
    assert_int_equal(rig_update(&rig, &image), 0);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    assert_int_equal(last_update().stage, OTK_STAGE_CONFIRMED);
}

static void trial_says_that_an_update_is_half_done(void **state)
{
    const struct otk_nor_cut cut = {.after_ops = 60, .fault = OTK_NOR_BEFORE};

    (void)state;
    assert_int_equal(last_update().stage, OTK_STAGE_NONE);
    otk_nor_arm_cut(rig.nor, &cut);
    assert_int_equal(rig_send(&rig, &image, 4096), OTK_POWER_LOST);
    rig_reset(&rig);
    assert_int_equal(last_update().stage, OTK_STAGE_WRITING);
    assert_int_equal(last_update().to_slot, 0);
    assert_int_equal(last_update().image_size, image.len);
}

static void regression_an_update_under_way_showed_the_status_of_the_one_before(void **state)
{
    const struct otk_nor_cut cut = {.after_ops = 60, .fault = OTK_NOR_BEFORE};

    (void)state;
    rig_update(&rig, &image);
    assert_int_equal(otk_trial_reject(&rig.device, OTK_SELF_TEST_FAILED, rig.scratch), OTK_OK);
    rig_reset(&rig);
    assert_int_equal(last_update().status, OTK_SELF_TEST_FAILED);
    rig_make_image(&image, "1.2.0", 40000, 3);
    otk_nor_arm_cut(rig.nor, &cut);
    assert_int_equal(rig_send(&rig, &image, 4096), OTK_POWER_LOST);
    rig_reset(&rig);
    assert_int_equal(last_update().stage, OTK_STAGE_WRITING);
    assert_int_equal(last_update().status, OTK_OK);
    assert_int_equal(rig_update(&rig, &image), 0);
    assert_int_equal(last_update().stage, OTK_STAGE_TRIAL);
    assert_int_equal(last_update().status, OTK_OK);
}

static void slot_switch_selects_a_good_slot_on_trial(void **state)
{
    (void)state;
    rig_install(&rig, 1, &image);
    assert_int_equal(otk_slot_switch(&rig.device, 1, rig.scratch), OTK_OK);
    assert_int_equal(rig_state(&rig, 0), OTK_STATE_NEW);
    assert_int_equal(rig_reset(&rig), 1);
}

static void slot_switch_refuses_what_would_not_boot(void **state)
{
    (void)state;
    assert_int_equal(otk_slot_switch(&rig.device, 1, rig.scratch), OTK_BAD_MAGIC);
    assert_int_equal(otk_slot_switch(&rig.device, 7, rig.scratch), OTK_NO_SLOT);
    rig_install(&rig, 1, &image);
    otk_nor_fill(rig.nor, rig_slot_offset(&rig, 1) + 5000, "x", 1);
    assert_int_equal(otk_slot_switch(&rig.device, 1, rig.scratch), OTK_BAD_CHECKSUM);
    assert_int_equal(rig_state(&rig, 0), 0xFFFFFFFF);
}

static void slot_switch_to_factory_erases_otadata(void **state)
{
    (void)state;
    rig_update(&rig, &image);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    assert_int_equal(otk_slot_switch(&rig.device, OTK_SLOT_FACTORY, rig.scratch), OTK_OK);
    assert_int_equal(rig_state(&rig, 0), 0xFFFFFFFF);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
}

static void slot_switch_settles_an_unfinished_update_first(void **state)
{
    const struct otk_nor_cut cut = {.after_ops = 3, .fault = OTK_NOR_TORN, .bytes = 4096};
    struct rig_image other;

    (void)state;
    rig_make_image(&other, "1.5.0", 40000, 8);
    rig_install(&rig, 0, &other);
    rig_install(&rig, 1, &image);
    otk_nor_arm_cut(rig.nor, &cut);
    assert_int_equal(rig_send(&rig, &image, 4096), OTK_POWER_LOST);
    rig_reset(&rig);
    assert_int_equal(otk_slot_switch(&rig.device, 1, rig.scratch), OTK_OK);
    assert_false(otk_nor_is_unstable(rig.nor, rig_slot_offset(&rig, 0)));
    assert_int_equal(otk_nor_content(rig.nor)[rig_slot_offset(&rig, 0)], 0xFF);
}

/* The journal's slot used to be erased between its verification and its selection. */
static void slot_switch_leaves_a_slot_whose_update_is_unfinished(void **state)
{
    (void)state;
    assert_int_equal(rig_send(&rig, &image, 4096), OTK_OK);
    rig_reset(&rig);
    assert_int_equal(otk_slot_switch(&rig.device, 0, rig.scratch), OTK_BUSY);
    assert_true(rig_slot_holds(&rig, 0, &image));
    assert_int_equal(rig_send(&rig, &image, 4096), OTK_OK);
    assert_int_equal(otk_session_switch(&rig.session), OTK_OK);
    assert_int_equal(rig_reset(&rig), 0);
}

static void trial_confirm_raises_the_secure_version(void **state)
{
    struct otk_secure_version store;
    struct otk_fuse fuse = {.nor = rig.nor};
    uint32_t version;

    (void)state;
    store = otk_fuse_store(&fuse);
    rig.board.secure_version = &store;
    rig_install(&rig, 0, &image);
    image.bytes[OTK_APP_DESC_OFFSET + 4] = 3;
    rig_seal_image(&image);
    rig_reset(&rig);
    rig_update(&rig, &image);
    assert_int_equal(store.read(store.context, &version), OTK_OK);
    assert_int_equal(version, 0);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    assert_int_equal(store.read(store.context, &version), OTK_OK);
    assert_int_equal(version, 3);
    image.bytes[OTK_APP_DESC_OFFSET + 4] = 2;
    rig_seal_image(&image);
    assert_int_equal(rig_send(&rig, &image, 4096), OTK_SECURE_VERSION);
}

static void version_compare_orders_as_people_do(void **state)
{
    static const struct {
        const char *older;
        const char *newer;
    } grid[] = {
        {"1.0.0", "1.0.1"},       {"1.9.0", "1.10.0"},         {"v1.2", "1.3"},
        {"1.2.0-rc1", "1.2.0"},   {"1.2.0-rc1", "1.2.0-rc2"},  {"1.2", "1.2.1"},
        {"1.2", "1.2-5-g0123ab"}, {"1.2-5-gfff", "1.2-12-g0"}, {"0.9.12", "1.0.0"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof grid / sizeof grid[0]; i++) {
        assert_true(otk_version_compare(grid[i].older, grid[i].newer) < 0);
        assert_true(otk_version_compare(grid[i].newer, grid[i].older) > 0);
        assert_int_equal(otk_version_compare(grid[i].older, grid[i].older), 0);
    }
    assert_int_equal(otk_version_compare("v1.2.0", "1.2.0+build7"), 0);
    assert_int_equal(otk_version_compare("1.02", "1.2"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(trial_confirm_makes_the_entry_valid),
        TEST(trial_confirm_of_a_confirmed_app_writes_nothing),
        TEST(trial_confirm_refuses_what_otadata_does_not_name),
        TEST(trial_reject_goes_back_at_the_next_reset),
        TEST(trial_reject_refuses_when_nothing_good_is_left),
        TEST(trial_remembers_why_the_device_was_reset),
        TEST(trial_update_after_a_rollback_succeeds),
        TEST(trial_says_that_an_update_is_half_done),
        TEST(regression_an_update_under_way_showed_the_status_of_the_one_before),
        TEST(slot_switch_selects_a_good_slot_on_trial),
        TEST(slot_switch_refuses_what_would_not_boot),
        TEST(slot_switch_to_factory_erases_otadata),
        TEST(slot_switch_settles_an_unfinished_update_first),
        TEST(slot_switch_leaves_a_slot_whose_update_is_unfinished),
        TEST(trial_confirm_raises_the_secure_version),
        TEST(version_compare_orders_as_people_do),
    };

    return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
