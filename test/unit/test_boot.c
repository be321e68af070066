// SPDX-License-Identifier: Apache-2.0
/* The bootloader's decision. The golden vectors cover it widely; these are its rules one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/core/boot.h"
#include "otakit/core/otadata.h"
#include "test/support/ram_flash.h"
#include "test/support/sample_image.h"

#define FLASH_SIZE     0x100000u
#define OTADATA_OFFSET 0xD000u
#define SLOT_SIZE      0x10000u
#define FACTORY_OFFSET 0x20000u
#define OTA_0_OFFSET   0x30000u
#define OTA_1_OFFSET   0x40000u
#define TEST_OFFSET    0x50000u

struct device {
    struct ram_flash ram;
    struct otk_flash flash;
    struct otk_secure_version store;
    uint32_t secure_version;
    struct otk_board board;
    struct otk_boot_result result;
    uint32_t record_count; /* of the table so far */
};

static enum otk_status store_read(void *context, uint32_t *version)
{
    const struct device *device = context;

    *version = device->secure_version;
    return OTK_OK;
}

static enum otk_status store_raise(void *context, uint32_t version)
{
    struct device *device = context;

    if (version > device->secure_version) {
        device->secure_version = version;
    }
    return OTK_OK;
}

static void add(struct device *device, uint8_t type, uint8_t subtype, uint32_t offset,
                uint32_t size)
{
    const struct otk_partition partition = {
        .type = type, .subtype = subtype, .offset = offset, .size = size};

    otk_partition_encode(&partition, device->ram.bytes + OTK_TABLE_OFFSET +
                                         device->record_count++ * OTK_PARTITION_RECORD_SIZE);
}

/* A device with otadata and two empty OTA slots. */
static int set_up(void **state)
{
    static struct device device;

    ram_flash_reset(&device.ram, FLASH_SIZE);
    device.flash = ram_flash_seam(&device.ram);
    device.store = (struct otk_secure_version){&device, store_read, store_raise};
    device.secure_version = 0;
    device.board = (struct otk_board){.flash = &device.flash};
    device.record_count = 0;
    add(&device, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, OTADATA_OFFSET, 2 * OTK_SECTOR_SIZE);
    add(&device, OTK_TYPE_APP, 0x10, OTA_0_OFFSET, SLOT_SIZE);
    add(&device, OTK_TYPE_APP, 0x11, OTA_1_OFFSET, SLOT_SIZE);
    *state = &device;
    return 0;
}

static int tear_down(void **state)
{
    struct device *device = *state;

    ram_flash_free(&device->ram);
    return 0;
}

static void add_factory(struct device *device)
{
    add(device, OTK_TYPE_APP, OTK_SUBTYPE_APP_FACTORY, FACTORY_OFFSET, SLOT_SIZE);
}

static void install(struct device *device, uint32_t offset, uint32_t secure_version)
{
    struct sample_image image = sample_image_standard(offset,
                                                      (const uint32_t[4]){0x100, 0x20, 0x20, 0x20});

    image.secure_version = secure_version;
    sample_image_build(&image, device->ram.bytes + offset);
}

static void put(struct device *device, int index, uint32_t seq, uint32_t image_state)
{
    struct otk_otadata entry;

    otk_otadata_make(seq, image_state, &entry);
    otk_otadata_encode(&entry,
                       device->ram.bytes + OTADATA_OFFSET + (uint32_t)index * OTK_SECTOR_SIZE);
}

static uint32_t state_of(const struct device *device, int index)
{
    struct otk_otadata entry;

    otk_otadata_decode(device->ram.bytes + OTADATA_OFFSET + (uint32_t)index * OTK_SECTOR_SIZE,
                       &entry);
    return entry.state;
}

static enum otk_status boot(struct device *device)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];

    ram_flash_power_on(&device->ram);
    return otk_boot(&device->board, scratch, sizeof(scratch), &device->result);
}

