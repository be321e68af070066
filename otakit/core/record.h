// SPDX-License-Identifier: Apache-2.0
/*
 * The last-update record: one line of history, behind an otadata entry.
 *
 * It stands at OTK_RECORD_OFFSET of the otadata sector that the update wrote, so it is erased and
 * written together with the entry it speaks of. SPEC.md, "Last-update record".
 *
 *     struct otk_record record;
 *     if (otk_record_load(flash, sector, &record) == OTK_OK) ...
 */
#ifndef OTAKIT_CORE_RECORD_H
#define OTAKIT_CORE_RECORD_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a record; a multiple of every write alignment. */
#define OTK_RECORD_SIZE 32u

struct otk_record {
    uint8_t stage;        /* enum otk_update_stage */
    uint8_t status;       /* enum otk_status */
    uint8_t reset_reason; /* enum otk_reset_reason */
    int8_t from_slot;     /* OTA number, OTK_SLOT_FACTORY, … */
    int8_t to_slot;
    uint32_t image_size; /* bytes; 0: not known */
};

/*
 * Read the record of an otadata sector.
 *
 * sector  bytes from the start of flash
 * record  written on success only
 *
 * Returns  OTK_OK         there is one
 *          OTK_NOT_FOUND  there is none, or it is torn
 *          OTK_FLASH_IO   it could not be read
 */
OTK_MUST_USE enum otk_status otk_record_load(const struct otk_flash *flash, uint32_t sector,
                                             struct otk_record *record);

/*
 * Write the record of an otadata sector that was erased before.
 *
 * Returns  OTK_OK        written
 *          OTK_FLASH_IO  the flash refused
 * Power loss: the record is missing or torn (then it is not read), or there.
 */
OTK_MUST_USE enum otk_status otk_record_store(const struct otk_flash *flash, uint32_t sector,
                                              const struct otk_record *record);

#ifdef __cplusplus
}
#endif

#endif
