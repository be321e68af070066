// SPDX-License-Identifier: Apache-2.0
/* Images in flash by ESP-IDF's functions: verdict, headers, digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "esp_image_format.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/partition.h"
#include "test/support/idf_rig.h"
#include "test/support/sample_image.h"

static struct idf_rig rig;
static uint8_t *slot; /* the bytes of ota_1 */
static const esp_partition_pos_t place = {.offset = 0x30000, .size = IDF_RIG_SLOT_SIZE};

static int open_rig(void **state)
{
    (void)state;
    idf_rig_open(&rig, 0);
    idf_rig_put_image(&rig, "ota_1", 7);
    slot = rig.ram.bytes + place.offset;
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    idf_rig_close(&rig);
    return 0;
}

static esp_err_t verify(void)
{
    esp_image_metadata_t data;

    return esp_image_verify(ESP_IMAGE_VERIFY, &place, &data);
}

static void a_good_image_is_described(void **state)
{
    esp_image_metadata_t data;

    (void)state;
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY, &place, &data), ESP_OK);
    assert_int_equal(data.start_addr, place.offset);
    assert_int_equal(data.image.magic, ESP_IMAGE_HEADER_MAGIC);
    assert_int_equal(data.image.segment_count, 4);
    assert_int_equal(data.image.spi_size, slot[3] >> 4);
    assert_int_equal(data.segments[0].data_len, 0x400);
    assert_int_equal(data.segment_data[0], place.offset + 32);
    assert_int_equal(data.segment_data[1], place.offset + 32 + 0x400 + 8);
    assert_int_equal(data.image_len, 2016);
    assert_memory_equal(data.image_digest, slot + 2016 - 32, 32);
    assert_int_equal(data.mmu_page_size, 0x10000);
}

static void each_damage_has_the_code_of_esp_idf(void **state)
{
    esp_image_metadata_t data;
    static const esp_image_metadata_t zero;

    (void)state;
    slot[0x100] ^= 1; /* data of a segment */
    assert_int_equal(verify(), ESP_ERR_IMAGE_INVALID);
    slot[0x100] ^= 1;
    slot[12] = 5; /* another chip */
    assert_int_equal(verify(), ESP_FAIL);
    slot[12] = 0;
    slot[0] = 0;
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY_SILENT, &place, &data),
                     ESP_ERR_IMAGE_INVALID);
    assert_memory_equal(&data, &zero, sizeof data);
}

static void what_cannot_be_looked_at_is_refused(void **state)
{
    const esp_partition_pos_t large = {.offset = 0x30000, .size = 0x1000001};
    const esp_partition_pos_t beyond = {.offset = IDF_RIG_FLASH_SIZE, .size = 0x1000};
    esp_image_metadata_t data;

    (void)state;
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY, NULL, &data), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY, &place, NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY, &large, &data), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY, &beyond, &data), ESP_ERR_IMAGE_FLASH_FAIL);
    assert_int_equal(esp_image_get_metadata(&large, &data), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_image_get_metadata(&beyond, &data), ESP_ERR_IMAGE_FLASH_FAIL);
    otk_idf_detach();
    assert_int_equal(verify(), ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_image_get_metadata(&place, &data), ESP_ERR_INVALID_STATE);
}

static void headers_are_read_without_a_verdict(void **state)
{
    esp_image_metadata_t data;

    (void)state;
    slot[0x100] ^= 1;
    assert_int_equal(esp_image_get_metadata(&place, &data), ESP_OK);
    assert_int_equal(data.image_len, 2016);
    slot[1] = 17; /* ESP-IDF writes past its array here */
    assert_int_equal(esp_image_get_metadata(&place, &data), ESP_ERR_IMAGE_INVALID);
    assert_int_equal(data.image_len, 0);
}

static void a_bootloader_is_judged_without_hash_and_greatest_revision(void **state)
{
    const esp_partition_pos_t boot = {.offset = 0x1000, .size = 0x7000};
    const struct sample_image sample = {
        .has_hash = true,
        .max_revision = 99,
        .segment_count = 1,
        .segments = {{.address = 0x3FFB0000, .size = 0x100}},
    };
    uint8_t bytes[1024];
    const uint32_t len = sample_image_build(&sample, bytes);
    esp_image_metadata_t data;

    (void)state;
    rig.board.revision = 100;
    bytes[len - 1] ^= 1;
    memcpy(rig.ram.bytes + boot.offset, bytes, len);
    memcpy(slot, bytes, len);
    assert_int_equal(esp_image_verify(ESP_IMAGE_VERIFY, &boot, &data), ESP_OK);
    assert_int_equal(data.image_len, len);
    assert_int_equal(verify(), ESP_FAIL);
    rig.board.revision = 99;
    assert_int_equal(verify(), ESP_ERR_IMAGE_INVALID);
}

