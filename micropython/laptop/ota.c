// SPDX-License-Identifier: Apache-2.0
/* Which application runs and which boots next. */
#include "micropython/laptop/ota.h"

#include <stddef.h>

#include "micropython/laptop/partition.h"
#include "otakit/core/otadata.h"
#include "otakit/core/slot.h"
#include "otakit/core/verify.h"

int32_t otk_laptop_running_partition(const struct otk_laptop *laptop)
{
    return otk_laptop_find_slot(laptop, laptop->device.running);
}

static int32_t default_partition(const struct otk_laptop *laptop)
{
    int32_t index = otk_laptop_find_slot(laptop, OTK_SLOT_FACTORY);
    int slot;

    for (slot = 0; index == OTK_LAPTOP_NONE && slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        index = otk_laptop_find_slot(laptop, slot);
    }
    return index == OTK_LAPTOP_NONE ? otk_laptop_find_slot(laptop, OTK_SLOT_TEST) : index;
}

int32_t otk_laptop_boot_partition(const struct otk_laptop *laptop)
{
    const struct otk_device *device = &laptop->device;
    struct otk_selection selection;
    int slot;

    if (otk_selection_load(device->board.flash, &device->layout, &selection) != OTK_OK) {
        return OTK_LAPTOP_NONE;
    }
    slot = otk_selection_slot(&selection, selection.active);
    return slot == OTK_SLOT_NONE ? default_partition(laptop) : otk_laptop_find_slot(laptop, slot);
}

int32_t otk_laptop_next_update(const struct otk_laptop *laptop, int32_t index)
{
    int32_t first = OTK_LAPTOP_NONE;
    int32_t before = OTK_LAPTOP_NONE;
    int slot;

    for (slot = 0; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        const int32_t candidate = otk_laptop_find_slot(laptop, slot);

        if (candidate == OTK_LAPTOP_NONE) {
            continue;
        }
        if (before == index && before != OTK_LAPTOP_NONE) {
            return candidate;
        }
        if (first == OTK_LAPTOP_NONE) {
            first = candidate;
        }
        before = candidate;
    }
    return first;
}

/* What esp_ota_set_boot_partition says of an image that our core judged. */
static enum otk_esp_error boot_error(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return OTK_ESP_OK;
    case OTK_NO_OTADATA:
        return OTK_ESP_ERR_NOT_FOUND;
    case OTK_NO_SLOT:
    case OTK_OUT_OF_RANGE:
        return OTK_ESP_ERR_INVALID_ARG;
    case OTK_BUSY:
        return OTK_ESP_ERR_INVALID_STATE;
    case OTK_FLASH_IO:
        return OTK_ESP_ERR_FLASH_OP_FAIL;
    default:
        return OTK_ESP_ERR_OTA_VALIDATE_FAILED;
    }
}

/* A partition that is no slot is verified all the same, and refused whatever is in it. */
static enum otk_esp_error refuse_boot(struct otk_laptop *laptop, int32_t index)
{
    const struct otk_partition *partition = &laptop->partitions[index];
    const struct otk_board *board = &laptop->device.board;
    const struct otk_image_target target = {
        .area = {.offset = partition->offset, .size = partition->size},
        .chip_id = board->chip_id,
        .revision = board->revision,
    };
    const enum otk_status status = otk_image_verify(board->flash, &target, laptop->scratch,
                                                    sizeof laptop->scratch, NULL);

    return status == OTK_OK ? OTK_ESP_ERR_INVALID_ARG : boot_error(status);
}

enum otk_esp_error otk_laptop_set_boot(struct otk_laptop *laptop, int32_t index)
{
    int slot;

    if (index < 0 || index >= laptop->partition_count) {
        return OTK_ESP_ERR_INVALID_ARG;
    }
    slot = otk_laptop_slot(laptop, index);
    if (slot == OTK_SLOT_NONE || slot == OTK_SLOT_TEST) {
        return refuse_boot(laptop, index);
    }
    return boot_error(otk_slot_switch(&laptop->device, slot, laptop->scratch));
}

enum otk_esp_error otk_laptop_mark_valid(struct otk_laptop *laptop)
{
    const struct otk_device *device = &laptop->device;
    struct otk_selection selection;
    struct otk_otadata *entry;
    enum otk_status status = otk_selection_load(device->board.flash, &device->layout, &selection);

    if (status != OTK_OK) {
        return OTK_ESP_ERR_NOT_FOUND;
    }
    if (selection.active < 0 || selection.slot_count == 0) {
        return OTK_ESP_FAIL;
    }
    entry = &selection.entries[selection.active];
    if (entry->state == OTK_STATE_VALID) {
        return OTK_ESP_OK;
    }
    entry->state = OTK_STATE_VALID;
    status = otk_otadata_store(device->board.flash, &device->layout, selection.active, entry);
    return status == OTK_OK ? OTK_ESP_OK : OTK_ESP_ERR_FLASH_OP_FAIL;
}
