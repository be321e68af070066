// SPDX-License-Identifier: Apache-2.0
/* Partition CSVs to binary tables. The expectations come from gen_esp32part.py 1.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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

static struct otk_partition entry(uint32_t index)
{
    struct otk_partition partition;
    const uint8_t *const record = table + index * OTK_PARTITION_RECORD_SIZE;

    assert_int_equal(otk_partition_record_kind(record), OTK_PARTITION_ENTRY);
    otk_partition_decode(record, &partition);
    return partition;
}

static void csv_build_makes_the_table_with_two_ota_slots(void **state)
{
    /* MD5 of ESP-IDF's own table of this layout. */
    static const uint8_t md5[] = {0xBF, 0x25, 0x82, 0x2C, 0x0F, 0xA6, 0xD8, 0x64,
                                  0x1B, 0xD9, 0x30, 0x25, 0x1E, 0x06, 0xB4, 0xC4};

    (void)state;
    assert_int_equal(build(otk_preset_find("two-ota")), OTK_OK);
    assert_int_equal(otk_partition_record_kind(table + 0xC0), OTK_PARTITION_MD5);
    assert_memory_equal(table + 0xD0, md5, sizeof md5);
    assert_int_equal(otk_partition_record_kind(table + 0xE0), OTK_PARTITION_END);
    assert_int_equal(table[OTK_TABLE_SIZE - 1], 0xFF);
}

static void csv_build_reads_sizes_in_every_notation(void **state)
{
    static const struct {
        const char *size;
        uint32_t expected;
    } cases[] = {{"4096", 4096},    {"0x1000", 4096}, {"0o10000", 4096}, {"0b1000", 8},
                 {"4K", 4096},      {"4k", 4096},     {"1M", 1 << 20},   {"5kk", 5 << 20},
                 {"1_000", 1000},   {"+5", 5},        {"4 K", 4096},     {"4\u212a", 4096},
                 {"-0xA000", 4096}, {"-40K", 4096},   {"0", 0},          {"0x1K", 1024},
                 {"\u0664k", 4096}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char csv[64];

        snprintf(csv, sizeof csv, "a,data,0x40,0x9000,%s\n", cases[i].size);
        assert_int_equal(build(csv), OTK_OK);
        assert_int_equal(entry(0).size, cases[i].expected);
    }
}

static void csv_build_reads_types_and_subtypes_in_every_notation(void **state)
{
    static const struct {
        const char *words;
        uint8_t type;
        uint8_t subtype;
    } cases[] = {{"app,factory", 0, 0},    {"APP,OTA_15", 0, 0x1F},    {"0,0x20", 0, 0x20},
                 {"app,tee_1", 0, 0x31},   {"data,littlefs", 1, 0x83}, {"Data,", 1, 6},
                 {"0x40,", 0x40, 6},       {"254,255", 254, 255},      {"appk,factorym", 0, 0},
                 {"1,nvs_\u212aeys", 1, 4}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char csv[64];

        snprintf(csv, sizeof csv, "a,%s,0x10000,64K\n", cases[i].words);
        assert_int_equal(build(csv), OTK_OK);
        assert_int_equal(entry(0).type, cases[i].type);
        assert_int_equal(entry(0).subtype, cases[i].subtype);
    }
    /* "otak" is no word for an app. */
    assert_int_equal(build("a,0k,otak,0x10000,64K\n"), OTK_BAD_CSV);
}

static void csv_build_chooses_offsets_by_the_type(void **state)
{
    (void)state;
    options.table_offset = 0x10000;
    assert_int_equal(build("a,data,nvs,,0x3001\nb,data,phy,,4K\nc,app,factory,,64K\n"), OTK_OK);
    assert_int_equal(entry(0).offset, 0x11000);
    assert_int_equal(entry(1).offset, 0x15000);
    assert_int_equal(entry(2).offset, 0x20000);
}

static void csv_build_places_bootloader_and_table_by_the_options(void **state)
{
    (void)state;
    options.primary_bootloader_offset = 0x1000;
    options.recovery_bootloader_offset = 0x3F0000;
    assert_int_equal(build("t,partition_table,primary,N/A,N/A\nb,bootloader,primary,N/A,N/A\n"
                           "n,data,nvs,,24K\nr,bootloader,recovery,,\n"),
                     OTK_OK);
    assert_int_equal(entry(0).offset, 0x8000);
    assert_int_equal(entry(0).size, 0x1000);
    assert_int_equal(entry(1).offset, 0x1000);
    assert_int_equal(entry(1).size, 0x7000);
    assert_int_equal(entry(2).offset, 0x9000);
    assert_int_equal(entry(3).offset, 0x3F0000);
    assert_int_equal(entry(3).size, 0x7000);
}

static void csv_build_cuts_labels_at_16_bytes(void **state)
{
    (void)state;
    assert_int_equal(build("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9,data,6,,4K\n"),
                     OTK_OK);
    assert_string_equal(entry(0).label, "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9");
}

