// SPDX-License-Identifier: Apache-2.0
/* An application that updates itself by ESP-IDF's functions. */
#include "test/power/esp_app.h"

#include "esp_ota_ops.h"

/* What such applications read from their socket at once. */
#define CHUNK_USUAL 1024u

static bool is_part(const struct step *step)
{
    return step->kind == STEP_PART || step->kind == STEP_ABORT;
}

void esp_app_start(struct world *world)
{
    world->idf = (struct otk_idf_device){
        .board = &world->board,
        .running_slot = world->boot.slot,
    };
    otk_idf_attach(&world->idf);
}

bool esp_app_is_pending(void)
{
    esp_ota_img_states_t state;

    return esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
           state == ESP_OTA_IMG_PENDING_VERIFY;
}

void esp_app_erase_last(void)
{
    (void)esp_ota_erase_last_boot_app_partition(); /* there may be none */
}

enum otk_status esp_app_confirm(struct world *world)
{
    esp_ota_img_states_t state;

    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) != ESP_OK) {
        return OTK_NOT_PENDING;
    }
    if (state == ESP_OTA_IMG_PENDING_VERIFY && esp_ota_mark_app_valid_cancel_rollback() != ESP_OK) {
        return OTK_FLASH_IO;
    }
    if (world->scenario->erase_last) {
        esp_app_erase_last();
    }
    return OTK_OK;
}

enum otk_status esp_app_reject(void)
{
    const esp_err_t err = esp_ota_mark_app_invalid_rollback();

    if (err == ESP_ERR_OTA_ROLLBACK_FAILED) {
        return OTK_NO_ROLLBACK;
    }
    return err == ESP_OK ? OTK_OK : OTK_FLASH_IO;
}

enum otk_status esp_app_select(int slot)
{
    const esp_partition_t *partition = esp_partition_find_first(
        ESP_PARTITION_TYPE_APP,
        slot == OTK_SLOT_FACTORY ? ESP_PARTITION_SUBTYPE_APP_FACTORY
                                 : ESP_PARTITION_SUBTYPE_OTA(slot),
        NULL);

    return esp_ota_set_boot_partition(partition) == ESP_OK ? OTK_OK : OTK_REFUSED;
}

/* Open an operation in the way of the step, and tell where the image goes on. */
static esp_err_t open(struct world *world, const struct step *step, const esp_partition_t *slot,
                      esp_ota_handle_t *handle, uint32_t *offset)
{
    const struct image *image = &world->images[step->image];

    *offset = 0;
    switch (step->way) {
    case WAY_ESP_SIZED:
        return esp_ota_begin(slot, image->len, handle);
    case WAY_ESP_SEQUENTIAL:
        return esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, handle);
    case WAY_ESP_RESUME:
        *offset = world->memory.kept;
        return *offset == 0 ? esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, handle)
                            : esp_ota_resume(slot, OTA_WITH_SEQUENTIAL_WRITES, *offset, handle);
    default:
        return esp_ota_begin(slot, OTA_SIZE_UNKNOWN, handle);
    }
}

static esp_err_t write_in_order(struct world *world, const struct step *step,
                                esp_ota_handle_t handle, uint32_t offset, uint32_t limit)
{
    const uint32_t chunk = world->scenario->chunk ? world->scenario->chunk : CHUNK_USUAL;
    const uint8_t *bytes = world->images[step->image].bytes;
    esp_err_t err = ESP_OK;

    while (err == ESP_OK && offset < limit) {
        const uint32_t rest = limit - offset;
        const uint32_t len = rest < chunk ? rest : chunk;

        err = esp_ota_write(handle, bytes + offset, len);
        offset += len;
        /* Whole sectors only: the sector that is being written is begun again. */
        if (err == ESP_OK && step->way == WAY_ESP_RESUME) {
            world->memory.kept = offset / OTK_SECTOR_SIZE * OTK_SECTOR_SIZE;
        }
    }
    return err;
}

/* The last sector first, so that the image's first bytes come last. */
static esp_err_t write_backwards(const struct image *image, esp_ota_handle_t handle)
{
    uint32_t end = image->len;
    esp_err_t err = ESP_OK;

    while (err == ESP_OK && end > 0) {
        const uint32_t start = (end - 1) / OTK_SECTOR_SIZE * OTK_SECTOR_SIZE;

        err = esp_ota_write_with_offset(handle, image->bytes + start, end - start, start);
        end = start;
    }
    return err;
}

enum otk_status esp_app_bring(struct world *world, const struct step *step)
{
    const struct image *image = &world->images[step->image];
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    const uint32_t limit = is_part(step) ? image->len / 10 * 6 : image->len;
    esp_ota_handle_t handle;
    uint32_t offset;
    esp_err_t err = open(world, step, slot, &handle, &offset);

    if (err != ESP_OK) {
        return OTK_REFUSED;
    }
    world->memory.resumed += offset > 0;
    err = step->way == WAY_ESP_OFFSET ? write_backwards(image, handle)
                                      : write_in_order(world, step, handle, offset, limit);
    if (err == ESP_OK && is_part(step)) {
        return step->kind == STEP_PART || esp_ota_abort(handle) == ESP_OK ? OTK_OK : OTK_REFUSED;
    }
    if (err != ESP_OK || esp_ota_end(handle) != ESP_OK) {
        world->memory.kept = 0;
        return OTK_REFUSED;
    }
    return esp_ota_set_boot_partition(slot) == ESP_OK ? OTK_OK : OTK_REFUSED;
}
