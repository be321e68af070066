// SPDX-License-Identifier: Apache-2.0
/*
 * What boots next, what runs, where the next update goes.
 *
 * Selecting another slot writes the entry beside the active one: a cut leaves the old choice or the
 * new one. Selecting the slot that is selected already rewrites the active entry in place, as ESP-IDF
 * does: a cut between erasing and writing loses it.
 */
#include "compat/esp_idf/attached.h"
#include "compat/esp_idf/include/esp_image_format.h"
#include "compat/esp_idf/include/esp_ota_ops.h"
#include "compat/esp_idf/otadata.h"
#include "compat/esp_idf/partition_list.h"
#include "compat/esp_idf/secure_version.h"
#include "otakit/format/partition.h"

/* A slot's number in its subtype. Of the test application it is 0 too, as in ESP-IDF. */
#define SLOT_MASK 0x0Fu

uint8_t esp_ota_get_app_partition_count(void)
{
    uint8_t count = 0;

    while (otk_idf_ota_slot(count)) {
        count++;
    }
    return count;
}

const esp_partition_t *esp_ota_get_running_partition(void)
{
    uint32_t address;

    return otk_idf_running_address(&address) ? otk_idf_partition_at(address) : NULL;
}

/* The order in which the bootloader would look for something to start. */
static const esp_partition_t *find_default(void)
{
    const esp_partition_t *partition = esp_partition_find_first(
        ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY, NULL);

    for (uint32_t slot = 0; !partition && slot < OTK_OTA_SLOT_COUNT; slot++) {
        partition = otk_idf_ota_slot(slot);
    }
    if (partition) {
        return partition;
    }
    return esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_TEST, NULL);
}

const esp_partition_t *esp_ota_get_boot_partition(void)
{
    struct otk_idf_otadata otadata;

    if (!otk_idf_otadata_read(&otadata)) {
        return NULL;
    }
    if (otadata.active < 0 || otadata.slot_count == 0) {
        return find_default();
    }
    return otk_idf_otadata_partition(&otadata, otadata.active);
}

const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from)
{
    const esp_partition_t *start = start_from ? esp_partition_verify(start_from)
                                              : esp_ota_get_running_partition();
    const esp_partition_t *lowest = NULL;
    bool is_behind = false;

    if (!start) {
        return NULL;
    }
    for (uint32_t slot = 0; slot < OTK_OTA_SLOT_COUNT; slot++) {
        const esp_partition_t *partition = otk_idf_ota_slot(slot);

        if (!partition) {
            continue;
        }
        if (is_behind) {
            return partition;
        }
        lowest = lowest ? lowest : partition;
        is_behind = partition == start;
    }
    return lowest;
}

/* Choose the entry to write, and what to write, for a slot to boot. */
static esp_err_t aim(struct otk_idf_otadata *otadata, uint32_t slot, int *index)
{
    uint32_t seq = slot + 1;

    *index = 0;
    if (otadata->active >= 0) {
        seq = otadata->entries[otadata->active].seq;
        *index = otadata->active;
        if (otk_idf_otadata_slot(otadata, otadata->active) != slot) {
            *index = 1 - otadata->active;
            if (!otk_idf_next_seq(seq, slot, otadata->slot_count, &seq)) {
                return ESP_ERR_OTA_SELECT_INFO_INVALID;
            }
        }
    }
    otadata->entries[*index].seq = seq;
    otadata->entries[*index].state = OTK_STATE_NEW;
    return ESP_OK;
}

static esp_err_t select_slot(uint32_t slot)
{
    struct otk_idf_otadata otadata;
    int index;
    esp_err_t err;

    if (!otk_idf_otadata_read(&otadata)) {
        return ESP_ERR_NOT_FOUND;
    }
    if (slot >= otadata.slot_count) {
        return ESP_ERR_INVALID_ARG;
    }
    err = aim(&otadata, slot, &index);
    return err == ESP_OK ? otk_idf_otadata_write(&otadata, index) : err;
}

static esp_err_t select_factory(void)
{
    const esp_partition_t *otadata = esp_partition_find_first(ESP_PARTITION_TYPE_DATA,
                                                              ESP_PARTITION_SUBTYPE_DATA_OTA, NULL);

    return otadata ? esp_partition_erase_range(otadata, 0, otadata->size) : ESP_ERR_NOT_FOUND;
}

/* With anti-rollback an application that is too old is erased, but not the one that runs: the chip's
 * flash driver would end the program there. */
static esp_err_t refuse_old_app(const esp_partition_t *partition)
{
    esp_app_desc_t app;
    esp_err_t err;

    if (!otk_idf_has_secure_version()) {
        return ESP_OK;
    }
    err = esp_ota_get_partition_description(partition, &app);
    if (err != ESP_OK || otk_idf_allows_secure_version(app.secure_version)) {
        return err;
    }
    if (esp_partition_main_flash_region_safe(partition->address, partition->size)) {
        err = esp_partition_erase_range(partition, 0, partition->size);
    }
    return err == ESP_OK ? ESP_ERR_OTA_SMALL_SEC_VER : err;
}

esp_err_t esp_ota_set_boot_partition_skip_validate(const esp_partition_t *partition)
{
    esp_err_t err;

    if (!partition || partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->subtype == ESP_PARTITION_SUBTYPE_APP_FACTORY) {
        return select_factory();
    }
    err = refuse_old_app(partition);
    return err == ESP_OK ? select_slot((uint32_t)partition->subtype & SLOT_MASK) : err;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition)
{
    esp_partition_pos_t place;
    esp_image_metadata_t image;

    if (!partition) {
        return ESP_ERR_INVALID_ARG;
    }
    place = (esp_partition_pos_t){.offset = partition->address, .size = partition->size};
    if (esp_image_verify(ESP_IMAGE_VERIFY, &place, &image) != ESP_OK) {
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    return esp_ota_set_boot_partition_skip_validate(partition);
}

bool esp_partition_main_flash_region_safe(size_t addr, size_t size)
{
    const esp_partition_t *running = esp_ota_get_running_partition();

    if (!otk_idf_attached() || addr <= otk_idf_table_offset() + ESP_PARTITION_TABLE_MAX_LEN) {
        return false;
    }
    return !running || addr >= (uint64_t)running->address + running->size ||
           (uint64_t)addr + size <= running->address;
}
