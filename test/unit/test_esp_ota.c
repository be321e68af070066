// SPDX-License-Identifier: Apache-2.0
/* OTA operations by ESP-IDF's functions: what the recorded vectors do not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/partition.h"
#include "test/support/idf_rig.h"

static struct idf_rig rig;
static const esp_partition_t *slot;
static uint8_t image[IDF_RIG_IMAGE_SIZE];
static uint32_t image_len;
static esp_ota_handle_t handle;

static int open_rig(void **state)
{
    (void)state;
    idf_rig_open(&rig, 0);
    idf_rig_put_image(&rig, "ota_0", 1);
    idf_rig_put_entry(&rig, 0, 1, OTK_STATE_VALID);
    image_len = idf_rig_make_image(2, image);
    slot = idf_rig_find("ota_1");
    memset(rig.ram.bytes + slot->address, 0, slot->size);
    handle = 0;
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    idf_rig_close(&rig);
    return 0;
}

static const uint8_t *slot_bytes(void)
{
    return rig.ram.bytes + slot->address;
}

static void handles_count_up_and_die_once(void **state)
{
    esp_ota_handle_t other = 0;

    (void)state;
    assert_int_equal(esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &handle), ESP_OK);
    assert_int_equal(esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &other), ESP_OK);
    assert_int_not_equal(handle, 0);
    assert_true(other > handle);
    assert_int_equal(esp_ota_end(handle), ESP_ERR_INVALID_ARG); /* nothing was written */
    assert_int_equal(esp_ota_end(handle), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_abort(handle), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_abort(other), ESP_OK);
    assert_int_equal(esp_ota_abort(0), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_write(other, image, 1), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_write(other, image, 0), ESP_OK);
    assert_int_equal(esp_ota_write_with_offset(other, image, 1, 0), ESP_ERR_INVALID_ARG);
}

static void an_image_arrives_in_any_pieces(void **state)
{
    (void)state;
    for (uint32_t chunk = 1; chunk < 40; chunk += 2) {
        assert_int_equal(esp_ota_begin(slot, OTA_SIZE_UNKNOWN, &handle), ESP_OK);
        for (uint32_t at = 0; at < image_len; at += chunk) {
            const uint32_t rest = image_len - at;

            assert_int_equal(esp_ota_write(handle, image + at, rest < chunk ? rest : chunk),
                             ESP_OK);
        }
        assert_int_equal(esp_ota_end(handle), ESP_OK);
        assert_memory_equal(slot_bytes(), image, image_len);
    }
}

static void sequential_writes_erase_what_they_reach(void **state)
{
    uint8_t piece[5000];

    (void)state;
    memset(piece, ESP_IMAGE_HEADER_MAGIC, sizeof piece);
    assert_int_equal(esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &handle), ESP_OK);
    assert_int_equal(slot_bytes()[0], 0);
    assert_int_equal(esp_ota_write(handle, piece, sizeof piece), ESP_OK);
    assert_int_equal(slot_bytes()[8191], 0xFF);
    assert_int_equal(slot_bytes()[8192], 0);
    assert_int_equal(esp_ota_write(handle, piece, sizeof piece), ESP_OK);
    assert_int_equal(slot_bytes()[9999], ESP_IMAGE_HEADER_MAGIC);
    assert_int_equal(slot_bytes()[12287], 0xFF);
}

static void a_minus_one_means_an_unknown_size_as_on_the_chip(void **state)
{
    (void)state;
    assert_int_equal(esp_ota_begin(slot, (size_t)-1, &handle), ESP_OK);
    assert_int_equal(slot_bytes()[slot->size - 1], 0xFF);
}

static void writes_with_offset_need_an_erased_slot(void **state)
{
    (void)state;
    assert_int_equal(esp_ota_begin(slot, image_len, &handle), ESP_OK);
    assert_int_equal(esp_ota_write_with_offset(handle, image + 1000, image_len - 1000, 1000),
                     ESP_OK);
    assert_int_equal(esp_ota_write_with_offset(handle, image, 1000, 0), ESP_OK);
    assert_int_equal(esp_ota_write_with_offset(handle, image, 1, slot->size), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_ota_write_with_offset(handle, image, 1, slot->size + 1),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_write_with_offset(handle, NULL, 1, 0), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_end(handle), ESP_OK);
    assert_int_equal(esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &handle), ESP_OK);
    assert_int_equal(esp_ota_write_with_offset(handle, image, 16, 0), ESP_ERR_INVALID_STATE);
}

