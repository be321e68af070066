// SPDX-License-Identifier: Apache-2.0
/* The secure version in a file: survives, only grows, is refused when it is no number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "port/linux/fuse_file.h"
#include "sim/nor_fault.h"

struct fixture {
    struct otk_nor *nor;
    char directory[64];
    char path[80];
};

static int make(void **state)
{
    static struct fixture fixture;

    strcpy(fixture.directory, "/tmp/otakit-fuse-XXXXXX");
    if (!mkdtemp(fixture.directory)) {
        return -1;
    }
    snprintf(fixture.path, sizeof fixture.path, "%s/fuses", fixture.directory);
    *state = &fixture;
    return otk_nor_create(NULL, &fixture.nor) == OTK_OK ? 0 : -1;
}

static int unmake(void **state)
{
    const struct fixture *fixture = *state;

    otk_nor_close(fixture->nor);
    unlink(fixture->path);
    return rmdir(fixture->directory); /* fails where anything else was left behind */
}

static void put(const struct fixture *fixture, const char *text)
{
    FILE *out = fopen(fixture->path, "w");

    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

/* The version that a device reads after a reset. */
static uint32_t version_after_reset(const struct fixture *fixture)
{
    struct otk_fuse_file file;
    uint32_t version = 0;

    assert_int_equal(otk_fuse_file_open(&file, fixture->path, fixture->nor), OTK_OK);
    assert_int_equal(file.store.read(file.store.context, &version), OTK_OK);
    return version;
}

static void a_missing_file_is_version_0_and_is_not_made(void **state)
{
    const struct fixture *fixture = *state;

    assert_int_equal(version_after_reset(fixture), 0);
    assert_int_equal(access(fixture->path, F_OK), -1);
}

static void a_raise_survives_and_a_lower_one_changes_nothing(void **state)
{
    const struct fixture *fixture = *state;
    struct otk_fuse_file file;

    assert_int_equal(otk_fuse_file_open(&file, fixture->path, fixture->nor), OTK_OK);
    assert_int_equal(file.store.raise(file.store.context, 7), OTK_OK);
    assert_int_equal(file.store.raise(file.store.context, 5), OTK_OK);
    assert_int_equal(version_after_reset(fixture), 7);
}

static void a_file_that_holds_no_number_is_refused(void **state)
{
    static const char *const contents[] = {"", "seven", "7 8", "7x"};
    const struct fixture *fixture = *state;
    struct otk_fuse_file file;
    size_t index;

    for (index = 0; index < sizeof contents / sizeof contents[0]; index++) {
        put(fixture, contents[index]);
        assert_int_equal(otk_fuse_file_open(&file, fixture->path, fixture->nor), OTK_BAD_FORMAT);
    }
}

static void a_power_cut_leaves_the_old_version(void **state)
{
    const struct fixture *fixture = *state;
    const struct otk_nor_cut cut = {.fault = OTK_NOR_BEFORE};
    struct otk_fuse_file file;

    put(fixture, "3\n");
    assert_int_equal(otk_fuse_file_open(&file, fixture->path, fixture->nor), OTK_OK);
    otk_nor_arm_cut(fixture->nor, &cut);
    assert_int_equal(file.store.raise(file.store.context, 4), OTK_POWER_LOST);
    otk_nor_power_on(fixture->nor);
    assert_int_equal(version_after_reset(fixture), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_missing_file_is_version_0_and_is_not_made, make, unmake),
        cmocka_unit_test_setup_teardown(a_raise_survives_and_a_lower_one_changes_nothing, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(a_file_that_holds_no_number_is_refused, make, unmake),
        cmocka_unit_test_setup_teardown(a_power_cut_leaves_the_old_version, make, unmake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
