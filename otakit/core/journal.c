// SPDX-License-Identifier: Apache-2.0
/* The journal of an update: a header and a row of marks behind the otadata entry. */
#include "otakit/core/journal.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/core/block.h"

/* SPEC.md, "Journal": the header's fields. */
#define MAGIC             0x314A544Fu /* "OTJ1" */
#define OFFSET_SLOT       4u
#define OFFSET_IMAGE_SIZE 8u
#define OFFSET_GROUP_SIZE 12u
#define OFFSET_HAS_SHA256 16u
#define OFFSET_IDENTITY   32u
#define OFFSET_SEAL       64u

/* Places for marks that a power cut tore; each costs one. */
#define SPARE_MARKS 8u

#define MARK_SIZE_MAX 32u

static uint32_t mark_size(const struct otk_flash *flash)
{
    return flash->write_align < 4 ? 4 : flash->write_align;
}

static uint32_t mark_capacity(const struct otk_flash *flash)
{
    return (OTK_SECTOR_SIZE - OTK_JOURNAL_MARKS) / mark_size(flash);
}

/* A mark never looks like an unwritten one. */
static uint32_t mark_value(uint32_t crc)
{
    return crc == 0xFFFFFFFFu ? 0 : crc;
}

static bool is_blank(const uint8_t *bytes, uint32_t len)
{
    uint8_t all = 0xFF;

    while (len > 0) {
        all &= bytes[--len];
    }
    return all == 0xFF;
}

uint32_t otk_journal_group_size(const struct otk_flash *flash, uint32_t size)
{
    const uint32_t marks = mark_capacity(flash) - SPARE_MARKS;
    const uint32_t sectors = size / OTK_SECTOR_SIZE + 1;

    return ((sectors + marks - 1) / marks) * OTK_SECTOR_SIZE;
}

enum otk_status otk_journal_load(const struct otk_flash *flash, uint32_t sector,
                                 struct otk_journal *journal)
{
    uint8_t header[OTK_JOURNAL_SIZE];
    const enum otk_status status = otk_block_load(flash, sector + OTK_JOURNAL_OFFSET, MAGIC, header,
                                                  sizeof header);

    if (status != OTK_OK) {
        return status;
    }
    journal->slot_offset = otk_load_le32(header + OFFSET_SLOT);
    journal->image_size = otk_load_le32(header + OFFSET_IMAGE_SIZE);
    journal->group_size = otk_load_le32(header + OFFSET_GROUP_SIZE);
    journal->has_sha256 = otk_load_le32(header + OFFSET_HAS_SHA256);
    memcpy(journal->identity, header + OFFSET_IDENTITY, sizeof journal->identity);
    memcpy(journal->seal, header + OFFSET_SEAL, sizeof journal->seal);
    return OTK_OK;
}

enum otk_status otk_journal_store(const struct otk_flash *flash, uint32_t sector,
                                  const struct otk_journal *journal)
{
    uint8_t header[OTK_JOURNAL_SIZE];
    enum otk_status status;

    memset(header, 0xFF, sizeof header);
    otk_store_le32(header + OFFSET_SLOT, journal->slot_offset);
    otk_store_le32(header + OFFSET_IMAGE_SIZE, journal->image_size);
    otk_store_le32(header + OFFSET_GROUP_SIZE, journal->group_size);
    otk_store_le32(header + OFFSET_HAS_SHA256, journal->has_sha256);
    memcpy(header + OFFSET_IDENTITY, journal->identity, sizeof journal->identity);
    memcpy(header + OFFSET_SEAL, journal->seal, sizeof journal->seal);

    status = flash->erase(flash->context, sector, OTK_SECTOR_SIZE);
    if (status != OTK_OK) {
        return status;
    }
    return otk_block_store(flash, sector + OTK_JOURNAL_OFFSET, MAGIC, header, sizeof header);
}

enum otk_status otk_journal_mark(const struct otk_flash *flash, uint32_t sector,
                                 uint32_t *mark_index, uint32_t crc)
{
    const uint32_t size = mark_size(flash);
    uint8_t mark[MARK_SIZE_MAX];
    enum otk_status status;

    if (*mark_index >= mark_capacity(flash)) {
        return OTK_OK;
    }
    memset(mark, 0xFF, sizeof mark);
    otk_store_le32(mark, mark_value(crc));
    status = flash->write(flash->context, sector + OTK_JOURNAL_MARKS + *mark_index * size, mark,
                          size);
    if (status == OTK_OK) {
        ++*mark_index;
    }
    return status;
}

enum otk_status otk_journal_find_mark(const struct otk_flash *flash, uint32_t sector,
                                      uint32_t *mark_index, uint32_t crc)
{
    const uint32_t size = mark_size(flash);
    uint8_t mark[MARK_SIZE_MAX];

    for (; *mark_index < mark_capacity(flash); ++*mark_index) {
        enum otk_status status = flash->read(
            flash->context, sector + OTK_JOURNAL_MARKS + *mark_index * size, mark, size);

        if (status != OTK_OK) {
            return status;
        }
        if (is_blank(mark, size)) {
            return OTK_NOT_FOUND;
        }
        if (otk_load_le32(mark) == mark_value(crc)) {
            ++*mark_index;
            return OTK_OK;
        }
    }
    return OTK_NOT_FOUND;
}

/* Whether `offset` is where a slot begins that an update may write. */
static bool is_passive_slot(const struct otk_layout *layout, int running, uint32_t offset)
{
    int slot;

    if (offset % OTK_SECTOR_SIZE != 0) {
        return false;
    }
    for (slot = 0; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        if (slot != running && layout->ota[slot].size != 0 && layout->ota[slot].offset == offset) {
            return true;
        }
    }
    return false;
}

enum otk_status otk_journal_discard(const struct otk_flash *flash, const struct otk_layout *layout,
                                    int running, uint32_t sector)
{
    struct otk_journal journal;
    enum otk_status status = otk_journal_load(flash, sector, &journal);

    if (status == OTK_NOT_FOUND) {
        return OTK_OK;
    }
    if (status == OTK_OK && is_passive_slot(layout, running, journal.slot_offset)) {
        status = flash->erase(flash->context, journal.slot_offset, OTK_SECTOR_SIZE);
    }
    if (status == OTK_OK) {
        status = flash->erase(flash->context, sector, OTK_SECTOR_SIZE);
    }
    return status;
}
