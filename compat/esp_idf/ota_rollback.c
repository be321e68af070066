// SPDX-License-Identifier: Apache-2.0
/*
 * After the first boot of an update: confirm it, or go back.
 *
 * Every verdict is about the active otadata entry, which after a fallback of the bootloader is not the
 * running application's. It is rewritten in place, as ESP-IDF does: a cut between erasing and writing
 * loses it, and then the other entry decides, which at this time names the application before.
 */
#include "compat/esp_idf/device.h"
#include "compat/esp_idf/include/esp_image_format.h"
#include "compat/esp_idf/include/esp_ota_ops.h"
#include "compat/esp_idf/otadata.h"
#include "compat/esp_idf/secure_version.h"

static bool holds_good_image(const esp_partition_t *partition)
{
    esp_partition_pos_t place;
    esp_image_metadata_t image;

    if (!partition) {
        return false;
    }
    place = (esp_partition_pos_t){.offset = partition->address, .size = partition->size};
    return esp_image_verify(ESP_IMAGE_VERIFY_SILENT, &place, &image) == ESP_OK;
}

static bool is_new_enough(const esp_partition_t *partition)
{
    esp_app_desc_t app;

    return !otk_idf_has_secure_version() ||
           (esp_ota_get_partition_description(partition, &app) == ESP_OK &&
            otk_idf_allows_secure_version(app.secure_version));
}

bool esp_ota_check_rollback_is_possible(void)
{
    struct otk_idf_otadata otadata;
    const esp_partition_t *partition;
    int other;

    if (!otk_idf_otadata_read(&otadata) || otadata.slot_count == 0 || otadata.active < 0) {
        return false;
    }
    other = 1 - otadata.active;
    if (otk_otadata_is_valid(&otadata.entries[other])) {
        partition = otk_idf_otadata_partition(&otadata, other);
        return holds_good_image(partition) && is_new_enough(partition);
    }
    if (otk_idf_has_secure_version()) {
        return false; /* anti-rollback knows no factory application */
    }
    return holds_good_image(
        esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY, NULL));
}

/* Read otadata for a verdict on its active entry. */
static esp_err_t read_for_verdict(struct otk_idf_otadata *otadata)
{
    if (!otk_idf_otadata_read(otadata)) {
        return ESP_ERR_NOT_FOUND;
    }
    return otadata->active < 0 || otadata->slot_count == 0 ? ESP_FAIL : ESP_OK;
}

/* Rewrite the active entry in place. */
static esp_err_t store_verdict(struct otk_idf_otadata *otadata, uint32_t state)
{
    otadata->entries[otadata->active].state = state;
    return otk_idf_otadata_write(otadata, otadata->active);
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
    struct otk_idf_otadata otadata;
    esp_app_desc_t app;
    esp_err_t err = read_for_verdict(&otadata);

    if (err != ESP_OK || otadata.entries[otadata.active].state == OTK_STATE_VALID) {
        return err;
    }
    err = store_verdict(&otadata, OTK_STATE_VALID);
    if (err != ESP_OK || !otk_idf_has_secure_version()) {
        return err;
    }
    err = esp_ota_get_partition_description(esp_ota_get_running_partition(), &app);
    return err == ESP_OK ? otk_idf_raise_secure_version(app.secure_version) : err;
}

esp_err_t esp_ota_mark_app_invalid_rollback(void)
{
    struct otk_idf_otadata otadata;
    const esp_err_t err = read_for_verdict(&otadata);

    if (err != ESP_OK) {
        return err;
    }
    if (!esp_ota_check_rollback_is_possible()) {
        return ESP_ERR_OTA_ROLLBACK_FAILED;
    }
    return store_verdict(&otadata, OTK_STATE_INVALID);
}

esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void)
{
    const struct otk_idf_device *device = otk_idf_attached();
    const esp_err_t err = esp_ota_mark_app_invalid_rollback();

    if (err != ESP_OK) {
        return err;
    }
    if (device->restart) {
        device->restart(device->context);
    }
    return ESP_FAIL;
}

static bool is_given_up(const struct otk_otadata *entry)
{
    return entry->seq != OTK_OTADATA_SEQ_BLANK && otk_otadata_has_good_crc(entry) &&
           (entry->state == OTK_STATE_INVALID || entry->state == OTK_STATE_ABORTED);
}

const esp_partition_t *esp_ota_get_last_invalid_partition(void)
{
    struct otk_idf_otadata otadata;
    const esp_partition_t *partition;
    int index = 0;

    if (!otk_idf_otadata_read(&otadata) || otadata.slot_count == 0) {
        return NULL;
    }
    /* Of two, ESP-IDF takes the one with the smaller number. */
    if (!is_given_up(&otadata.entries[0]) ||
        (is_given_up(&otadata.entries[1]) && otadata.entries[1].seq < otadata.entries[0].seq)) {
        index = 1;
    }
    if (!is_given_up(&otadata.entries[index])) {
        return NULL;
    }
    partition = otk_idf_otadata_partition(&otadata, index);
    return holds_good_image(partition) ? partition : NULL;
}

esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition,
                                      esp_ota_img_states_t *ota_state)
{
    struct otk_idf_otadata otadata;

    if (!partition || !ota_state) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!otk_idf_is_ota_slot(partition)) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (!otk_idf_otadata_read(&otadata) || otadata.slot_count == 0) {
        return ESP_ERR_NOT_FOUND;
    }
    for (int i = 0; i < 2; i++) {
        if (otk_idf_otadata_slot(&otadata, i) ==
                (uint32_t)(partition->subtype - ESP_PARTITION_SUBTYPE_APP_OTA_MIN) &&
            otk_otadata_has_good_crc(&otadata.entries[i])) {
            *ota_state = (esp_ota_img_states_t)otadata.entries[i].state;
            return ESP_OK;
        }
    }
    return ESP_ERR_NOT_FOUND;
}

/* Find the entry beside the active one and the slot it names, which is not the running one. */
static bool find_last_boot(struct otk_idf_otadata *otadata, int *index,
                           const esp_partition_t **partition)
{
    const struct otk_otadata *entry;

    if (!otk_idf_otadata_read(otadata) || otadata->active < 0 || otadata->slot_count == 0) {
        return false;
    }
    *index = 1 - otadata->active;
    entry = &otadata->entries[*index];
    if (entry->seq == OTK_OTADATA_SEQ_BLANK || !otk_otadata_has_good_crc(entry)) {
        return false;
    }
    *partition = otk_idf_otadata_partition(otadata, *index);
    return *partition && *partition != esp_ota_get_running_partition();
}

static esp_err_t erase_entry(const struct otk_idf_otadata *otadata, int index)
{
    return esp_partition_erase_range(otadata->partition, (size_t)index * OTK_SECTOR_SIZE,
                                     OTK_SECTOR_SIZE);
}

esp_err_t esp_ota_erase_last_boot_app_partition(void)
{
    struct otk_idf_otadata otadata;
    const esp_partition_t *partition;
    esp_err_t err;
    int index;

    if (!find_last_boot(&otadata, &index, &partition)) {
        return ESP_FAIL;
    }
    err = esp_partition_erase_range(partition, 0, partition->size);
    return err == ESP_OK ? erase_entry(&otadata, index) : err;
}

esp_err_t esp_ota_invalidate_inactive_ota_data_slot(void)
{
    struct otk_idf_otadata otadata;
    const esp_partition_t *partition;
    int index;

    return find_last_boot(&otadata, &index, &partition) ? erase_entry(&otadata, index) : ESP_FAIL;
}
