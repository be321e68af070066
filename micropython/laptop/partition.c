// SPDX-License-Identifier: Apache-2.0
/* Partitions of the running device, with ESP-IDF's checks in ESP-IDF's order. */
#include "micropython/laptop/partition.h"

#include <stdbool.h>
#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/core/journal.h"
#include "otakit/core/otadata.h"
#include "otakit/core/table.h"

static bool is_label(const struct otk_partition *partition, const char *label)
{
    uint32_t i = 0;

    while (label[i] != '\0' && label[i] == partition->label[i]) {
        i++;
    }
    return label[i] == partition->label[i];
}

int32_t otk_laptop_find(const struct otk_laptop *laptop, int32_t from, int32_t type,
                        int32_t subtype, const char *label)
{
    int32_t i;

    for (i = from; i >= 0 && i < laptop->partition_count; i++) {
        const struct otk_partition *partition = &laptop->partitions[i];

        if ((type == OTK_LAPTOP_ANY || type == partition->type) &&
            (subtype == OTK_LAPTOP_ANY || subtype == partition->subtype) &&
            (!label || is_label(partition, label))) {
            return i;
        }
    }
    return OTK_LAPTOP_NONE;
}

int32_t otk_laptop_find_slot(const struct otk_laptop *laptop, int slot)
{
    int32_t subtype = (int32_t)OTK_SUBTYPE_APP_OTA_0 + slot;

    if (slot == OTK_SLOT_FACTORY) {
        subtype = OTK_SUBTYPE_APP_FACTORY;
    }
    if (slot == OTK_SLOT_TEST) {
        subtype = OTK_SUBTYPE_APP_TEST;
    }
    return otk_laptop_find(laptop, 0, OTK_TYPE_APP, subtype, NULL);
}

int otk_laptop_slot(const struct otk_laptop *laptop, int32_t index)
{
    const struct otk_partition *partition = &laptop->partitions[index];

    if (partition->type != OTK_TYPE_APP) {
        return OTK_SLOT_NONE;
    }
    switch (partition->subtype) {
    case OTK_SUBTYPE_APP_FACTORY:
        return OTK_SLOT_FACTORY;
    case OTK_SUBTYPE_APP_TEST:
        return OTK_SLOT_TEST;
    default:
        return partition->subtype >= OTK_SUBTYPE_APP_OTA_0 &&
                       partition->subtype < OTK_SUBTYPE_APP_OTA_0 + OTK_OTA_SLOT_COUNT
                   ? partition->subtype - (int)OTK_SUBTYPE_APP_OTA_0
                   : OTK_SLOT_NONE;
    }
}

/* Find a partition by index and see that a range lies in it. */
static enum otk_esp_error find_range(const struct otk_laptop *laptop, int32_t index,
                                     uint32_t offset, uint32_t len,
                                     const struct otk_partition **partition)
{
    if (index < 0 || index >= laptop->partition_count) {
        return OTK_ESP_ERR_INVALID_ARG;
    }
    *partition = &laptop->partitions[index];
    if (offset > (*partition)->size) {
        return OTK_ESP_ERR_INVALID_ARG;
    }
    return len > (*partition)->size - offset ? OTK_ESP_ERR_INVALID_SIZE : OTK_ESP_OK;
}

/* The same for a range that is going to change. */
static enum otk_esp_error find_writable(const struct otk_laptop *laptop, int32_t index,
                                        uint32_t offset, uint32_t len,
                                        const struct otk_partition **partition)
{
    if (index >= 0 && index < laptop->partition_count &&
        (laptop->partitions[index].flags & OTK_PARTITION_READONLY) != 0) {
        return OTK_ESP_ERR_NOT_ALLOWED;
    }
    return find_range(laptop, index, offset, len, partition);
}

/* What otakit itself began to write into a slot is void once a script writes there: its journal
 * would vouch for bytes that are no longer its own. */