/* Boot, and expect a slot and exactly these otadata writes. */
static void assert_boots(struct device *device, int slot, const char *expected_ops)
{
    char ops[64];

    assert_int_equal(boot(device), OTK_OK);
    assert_int_equal(device->result.slot, slot);
    ram_flash_ops_text(&device->ram, OTADATA_OFFSET, ops, sizeof(ops));
    assert_string_equal(ops, expected_ops);
}

static void confirmed_slot_boots_without_a_write(void **state)
{
    struct device *device = *state;

    install(device, OTA_0_OFFSET, 0);
    install(device, OTA_1_OFFSET, 0);
    put(device, 0, 1, OTK_STATE_VALID);
    put(device, 1, 2, OTK_STATE_VALID);
    assert_boots(device, 1, "");
    assert_int_equal(device->result.selected, 1);
    assert_int_equal(device->result.attempt_count, 1);
    assert_true(device->result.image.has_hash);
}

static void new_slot_gets_one_boot_and_is_then_aborted(void **state)
{
    struct device *device = *state;

    install(device, OTA_0_OFFSET, 0);
    install(device, OTA_1_OFFSET, 0);
    put(device, 0, 1, OTK_STATE_VALID);
    put(device, 1, 2, OTK_STATE_NEW);
    assert_boots(device, 1, "E1W1");
    assert_int_equal(state_of(device, 1), OTK_STATE_PENDING_VERIFY);
    assert_boots(device, 0, "E1W1");
    assert_int_equal(state_of(device, 1), OTK_STATE_ABORTED);
    assert_boots(device, 0, "");
}

static void rewritten_entry_keeps_label_and_wrong_crc(void **state)
{
    struct device *device = *state;
    uint8_t *entry = device->ram.bytes + OTADATA_OFFSET;
    uint8_t before[OTK_OTADATA_SIZE];

    install(device, OTA_0_OFFSET, 0);
    put(device, 1, 1, OTK_STATE_VALID);
    put(device, 0, 2, OTK_STATE_PENDING_VERIFY);
    memcpy(entry + 4, "a label of 20 bytes!", 20);
    entry[28] ^= 1;
    memcpy(before, entry, sizeof(before));
    before[24] = OTK_STATE_ABORTED;
    assert_boots(device, 0, "E0W0");
    assert_memory_equal(entry, before, sizeof(before));
}

static void blank_otadata_boots_factory_and_stays_blank(void **state)
{
    struct device *device = *state;

    add_factory(device);
    install(device, FACTORY_OFFSET, 0);
    install(device, OTA_0_OFFSET, 0);
    assert_boots(device, OTK_SLOT_FACTORY, "");
}

static void blank_otadata_without_factory_is_repaired_with_what_boots(void **state)
{
    struct device *device = *state;

    install(device, OTA_1_OFFSET, 0);
    assert_boots(device, 1, "E0W0");
    assert_int_equal(device->result.selected, 0);
    assert_int_equal(state_of(device, 0), OTK_STATE_VALID);
    assert_boots(device, 1, "");
}

static void refused_entries_without_factory_are_not_repaired(void **state)
{
    struct device *device = *state;

    install(device, OTA_0_OFFSET, 0);
    put(device, 0, 1, OTK_STATE_ABORTED);
    assert_boots(device, 0, "");
    assert_boots(device, 0, "");
}

static void bad_image_falls_back_downwards_then_upwards(void **state)
{
    struct device *device = *state;

    add_factory(device);
    add(device, OTK_TYPE_APP, 0x12, 0x60000, SLOT_SIZE);
    install(device, 0x60000, 0);
    put(device, 0, 2, OTK_STATE_VALID);
    assert_boots(device, 2, "");
    assert_int_equal(device->result.attempt_count, 4);
    assert_int_equal(device->result.attempts[0].slot, 1);
    assert_int_equal(device->result.attempts[1].slot, 0);
    assert_int_equal(device->result.attempts[2].slot, OTK_SLOT_FACTORY);
    assert_int_equal(device->result.attempts[2].status, OTK_BAD_MAGIC);
    assert_int_equal(device->result.attempts[3].status, OTK_OK);
}

