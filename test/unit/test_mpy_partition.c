// SPDX-License-Identifier: Apache-2.0
/* esp32.Partition on a laptop: its C half, on a store in memory that can lose power. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "micropython/laptop/abi.h"
#include "micropython/laptop/ota.h"
#include "micropython/laptop/partition.h"
#include "micropython/laptop/store.h"
#include "otakit/base/bytes.h"
#include "otakit/core/journal.h"
#include "otakit/core/otadata.h"
#include "otakit/crypto/digest.h"
#include "test/support/rig.h"

#define FLASH_SIZE 0x100000u
#define OTADATA    0xD000u
#define OTA_0      0x10000u
#define OTA_1      0x40000u
#define SLOT_SIZE  0x30000u
#define READ_ONLY  0x70000u
#define VFS        0x72000u

/* Indexes in the table below. */
enum { NVS_INDEX, OTADATA_INDEX, OTA_0_INDEX, OTA_1_INDEX, READ_ONLY_INDEX, VFS_INDEX };

static const struct otk_partition standard_table[] = {
    {0x9000, 0x4000, 0, OTK_TYPE_DATA, 2, "nvs"},
    {OTADATA, 0x2000, 0, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, "otadata"},
    {OTA_0, SLOT_SIZE, 0, OTK_TYPE_APP, 0x10, "ota_0"},
    {OTA_1, SLOT_SIZE, 0, OTK_TYPE_APP, 0x11, "ota_1"},
    {READ_ONLY, 0x2000, OTK_PARTITION_READONLY, OTK_TYPE_DATA, 6, "constants"},
};

/* The store behind the code under test: one chip, and where to go when its power is gone. */
static uint8_t cells[FLASH_SIZE];
static jmp_buf power;
static struct rig_image old_image;
static struct rig_image new_image;
static struct otk_laptop laptop;

bool otk_store_read(uint32_t offset, void *data, uint32_t len)
{
    memcpy(data, cells + offset, len);
    return true;
}

bool otk_store_write(uint32_t offset, const void *data, uint32_t len)
{
    memcpy(cells + offset, data, len);
    return true;
}

void otk_store_power_lost(void)
{
    longjmp(power, 1);
}

static void put_table(const struct otk_partition *partitions, uint32_t count)
{
    uint8_t *table = cells + OTK_TABLE_OFFSET;
    uint8_t digest[OTK_MD5_SIZE];

    memset(table, 0xFF, OTK_TABLE_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        otk_partition_encode(&partitions[i], table + i * OTK_PARTITION_RECORD_SIZE);
    }
    assert_int_equal(otk_md5(table, count * OTK_PARTITION_RECORD_SIZE, digest), OTK_OK);
    otk_partition_encode_md5(digest, table + count * OTK_PARTITION_RECORD_SIZE);
}

/* A chip on which ota_0 runs, confirmed. */
static int set_up(void **state)
{
    (void)state;
    rig_make_image(&old_image, "1.0.0", 3 * OTK_SECTOR_SIZE, 1);
    rig_make_image(&new_image, "2.0.0", 4 * OTK_SECTOR_SIZE, 2);
    memset(cells, 0xFF, sizeof cells);
    put_table(standard_table, sizeof standard_table / sizeof standard_table[0]);
    memcpy(cells + OTA_0, old_image.bytes, old_image.len);
    return 0;
}

static void power_up(void)
{
    assert_int_equal(otk_laptop_boot(&laptop, FLASH_SIZE, 0), OTK_OK);
}

static uint32_t entry_state(int index)
{
    return otk_load_le32(cells + OTADATA + (uint32_t)index * OTK_SECTOR_SIZE + 24);
}

/* What a script does: blocks as writeblocks(n, buf) writes them, then set_boot. */
static enum otk_esp_error update(int32_t index, const struct rig_image *image)
{
    static uint8_t block[OTK_SECTOR_SIZE];
    enum otk_esp_error error = OTK_ESP_OK;

