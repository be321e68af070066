// SPDX-License-Identifier: Apache-2.0
/* Whole partition tables, as bootloader and application judge them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/core/table.h"
#include "otakit/crypto/digest.h"
#include "test/support/ram_flash.h"

#define FLASH_SIZE   0x400000u
#define RECORD_COUNT (OTK_SECTOR_SIZE / OTK_PARTITION_RECORD_SIZE)

/* The sector of a table, and how many records it has so far. */
struct table {
    uint8_t bytes[OTK_SECTOR_SIZE];
    uint32_t count;
};

static uint8_t *next_record(struct table *table)
{
    assert_true(table->count < RECORD_COUNT);
    return table->bytes + table->count++ * OTK_PARTITION_RECORD_SIZE;
}

static void add(struct table *table, uint8_t type, uint8_t subtype, uint32_t offset, uint32_t size)
{
    const struct otk_partition partition = {
        .type = type, .subtype = subtype, .offset = offset, .size = size, .label = "x"};

    otk_partition_encode(&partition, next_record(table));
}

static void add_md5(struct table *table)
{
    uint8_t digest[OTK_MD5_SIZE];

    assert_int_equal(otk_md5(table->bytes, table->count * OTK_PARTITION_RECORD_SIZE, digest),
                     OTK_OK);
    otk_partition_encode_md5(digest, next_record(table));
}

static void clear(struct table *table)
{
    memset(table->bytes, 0xFF, sizeof(table->bytes));
    table->count = 0;
}

/* nvs, otadata, factory, ota_0, ota_1 without MD5. */
static void make_usual(struct table *table)
{
    clear(table);
    add(table, OTK_TYPE_DATA, 2, 0x9000, 0x4000);
    add(table, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, 0xD000, 0x2000);
    add(table, OTK_TYPE_APP, OTK_SUBTYPE_APP_FACTORY, 0x10000, 0x100000);
    add(table, OTK_TYPE_APP, 0x10, 0x110000, 0x100000);
    add(table, OTK_TYPE_APP, 0x11, 0x210000, 0x100000);
}

static enum otk_status decode(const struct table *table, struct otk_layout *layout)
{
    return otk_layout_decode(table->bytes, FLASH_SIZE, layout);
}

static void usual_table_names_its_places(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    add_md5(&table);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.otadata.offset, 0xD000);
    assert_int_equal(layout.factory.size, 0x100000);
    assert_int_equal(layout.test.size, 0);
    assert_int_equal(layout.ota_count, 2);
    assert_int_equal(layout.ota[1].offset, 0x210000);
    assert_int_equal(layout.ota[2].size, 0);
    assert_int_equal(layout.record_count, 6);
}

static void table_without_md5_is_good_for_the_bootloader(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.ota_count, 2);
}

static void flipped_bit_in_any_record_is_noticed(void **state)
{
    struct table table;
    struct otk_layout layout = {.ota_count = 77};

    (void)state;
    make_usual(&table);
    add_md5(&table);
    for (uint32_t i = 0; i < 6 * OTK_PARTITION_RECORD_SIZE; i++) {
        const uint32_t in_md5_record = i - 5 * OTK_PARTITION_RECORD_SIZE;

        if (in_md5_record >= 2 && in_md5_record < 16) {
            continue; /* padding that nobody looks at */
        }
        table.bytes[i] ^= 0x10;
        assert_int_not_equal(decode(&table, &layout), OTK_OK);
        table.bytes[i] ^= 0x10;
    }
    assert_int_equal(layout.ota_count, 77);
}

static void ninety_four_entries_with_md5_fit(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    clear(&table);
    for (uint32_t i = 0; i < 94; i++) {
        add(&table, 0x40, (uint8_t)i, 0x10000 + i * 0x1000, 0x1000);
    }
    add_md5(&table);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.record_count, 95);
}

static void ninety_five_entries_fit_without_md5_only(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    clear(&table);
    for (uint32_t i = 0; i < 95; i++) {
        add(&table, 0x40, (uint8_t)i, 0x10000 + i * 0x1000, 0x1000);
    }
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.record_count, 95);
    add_md5(&table);
    assert_int_equal(decode(&table, &layout), OTK_BAD_TABLE);
}

static void ninety_six_entries_leave_no_room_for_the_end(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    clear(&table);
    for (uint32_t i = 0; i < 96; i++) {
        add(&table, 0x40, (uint8_t)i, 0x10000 + i * 0x1000, 0x1000);
    }
    assert_int_equal(decode(&table, &layout), OTK_BAD_TABLE);
}