static void csv_build_takes_variables_from_the_environment(void **state)
{
    (void)state;
    assert_int_equal(setenv("OTK_TEST_SIZE", "0x5000", 1), 0);
    assert_int_equal(build("a,data,nvs,,$OTK_TEST_SIZE\n"), OTK_OK);
    assert_int_equal(entry(0).size, 0x5000);
    assert_int_equal(build("a,data,nvs,,$OTK_TEST_NONE\n"), OTK_BAD_CSV);
    assert_int_equal(build("\n$OTK_TEST_NONE,data,nvs,,24K\n"), OTK_BAD_CSV);
    assert_string_equal(error.message, "line 2: the environment has no variable 'OTK_TEST_NONE'");
}

static void csv_build_ignores_comments_blank_lines_and_further_columns(void **state)
{
    (void)state;
    assert_int_equal(build("\xEF\xBB\xBF# x\r\n \t\r\n a , data , 0x40 , , 4K , , more, x\r\n"),
                     OTK_OK);
    assert_string_equal(entry(0).label, "a");
    assert_int_equal(otk_partition_record_kind(table + 32), OTK_PARTITION_MD5);
}

static void csv_build_writes_no_md5_when_told(void **state)
{
    (void)state;
    options.no_md5 = true;
    assert_int_equal(build("a,data,0x40,,4K\n"), OTK_OK);
    assert_int_equal(otk_partition_record_kind(table + 32), OTK_PARTITION_END);
}

static void csv_build_holds_94_entries_with_md5_and_95_without(void **state)
{
    char csv[96 * 24] = "";

    (void)state;
    for (int i = 0; i < 94; i++) {
        snprintf(csv + strlen(csv), 24, "p%d,0x40,%d,,4K\n", i, i);
    }
    assert_int_equal(build(csv), OTK_OK);
    strcat(csv, "x,0x40,94,,4K\n");
    assert_int_equal(build(csv), OTK_BAD_CSV);
    options.no_md5 = true;
    assert_int_equal(build(csv), OTK_OK);
    strcat(csv, "y,0x40,95,,4K\n");
    assert_int_equal(build(csv), OTK_BAD_CSV);
}

/* What gen_esp32part.py refuses, and the line that is to blame. */
static const struct {
    const char *csv;
    uint32_t line;
} refused[] = {
    {"a,,0x40,,4K\n", 1},
    {"a,app,,,1M\n", 1},
    {"a,foo,1,,4K\n", 1},
    {"a,data,foo,,4K\n", 1},
    {"a,0x40,nvs,,4K\n", 1},
    {"a,data,nvs,,\n", 1},
    {"a,data,nvs,,24K # comment\n", 1},
    {"a,data,nvs,,1G\n", 1},
    {"a,data,nvs,010,24K\n", 1},
    {"a,data,nvs,,24K,Encrypted\n", 1},
    {"a,data,nvs,,24K,encrypted: readonly\n", 1},
    {"a,data,0x40,0x8000,4K\n", 1},
    {"a,data,0x40,0x9000,8K\nb,data,0x41,0xA000,4K\n", 2},
    {"a,data,0x40,0x9100,4K\n", 1},
    {"a,app,factory,0x9000,1M\n", 1},
    {"a,app,factory,0x10000,1000\n", 1},
    {"a,data,5,,4K\nb,data,5,,4K\na,data,5,,4K\n", 3},
    {"a,data,ota,,8K\nb,data,ota,,8K\n", 2},
    {"a,data,ota,,4K\n", 1},
    {"a,data,tee_ota,,12K\n", 1},
    {"a,data,ota,,8K,readonly\n", 1},
    {"a,data,coredump,,64K,readonly\n", 1},
    {"a,data,nvs,,8K\n", 1},
    {"a,bootloader,primary,,\n", 1},
    {"a,bootloader,ota,,\n", 1},
    {"a,256,1,,4K\n", 1},
    {"a,1,-1,,4K\n", 1},
    {"a,data,5,,0x100000000\n", 1},
    {"a,data,5,0x9000,-0x1000\n", 1},
    {"a,data,disk,,4K\n", 1},
    {"a\xFF,data,5,,4K\n", 0},
};

static void csv_build_refuses_what_the_original_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        memset(&error, 0, sizeof error);
        assert_int_equal(build(refused[i].csv), OTK_BAD_CSV);
        assert_int_equal(error.line, refused[i].line);
        assert_true(error.message[0] != '\0');
    }
}

static void csv_build_leaves_the_table_alone_on_failure(void **state)
{
    (void)state;
    memset(table, 0x5A, sizeof table);
    assert_int_equal(build("a,data,5,,4K\nb,data,5,,4K,x\n"), OTK_BAD_CSV);
    assert_int_equal(table[0], 0x5A);
    assert_int_equal(table[OTK_TABLE_SIZE - 1], 0x5A);
}

static void csv_build_without_verify_takes_what_fits_the_records(void **state)
{
    (void)state;
    options.no_verify = true;
    assert_int_equal(build("a,data,ota,0x9100,1\na,data,ota,,1\n"), OTK_OK);
    assert_int_equal(build("a,data,5,0xA000,4K\nb,data,5,0x9000,4K\n"), OTK_BAD_CSV);
}