    for (uint32_t at = 0; error == OTK_ESP_OK && at < image->len; at += OTK_SECTOR_SIZE) {
        const uint32_t left = image->len - at;

        memset(block, 0xFF, sizeof block);
        memcpy(block, image->bytes + at, left < sizeof block ? left : sizeof block);
        error = otk_laptop_erase(&laptop, index, at, sizeof block);
        if (error == OTK_ESP_OK) {
            error = otk_laptop_write(&laptop, index, at, block, sizeof block);
        }
    }
    return error == OTK_ESP_OK ? otk_laptop_set_boot(&laptop, index) : error;
}

static void boot_names_what_runs_and_what_boots(void **state)
{
    (void)state;
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_0_INDEX);
    assert_int_equal(otk_laptop_boot_partition(&laptop), OTA_0_INDEX);
}

static void boot_refuses_what_is_no_chip(void **state)
{
    static const uint32_t sizes[] = {0, 0x8000, 0x30000, 0x10000000};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(otk_laptop_boot(&laptop, sizes[i], 0), OTK_BAD_FORMAT);
    }
    memset(cells, 0xFF, sizeof cells);
    assert_int_equal(otk_laptop_boot(&laptop, FLASH_SIZE, 0), OTK_NO_TABLE);
}

static void boot_says_when_nothing_can_run(void **state)
{
    (void)state;
    cells[OTA_0 + 100] ^= 1;
    assert_int_equal(otk_laptop_boot(&laptop, FLASH_SIZE, 0), OTK_NOTHING_BOOTABLE);
}

static void boot_refuses_a_table_that_the_application_would(void **state)
{
    const size_t count = sizeof standard_table / sizeof standard_table[0];

    (void)state;
    memset(cells + OTK_TABLE_OFFSET + count * OTK_PARTITION_RECORD_SIZE, 0xFF,
           OTK_PARTITION_RECORD_SIZE);
    assert_int_equal(otk_laptop_boot(&laptop, FLASH_SIZE, 0), OTK_NO_MD5);
}

static void find_takes_type_subtype_and_label(void **state)
{
    (void)state;
    power_up();
    assert_int_equal(otk_laptop_find(&laptop, 0, 0, OTK_LAPTOP_ANY, NULL), OTA_0_INDEX);
    assert_int_equal(otk_laptop_find(&laptop, OTA_0_INDEX + 1, 0, OTK_LAPTOP_ANY, NULL),
                     OTA_1_INDEX);
    assert_int_equal(otk_laptop_find(&laptop, OTA_1_INDEX + 1, 0, OTK_LAPTOP_ANY, NULL),
                     OTK_LAPTOP_NONE);
    assert_int_equal(otk_laptop_find(&laptop, 0, OTK_LAPTOP_ANY, 6, NULL), READ_ONLY_INDEX);
    assert_int_equal(otk_laptop_find(&laptop, 0, 1, OTK_LAPTOP_ANY, "nvs"), NVS_INDEX);
    assert_int_equal(otk_laptop_find(&laptop, 0, 0, OTK_LAPTOP_ANY, "nvs"), OTK_LAPTOP_NONE);
    assert_int_equal(otk_laptop_find(&laptop, 0, 1, OTK_LAPTOP_ANY, "nv"), OTK_LAPTOP_NONE);
    assert_int_equal(otk_laptop_find(&laptop, -1, 1, OTK_LAPTOP_ANY, NULL), OTK_LAPTOP_NONE);
}

static void vfs_is_the_rest_of_the_flash(void **state)
{
    const struct otk_partition *vfs = &laptop.partitions[VFS_INDEX];

    (void)state;
    power_up();
    assert_int_equal(otk_laptop_find(&laptop, 0, 1, 0x81, "vfs"), VFS_INDEX);
    assert_int_equal(vfs->offset, VFS);
    assert_int_equal(vfs->size, FLASH_SIZE - VFS);
}