static enum otk_status forget_update(struct otk_laptop *laptop, int32_t index)
{
    const struct otk_flash *flash = &laptop->nor.flash;
    const struct otk_layout *layout = &laptop->device.layout;
    struct otk_journal journal;
    int entry;

    if (otk_laptop_slot(laptop, index) < 0 || layout->otadata.size < 2 * OTK_SECTOR_SIZE) {
        return OTK_OK;
    }
    for (entry = 0; entry < 2; entry++) {
        const uint32_t sector = otk_otadata_sector(layout, entry);

        if (otk_journal_load(flash, sector, &journal) == OTK_OK &&
            journal.slot_offset == laptop->partitions[index].offset) {
            return otk_journal_discard(flash, layout, laptop->device.running, sector);
        }
    }
    return OTK_OK;
}

static enum otk_esp_error flash_error(enum otk_status status)
{
    return status == OTK_OK ? OTK_ESP_OK : OTK_ESP_ERR_FLASH_OP_FAIL;
}

enum otk_esp_error otk_laptop_read(const struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                   void *data, uint32_t len)
{
    const struct otk_flash *flash = &laptop->nor.flash;
    const struct otk_partition *partition;
    const enum otk_esp_error error = find_range(laptop, index, offset, len, &partition);

    if (error != OTK_ESP_OK) {
        return error;
    }
    return flash_error(flash->read(flash->context, partition->offset + offset, data, len));
}

enum otk_esp_error otk_laptop_write(struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                    const void *data, uint32_t len)
{
    const struct otk_flash *flash = &laptop->nor.flash;
    const struct otk_partition *partition;
    const enum otk_esp_error error = find_writable(laptop, index, offset, len, &partition);

    if (error != OTK_ESP_OK) {
        return error;
    }
    if (forget_update(laptop, index) != OTK_OK) {
        return OTK_ESP_ERR_FLASH_OP_FAIL;
    }
    return flash_error(flash->write(flash->context, partition->offset + offset, data, len));
}

enum otk_esp_error otk_laptop_erase(struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                    uint32_t len)
{
    const struct otk_flash *flash = &laptop->nor.flash;
    const struct otk_partition *partition;
    const enum otk_esp_error error = find_writable(laptop, index, offset, len, &partition);

    if (error != OTK_ESP_OK) {
        return error;
    }
    if (len % OTK_SECTOR_SIZE != 0) {
        return OTK_ESP_ERR_INVALID_SIZE;
    }
    if (offset % OTK_SECTOR_SIZE != 0) {
        return OTK_ESP_ERR_INVALID_ARG;
    }
    if (forget_update(laptop, index) != OTK_OK) {
        return OTK_ESP_ERR_FLASH_OP_FAIL;
    }
    return flash_error(flash->erase(flash->context, partition->offset + offset, len));
}

enum otk_esp_error otk_laptop_change(struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                     const void *data, uint32_t len)
{
    const struct otk_partition *partition;
    const uint8_t *bytes = data;
    enum otk_esp_error error = find_writable(laptop, index, offset, len, &partition);

    while (error == OTK_ESP_OK && len > 0) {
        const uint32_t within = offset % OTK_SECTOR_SIZE;
        const uint32_t sector = offset - within;
        uint32_t piece = OTK_SECTOR_SIZE - within;

        if (piece > len) {
            piece = len;
        }
        error = otk_laptop_read(laptop, index, sector, laptop->scratch, OTK_SECTOR_SIZE);
        if (error == OTK_ESP_OK) {
            error = otk_laptop_erase(laptop, index, sector, OTK_SECTOR_SIZE);
        }
        if (error == OTK_ESP_OK) {
            memcpy(laptop->scratch + within, bytes, piece);
            error = otk_laptop_write(laptop, index, sector, laptop->scratch, OTK_SECTOR_SIZE);
        }
        offset += piece;
        bytes += piece;
        len -= piece;
    }
    return error;
}