static void csv_build_checks_the_flash_size(void **state)
{
    (void)state;
    options.flash_size = 1 << 20;
    assert_int_equal(build("a,app,factory,0x10000,960K\n"), OTK_OK);
    assert_int_equal(build("a,app,factory,0x10000,1M\n"), OTK_BAD_CSV);
    options.no_verify = true;
    assert_int_equal(build("a,app,factory,0x10000,1M\n"), OTK_BAD_CSV);
}

static void csv_build_for_secure_boot_v1_wants_apps_of_whole_pages(void **state)
{
    const char *const csv = "a,app,factory,0x10000,0x11000\n";

    (void)state;
    assert_int_equal(build(csv), OTK_OK);
    options.secure = OTK_CSV_SECURE_V2;
    assert_int_equal(build(csv), OTK_OK);
    options.secure = OTK_CSV_SECURE_V1;
    assert_int_equal(build(csv), OTK_BAD_CSV);
}

static void csv_build_takes_extra_subtypes(void **state)
{
    static const char *const extras[] = {"app,my_app,0x40", " data , my_data , A0 "};

    (void)state;
    options.extra_subtypes = extras;
    options.extra_subtype_count = 2;
    assert_int_equal(build("a,app,my_app,,64K\nb,data,MY_DATA,,4K\n"), OTK_OK);
    assert_int_equal(entry(0).subtype, 0x40);
    assert_int_equal(entry(1).subtype, 0xA0);
}

static void csv_build_refuses_extra_subtypes_that_make_no_sense(void **state)
{
    static const char *const extras[] = {"data,x,0x02", "foo,x,0x50", "data,x", "data,x,zz", ""};

    (void)state;
    options.extra_subtype_count = 1;
    for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++) {
        options.extra_subtypes = &extras[i];
        assert_int_equal(build(""), OTK_BAD_CSV);
        assert_true(error.message[0] != '\0');
    }
}

static void csv_build_refuses_a_bootloader_behind_the_table(void **state)
{
    (void)state;
    options.primary_bootloader_offset = 0x8000;
    assert_int_equal(build(""), OTK_BAD_CSV);
}

static void count_warning(void *context, const char *message)
{
    assert_true(message[0] != '\0');
    ++*(int *)context;
}

static void csv_build_warns_of_names_that_mislead(void **state)
{
    int count = 0;

    (void)state;
    options.warn = count_warning;
    options.warn_context = &count;
    assert_int_equal(build("nvs,data,nvs,,24K\nphy,data,phy,,4K\n"), OTK_OK);
    assert_int_equal(count, 0);
    assert_int_equal(build("app,data,5,,4K\nnvs,data,phy,,4K\n"), OTK_OK);
    assert_int_equal(count, 2);
}

static void csv_is_binary_looks_at_two_bytes(void **state)
{
    (void)state;
    assert_true(otk_csv_is_binary("\xAA\x50", 2));
    assert_false(otk_csv_is_binary("\xAA", 1));
    assert_false(otk_csv_is_binary("a,", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(csv_build_makes_the_table_with_two_ota_slots, setup),
        cmocka_unit_test_setup(csv_build_reads_sizes_in_every_notation, setup),
        cmocka_unit_test_setup(csv_build_reads_types_and_subtypes_in_every_notation, setup),
        cmocka_unit_test_setup(csv_build_chooses_offsets_by_the_type, setup),
        cmocka_unit_test_setup(csv_build_places_bootloader_and_table_by_the_options, setup),
        cmocka_unit_test_setup(csv_build_cuts_labels_at_16_bytes, setup),
        cmocka_unit_test_setup(csv_build_takes_variables_from_the_environment, setup),
        cmocka_unit_test_setup(csv_build_ignores_comments_blank_lines_and_further_columns, setup),
        cmocka_unit_test_setup(csv_build_writes_no_md5_when_told, setup),
        cmocka_unit_test_setup(csv_build_holds_94_entries_with_md5_and_95_without, setup),
        cmocka_unit_test_setup(csv_build_refuses_what_the_original_refuses, setup),
        cmocka_unit_test_setup(csv_build_leaves_the_table_alone_on_failure, setup),
        cmocka_unit_test_setup(csv_build_without_verify_takes_what_fits_the_records, setup),
        cmocka_unit_test_setup(csv_build_checks_the_flash_size, setup),
        cmocka_unit_test_setup(csv_build_for_secure_boot_v1_wants_apps_of_whole_pages, setup),
        cmocka_unit_test_setup(csv_build_takes_extra_subtypes, setup),
        cmocka_unit_test_setup(csv_build_refuses_extra_subtypes_that_make_no_sense, setup),
        cmocka_unit_test_setup(csv_build_refuses_a_bootloader_behind_the_table, setup),
        cmocka_unit_test_setup(csv_build_warns_of_names_that_mislead, setup),
        cmocka_unit_test_setup(csv_is_binary_looks_at_two_bytes, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