static void file_system_of_the_table_is_the_only_one(void **state)
{
    static const char *const labels[] = {"vfs", "ffat"};
    struct otk_partition table[5];

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        memcpy(table, standard_table, sizeof table);
        strcpy(table[4].label, labels[i]);
        put_table(table, 5);
        power_up();
        assert_int_equal(laptop.partition_count, 5);
        assert_int_equal(otk_laptop_find(&laptop, 0, OTK_LAPTOP_ANY, OTK_LAPTOP_ANY, labels[i]), 4);
    }
}

static void next_update_goes_round(void **state)
{
    struct otk_partition table[5];

    (void)state;
    power_up();
    assert_int_equal(otk_laptop_next_update(&laptop, OTA_0_INDEX), OTA_1_INDEX);
    assert_int_equal(otk_laptop_next_update(&laptop, OTA_1_INDEX), OTA_0_INDEX);
    assert_int_equal(otk_laptop_next_update(&laptop, NVS_INDEX), OTA_0_INDEX);

    memcpy(table, standard_table, sizeof table);
    table[OTA_1_INDEX].subtype = 0x20;
    put_table(table, 5);
    power_up();
    assert_int_equal(otk_laptop_next_update(&laptop, OTA_0_INDEX), OTA_0_INDEX);
}

static void ranges_are_refused_as_esp_idf_refuses_them(void **state)
{
    static const struct {
        int32_t index;
        uint32_t offset;
        uint32_t len;
        enum otk_esp_error reading;
        enum otk_esp_error erasing;
    } cases[] = {
        {OTA_1_INDEX, 0, 0, OTK_ESP_OK, OTK_ESP_OK},
        {OTA_1_INDEX, SLOT_SIZE, 0, OTK_ESP_OK, OTK_ESP_OK},
        {OTA_1_INDEX, SLOT_SIZE - 4096, 4096, OTK_ESP_OK, OTK_ESP_OK},
        {OTA_1_INDEX, 1, 4096, OTK_ESP_OK, OTK_ESP_ERR_INVALID_ARG},
        {OTA_1_INDEX, 0, 4095, OTK_ESP_OK, OTK_ESP_ERR_INVALID_SIZE},
        {OTA_1_INDEX, SLOT_SIZE - 4096, 4097, OTK_ESP_ERR_INVALID_SIZE, OTK_ESP_ERR_INVALID_SIZE},
        {OTA_1_INDEX, SLOT_SIZE + 1, 0, OTK_ESP_ERR_INVALID_ARG, OTK_ESP_ERR_INVALID_ARG},
        {OTA_1_INDEX, 0xFFFFFFFF, 4096, OTK_ESP_ERR_INVALID_ARG, OTK_ESP_ERR_INVALID_ARG},
        {OTA_1_INDEX, 4096, 0xFFFFF000, OTK_ESP_ERR_INVALID_SIZE, OTK_ESP_ERR_INVALID_SIZE},
        {-1, 0, 0, OTK_ESP_ERR_INVALID_ARG, OTK_ESP_ERR_INVALID_ARG},
        {VFS_INDEX + 1, 0, 0, OTK_ESP_ERR_INVALID_ARG, OTK_ESP_ERR_INVALID_ARG},
    };
    static uint8_t data[8192];

    (void)state;
    power_up();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            otk_laptop_read(&laptop, cases[i].index, cases[i].offset, data, cases[i].len),
            cases[i].reading);
        assert_int_equal(
            otk_laptop_write(&laptop, cases[i].index, cases[i].offset, data, cases[i].len),
            cases[i].reading);
        assert_int_equal(otk_laptop_erase(&laptop, cases[i].index, cases[i].offset, cases[i].len),
                         cases[i].erasing);
    }
}

