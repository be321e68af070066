// SPDX-License-Identifier: Apache-2.0
/*
 * The power goes at each flash operation of an update over each protocol. The device boots the old or
 * the new application, and an update over another protocol ends in the new one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/nor_fault.h"
#include "test/support/air_client.h"

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;

static void make_device(void)
{
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 5000, 1);
    rig_make_image(&new_image, "1.1.0", 21000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    air_open(&air, &rig);
}

static void drop_device(void)
{
    otk_session_close(&air.updater.session);
    rig_close(&rig);
}

/* Every operation in every way that an operation can be cut. */
static void arm(uint64_t number)
{
    const struct otk_nor_cut cut = {.after_ops = number / (OTK_NOR_AFTER + 1),
                                    .fault = (enum otk_nor_fault)(number % (OTK_NOR_AFTER + 1)),
                                    .bytes = 16,
                                    .seed = number};

    otk_nor_arm_cut(rig.nor, &cut);
}

/* Returns whether the update was over before the power went. */
static bool cut_and_retry(enum air_protocol first, enum air_protocol second, uint64_t number)
{
    bool is_over;
    int slot;

    make_device();
    arm(number);
    is_over = air_push(&air, first, &new_image) && otk_nor_is_powered(rig.nor);
    slot = air_reset(&air);
    assert_true(slot == OTK_SLOT_FACTORY || slot == 0);
    assert_true(!is_over || slot == 0);
    if (slot == OTK_SLOT_FACTORY) {
        assert_true(air_push(&air, second, &new_image));
        assert_int_equal(air_reset(&air), 0);
    }
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_true(otk_trial_is_pending(&rig.device));
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    drop_device();
    return is_over;
}

static void cut_everywhere(enum air_protocol first, enum air_protocol second)
{
    uint64_t number = 0;

    while (!cut_and_retry(first, second, number)) {
        number++;
    }
    assert_true(number > 80u * (OTK_NOR_AFTER + 1)); /* pages, sectors, journal, otadata */
}

static void cut_of_a_is_mended_by_b(void **state)
{
    (void)state;
    cut_everywhere(AIR_BY_A, AIR_BY_B);
}

static void cut_of_b_is_mended_by_c(void **state)
{
    (void)state;
    cut_everywhere(AIR_BY_B, AIR_BY_C);
}

static void cut_of_c_is_mended_by_c_on_a_line(void **state)
{
    (void)state;
    cut_everywhere(AIR_BY_C, AIR_BY_LINE);
}

static void cut_of_c_on_a_line_is_mended_by_a(void **state)
{
    (void)state;
    cut_everywhere(AIR_BY_LINE, AIR_BY_A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_of_a_is_mended_by_b),
        cmocka_unit_test(cut_of_b_is_mended_by_c),
        cmocka_unit_test(cut_of_c_is_mended_by_c_on_a_line),
        cmocka_unit_test(cut_of_c_on_a_line_is_mended_by_a),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