static void a_resumed_operation_goes_on_behind_what_is_there(void **state)
{
    (void)state;
    memset(rig.ram.bytes + slot->address, 0xFF, slot->size);
    memcpy(rig.ram.bytes + slot->address, image, 1000);
    assert_int_equal(esp_ota_resume(slot, OTA_WITH_SEQUENTIAL_WRITES, 1000, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image + 1000, image_len - 1000), ESP_OK);
    assert_int_equal(esp_ota_end(handle), ESP_OK);
    assert_int_equal(esp_ota_resume(slot, 0, image_len, &handle), ESP_OK);
    assert_int_equal(esp_ota_end(handle), ESP_OK); /* all of it was there */
    assert_int_equal(esp_ota_resume(slot, 0, slot->size + 1, &handle), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_resume(NULL, 0, 0, &handle), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_resume(slot, 0, 0, NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_resume(idf_rig_find("ota_0"), 0, 0, &handle),
                     ESP_ERR_OTA_PARTITION_CONFLICT);
    assert_int_equal(esp_ota_resume(idf_rig_find("factory"), 0, 0, &handle), ESP_ERR_INVALID_ARG);
}

static void a_partition_that_no_table_names_is_not_found(void **state)
{
    esp_partition_t stranger = *slot;

    (void)state;
    stranger.address += 4096;
    assert_int_equal(esp_ota_begin(&stranger, 0, &handle), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_resume(&stranger, 0, 0, &handle), ESP_ERR_NOT_FOUND);
    assert_null(esp_ota_get_next_update_partition(&stranger));
}

static void data_is_taken_as_it_comes(void **state)
{
    const esp_partition_t *store = idf_rig_find("a_label_of_16_ch");

    (void)state;
    assert_int_equal(esp_ota_begin(store, 100, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, "anything", 8), ESP_OK);
    assert_int_equal(esp_ota_end(handle), ESP_OK);
    assert_memory_equal(rig.ram.bytes + store->address, "anything", 8);
    assert_int_equal(esp_ota_begin(idf_rig_find("fixed"), 100, &handle), ESP_ERR_NOT_ALLOWED);
}

static void the_final_partition_decides_and_receives(void **state)
{
    const esp_partition_t *factory = idf_rig_find("factory");

    (void)state;
    assert_int_equal(esp_ota_begin(slot, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_set_final_partition(handle, NULL, true), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_set_final_partition(handle + 1, factory, true), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_set_final_partition(handle, slot, true), ESP_OK);
    assert_int_equal(esp_ota_set_final_partition(handle, factory, true), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, image_len), ESP_OK);
    assert_int_equal(esp_ota_set_final_partition(handle, factory, true), ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_ota_end(handle), ESP_OK);
    assert_memory_equal(rig.ram.bytes + factory->address, image, image_len);
}

static void an_image_that_is_not_good_is_not_copied(void **state)
{
    const esp_partition_t *factory = idf_rig_find("factory");

    (void)state;
    image[500] ^= 1;
    assert_int_equal(esp_ota_begin(slot, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_set_final_partition(handle, factory, true), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, image_len), ESP_OK);
    assert_int_equal(esp_ota_end(handle), ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(rig.ram.bytes[factory->address], 0xFF);
}

static void a_table_is_verified_and_may_replace_the_old_one(void **state)
{
    const esp_partition_t *staging = idf_rig_find("table_new");
    uint8_t table[OTK_TABLE_SIZE];

    (void)state;
    memcpy(table, rig.ram.bytes + OTK_TABLE_OFFSET, sizeof table);
    assert_int_equal(esp_ota_begin(staging, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, 1), ESP_OK); /* one byte is no magic word yet */
    assert_int_equal(esp_ota_abort(handle), ESP_OK);
    assert_int_equal(esp_ota_begin(staging, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, image_len), ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(esp_ota_set_final_partition(handle, idf_rig_find("table"), true), ESP_OK);
    assert_int_equal(esp_ota_write(handle, table, sizeof table), ESP_OK);
    assert_int_equal(esp_ota_end(handle), ESP_OK);
    assert_memory_equal(rig.ram.bytes + OTK_TABLE_OFFSET, table, sizeof table);
    table[100] ^= 1;
    assert_int_equal(esp_ota_begin(staging, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, table, sizeof table), ESP_OK);
    assert_int_equal(esp_ota_end(handle), ESP_ERR_OTA_VALIDATE_FAILED);
}

static void only_an_operation_for_it_opens_the_boot_area(void **state)
{
    const esp_partition_t *boot = idf_rig_find("boot");

    (void)state;
    assert_int_equal(esp_partition_erase_range(boot, 0, 4096), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_begin(boot, 0, &handle), ESP_OK);
    assert_int_equal(esp_partition_erase_range(boot, 0, 4096), ESP_OK);
    idf_rig_attach(&rig);
    assert_int_equal(esp_partition_erase_range(idf_rig_find("boot"), 0, 4096), ESP_ERR_INVALID_ARG);
}

static void encryption_holds_bytes_back_to_units_of_16(void **state)
{
    uint32_t at = 0;

    (void)state;
    rig.device.has_flash_encryption = true;
    idf_rig_attach(&rig);
    slot = idf_rig_find("ota_1");
    assert_int_equal(esp_ota_begin(slot, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, 10), ESP_OK);
    assert_int_equal(slot_bytes()[0], 0xFF);
    assert_int_equal(esp_ota_write(handle, image + 10, 10), ESP_OK);
    assert_memory_equal(slot_bytes(), image, 16);
    assert_int_equal(slot_bytes()[16], 0xFF);
    for (at = 20; at < image_len; at += 7) {
        assert_int_equal(esp_ota_write(handle, image + at, image_len - at < 7 ? image_len - at : 7),
                         ESP_OK);
    }
    assert_int_equal(esp_ota_end(handle), ESP_OK);
    assert_memory_equal(slot_bytes(), image, image_len);
    assert_int_equal(esp_ota_begin(slot, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_write_with_offset(handle, image, 15, 0), ESP_ERR_INVALID_ARG);
}

static void a_size_that_cannot_be_is_refused_with_flash_encryption_too(void **state)
{
    (void)state;
    rig.device.has_flash_encryption = true;
    idf_rig_attach(&rig);
    slot = idf_rig_find("ota_1");
    assert_int_equal(esp_ota_begin(slot, 0, &handle), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, 10), ESP_OK);
    assert_int_equal(esp_ota_write(handle, image, SIZE_MAX), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_ota_abort(handle), ESP_OK);
}

static void a_reset_forgets_operations(void **state)
{
    (void)state;
    assert_int_equal(esp_ota_begin(slot, 0, &handle), ESP_OK);
    idf_rig_attach(&rig);
    assert_int_equal(esp_ota_end(handle), ESP_ERR_NOT_FOUND);
    otk_idf_detach();
    assert_int_equal(esp_ota_write(handle, image, 1), ESP_ERR_INVALID_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
        CASE(handles_count_up_and_die_once),
        CASE(an_image_arrives_in_any_pieces),
        CASE(sequential_writes_erase_what_they_reach),
        CASE(a_minus_one_means_an_unknown_size_as_on_the_chip),
        CASE(writes_with_offset_need_an_erased_slot),
        CASE(a_resumed_operation_goes_on_behind_what_is_there),
        CASE(a_partition_that_no_table_names_is_not_found),
        CASE(data_is_taken_as_it_comes),
        CASE(the_final_partition_decides_and_receives),
        CASE(an_image_that_is_not_good_is_not_copied),
        CASE(a_table_is_verified_and_may_replace_the_old_one),
        CASE(only_an_operation_for_it_opens_the_boot_area),
        CASE(encryption_holds_bytes_back_to_units_of_16),
        CASE(a_size_that_cannot_be_is_refused_with_flash_encryption_too),
        CASE(a_reset_forgets_operations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
