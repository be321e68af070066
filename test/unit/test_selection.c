// SPDX-License-Identifier: Apache-2.0
/* Both otadata sectors as an application sees and writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/core/otadata.h"
#include "test/support/ram_flash.h"

#define FLASH_SIZE     0x100000u
#define OTADATA_OFFSET 0xD000u

struct device {
    struct ram_flash ram;
    struct otk_flash flash;
    struct otk_layout layout; /* three OTA slots */
};

static int set_up(void **state)
{
    static struct device device;

    ram_flash_reset(&device.ram, FLASH_SIZE);
    device.flash = ram_flash_seam(&device.ram);
    memset(&device.layout, 0, sizeof(device.layout));
    device.layout.otadata = (struct otk_area){OTADATA_OFFSET, 2 * OTK_SECTOR_SIZE};
    for (uint32_t i = 0; i < 3; i++) {
        device.layout.ota[i] = (struct otk_area){0x10000 + i * 0x10000, 0x10000};
    }
    device.layout.ota_count = 3;
    *state = &device;
    return 0;
}

static int tear_down(void **state)
{
    struct device *device = *state;

    ram_flash_free(&device->ram);
    return 0;
}

static void put(struct device *device, int index, uint32_t seq, uint32_t image_state)
{
    struct otk_otadata entry;

    otk_otadata_make(seq, image_state, &entry);
    otk_otadata_encode(&entry,
                       device->ram.bytes + OTADATA_OFFSET + (uint32_t)index * OTK_SECTOR_SIZE);
}

static struct otk_selection load(struct device *device)
{
    struct otk_selection selection;

    assert_int_equal(otk_selection_load(&device->flash, &device->layout, &selection), OTK_OK);
    return selection;
}

static void blank_otadata_has_no_active_entry(void **state)
{
    struct device *device = *state;
    const struct otk_selection selection = load(device);

    assert_int_equal(selection.active, -1);
    assert_int_equal(selection.slot_count, 3);
    assert_int_equal(otk_selection_slot(&selection, selection.active), OTK_SLOT_NONE);
}

static void greater_sequence_number_is_active(void **state)
{
    struct device *device = *state;
    struct otk_selection selection;

    put(device, 0, 5, OTK_STATE_VALID);
    put(device, 1, 6, OTK_STATE_VALID);
    selection = load(device);
    assert_int_equal(selection.active, 1);
    assert_int_equal(otk_selection_slot(&selection, 1), 2);
    assert_int_equal(otk_selection_slot(&selection, 0), 1);
    put(device, 0, 0x80000000u, OTK_STATE_VALID);
    assert_int_equal(load(device).active, 0);
}

static void first_entry_is_active_on_a_tie(void **state)
{
    struct device *device = *state;

    put(device, 0, 5, OTK_STATE_VALID);
    put(device, 1, 5, OTK_STATE_VALID);
    assert_int_equal(load(device).active, 0);
}

static void aborted_and_torn_entries_are_passed_over(void **state)
{
    struct device *device = *state;

    put(device, 0, 5, OTK_STATE_VALID);
    put(device, 1, 6, OTK_STATE_ABORTED);
    assert_int_equal(load(device).active, 0);
    put(device, 1, 6, OTK_STATE_VALID);
    device->ram.bytes[OTADATA_OFFSET + OTK_SECTOR_SIZE + 28] ^= 1;
    assert_int_equal(load(device).active, 0);
    put(device, 0, 5, OTK_STATE_INVALID);
    assert_int_equal(load(device).active, -1);
}

static void otadata_of_one_sector_is_none(void **state)
{
    struct device *device = *state;
    struct otk_selection selection;

    device->layout.otadata.size = 2 * OTK_SECTOR_SIZE - 1;
    assert_int_equal(otk_selection_load(&device->flash, &device->layout, &selection),
                     OTK_NO_OTADATA);
    device->layout.otadata = (struct otk_area){0, 0};
    assert_int_equal(otk_selection_load(&device->flash, &device->layout, &selection),
                     OTK_NO_OTADATA);
}

static void unreadable_otadata_is_reported_and_nothing_written(void **state)
{
    struct device *device = *state;
    struct otk_selection selection = {.active = 77};

    device->layout.otadata.offset = FLASH_SIZE - OTK_SECTOR_SIZE;
    assert_int_equal(otk_selection_load(&device->flash, &device->layout, &selection), OTK_FLASH_IO);
    assert_int_equal(selection.active, 77);
}