static void a_digest_is_the_appended_one_if_it_matches(void **state)
{
    uint8_t digest[32];

    (void)state;
    assert_int_equal(esp_partition_get_sha256(idf_rig_find("ota_1"), digest), ESP_OK);
    assert_memory_equal(digest, slot + 2016 - 32, 32);
    slot[0x100] ^= 1;
    assert_int_equal(esp_partition_get_sha256(idf_rig_find("ota_1"), digest),
                     ESP_ERR_IMAGE_INVALID);
    assert_int_equal(esp_partition_get_sha256(idf_rig_find("ota_0"), digest),
                     ESP_ERR_IMAGE_INVALID);
}

static void the_digest_of_data_is_of_all_of_it(void **state)
{
    const esp_partition_t *nvs = idf_rig_find("nvs");
    uint8_t expected[32];
    uint8_t digest[32];
    struct otk_sha256 sha;

    (void)state;
    rig.ram.bytes[nvs->address + nvs->size - 1] = 0;
    assert_int_equal(otk_sha256_init(&sha), OTK_OK);
    assert_int_equal(otk_sha256_update(&sha, rig.ram.bytes + nvs->address, nvs->size), OTK_OK);
    assert_int_equal(otk_sha256_finish(&sha, expected), OTK_OK);
    assert_int_equal(esp_partition_get_sha256(nvs, digest), ESP_OK);
    assert_memory_equal(digest, expected, 32);
    assert_int_equal(esp_partition_get_sha256(nvs, NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_get_sha256(NULL, digest), ESP_ERR_INVALID_ARG);
}

static void identity_is_of_content(void **state)
{
    (void)state;
    idf_rig_put_image(&rig, "ota_0", 7);
    idf_rig_put_image(&rig, "factory", 8);
    assert_true(esp_partition_check_identity(idf_rig_find("ota_0"), idf_rig_find("ota_1")));
    assert_false(esp_partition_check_identity(idf_rig_find("ota_0"), idf_rig_find("factory")));
    memset(slot, 0xFF, 4096);
    assert_false(esp_partition_check_identity(idf_rig_find("ota_1"), idf_rig_find("ota_1")));
}

static void a_table_is_judged_as_by_the_bootloader(void **state)
{
    esp_partition_info_t table[ESP_PARTITION_TABLE_MAX_ENTRIES];
    int count = -1;

    (void)state;
    memcpy(table, rig.ram.bytes + OTK_TABLE_OFFSET, sizeof table);
    assert_int_equal(table[2].pos.offset, 0x9000);
    assert_int_equal(esp_partition_table_verify(table, true, &count), ESP_OK);
    assert_int_equal(count, 11);
    table[2].pos.size ^= 0x1000;
    assert_int_equal(esp_partition_table_verify(table, true, &count), ESP_ERR_INVALID_STATE);
    table[2].pos.offset = IDF_RIG_FLASH_SIZE;
    assert_int_equal(esp_partition_table_verify(table, true, &count), ESP_ERR_INVALID_SIZE);
    assert_int_equal(esp_partition_table_verify(NULL, true, &count), ESP_ERR_INVALID_ARG);
}

static void flash_sizes_are_powers_of_two(void **state)
{
    (void)state;
    assert_int_equal(esp_image_get_flash_size(ESP_IMAGE_FLASH_SIZE_1MB), 0x100000);
    assert_int_equal(esp_image_get_flash_size(ESP_IMAGE_FLASH_SIZE_128MB), 0x8000000);
    assert_int_equal(esp_image_get_flash_size(ESP_IMAGE_FLASH_SIZE_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
        CASE(a_good_image_is_described),
        CASE(each_damage_has_the_code_of_esp_idf),
        CASE(what_cannot_be_looked_at_is_refused),
        CASE(headers_are_read_without_a_verdict),
        CASE(a_bootloader_is_judged_without_hash_and_greatest_revision),
        CASE(a_digest_is_the_appended_one_if_it_matches),
        CASE(the_digest_of_data_is_of_all_of_it),
        CASE(identity_is_of_content),
        CASE(a_table_is_judged_as_by_the_bootloader),
        CASE(flash_sizes_are_powers_of_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
