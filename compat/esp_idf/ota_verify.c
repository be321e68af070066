// SPDX-License-Identifier: Apache-2.0
/* Images, partition tables and data on their way to a partition. */
#include "compat/esp_idf/ota_verify.h"

#include "compat/esp_idf/image.h"
#include "compat/esp_idf/include/esp_ota_ops.h"
#include "otakit/base/bytes.h"

static esp_err_t verify_table(const esp_partition_t *staging)
{
    esp_partition_info_t records[ESP_PARTITION_TABLE_MAX_ENTRIES];
    const esp_err_t err = esp_partition_read(staging, 0, records, ESP_PARTITION_TABLE_MAX_LEN);
    int count;

    if (err != ESP_OK) {
        return err;
    }
    return esp_partition_table_verify(records, true, &count) == ESP_OK
               ? ESP_OK
               : ESP_ERR_OTA_VALIDATE_FAILED;
}

bool otk_idf_may_begin_with(const esp_partition_t *final, const uint8_t *bytes, size_t size)
{
    switch (final->type) {
    case ESP_PARTITION_TYPE_APP:
    case ESP_PARTITION_TYPE_BOOTLOADER:
        return bytes[0] == ESP_IMAGE_HEADER_MAGIC;
    case ESP_PARTITION_TYPE_PARTITION_TABLE:
        return size < 2 || otk_load_le16(bytes) == ESP_PARTITION_MAGIC;
    default:
        return true;
    }
}

esp_err_t otk_idf_verify_staging(const esp_partition_t *staging, const esp_partition_t *final)
{
    const esp_partition_pos_t place = {.offset = staging->address, .size = staging->size};
    const bool is_bootloader = final->type == ESP_PARTITION_TYPE_BOOTLOADER;
    esp_image_metadata_t image;

    if (final->type == ESP_PARTITION_TYPE_PARTITION_TABLE) {
        return verify_table(staging);
    }
    if (final->type != ESP_PARTITION_TYPE_APP && !is_bootloader) {
        return ESP_OK;
    }
    return otk_idf_verify_image(&place, is_bootloader, &image) == ESP_OK
               ? ESP_OK
               : ESP_ERR_OTA_VALIDATE_FAILED;
}
