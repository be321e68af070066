// SPDX-License-Identifier: Apache-2.0
/*
 * What flash remembers of an update in progress.
 *
 * The journal lives in the otadata sector that the switch will overwrite, behind the 32 bytes that
 * ESP-IDF reads there. It exists from before the first erase in the slot until the slot's content
 * is settled: either a whole verified image, or an erased first sector. So a slot without a journal
 * that starts with an image's magic holds stable bytes. SPEC.md, "Journal"; DESIGN.md says why.
 *
 *     offset  0x000  otadata entry (ESP-IDF's)
 *             0x100  last-update record (record.h)
 *             0x180  journal header
 *             0x200  marks: the CRC-32 of each group of sectors that is written and read back
 */
#ifndef OTAKIT_CORE_JOURNAL_H
#define OTAKIT_CORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"
#include "otakit/core/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an image that are written last of all: without them no bootloader takes the slot for
 * an application. As large as the largest least write of any flash. */
#define OTK_SEAL_SIZE 32u

/* Places in the otadata sector. */
#define OTK_RECORD_OFFSET  0x100u
#define OTK_JOURNAL_OFFSET 0x180u
#define OTK_JOURNAL_SIZE   0x80u
#define OTK_JOURNAL_MARKS  0x200u

/* Which update a journal belongs to. All but the seal tells one update from another. */
struct otk_journal {
    uint32_t slot_offset; /* bytes from the start of flash */
    uint32_t image_size;  /* bytes; 0: not known */
    uint32_t group_size;  /* bytes of image that one mark covers, a multiple of the sector */
    uint32_t has_sha256;  /* 1: identity is the SHA-256 of the file; 0: of the image's head */
    uint8_t identity[32];
    uint8_t seal[OTK_SEAL_SIZE]; /* the image's first bytes, not yet in the slot */
};

/*
 * Bytes of image that one mark covers, so that the marks of a whole slot fit: one sector wherever
 * possible.
 *
 * size  bytes to be covered
 */
uint32_t otk_journal_group_size(const struct otk_flash *flash, uint32_t size);

/*
 * Read the journal of an otadata sector.
 *
 * sector   bytes from the start of flash
 * journal  written on success only
 *
 * Returns  OTK_OK         there is one
 *          OTK_NOT_FOUND  there is none, or its header is torn
 *          OTK_FLASH_IO   it could not be read
 */
OTK_MUST_USE enum otk_status otk_journal_load(const struct otk_flash *flash, uint32_t sector,
                                              struct otk_journal *journal);

/*
 * Erase the sector and begin a journal in it.
 *
 * Returns  OTK_OK        begun
 *          OTK_FLASH_IO  the flash refused
 * Power loss: no journal, or the new one.
 */
OTK_MUST_USE enum otk_status otk_journal_store(const struct otk_flash *flash, uint32_t sector,
                                               const struct otk_journal *journal);

/*
 * Note that one more group is on flash.
 *
 * mark_index  place of the mark; grown by one. A mark that no longer fits is left out.
 * crc         of the group's bytes
 *
 * Returns  OTK_OK        noted, or left out
 *          OTK_FLASH_IO  the flash refused
 * Power loss: the mark is there, or torn (then it matches nothing), or missing.
 */
OTK_MUST_USE enum otk_status otk_journal_mark(const struct otk_flash *flash, uint32_t sector,
                                              uint32_t *mark_index, uint32_t crc);

/*
 * Find the mark of a group whose bytes have the CRC `crc`, passing over torn ones.
 *
 * mark_index  where to look first; on OTK_OK just behind the mark found, on OTK_NOT_FOUND at the
 *             first free place
 *
 * Returns  OTK_OK         the group is marked
 *          OTK_NOT_FOUND  it is not
 *          OTK_FLASH_IO   the marks could not be read
 */
OTK_MUST_USE enum otk_status otk_journal_find_mark(const struct otk_flash *flash, uint32_t sector,
                                                   uint32_t *mark_index, uint32_t crc);

/*
 * Forget an update: erase the first sector of its slot, so that nothing half-written can look like
 * an application, then the journal's sector. Does nothing where there is no journal. A journal that
 * names no passive slot of the layout is erased and nothing else.
 *
 * running  the slot whose application runs; never erased
 * sector   the otadata sector, bytes from the start of flash
 *
 * Returns  OTK_OK        forgotten
 *          OTK_FLASH_IO  the flash refused
 * Power loss: the journal is there, or the slot's first sector is erased.
 */
OTK_MUST_USE enum otk_status otk_journal_discard(const struct otk_flash *flash,
                                                 const struct otk_layout *layout, int running,
                                                 uint32_t sector);

#ifdef __cplusplus
}
#endif

#endif