static void test_application_is_the_last_resort(void **state)
{
    struct device *device = *state;

    add(device, OTK_TYPE_APP, OTK_SUBTYPE_APP_TEST, TEST_OFFSET, SLOT_SIZE);
    install(device, TEST_OFFSET, 0);
    assert_boots(device, OTK_SLOT_TEST, "");
    install(device, OTA_1_OFFSET, 0);
    assert_boots(device, 1, "E0W0");
}

static void nothing_bootable_is_said_and_nothing_written(void **state)
{
    struct device *device = *state;

    assert_int_equal(boot(device), OTK_NOTHING_BOOTABLE);
    assert_int_equal(device->result.slot, OTK_SLOT_NONE);
    assert_int_equal(device->result.attempt_count, 2);
    assert_int_equal(device->ram.op_count, 0);
}

static void device_without_otadata_boots_factory(void **state)
{
    struct device *device = *state;

    device->record_count = 0;
    add_factory(device);
    add(device, OTK_TYPE_APP, 0x10, OTA_0_OFFSET, SLOT_SIZE);
    memset(device->ram.bytes + OTK_TABLE_OFFSET + 64, 0xFF, 64);
    install(device, FACTORY_OFFSET, 0);
    assert_boots(device, OTK_SLOT_FACTORY, "");
}

static void too_small_otadata_stops_the_boot(void **state)
{
    struct device *device = *state;

    install(device, OTA_0_OFFSET, 0);
    device->record_count = 0;
    add(device, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, OTADATA_OFFSET, OTK_SECTOR_SIZE);
    assert_int_equal(boot(device), OTK_NO_OTADATA);
    assert_int_equal(device->result.selected, OTK_SLOT_NONE);
    assert_int_equal(device->result.slot, OTK_SLOT_NONE);
}

static void damaged_table_stops_the_boot(void **state)
{
    struct device *device = *state;

    device->ram.bytes[OTK_TABLE_OFFSET] = 0;
    assert_int_equal(boot(device), OTK_BAD_TABLE);
    assert_int_equal(device->result.slot, OTK_SLOT_NONE);
}

static void slot_behind_a_gap_is_out_of_reach(void **state)
{
    struct device *device = *state;

    device->record_count = 1;
    add(device, OTK_TYPE_APP, 0x10, OTA_0_OFFSET, SLOT_SIZE);
    add(device, OTK_TYPE_APP, 0x12, OTA_1_OFFSET, SLOT_SIZE);
    install(device, OTA_1_OFFSET, 0);
    assert_int_equal(boot(device), OTK_NOTHING_BOOTABLE);
}

static void sequence_number_beyond_sixteen_slots_reaches_no_slot(void **state)
{
    struct device *device = *state;

    /* Duplicates count: 20 entries for one slot, and an entry that asks for number 18. */
    for (int i = 0; i < 18; i++) {
        add(device, OTK_TYPE_APP, 0x10, OTA_0_OFFSET, SLOT_SIZE);
    }
    install(device, OTA_0_OFFSET, 0);
    put(device, 0, 19, OTK_STATE_VALID);
    assert_boots(device, 0, "");
    assert_int_equal(device->result.selected, 18);
}

static void image_below_the_secure_version_is_passed_over_untried(void **state)
{
    struct device *device = *state;

    device->board.secure_version = &device->store;
    device->secure_version = 3;
    install(device, OTA_0_OFFSET, 3);
    install(device, OTA_1_OFFSET, 2);
    put(device, 0, 1, OTK_STATE_VALID);
    put(device, 1, 2, OTK_STATE_VALID);
    assert_boots(device, 0, "");
    assert_int_equal(device->result.selected, 0);
    assert_int_equal(device->result.attempt_count, 1);
}

static void secure_version_rises_when_the_booting_slot_is_confirmed(void **state)
{
    struct device *device = *state;

    device->board.secure_version = &device->store;
    install(device, OTA_0_OFFSET, 5);
    put(device, 0, 1, OTK_STATE_NEW);
    assert_boots(device, 0, "E0W0");
    assert_int_equal(device->secure_version, 0);
    put(device, 0, 1, OTK_STATE_VALID);
    assert_boots(device, 0, "");
    assert_int_equal(device->secure_version, 5);
}