static void write_clears_bits_and_erase_sets_them(void **state)
{
    uint8_t data[600];

    (void)state;
    power_up();
    memset(data, 0xF5, sizeof data);
    assert_int_equal(otk_laptop_write(&laptop, OTA_1_INDEX, 100, data, sizeof data), OTK_ESP_OK);
    memset(data, 0x5F, sizeof data);
    assert_int_equal(otk_laptop_write(&laptop, OTA_1_INDEX, 101, data, 3), OTK_ESP_OK);
    assert_memory_equal(cells + OTA_1 + 99, ((uint8_t[]){0xFF, 0xF5, 0x55, 0x55, 0x55, 0xF5}), 6);
    assert_int_equal(cells[OTA_1 + 699], 0xF5);
    assert_int_equal(cells[OTA_1 + 700], 0xFF);
    assert_int_equal(otk_laptop_erase(&laptop, OTA_1_INDEX, 0, OTK_SECTOR_SIZE), OTK_ESP_OK);
    assert_int_equal(cells[OTA_1 + 101], 0xFF);
}

static void read_only_partition_only_reads(void **state)
{
    uint8_t data[4] = {0};

    (void)state;
    power_up();
    assert_int_equal(otk_laptop_read(&laptop, READ_ONLY_INDEX, 0, data, 4), OTK_ESP_OK);
    assert_int_equal(otk_laptop_write(&laptop, READ_ONLY_INDEX, 0, data, 4),
                     OTK_ESP_ERR_NOT_ALLOWED);
    assert_int_equal(otk_laptop_erase(&laptop, READ_ONLY_INDEX, 0, 4096), OTK_ESP_ERR_NOT_ALLOWED);
    assert_int_equal(otk_laptop_change(&laptop, READ_ONLY_INDEX, 0, data, 4),
                     OTK_ESP_ERR_NOT_ALLOWED);
}

static void change_keeps_the_rest_of_its_sectors(void **state)
{
    static uint8_t data[4200];

    (void)state;
    power_up();
    memset(cells + VFS, 0x11, 3 * OTK_SECTOR_SIZE);
    memset(data, 0x22, sizeof data);
    assert_int_equal(otk_laptop_change(&laptop, VFS_INDEX, 4000, data, sizeof data), OTK_ESP_OK);
    assert_int_equal(cells[VFS + 3999], 0x11);
    assert_int_equal(cells[VFS + 4000], 0x22);
    assert_int_equal(cells[VFS + 8199], 0x22);
    assert_int_equal(cells[VFS + 8200], 0x11);
}

static void set_boot_puts_an_update_on_trial(void **state)
{
    (void)state;
    power_up();
    assert_int_equal(update(OTA_1_INDEX, &new_image), OTK_ESP_OK);
    assert_int_equal(otk_laptop_boot_partition(&laptop), OTA_1_INDEX);
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_0_INDEX);
    assert_int_equal(entry_state(1), OTK_STATE_NEW);
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_1_INDEX);
    assert_int_equal(entry_state(1), OTK_STATE_PENDING_VERIFY);
}

static void unmarked_update_reverts(void **state)
{
    (void)state;
    power_up();
    assert_int_equal(update(OTA_1_INDEX, &new_image), OTK_ESP_OK);
    power_up();
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_0_INDEX);
    assert_int_equal(entry_state(1), OTK_STATE_ABORTED);
}

static void marked_update_stays(void **state)
{
    (void)state;
    power_up();
    assert_int_equal(update(OTA_1_INDEX, &new_image), OTK_ESP_OK);
    power_up();
    assert_int_equal(otk_laptop_mark_valid(&laptop), OTK_ESP_OK);
    assert_int_equal(otk_laptop_mark_valid(&laptop), OTK_ESP_OK);
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_1_INDEX);
    assert_int_equal(entry_state(1), OTK_STATE_VALID);
}

