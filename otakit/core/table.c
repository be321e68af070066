// SPDX-License-Identifier: Apache-2.0
/*
 * The partition table as ESP-IDF's bootloader judges it.
 *
 * Two passes like the original's, because its second pass has a quirk that a
 * compatible reader must share: it looks at as many records as there are
 * entries, counted from the front. A table with records behind the MD5 record
 * thus has the MD5 record taken for an entry and its last entry lost.
 */
#include "otakit/core/table.h"

#include <stddef.h>

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/crypto/digest.h"

#define RECORD_COUNT (OTK_TABLE_SIZE / OTK_PARTITION_RECORD_SIZE)

/* Where the fields of an entry stand; labels and flags are nobody's business here. */
#define AT_TYPE    2
#define AT_SUBTYPE 3
#define AT_OFFSET  4
#define AT_SIZE    8

static const uint8_t *record_at(const uint8_t *table, uint32_t index)
{
    return table + index * OTK_PARTITION_RECORD_SIZE;
}

static struct otk_area record_area(const uint8_t *record)
{
    return (struct otk_area){.offset = otk_load_le32(record + AT_OFFSET),
                             .size = otk_load_le32(record + AT_SIZE)};
}

/* The sum may wrap on purpose: the bootloader accepts such an entry, and reads stay bounded by
 * the flash itself. */
static bool lies_in_flash(struct otk_area area, uint32_t flash_size)
{
    return area.offset <= flash_size && (uint32_t)(area.offset + area.size) <= flash_size;
}

static enum otk_status check_md5(const uint8_t *table, uint32_t index)
{
    uint8_t digest[OTK_MD5_SIZE];
    enum otk_status status = otk_md5(table, index * OTK_PARTITION_RECORD_SIZE, digest);

    if (status != OTK_OK) {
        return status;
    }
    return memcmp(digest, record_at(table, index) + OTK_PARTITION_MD5_OFFSET, sizeof(digest)) == 0
               ? OTK_OK
               : OTK_BAD_MD5;
}

/* First pass: is every record up to the end record in order? */
static enum otk_status verify_records(const uint8_t *table, uint32_t flash_size,
                                      uint32_t *record_count, uint32_t *md5_count)
{
    enum otk_status status;

    for (uint32_t i = 0; i < RECORD_COUNT; i++) {
        const uint8_t *record = record_at(table, i);

        switch (otk_partition_record_kind(record)) {
        case OTK_PARTITION_ENTRY:
            if (!lies_in_flash(record_area(record), flash_size)) {
                return OTK_OUT_OF_RANGE;
            }
            break;
        case OTK_PARTITION_MD5:
            if (*md5_count != 0) {
                return OTK_BAD_TABLE;
            }
            status = check_md5(table, i);
            if (status != OTK_OK) {
                return status;
            }
            *md5_count = 1;
            break;
        case OTK_PARTITION_END:
            *record_count = i;
            return i == 0 ? OTK_NO_TABLE : OTK_OK;
        default:
            return OTK_BAD_TABLE;
        }
    }
    return OTK_BAD_TABLE;
}

/* Where the layout keeps the area of an entry of this kind; NULL for what nobody asks for. */
static struct otk_area *place_of(struct otk_layout *layout, uint8_t type, uint8_t subtype)
{
    if (type == OTK_TYPE_DATA && subtype == OTK_SUBTYPE_DATA_OTA) {
        return &layout->otadata;
    }
    if (type != OTK_TYPE_APP) {
        return NULL;
    }
    if (subtype == OTK_SUBTYPE_APP_FACTORY) {
        return &layout->factory;
    }
    if (subtype == OTK_SUBTYPE_APP_TEST) {
        return &layout->test;
    }
    if (subtype - OTK_SUBTYPE_APP_OTA_0 >= OTK_OTA_SLOT_COUNT) {
        return NULL;
    }
    layout->ota_count++;
    return &layout->ota[subtype - OTK_SUBTYPE_APP_OTA_0];
}

/* Second pass, for one record: the last entry of a kind wins. */
static void note_record(const uint8_t *record, struct otk_layout *layout)
{
    struct otk_area *place = place_of(layout, record[AT_TYPE], record[AT_SUBTYPE]);

    if (place) {
        *place = record_area(record);
    }
}

enum otk_status otk_layout_decode(const uint8_t table[OTK_TABLE_SIZE], uint32_t flash_size,
                                  struct otk_layout *layout)
{
    uint32_t record_count = 0;
    uint32_t md5_count = 0;
    enum otk_status status = verify_records(table, flash_size, &record_count, &md5_count);

    if (status != OTK_OK) {
        return status;
    }
    memset(layout, 0, sizeof(*layout));
    layout->record_count = record_count;
    for (uint32_t i = 0; i < record_count - md5_count; i++) {
        note_record(record_at(table, i), layout);
    }
    return OTK_OK;
}

enum otk_status otk_layout_load(const struct otk_flash *flash, uint32_t table_offset,
                                uint8_t scratch[OTK_TABLE_SIZE], struct otk_layout *layout)
{
    const enum otk_status status = flash->read(flash->context, table_offset, scratch,
                                               OTK_TABLE_SIZE);

    if (status != OTK_OK) {
        return status;
    }
    return otk_layout_decode(scratch, flash->size, layout);
}

struct otk_area otk_layout_slot(const struct otk_layout *layout, int slot)
{
    if (slot == OTK_SLOT_FACTORY) {
        return layout->factory;
    }
    if (slot == OTK_SLOT_TEST) {
        return layout->test;
    }
    if (slot < 0 || slot >= (int)OTK_OTA_SLOT_COUNT) {
        return (struct otk_area){0, 0};
    }
    return layout->ota[slot];
}

uint32_t otk_layout_app_slot_count(const struct otk_layout *layout)
{
    uint32_t count = 0;

    while (count < OTK_OTA_SLOT_COUNT && layout->ota[count].size != 0) {
        count++;
    }
    return count;
}
