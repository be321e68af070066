// SPDX-License-Identifier: Apache-2.0
/*
 * The two otadata sectors as one thing: read both entries, see which one is
 * active, write an entry as ESP-IDF writes it.
 *
 *     struct otk_selection selection;
 *     status = otk_selection_load(&flash, &layout, &selection);
 *     if (status == OTK_OK && selection.active >= 0)
 *         slot = otk_selection_slot(&selection, selection.active);
 */
#ifndef OTAKIT_CORE_OTADATA_H
#define OTAKIT_CORE_OTADATA_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"
#include "otakit/core/table.h"
#include "otakit/format/otadata.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sector of entry 0 or 1, bytes from the start of flash. */
static inline uint32_t otk_otadata_sector(const struct otk_layout *layout, int index)
{
    return layout->otadata.offset + (uint32_t)index * OTK_SECTOR_SIZE;
}

/* Both entries and what they mean to an application. */
struct otk_selection {
    struct otk_otadata entries[2]; /* of sector 0 and sector 1 */
    int active;                    /* index of the entry that decides, or -1 */
    uint32_t slot_count;           /* OTA slots as an application counts them */
};

/*
 * Read both entries as they stand.
 *
 * entries  partly written on failure
 *
 * Returns  OTK_OK          read
 *          OTK_NO_OTADATA  the table names no otadata partition of two sectors
 *          OTK_FLASH_IO    it could not be read
 */
OTK_MUST_USE enum otk_status otk_otadata_load(const struct otk_flash *flash,
                                              const struct otk_layout *layout,
                                              struct otk_otadata entries[2]);

/*
 * The entry that decides: the valid one with the greater sequence number, entry 0 when they are
 * equal.
 *
 * Returns  0 or 1; -1 when neither is valid
 */
int otk_otadata_active(const struct otk_otadata entries[2]);

/*
 * Read both entries and find the active one.
 *
 * selection  written on success only
 *
 * Returns  OTK_OK  read; `active` may be -1
 *          others  as otk_otadata_load
 */
OTK_MUST_USE enum otk_status otk_selection_load(const struct otk_flash *flash,
                                                const struct otk_layout *layout,
                                                struct otk_selection *selection);

/*
 * The OTA slot that an entry names.
 *
 * index  0 or 1; -1 is allowed
 *
 * Returns  OTA number, or OTK_SLOT_NONE when the entry is not valid or there are no slots
 */
int otk_selection_slot(const struct otk_selection *selection, int index);

/*
 * The entry that makes `slot` the next to boot: the smallest sequence number above every
 * valid one that maps to the slot.
 *
 * entry  written on success only; its state is the caller's choice
 * index  the sector to write it to: never the active entry's
 *
 * Returns  OTK_OK            made
 *          OTK_NO_SLOT       there is no such slot
 *          OTK_OUT_OF_RANGE  the sequence numbers are used up
 */
OTK_MUST_USE enum otk_status otk_selection_next(const struct otk_selection *selection, int slot,
                                                uint32_t state, struct otk_otadata *entry,
                                                int *index);

/*
 * Write one entry: erase its sector, write 32 bytes.
 *
 * index  0 or 1
 *
 * Returns  OTK_OK          written
 *          OTK_MISALIGNED  otadata does not begin at a sector
 *          OTK_FLASH_IO    the flash refused
 * Power loss: the entry is gone or torn (its CRC does not match) or complete; whatever else stood
 * in the sector is gone.
 */
OTK_MUST_USE enum otk_status otk_otadata_store(const struct otk_flash *flash,
                                               const struct otk_layout *layout, int index,
                                               const struct otk_otadata *entry);

#ifdef __cplusplus
}
#endif

#endif