static void repair_raises_the_secure_version_too(void **state)
{
    struct device *device = *state;

    device->board.secure_version = &device->store;
    install(device, OTA_0_OFFSET, 4);
    assert_boots(device, 0, "E0W0");
    assert_int_equal(device->secure_version, 4);
}

static void regression_anti_rollback_without_slots_does_not_divide_by_zero(void **state)
{
    struct device *device = *state;

    device->board.secure_version = &device->store;
    device->record_count = 1;
    add_factory(device);
    memset(device->ram.bytes + OTK_TABLE_OFFSET + 64, 0xFF, 32);
    install(device, FACTORY_OFFSET, 0);
    put(device, 0, 1, OTK_STATE_VALID);
    assert_boots(device, OTK_SLOT_FACTORY, "");
}

static void power_cut_at_any_write_leaves_the_old_application(void **state)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];
    struct device *device = *state;

    install(device, OTA_0_OFFSET, 0);
    install(device, OTA_1_OFFSET, 0);
    for (uint32_t cut = 0; cut < 2; cut++) {
        put(device, 0, 1, OTK_STATE_VALID);
        put(device, 1, 2, OTK_STATE_PENDING_VERIFY);
        ram_flash_power_on(&device->ram);
        device->ram.cut_after = cut;
        assert_int_equal(otk_boot(&device->board, scratch, sizeof(scratch), &device->result),
                         OTK_POWER_LOST);
        assert_int_equal(device->result.slot, OTK_SLOT_NONE);
        assert_int_equal(boot(device), OTK_OK);
        assert_int_equal(device->result.slot, 0);
        memset(device->ram.bytes + OTADATA_OFFSET, 0xFF, 2 * OTK_SECTOR_SIZE);
    }
}

static void select_asks_for_a_slot_without_looking_at_images(void **state)
{
    static uint8_t scratch[OTK_TABLE_SIZE];
    struct device *device = *state;
    struct otk_layout layout;
    int selected = 77;

    assert_int_equal(otk_layout_load(&device->flash, OTK_TABLE_OFFSET, scratch, &layout), OTK_OK);
    put(device, 0, 2, OTK_STATE_VALID);
    assert_int_equal(otk_boot_select(&device->board, &layout, &selected), OTK_OK);
    assert_int_equal(selected, 1);
    layout.otadata.size = 1;
    selected = 77;
    assert_int_equal(otk_boot_select(&device->board, &layout, &selected), OTK_NO_OTADATA);
    assert_int_equal(selected, 77);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(confirmed_slot_boots_without_a_write),
        TEST(new_slot_gets_one_boot_and_is_then_aborted),
        TEST(rewritten_entry_keeps_label_and_wrong_crc),
        TEST(blank_otadata_boots_factory_and_stays_blank),
        TEST(blank_otadata_without_factory_is_repaired_with_what_boots),
        TEST(refused_entries_without_factory_are_not_repaired),
        TEST(bad_image_falls_back_downwards_then_upwards),
        TEST(test_application_is_the_last_resort),
        TEST(nothing_bootable_is_said_and_nothing_written),
        TEST(device_without_otadata_boots_factory),
        TEST(too_small_otadata_stops_the_boot),
        TEST(damaged_table_stops_the_boot),
        TEST(slot_behind_a_gap_is_out_of_reach),
        TEST(sequence_number_beyond_sixteen_slots_reaches_no_slot),
        TEST(image_below_the_secure_version_is_passed_over_untried),
        TEST(secure_version_rises_when_the_booting_slot_is_confirmed),
        TEST(repair_raises_the_secure_version_too),
        TEST(regression_anti_rollback_without_slots_does_not_divide_by_zero),
        TEST(power_cut_at_any_write_leaves_the_old_application),
        TEST(select_asks_for_a_slot_without_looking_at_images),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
