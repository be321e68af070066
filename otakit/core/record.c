// SPDX-License-Identifier: Apache-2.0
/* The last-update record: 32 bytes with a CRC at their end. */
#include "otakit/core/record.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/core/block.h"
#include "otakit/core/journal.h"

/* SPEC.md, "Last-update record": the fields. */
#define MAGIC             0x3155544Fu /* "OTU1" */
#define OFFSET_STAGE      4u
#define OFFSET_STATUS     5u
#define OFFSET_RESET      6u
#define OFFSET_FROM       8u
#define OFFSET_TO         9u
#define OFFSET_IMAGE_SIZE 12u

enum otk_status otk_record_load(const struct otk_flash *flash, uint32_t sector,
                                struct otk_record *record)
{
    uint8_t bytes[OTK_RECORD_SIZE];
    const enum otk_status status = otk_block_load(flash, sector + OTK_RECORD_OFFSET, MAGIC, bytes,
                                                  sizeof bytes);

    if (status != OTK_OK) {
        return status;
    }
    record->stage = bytes[OFFSET_STAGE];
    record->status = bytes[OFFSET_STATUS];
    record->reset_reason = bytes[OFFSET_RESET];
    record->from_slot = (int8_t)bytes[OFFSET_FROM];
    record->to_slot = (int8_t)bytes[OFFSET_TO];
    record->image_size = otk_load_le32(bytes + OFFSET_IMAGE_SIZE);
    return OTK_OK;
}

enum otk_status otk_record_store(const struct otk_flash *flash, uint32_t sector,
                                 const struct otk_record *record)
{
    uint8_t bytes[OTK_RECORD_SIZE];

    memset(bytes, 0xFF, sizeof bytes);
    bytes[OFFSET_STAGE] = record->stage;
    bytes[OFFSET_STATUS] = record->status;
    bytes[OFFSET_RESET] = record->reset_reason;
    bytes[OFFSET_FROM] = (uint8_t)record->from_slot;
    bytes[OFFSET_TO] = (uint8_t)record->to_slot;
    otk_store_le32(bytes + OFFSET_IMAGE_SIZE, record->image_size);
    return otk_block_store(flash, sector + OTK_RECORD_OFFSET, MAGIC, bytes, sizeof bytes);
}
