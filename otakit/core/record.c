// SPDX-License-Identifier: Apache-2.0
/* The last-update record: 32 bytes with a CRC at their end. */
#include "otakit/core/record.h"

#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"
#include "otakit/base/memory.h"
#include "otakit/core/journal.h"

/* SPEC.md, "Last-update record". */
#define MAGIC      0x554B544Fu /* "OTKU" */
#define VERSION    1u
#define OFFSET_CRC (OTK_RECORD_SIZE - 4u)

enum otk_status otk_record_load(const struct otk_flash *flash, uint32_t sector,
                                struct otk_record *record)
{
    uint8_t bytes[OTK_RECORD_SIZE];
    enum otk_status status;

    status = flash->read(flash->context, sector + OTK_RECORD_OFFSET, bytes, sizeof bytes);
    if (status != OTK_OK)
        return status;
    if (otk_load_le32(bytes) != MAGIC || bytes[4] != VERSION ||
        otk_load_le32(bytes + OFFSET_CRC) != otk_crc32(0, bytes, OFFSET_CRC))
        return OTK_NOT_FOUND;

    record->stage = bytes[5];
    record->status = bytes[6];
    record->reset_reason = bytes[7];
    record->from_slot = (int8_t)bytes[8];
    record->to_slot = (int8_t)bytes[9];
    record->seq = otk_load_le32(bytes + 12);
    record->image_size = otk_load_le32(bytes + 16);
    return OTK_OK;
}

enum otk_status otk_record_store(const struct otk_flash *flash, uint32_t sector,
                                 const struct otk_record *record)
{
    uint8_t bytes[OTK_RECORD_SIZE];

    memset(bytes, 0xFF, sizeof bytes);
    otk_store_le32(bytes, MAGIC);
    bytes[4] = VERSION;
    bytes[5] = record->stage;
    bytes[6] = record->status;
    bytes[7] = record->reset_reason;
    bytes[8] = (uint8_t)record->from_slot;
    bytes[9] = (uint8_t)record->to_slot;
    otk_store_le32(bytes + 12, record->seq);
    otk_store_le32(bytes + 16, record->image_size);
    otk_store_le32(bytes + OFFSET_CRC, otk_crc32(0, bytes, OFFSET_CRC));
    return flash->write(flash->context, sector + OTK_RECORD_OFFSET, bytes, sizeof bytes);
}
