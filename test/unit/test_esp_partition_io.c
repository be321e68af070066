// SPDX-License-Identifier: Apache-2.0
/* Reading, writing, erasing, mapping and copying partitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "esp_flash.h"
#include "test/support/idf_rig.h"

#define STORE 0x40000u

static struct idf_rig rig;
static const esp_partition_t *store;

static int open_rig(void **state)
{
    (void)state;
    idf_rig_open(&rig, 0);
    store = idf_rig_find("a_label_of_16_ch");
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    idf_rig_close(&rig);
    return 0;
}

static void any_bytes_can_be_written_and_read_back(void **state)
{
    uint8_t bytes[40];
    uint8_t seen[40];

    (void)state;
    for (uint32_t offset = 0; offset < 5; offset++) {
        for (uint32_t len = 0; len <= sizeof bytes; len++) {
            memset(bytes, (int)(offset + len + 1), sizeof bytes);
            memset(rig.ram.bytes + STORE, 0xFF, 64);
            assert_int_equal(esp_partition_write(store, offset, bytes, len), ESP_OK);
            assert_int_equal(esp_partition_read(store, offset, seen, len), ESP_OK);
            assert_memory_equal(seen, bytes, len);
            assert_int_equal(rig.ram.bytes[STORE + offset + len], 0xFF);
            assert_true(offset == 0 || rig.ram.bytes[STORE + offset - 1] == 0xFF);
        }
    }
}

static void neighbours_written_one_by_one_stay(void **state)
{
    uint8_t seen[10];

    (void)state;
    for (uint8_t i = 0; i < sizeof seen; i++) {
        assert_int_equal(esp_partition_write(store, i, &i, 1), ESP_OK);
    }
    assert_int_equal(esp_partition_read_raw(store, 0, seen, sizeof seen), ESP_OK);
    for (uint8_t i = 0; i < sizeof seen; i++) {
        assert_int_equal(seen[i], i);
    }
}

static void bounds_are_kept_with_esp_idfs_codes(void **state)
{
    uint8_t byte = 0;

    (void)state;
    assert_int_equal(esp_partition_read(store, store->size, &byte, 0), ESP_OK);
    assert_int_equal(esp_partition_read(store, store->size, &byte, 1), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_read(store, store->size + 1, &byte, 0), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_read(store, 1, &byte, SIZE_MAX), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_read_raw(store, store->size, &byte, 1), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_write(store, store->size, &byte, 1), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_write(store, store->size + 1, &byte, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_write_raw(store, 0, &byte, store->size + 1),
                     ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_erase_range(store, store->size, 4096), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_erase_range(store, store->size + 1, 0), ESP_ERR_INVALID_ARG);
}

static void an_erase_takes_whole_sectors(void **state)
{
    (void)state;
    memset(rig.ram.bytes + STORE, 0, 3 * 4096);
    assert_int_equal(esp_partition_erase_range(store, 4096, 4096), ESP_OK);
    assert_int_equal(rig.ram.bytes[STORE + 4095], 0);
    assert_int_equal(rig.ram.bytes[STORE + 4096], 0xFF);
    assert_int_equal(rig.ram.bytes[STORE + 8191], 0xFF);
    assert_int_equal(rig.ram.bytes[STORE + 8192], 0);
    assert_int_equal(esp_partition_erase_range(store, 0, 4095), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_erase_range(store, 1, 4096), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_erase_range(store, 0, 0), ESP_OK);
    assert_int_equal(esp_partition_get_main_flash_sector_size(), 4096);
}

static void nothing_is_done_with_nothing(void **state)
{
    uint8_t byte = 0;

    (void)state;
    assert_int_equal(esp_partition_read(NULL, 0, &byte, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_read(store, 0, NULL, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_write(NULL, 0, &byte, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_write(store, 0, NULL, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_erase_range(NULL, 0, 4096), ESP_ERR_INVALID_ARG);
}

static void a_readonly_partition_stays_as_it_is(void **state)
{
    const esp_partition_t *fixed = idf_rig_find("fixed");
    const uint8_t byte = 0;

    (void)state;
    assert_int_equal(esp_partition_write(fixed, 0, &byte, 1), ESP_ERR_NOT_ALLOWED);
    assert_int_equal(esp_partition_write_raw(fixed, 0, &byte, 1), ESP_ERR_NOT_ALLOWED);
    assert_int_equal(esp_partition_erase_range(fixed, 0, 4096), ESP_ERR_NOT_ALLOWED);
    assert_int_equal(esp_flash_write(NULL, &byte, fixed->address, 1), ESP_ERR_NOT_ALLOWED);
    assert_int_equal(esp_flash_erase_region(NULL, fixed->address - 4096, 8192),
                     ESP_ERR_NOT_ALLOWED);
    assert_int_equal(rig.ram.op_count, 0);
}

static void what_the_chip_needs_to_start_is_protected(void **state)
{
    const uint8_t byte = 0;

    (void)state;
    assert_int_equal(esp_partition_write(idf_rig_find("boot"), 0, &byte, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_erase_range(idf_rig_find("table"), 0, 4096),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_erase_range(idf_rig_find("ota_0"), 0, 4096),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(rig.ram.op_count, 0);
    assert_int_equal(esp_partition_erase_range(idf_rig_find("ota_1"), 0, 4096), ESP_OK);
    assert_int_equal(esp_partition_erase_range(idf_rig_find("factory"), 0, 4096), ESP_OK);
}

static void an_encrypted_partition_is_written_by_16_bytes(void **state)
{
    const uint8_t bytes[32] = {0};

    (void)state;
    rig.device.has_flash_encryption = true;
    idf_rig_attach(&rig);
    store = idf_rig_find("a_label_of_16_ch");
    assert_int_equal(esp_partition_write(store, 8, bytes, 16), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_write(store, 16, bytes, 8), ESP_ERR_INVALID_SIZE);
    assert_int_equal(rig.ram.op_count, 0);
    assert_int_equal(esp_partition_write(store, 16, bytes, 32), ESP_OK);
    assert_int_equal(esp_partition_write_raw(store, 4, bytes, 4), ESP_OK);
    assert_int_equal(esp_partition_write(idf_rig_find("nvs"), 4, bytes, 4), ESP_OK);
}

static void a_mapping_shows_the_bytes_until_it_is_given_back(void **state)
{
    esp_partition_mmap_handle_t handles[2];
    const void *memory[2];

    (void)state;
    memcpy(rig.ram.bytes + STORE + 4, "hello", 5);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            esp_partition_mmap(store, 4, 5, ESP_PARTITION_MMAP_DATA, &memory[i], &handles[i]),
            ESP_OK);
        assert_memory_equal(memory[i], "hello", 5);
    }
    assert_int_not_equal(handles[0], handles[1]);
    esp_partition_munmap(handles[0]);
    esp_partition_munmap(handles[0]);
    assert_memory_equal(memory[1], "hello", 5);
    assert_int_equal(esp_partition_mmap(store, 0, store->size + 1, ESP_PARTITION_MMAP_INST,
                                        &memory[0], &handles[0]),
                     ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_mmap(store, store->size + 1, 0, ESP_PARTITION_MMAP_INST,
                                        &memory[0], &handles[0]),
                     ESP_ERR_INVALID_ARG);
}

static void a_copy_erases_and_fills_its_destination(void **state)
{
    const esp_partition_t *nvs = idf_rig_find("nvs");

    (void)state;
    memset(rig.ram.bytes + STORE, 0, 0x10000);
    memset(rig.ram.bytes + nvs->address, 0x5A, nvs->size);
    assert_int_equal(esp_partition_copy(store, 0x1000, nvs, 0x10, 5000), ESP_OK);
    assert_int_equal(rig.ram.bytes[STORE + 0xFFF], 0);
    assert_int_equal(rig.ram.bytes[STORE + 0x1000], 0x5A);
    assert_int_equal(rig.ram.bytes[STORE + 0x1000 + 4999], 0x5A);
    assert_int_equal(rig.ram.bytes[STORE + 0x1000 + 5000], 0xFF);
    assert_int_equal(rig.ram.bytes[STORE + 0x3000], 0);
}

static void a_copy_of_all_erases_to_the_end(void **state)
{
    const esp_partition_t *nvs = idf_rig_find("nvs");

    (void)state;
    memset(rig.ram.bytes + STORE, 0, 0x10000);
    memset(rig.ram.bytes + nvs->address, 0x5A, nvs->size);
    assert_int_equal(esp_partition_copy(store, 0, nvs, 0, SIZE_MAX), ESP_OK);
    assert_int_equal(rig.ram.bytes[STORE + nvs->size - 1], 0x5A);
    assert_int_equal(rig.ram.bytes[STORE + nvs->size], 0xFF);
    assert_int_equal(rig.ram.bytes[STORE + 0xFFFF], 0xFF);
}

static void a_copy_that_cannot_be_changes_nothing(void **state)
{
    const esp_partition_t *nvs = idf_rig_find("nvs");

    (void)state;
    assert_int_equal(esp_partition_copy(store, 0, store, 0, 16), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_copy(NULL, 0, nvs, 0, 16), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_copy(store, 0, NULL, 0, 16), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_copy(store, 0, nvs, nvs->size + 1, 0), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_copy(store, 0, nvs, 0, nvs->size + 1), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_copy(nvs, 0, store, 0, SIZE_MAX), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_copy(store, 0x10, nvs, 0, 16), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_copy(idf_rig_find("fixed"), 0, nvs, 0, 16), ESP_ERR_NOT_ALLOWED);
    assert_int_equal(rig.ram.op_count, 0);
}

static void a_flash_that_refuses_is_told(void **state)
{
    const uint8_t byte = 0;

    (void)state;
    rig.ram.cut_after = 0;
    assert_int_equal(esp_partition_write(store, 0, &byte, 1), ESP_ERR_FLASH_OP_FAIL);
    assert_int_equal(esp_partition_erase_range(store, 0, 4096), ESP_ERR_FLASH_OP_FAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
        CASE(any_bytes_can_be_written_and_read_back),
        CASE(neighbours_written_one_by_one_stay),
        CASE(bounds_are_kept_with_esp_idfs_codes),
        CASE(an_erase_takes_whole_sectors),
        CASE(nothing_is_done_with_nothing),
        CASE(a_readonly_partition_stays_as_it_is),
        CASE(what_the_chip_needs_to_start_is_protected),
        CASE(an_encrypted_partition_is_written_by_16_bytes),
        CASE(a_mapping_shows_the_bytes_until_it_is_given_back),
        CASE(a_copy_erases_and_fills_its_destination),
        CASE(a_copy_of_all_erases_to_the_end),
        CASE(a_copy_that_cannot_be_changes_nothing),
        CASE(a_flash_that_refuses_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
