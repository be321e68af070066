// SPDX-License-Identifier: Apache-2.0
/* otadata with ESP-IDF's effects on flash. */
#include "compat/esp_idf/otadata.h"

#include "compat/esp_idf/include/esp_flash.h"
#include "compat/esp_idf/include/esp_ota_ops.h"
#include "otakit/core/otadata.h"
#include "otakit/format/partition.h"

bool otk_idf_otadata_read(struct otk_idf_otadata *otadata)
{
    const esp_partition_t *partition = esp_partition_find_first(
        ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);
    uint8_t bytes[OTK_OTADATA_SIZE];

    if (!partition) {
        return false;
    }
    for (uint32_t i = 0; i < 2; i++) {
        if (esp_flash_read(NULL, bytes, partition->address + i * OTK_SECTOR_SIZE, sizeof bytes) !=
            ESP_OK) {
            return false;
        }
        otk_otadata_decode(bytes, &otadata->entries[i]);
    }
    otadata->partition = partition;
    otadata->active = otk_otadata_active(otadata->entries);
    otadata->slot_count = esp_ota_get_app_partition_count();
    return true;
}

uint32_t otk_idf_otadata_slot(const struct otk_idf_otadata *otadata, int index)
{
    return (otadata->entries[index].seq - 1) % otadata->slot_count;
}

const esp_partition_t *otk_idf_otadata_partition(const struct otk_idf_otadata *otadata, int index)
{
    return otk_idf_ota_slot(otk_idf_otadata_slot(otadata, index));
}

bool otk_idf_next_seq(uint32_t seq, uint32_t slot, uint32_t slot_count, uint32_t *next)
{
    uint64_t number = (slot + 1) % slot_count;

    /* Each lap starts behind 2^32 with another remainder, or with the same for ever. */
    for (uint32_t lap = 0; lap <= slot_count; lap++) {
        if (number < seq) {
            number += (seq - number + slot_count - 1) / slot_count * slot_count;
        }
        if (number <= UINT32_MAX) {
            *next = (uint32_t)number;
            return true;
        }
        number -= (uint64_t)UINT32_MAX + 1;
    }
    return false;
}

esp_err_t otk_idf_otadata_write(struct otk_idf_otadata *otadata, int index)
{
    const size_t offset = (size_t)index * OTK_SECTOR_SIZE;
    struct otk_otadata *entry = &otadata->entries[index];
    uint8_t bytes[OTK_OTADATA_SIZE];
    esp_err_t err;

    entry->crc = otk_otadata_crc(entry->seq);
    otk_otadata_encode(entry, bytes);
    err = esp_partition_erase_range(otadata->partition, offset, OTK_SECTOR_SIZE);
    if (err != ESP_OK) {
        return err;
    }
    return esp_partition_write(otadata->partition, offset, bytes, sizeof bytes);
}

const esp_partition_t *otk_idf_ota_slot(uint32_t slot)
{
    if (slot >= OTK_OTA_SLOT_COUNT) {
        return NULL;
    }
    return esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_OTA(slot), NULL);
}

bool otk_idf_is_ota_slot(const esp_partition_t *partition)
{
    return partition && partition->type == ESP_PARTITION_TYPE_APP &&
           partition->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_0 &&
           partition->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MAX;
}
