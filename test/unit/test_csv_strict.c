// SPDX-License-Identifier: Apache-2.0
/* --strict: what gen_esp32part.py lets pass although it cannot work as meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "host/csv.h"
#include "host/preset.h"

static enum otk_status build(const char *csv, bool strict, struct otk_error *error)
{
    struct otk_csv_options options;
    uint8_t table[OTK_TABLE_SIZE];

    otk_csv_options_init(&options);
    options.strict = strict;
    return otk_csv_build(csv, strlen(csv), &options, table, error);
}

static void csv_strict_refuses_what_is_accepted_otherwise(void **state)
{
    static const struct {
        const char *csv;
        const char *message;
    } cases[] = {
        {"", "the table is empty"},
        {"a23456789012345678,data,5,,4K\n", "would be cut"},
        {",data,5,,4K\n", "has no name"},
        {"a,data,5,,1000\n", "not a multiple"},
        {"a,data,5,,0\n", "its size is 0"},
        {"a,data,5,,4K,,more\n", "columns behind the flags"},
        {"o,data,ota,,8K\na,app,ota_0,,64K\nb,app,ota_1,,128K\n", "differ in size"},
        {"o,data,ota,,8K\na,app,ota_3,,64K\n", "have a gap"},
        {"o,data,ota,,8K\na,app,ota_0,,64K\nb,app,ota_2,,64K\n", "have a gap"},
        {"o,data,ota,,8K\na,app,ota_0,,64K\nb,app,ota_0,,64K\n", "named twice"},
        {"a,app,ota_0,,64K\nb,app,ota_1,,64K\n", "no otadata"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct otk_error error;

        assert_int_equal(build(cases[i].csv, false, &error), OTK_OK);
        assert_int_equal(build(cases[i].csv, true, &error), OTK_BAD_CSV);
        assert_non_null(strstr(error.message, cases[i].message));
    }
}

static void csv_strict_accepts_every_preset(void **state)
{
    const char *name;

    (void)state;
    for (size_t i = 0; (name = otk_preset_name(i)) != NULL; i++) {
        assert_int_equal(build(otk_preset_find(name), true, NULL), OTK_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_strict_refuses_what_is_accepted_otherwise),
        cmocka_unit_test(csv_strict_accepts_every_preset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
