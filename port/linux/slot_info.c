// SPDX-License-Identifier: Apache-2.0
/* Slots as people name them. */
#include "port/linux/slot_info.h"

#include <stdio.h>
#include <string.h>

#include "otakit/format/partition.h"

static uint32_t table_offset(const struct otk_board *board)
{
    return board->table_offset ? board->table_offset : OTK_TABLE_OFFSET;
}

static void kind_label(int slot, char label[OTK_SLOT_LABEL_SIZE])
{
    if (slot >= 0) {
        snprintf(label, OTK_SLOT_LABEL_SIZE, "ota_%d", slot);
    } else if (slot == OTK_SLOT_FACTORY) {
        snprintf(label, OTK_SLOT_LABEL_SIZE, "factory");
    } else {
        snprintf(label, OTK_SLOT_LABEL_SIZE, slot == OTK_SLOT_TEST ? "test" : "none");
    }
}

static bool is_slot(const struct otk_partition *partition, int slot)
{
    if (partition->type != OTK_TYPE_APP) {
        return false;
    }
    if (slot == OTK_SLOT_FACTORY) {
        return partition->subtype == OTK_SUBTYPE_APP_FACTORY;
    }
    if (slot == OTK_SLOT_TEST) {
        return partition->subtype == OTK_SUBTYPE_APP_TEST;
    }
    return slot >= 0 && partition->subtype == OTK_SUBTYPE_APP_OTA_0 + (unsigned)slot;
}

void otk_slot_label(const struct otk_board *board, int slot, char label[OTK_SLOT_LABEL_SIZE])
{
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_partition partition;
    uint32_t offset;

    kind_label(slot, label);
    if (board->flash->read(board->flash->context, table_offset(board), table, sizeof table) !=
        OTK_OK) {
        return;
    }
    for (offset = 0; offset < sizeof table; offset += OTK_PARTITION_RECORD_SIZE) {
        if (otk_partition_record_kind(table + offset) != OTK_PARTITION_ENTRY) {
            continue;
        }
        otk_partition_decode(table + offset, &partition);
        if (is_slot(&partition, slot)) {
            memcpy(label, partition.label, OTK_SLOT_LABEL_SIZE);
        }
    }
}

void otk_app_name(const struct otk_app_desc *app, char name[OTK_APP_NAME_SIZE])
{
    if (!app) {
        snprintf(name, OTK_APP_NAME_SIZE, "an application without a description");
    } else if (!app->project[0] && !app->version[0]) {
        snprintf(name, OTK_APP_NAME_SIZE, "an application without a name");
    } else {
        snprintf(name, OTK_APP_NAME_SIZE, "%s%s%s", app->project[0] ? app->project : "(no name)",
                 app->version[0] ? " " : "", app->version);
    }
}

enum otk_status otk_slot_image_load(const struct otk_flash *flash, const struct otk_area *area,
                                    struct otk_slot_image *image)
{
    uint8_t head[OTK_IMAGE_HEAD_SIZE];
    struct otk_image_header header;
    enum otk_status status;

    if (area->size < sizeof head) {
        return OTK_SLOT_EMPTY;
    }
    status = flash->read(flash->context, area->offset, head, sizeof head);
    if (status != OTK_OK) {
        return status;
    }
    otk_image_header_decode(head, &header);
    if (header.magic != OTK_IMAGE_MAGIC) {
        return OTK_SLOT_EMPTY;
    }
    memset(image, 0, sizeof *image);
    image->chip_id = header.chip_id;
    image->has_app = otk_app_desc_decode(head + OTK_APP_DESC_OFFSET, &image->app) == OTK_OK;
    return OTK_OK;
}

enum otk_status otk_slot_find_chip(const struct otk_board *board, uint16_t *chip_id)
{
    uint8_t scratch[OTK_TABLE_SIZE];
    struct otk_layout layout;
    struct otk_slot_image image;
    enum otk_status status;
    int slot;

    status = otk_layout_load(board->flash, table_offset(board), scratch, &layout);
    if (status != OTK_OK) {
        return status;
    }
    for (slot = OTK_SLOT_FACTORY; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        const struct otk_area area = otk_layout_slot(&layout, slot);

        if (otk_slot_image_load(board->flash, &area, &image) == OTK_OK) {
            *chip_id = image.chip_id;
            return OTK_OK;
        }
    }
    return OTK_NOT_FOUND;
}