static void set_boot_refuses_what_would_not_boot(void **state)
{
    (void)state;
    power_up();
    assert_int_equal(otk_laptop_set_boot(&laptop, OTA_1_INDEX), OTK_ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(otk_laptop_set_boot(&laptop, NVS_INDEX), OTK_ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(otk_laptop_set_boot(&laptop, -1), OTK_ESP_ERR_INVALID_ARG);
    memcpy(cells + VFS, new_image.bytes, new_image.len);
    assert_int_equal(otk_laptop_set_boot(&laptop, VFS_INDEX), OTK_ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(otk_laptop_boot_partition(&laptop), OTA_0_INDEX);
}

static void set_boot_of_factory_erases_otadata(void **state)
{
    struct otk_partition table[5];

    (void)state;
    memcpy(table, standard_table, sizeof table);
    table[OTA_0_INDEX].subtype = OTK_SUBTYPE_APP_FACTORY;
    table[OTA_1_INDEX].subtype = 0x10;
    put_table(table, 5);
    power_up();
    assert_int_equal(otk_laptop_mark_valid(&laptop), OTK_ESP_FAIL);
    assert_int_equal(update(OTA_1_INDEX, &new_image), OTK_ESP_OK);
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_1_INDEX);
    assert_int_equal(otk_laptop_set_boot(&laptop, OTA_0_INDEX), OTK_ESP_OK);
    assert_int_equal(otk_load_le32(cells + OTADATA), 0xFFFFFFFF);
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_0_INDEX);
}

static void without_otadata_nothing_can_be_chosen(void **state)
{
    struct otk_partition table[5];

    (void)state;
    memcpy(table, standard_table, sizeof table);
    table[OTADATA_INDEX].subtype = 6;
    table[OTA_0_INDEX].subtype = OTK_SUBTYPE_APP_FACTORY;
    put_table(table, 5);
    power_up();
    assert_int_equal(otk_laptop_boot_partition(&laptop), OTK_LAPTOP_NONE);
    assert_int_equal(otk_laptop_mark_valid(&laptop), OTK_ESP_ERR_NOT_FOUND);
    memcpy(cells + OTA_1, new_image.bytes, new_image.len);
    assert_int_equal(otk_laptop_set_boot(&laptop, OTA_1_INDEX), OTK_ESP_ERR_NOT_FOUND);
}

/* A session of otakit's was cut off; then a script writes the same slot. */
static void script_ends_an_update_that_otakit_began(void **state)
{
    const struct otk_journal journal = {.slot_offset = OTA_1, .image_size = new_image.len};

    (void)state;
    power_up();
    memcpy(cells + OTA_1, new_image.bytes, new_image.len);
    assert_int_equal(otk_journal_store(&laptop.nor.flash, OTADATA + OTK_SECTOR_SIZE, &journal),
                     OTK_OK);
    assert_int_equal(otk_laptop_set_boot(&laptop, OTA_1_INDEX), OTK_ESP_ERR_INVALID_STATE);
    assert_int_equal(update(OTA_1_INDEX, &new_image), OTK_ESP_OK);
    power_up();
    assert_int_equal(otk_laptop_running_partition(&laptop), OTA_1_INDEX);
}

/* One life: boot, and whatever a script does next to get to the confirmed new image. */
static void live(uint32_t cut_after)
{
    if (setjmp(power) != 0 || otk_laptop_boot(&laptop, FLASH_SIZE, cut_after) != OTK_OK) {
        return;
    }
    if (otk_laptop_running_partition(&laptop) == OTA_0_INDEX) {
        (void)update(OTA_1_INDEX, &new_image);
    } else {
        (void)otk_laptop_mark_valid(&laptop);
    }
}

static void every_cut_leaves_a_device_that_boots_and_updates(void **state)
{
    uint32_t cut;
    uint32_t op_count = 0;

    for (cut = 1; cut == 1 || cut <= op_count; cut++) {
        set_up(state);
        live(0);
        op_count = laptop.nor.op_count;
        set_up(state);
        live(cut);
        assert_int_equal(laptop.nor.op_count, cut);
        power_up();
        live(0);
        live(0);
        power_up();
        assert_int_equal(otk_laptop_running_partition(&laptop), OTA_1_INDEX);
        assert_int_equal(otk_laptop_boot_partition(&laptop), OTA_1_INDEX);
    }
    assert_true(op_count > new_image.len / OTK_LAPTOP_PAGE_SIZE);
}

static void flat_interface_boots_once_and_describes(void **state)
{
    uint8_t info[OTK_MPY_INFO_SIZE];

    (void)state;
    assert_int_equal(otk_mpy_boot(FLASH_SIZE, 0), OTK_OK);
    memset(cells, 0xFF, sizeof cells);
    assert_int_equal(otk_mpy_boot(FLASH_SIZE, 0), OTK_OK);
    assert_int_equal(otk_mpy_get(OTK_MPY_RUNNING), OTA_0_INDEX);
    assert_int_equal(otk_mpy_find(0, 0, OTK_LAPTOP_ANY, "ota_1"), OTA_1_INDEX);
    assert_int_equal(otk_mpy_info(OTA_1_INDEX, info), OTK_ESP_OK);
    assert_int_equal(otk_load_le32(info), OTK_TYPE_APP);
    assert_int_equal(otk_load_le32(info + 4), 0x11);
    assert_int_equal(otk_load_le32(info + 8), OTA_1);
    assert_int_equal(otk_load_le32(info + 12), SLOT_SIZE);
    assert_int_equal(otk_load_le32(info + 16), 0);
    assert_string_equal((char *)info + 20, "ota_1");
    assert_int_equal(otk_mpy_info(VFS_INDEX + 1, info), OTK_ESP_ERR_INVALID_ARG);
    assert_string_equal(otk_mpy_error_name(0x1503), "ESP_ERR_OTA_VALIDATE_FAILED");
    assert_string_equal(otk_mpy_error_name(-1), "ESP_FAIL");
    assert_string_equal(otk_mpy_error_name(12345), "UNKNOWN ERROR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(boot_names_what_runs_and_what_boots, set_up),
        cmocka_unit_test_setup(boot_refuses_what_is_no_chip, set_up),
        cmocka_unit_test_setup(boot_says_when_nothing_can_run, set_up),
        cmocka_unit_test_setup(boot_refuses_a_table_that_the_application_would, set_up),
        cmocka_unit_test_setup(find_takes_type_subtype_and_label, set_up),
        cmocka_unit_test_setup(vfs_is_the_rest_of_the_flash, set_up),
        cmocka_unit_test_setup(file_system_of_the_table_is_the_only_one, set_up),
        cmocka_unit_test_setup(next_update_goes_round, set_up),
        cmocka_unit_test_setup(ranges_are_refused_as_esp_idf_refuses_them, set_up),
        cmocka_unit_test_setup(write_clears_bits_and_erase_sets_them, set_up),
        cmocka_unit_test_setup(read_only_partition_only_reads, set_up),
        cmocka_unit_test_setup(change_keeps_the_rest_of_its_sectors, set_up),
        cmocka_unit_test_setup(set_boot_puts_an_update_on_trial, set_up),
        cmocka_unit_test_setup(unmarked_update_reverts, set_up),
        cmocka_unit_test_setup(marked_update_stays, set_up),
        cmocka_unit_test_setup(set_boot_refuses_what_would_not_boot, set_up),
        cmocka_unit_test_setup(set_boot_of_factory_erases_otadata, set_up),
        cmocka_unit_test_setup(without_otadata_nothing_can_be_chosen, set_up),
        cmocka_unit_test_setup(script_ends_an_update_that_otakit_began, set_up),
        cmocka_unit_test_setup(every_cut_leaves_a_device_that_boots_and_updates, set_up),
        cmocka_unit_test_setup(flat_interface_boots_once_and_describes, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