static void blank_sector_is_no_table(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    clear(&table);
    assert_int_equal(decode(&table, &layout), OTK_NO_TABLE);
    add_md5(&table);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.ota_count, 0);
}

static void unknown_record_and_second_md5_record_are_refused(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    add_md5(&table);
    add_md5(&table);
    assert_int_equal(decode(&table, &layout), OTK_BAD_TABLE);
    make_usual(&table);
    memset(next_record(&table), 0, OTK_PARTITION_RECORD_SIZE);
    assert_int_equal(decode(&table, &layout), OTK_BAD_TABLE);
}

static void wrong_md5_is_refused(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    add_md5(&table);
    table.bytes[6 * OTK_PARTITION_RECORD_SIZE - 1] ^= 1;
    assert_int_equal(decode(&table, &layout), OTK_BAD_MD5);
}

static void entry_outside_the_chip_is_refused(void **state)
{
    static const struct otk_area bad[] = {
        {FLASH_SIZE, 1}, {FLASH_SIZE - 0x1000, 0x1001}, {FLASH_SIZE + 1, 0}, {0, FLASH_SIZE + 1}};
    struct table table;
    struct otk_layout layout;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        clear(&table);
        add(&table, OTK_TYPE_DATA, 2, bad[i].offset, bad[i].size);
        assert_int_equal(decode(&table, &layout), OTK_OUT_OF_RANGE);
    }
    clear(&table);
    add(&table, OTK_TYPE_DATA, 2, FLASH_SIZE - 0x1000, 0x1000);
    assert_int_equal(decode(&table, &layout), OTK_OK);
}

static void entry_whose_end_wraps_is_accepted_like_in_esp_idf(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    clear(&table);
    add(&table, OTK_TYPE_DATA, 2, 0x310000, 0xFFFFFFFFu);
    assert_int_equal(decode(&table, &layout), OTK_OK);
}

static void entry_behind_the_md5_record_pushes_the_last_one_out(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    add_md5(&table);
    add(&table, OTK_TYPE_APP, 0x12, 0x310000, 0x10000);
    add(&table, OTK_TYPE_APP, 0x13, 0x320000, 0x10000);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.ota_count, 3);
    assert_int_equal(layout.ota[2].offset, 0x310000);
    assert_int_equal(layout.ota[3].size, 0);
}

static void last_entry_of_a_kind_wins_and_duplicates_are_counted(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    add(&table, OTK_TYPE_APP, OTK_SUBTYPE_APP_FACTORY, 0x310000, 0x10000);
    add(&table, OTK_TYPE_APP, 0x11, 0x320000, 0x10000);
    add(&table, OTK_TYPE_APP, OTK_SUBTYPE_APP_TEST, 0x330000, 0x10000);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.factory.offset, 0x310000);
    assert_int_equal(layout.ota[1].offset, 0x320000);
    assert_int_equal(layout.test.offset, 0x330000);
    assert_int_equal(layout.ota_count, 3);
}

static void app_subtypes_around_the_ota_range_are_no_slots(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    clear(&table);
    add(&table, OTK_TYPE_APP, 0x0F, 0x10000, 0x10000);
    add(&table, OTK_TYPE_APP, 0x21, 0x20000, 0x10000);
    add(&table, OTK_TYPE_APP, 0x30, 0x30000, 0x10000);
    add(&table, OTK_TYPE_APP, 0x1F, 0x40000, 0x10000);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.ota_count, 1);
    assert_int_equal(layout.ota[15].offset, 0x40000);
}

static void slots_are_found_by_name_and_others_are_empty(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(otk_layout_slot(&layout, OTK_SLOT_FACTORY).offset, 0x10000);
    assert_int_equal(otk_layout_slot(&layout, OTK_SLOT_TEST).size, 0);
    assert_int_equal(otk_layout_slot(&layout, 1).offset, 0x210000);
    assert_int_equal(otk_layout_slot(&layout, 2).size, 0);
    assert_int_equal(otk_layout_slot(&layout, 16).size, 0);
    assert_int_equal(otk_layout_slot(&layout, OTK_SLOT_NONE).size, 0);
}

static void application_counts_slots_up_to_the_first_gap(void **state)
{
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    add(&table, OTK_TYPE_APP, 0x13, 0x310000, 0x10000);
    assert_int_equal(decode(&table, &layout), OTK_OK);
    assert_int_equal(layout.ota_count, 3);
    assert_int_equal(otk_layout_app_slot_count(&layout), 2);
    layout.ota[0].size = 0;
    assert_int_equal(otk_layout_app_slot_count(&layout), 0);
}