static void next_entry_goes_to_the_other_sector_with_the_smallest_greater_number(void **state)
{
    struct device *device = *state;
    struct otk_selection selection;
    struct otk_otadata entry;
    int index;

    put(device, 0, 5, OTK_STATE_VALID); /* ota_1 */
    selection = load(device);
    for (int slot = 0; slot < 3; slot++) {
        static const uint32_t expected[3] = {7, 8, 6};

        assert_int_equal(otk_selection_next(&selection, slot, OTK_STATE_NEW, &entry, &index),
                         OTK_OK);
        assert_int_equal(entry.seq, expected[slot]);
        assert_int_equal((entry.seq - 1) % 3, slot);
        assert_int_equal(index, 1);
        assert_int_equal(entry.state, OTK_STATE_NEW);
        assert_true(otk_otadata_is_valid(&entry));
    }
    put(device, 1, 6, OTK_STATE_VALID);
    selection = load(device);
    assert_int_equal(otk_selection_next(&selection, 0, OTK_STATE_NEW, &entry, &index), OTK_OK);
    assert_int_equal(index, 0);
}

static void next_entry_without_an_active_one_is_the_slot_s_first(void **state)
{
    struct device *device = *state;
    const struct otk_selection selection = load(device);
    struct otk_otadata entry;
    int index;

    for (int slot = 0; slot < 3; slot++) {
        assert_int_equal(otk_selection_next(&selection, slot, OTK_STATE_NEW, &entry, &index),
                         OTK_OK);
        assert_int_equal(entry.seq, slot + 1);
        assert_int_equal(index, 0);
    }
}

static void next_entry_of_a_slot_that_is_not_there_is_refused(void **state)
{
    struct device *device = *state;
    const struct otk_selection selection = load(device);
    struct otk_otadata entry;
    int index;

    assert_int_equal(otk_selection_next(&selection, 3, OTK_STATE_NEW, &entry, &index), OTK_NO_SLOT);
    assert_int_equal(
        otk_selection_next(&selection, OTK_SLOT_FACTORY, OTK_STATE_NEW, &entry, &index),
        OTK_NO_SLOT);
}

static void sequence_numbers_end_before_the_blank_one(void **state)
{
    struct device *device = *state;
    struct otk_selection selection;
    struct otk_otadata entry;
    int index;

    /* FFFFFFFD mod 3 is 1: the next one, for ota_1, is the last that may be used. */
    put(device, 0, 0xFFFFFFFDu, OTK_STATE_VALID);
    selection = load(device);
    assert_int_equal(otk_selection_next(&selection, 1, OTK_STATE_NEW, &entry, &index), OTK_OK);
    assert_true(entry.seq == 0xFFFFFFFEu);
    assert_int_equal(otk_selection_next(&selection, 2, OTK_STATE_NEW, &entry, &index),
                     OTK_OUT_OF_RANGE);
    put(device, 0, 0xFFFFFFFEu, OTK_STATE_VALID);
    selection = load(device);
    for (int slot = 0; slot < 3; slot++) {
        assert_int_equal(otk_selection_next(&selection, slot, OTK_STATE_NEW, &entry, &index),
                         OTK_OUT_OF_RANGE);
    }
}

static void store_erases_one_sector_and_writes_one_entry(void **state)
{
    struct device *device = *state;
    struct otk_otadata entry;
    char ops[64];

    otk_otadata_make(9, OTK_STATE_NEW, &entry);
    device->ram.bytes[OTADATA_OFFSET + OTK_SECTOR_SIZE + 100] = 0;
    assert_int_equal(otk_otadata_store(&device->flash, &device->layout, 1, &entry), OTK_OK);
    ram_flash_ops_text(&device->ram, OTADATA_OFFSET, ops, sizeof(ops));
    assert_string_equal(ops, "E1W1");
    assert_int_equal(load(device).entries[1].seq, 9);
    assert_int_equal(device->ram.bytes[OTADATA_OFFSET + OTK_SECTOR_SIZE + 100], 0xFF);
}

static void store_says_when_the_power_is_lost(void **state)
{
    struct device *device = *state;
    struct otk_otadata entry;

    otk_otadata_make(9, OTK_STATE_NEW, &entry);
    device->ram.cut_after = 1;
    assert_int_equal(otk_otadata_store(&device->flash, &device->layout, 0, &entry), OTK_POWER_LOST);
    assert_int_equal(load(device).active, -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(blank_otadata_has_no_active_entry),
        TEST(greater_sequence_number_is_active),
        TEST(first_entry_is_active_on_a_tie),
        TEST(aborted_and_torn_entries_are_passed_over),
        TEST(otadata_of_one_sector_is_none),
        TEST(unreadable_otadata_is_reported_and_nothing_written),
        TEST(next_entry_goes_to_the_other_sector_with_the_smallest_greater_number),
        TEST(next_entry_without_an_active_one_is_the_slot_s_first),
        TEST(next_entry_of_a_slot_that_is_not_there_is_refused),
        TEST(sequence_numbers_end_before_the_blank_one),
        TEST(store_erases_one_sector_and_writes_one_entry),
        TEST(store_says_when_the_power_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
