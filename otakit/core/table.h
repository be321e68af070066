// SPDX-License-Identifier: Apache-2.0
/*
 * The partition table as the bootloader judges it, and the places it names.
 *
 *     uint8_t scratch[OTK_TABLE_SIZE];
 *     struct otk_layout layout;
 *     status = otk_layout_load(&flash, OTK_TABLE_OFFSET, scratch, &layout);
 *     if (status == OTK_OK && layout.ota_count > 0) ...
 */
#ifndef OTAKIT_CORE_TABLE_H
#define OTAKIT_CORE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"
#include "otakit/format/partition.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A place in flash; size 0 means that the table names none. */
struct otk_area {
    uint32_t offset; /* bytes from the start of flash */
    uint32_t size;   /* bytes */
};

/* What boot and update need to know of a partition table. */
struct otk_layout {
    struct otk_area otadata;
    struct otk_area factory;
    struct otk_area test;
    struct otk_area ota[OTK_OTA_SLOT_COUNT]; /* by subtype number; a gap is an empty area */
    uint32_t ota_count; /* entries with an OTA subtype, as the bootloader counts: duplicates too */
    uint32_t record_count; /* records before the end record, the MD5 record among them */
};

/* A slot is named by its OTA number, or by one of these. */
#define OTK_SLOT_FACTORY (-1)
#define OTK_SLOT_TEST    (-2)
#define OTK_SLOT_NONE    (-3)

/*
 * Judge a table as ESP-IDF's bootloader does, and note the places it names.
 *
 * table       the OTK_TABLE_SIZE bytes at the table's offset
 * flash_size  bytes of the chip
 * layout      written on success only
 *
 * Returns  OTK_OK            a good table; it may name no partition at all
 *          OTK_NO_TABLE      the first record is blank
 *          OTK_OUT_OF_RANGE  an entry lies outside the chip
 *          OTK_BAD_MD5       the MD5 record does not match the records before it
 *          OTK_BAD_TABLE     unknown record, second MD5 record, or no end record
 *          OTK_CRYPTO        the MD5 could not be computed
 */
OTK_MUST_USE enum otk_status otk_layout_decode(const uint8_t table[OTK_TABLE_SIZE],
                                               uint32_t flash_size, struct otk_layout *layout);

/*
 * Read the table from flash and judge it.
 *
 * table_offset  bytes from the start of flash, usually OTK_TABLE_OFFSET
 * scratch       borrowed for the call; holds the raw table afterwards
 * layout        written on success only
 *
 * Returns  as otk_layout_decode, or
 *          OTK_FLASH_IO  the table could not be read
 */
OTK_MUST_USE enum otk_status otk_layout_load(const struct otk_flash *flash, uint32_t table_offset,
                                             uint8_t scratch[OTK_TABLE_SIZE],
                                             struct otk_layout *layout);

/*
 * Judge a table as ESP-IDF's application side does: entries up to the MD5 record, which must be
 * there. What the bootloader would refuse (an entry outside the chip, no end record) passes.
 *
 * table        `len` bytes; the application side reads the whole sector
 * entry_count  written on success only: entries from the start of `table` that count
 *
 * Returns  OTK_OK        a good table
 *          OTK_NO_MD5    no MD5 record follows the entries
 *          OTK_BAD_MD5   the MD5 record does not match them
 *          OTK_NO_TABLE  the table names no partition
 *          OTK_CRYPTO    the MD5 could not be computed
 */
OTK_MUST_USE enum otk_status otk_table_decode_app(const uint8_t *table, uint32_t len,
                                                  uint32_t *entry_count);

/*
 * Whether an update may write by this table. The bootloader starts applications from tables that no
 * build makes, in which places overlap or begin within a sector; erasing one would destroy another.
 *
 * flash_size    bytes of the chip
 * table_offset  of the table, bytes from the start of flash; all before it belongs to the bootloader
 *
 * Returns  OTK_OK          otadata and every slot lie on the chip, begin with a sector and share
 *                          nothing with each other, with the table or with what is before it
 *          OTK_MISALIGNED  otadata or a slot begins within a sector
 *          OTK_BAD_TABLE   they overlap or leave the chip
 */
OTK_MUST_USE enum otk_status otk_layout_check(const struct otk_layout *layout, uint32_t flash_size,
                                              uint32_t table_offset);

/*
 * Find the area of a slot.
 *
 * slot  OTA number, OTK_SLOT_FACTORY or OTK_SLOT_TEST
 *
 * Returns  the area; its size is 0 when the table does not name it
 */
struct otk_area otk_layout_slot(const struct otk_layout *layout, int slot);

/*
 * How many OTA slots an application can use: consecutive from ota_0 to the first gap.
 *
 * Returns  0 to OTK_OTA_SLOT_COUNT
 */
uint32_t otk_layout_app_slot_count(const struct otk_layout *layout);

#ifdef __cplusplus
}
#endif

#endif
