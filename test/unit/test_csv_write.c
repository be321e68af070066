// SPDX-License-Identifier: Apache-2.0
/* Binary tables to partition CSVs. The expectations come from gen_esp32part.py 1.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/csv.h"
#include "host/preset.h"

static struct otk_csv_options options;
static struct otk_error error;
static uint8_t table[OTK_TABLE_SIZE];

static int setup(void **state)
{
    (void)state;
    otk_csv_options_init(&options);
    memset(&error, 0, sizeof error);
    return 0;
}

static enum otk_status build(const char *csv)
{
    return otk_csv_build(csv, strlen(csv), &options, table, &error);
}

static void count_warning(void *context, const char *message)
{
    assert_true(message[0] != '\0');
    ++*(int *)context;
}

static void assert_round_trip(const char *csv)
{
    uint8_t again[OTK_TABLE_SIZE];
    char *written;

    assert_int_equal(build(csv), OTK_OK);
    assert_int_equal(otk_csv_write(table, sizeof table, &options, &written, &error), OTK_OK);
    assert_int_equal(otk_csv_build(written, strlen(written), &options, again, &error), OTK_OK);
    assert_memory_equal(again, table, sizeof table);
    free(written);
}

static void csv_write_gives_back_every_preset(void **state)
{
    const char *name;

    (void)state;
    for (size_t i = 0; (name = otk_preset_name(i)) != NULL; i++) {
        assert_round_trip(otk_preset_find(name));
    }
    assert_null(otk_preset_find("no such thing"));
}

static void csv_write_names_and_formats_as_the_original_does(void **state)
{
    char *csv;

    (void)state;
    assert_int_equal(build("a,data,nvs,,24K\nb,app,ota_1,,1M,encrypted:readonly\n"
                           "c,0x40,7,,0x1234,readonly\n"),
                     OTK_OK);
    assert_int_equal(otk_csv_write(table, sizeof table, &options, &csv, &error), OTK_OK);
    assert_string_equal(csv, "# ESP-IDF Partition Table\n"
                             "# Name, Type, SubType, Offset, Size, Flags\n"
                             "a,data,nvs,0x9000,24K,\n"
                             "b,app,ota_1,0x10000,1M,encrypted:readonly\n"
                             "c,64,7,0x110000,0x1234,readonly\n");
    free(csv);
}

static enum otk_status write_table(size_t len)
{
    char *csv = NULL;
    const enum otk_status status = otk_csv_write(table, len, &options, &csv, &error);

    free(csv);
    return status;
}

static void csv_write_refuses_damaged_tables(void **state)
{
    (void)state;
    assert_int_equal(build("a,data,nvs,,24K\n"), OTK_OK);
    assert_int_equal(write_table(96), OTK_OK);
    assert_int_equal(write_table(95), OTK_BAD_TABLE);
    assert_int_equal(write_table(64), OTK_BAD_TABLE);
    table[12] ^= 1;
    assert_int_equal(write_table(sizeof table), OTK_BAD_MD5);
    table[12] = 0xC3;
    assert_int_equal(write_table(sizeof table), OTK_BAD_TABLE);
    assert_int_equal(build("a,data,nvs,,24K\n"), OTK_OK);
    table[32] = 0;
    assert_int_equal(write_table(sizeof table), OTK_BAD_TABLE);
}

static void csv_write_applies_the_rules_of_csvs(void **state)
{
    (void)state;
    options.no_verify = true;
    assert_int_equal(build("a,data,nvs,,4K\n"), OTK_OK);
    assert_int_equal(write_table(sizeof table), OTK_OK);
    options.no_verify = false;
    assert_int_equal(write_table(sizeof table), OTK_BAD_CSV);
}

static void csv_write_takes_an_md5_record_for_an_entry_when_told(void **state)
{
    (void)state;
    assert_int_equal(build("a,data,5,,4K\n"), OTK_OK);
    options.no_md5 = true;
    assert_int_equal(write_table(sizeof table), OTK_BAD_TABLE);
}

static void csv_write_warns_of_unknown_flags(void **state)
{
    int count = 0;

    (void)state;
    options.no_md5 = true;
    options.warn = count_warning;
    options.warn_context = &count;
    assert_int_equal(build("a,data,5,,4K\n"), OTK_OK);
    table[28] = 4;
    assert_int_equal(write_table(sizeof table), OTK_OK);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(csv_write_gives_back_every_preset, setup),
        cmocka_unit_test_setup(csv_write_names_and_formats_as_the_original_does, setup),
        cmocka_unit_test_setup(csv_write_refuses_damaged_tables, setup),
        cmocka_unit_test_setup(csv_write_applies_the_rules_of_csvs, setup),
        cmocka_unit_test_setup(csv_write_takes_an_md5_record_for_an_entry_when_told, setup),
        cmocka_unit_test_setup(csv_write_warns_of_unknown_flags, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
