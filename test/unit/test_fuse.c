// SPDX-License-Identifier: Apache-2.0
/*
 * The simulated secure version: only grows, counts as an operation, can be cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/fuse.h"
#include "sim/nor_fault.h"

static int make(void **state)
{
    static struct otk_fuse fuse;

    fuse = (struct otk_fuse){.nor = NULL};
    *state = &fuse;
    return otk_nor_create(NULL, &fuse.nor) == OTK_OK ? 0 : -1;
}

static int unmake(void **state)
{
    const struct otk_fuse *fuse = *state;

    otk_nor_close(fuse->nor);
    return 0;
}

static uint64_t count_ops(const struct otk_fuse *fuse)
{
    struct otk_nor_counts counts;

    otk_nor_get_counts(fuse->nor, &counts);
    assert_int_equal(counts.ops, counts.burns);
    return counts.ops;
}

static void the_version_only_grows_and_each_burning_is_one_operation(void **state)
{
    struct otk_fuse *fuse = *state;
    const struct otk_secure_version store = otk_fuse_store(fuse);
    uint32_t version = 9;

    assert_int_equal(store.read(store.context, &version), OTK_OK);
    assert_int_equal(version, 0);
    assert_int_equal(store.raise(store.context, 3), OTK_OK);
    assert_int_equal(store.raise(store.context, 3), OTK_OK);
    assert_int_equal(store.raise(store.context, 2), OTK_OK);
    assert_int_equal(store.read(store.context, &version), OTK_OK);
    assert_int_equal(version, 3);
    assert_int_equal(count_ops(fuse), 1);
}

static void a_cut_before_burning_leaves_the_old_version(void **state)
{
    struct otk_fuse *fuse = *state;
    const struct otk_secure_version store = otk_fuse_store(fuse);
    const struct otk_nor_cut cut = {.fault = OTK_NOR_BEFORE};
    uint32_t version = 9;

    otk_nor_arm_cut(fuse->nor, &cut);
    assert_int_equal(store.raise(store.context, 3), OTK_POWER_LOST);
    assert_int_equal(store.read(store.context, &version), OTK_POWER_LOST);
    assert_int_equal(store.raise(store.context, 3), OTK_POWER_LOST);
    otk_nor_power_on(fuse->nor);
    assert_int_equal(store.read(store.context, &version), OTK_OK);
    assert_int_equal(version, 0);
}

static void a_cut_after_burning_leaves_the_new_version(void **state)
{
    struct otk_fuse *fuse = *state;
    const struct otk_secure_version store = otk_fuse_store(fuse);
    const struct otk_nor_cut cut = {.fault = OTK_NOR_AFTER};

    otk_nor_arm_cut(fuse->nor, &cut);
    assert_int_equal(store.raise(store.context, 3), OTK_POWER_LOST);
    assert_int_equal(fuse->version, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_version_only_grows_and_each_burning_is_one_operation,
                                        make, unmake),
        cmocka_unit_test_setup_teardown(a_cut_before_burning_leaves_the_old_version, make, unmake),
        cmocka_unit_test_setup_teardown(a_cut_after_burning_leaves_the_new_version, make, unmake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