static void table_is_loaded_from_where_it_stands(void **state)
{
    static uint8_t scratch[OTK_TABLE_SIZE];
    struct ram_flash ram = {0};
    struct otk_flash flash;
    struct table table;
    struct otk_layout layout;

    (void)state;
    make_usual(&table);
    ram_flash_reset(&ram, FLASH_SIZE);
    memcpy(ram.bytes + 0xF000, table.bytes, sizeof(table.bytes));
    flash = ram_flash_seam(&ram);
    assert_int_equal(otk_layout_load(&flash, 0xF000, scratch, &layout), OTK_OK);
    assert_memory_equal(scratch, table.bytes, sizeof(scratch));
    assert_int_equal(otk_layout_load(&flash, 0x8000, scratch, &layout), OTK_NO_TABLE);
    assert_int_equal(otk_layout_load(&flash, FLASH_SIZE - 0x800, scratch, &layout), OTK_FLASH_IO);
    ram_flash_free(&ram);
}

static void application_side_requires_the_md5(void **state)
{
    struct table table;
    uint32_t count = 77;

    (void)state;
    make_usual(&table);
    assert_int_equal(otk_table_decode_app(table.bytes, OTK_SECTOR_SIZE, &count), OTK_NO_MD5);
    assert_int_equal(count, 77);
    add_md5(&table);
    assert_int_equal(otk_table_decode_app(table.bytes, OTK_SECTOR_SIZE, &count), OTK_OK);
    assert_int_equal(count, 5);
    table.bytes[40] ^= 1;
    assert_int_equal(otk_table_decode_app(table.bytes, OTK_SECTOR_SIZE, &count), OTK_BAD_MD5);
}

static void application_side_reads_the_whole_sector_and_no_byte_more(void **state)
{
    struct table table;
    uint32_t count = 0;

    (void)state;
    clear(&table);
    for (uint32_t i = 0; i < 127; i++) {
        add(&table, 0x40, (uint8_t)i, 0x10000 + i * 0x1000, 0x1000);
    }
    add_md5(&table);
    assert_int_equal(otk_table_decode_app(table.bytes, OTK_SECTOR_SIZE, &count), OTK_OK);
    assert_int_equal(count, 127);
    assert_int_equal(otk_table_decode_app(table.bytes, OTK_SECTOR_SIZE - 1, &count), OTK_NO_MD5);
    assert_int_equal(otk_table_decode_app(table.bytes, 0, &count), OTK_NO_MD5);
}

static void application_side_takes_a_table_without_entries_for_none(void **state)
{
    struct table table;
    uint32_t count = 0;

    (void)state;
    clear(&table);
    add_md5(&table);
    assert_int_equal(otk_table_decode_app(table.bytes, OTK_SECTOR_SIZE, &count), OTK_NO_TABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_table_names_its_places),
        cmocka_unit_test(table_without_md5_is_good_for_the_bootloader),
        cmocka_unit_test(flipped_bit_in_any_record_is_noticed),
        cmocka_unit_test(ninety_four_entries_with_md5_fit),
        cmocka_unit_test(ninety_five_entries_fit_without_md5_only),
        cmocka_unit_test(ninety_six_entries_leave_no_room_for_the_end),
        cmocka_unit_test(blank_sector_is_no_table),
        cmocka_unit_test(unknown_record_and_second_md5_record_are_refused),
        cmocka_unit_test(wrong_md5_is_refused),
        cmocka_unit_test(entry_outside_the_chip_is_refused),
        cmocka_unit_test(entry_whose_end_wraps_is_accepted_like_in_esp_idf),
        cmocka_unit_test(entry_behind_the_md5_record_pushes_the_last_one_out),
        cmocka_unit_test(last_entry_of_a_kind_wins_and_duplicates_are_counted),
        cmocka_unit_test(app_subtypes_around_the_ota_range_are_no_slots),
        cmocka_unit_test(slots_are_found_by_name_and_others_are_empty),
        cmocka_unit_test(application_counts_slots_up_to_the_first_gap),
        cmocka_unit_test(table_is_loaded_from_where_it_stands),
        cmocka_unit_test(application_side_requires_the_md5),
        cmocka_unit_test(application_side_reads_the_whole_sector_and_no_byte_more),
        cmocka_unit_test(application_side_takes_a_table_without_entries_for_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
