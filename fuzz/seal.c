// SPDX-License-Identifier: Apache-2.0
/* Checksums set right. Written without the decoders under test, so that it shares no fault. */
#include "fuzz/seal.h"

#include "fuzz/expect.h"
#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"
#include "otakit/core/journal.h"
#include "otakit/core/record.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/image.h"
#include "otakit/format/otadata.h"

void seal_image(uint8_t *bytes, uint32_t len)
{
    uint32_t end = OTK_IMAGE_HEADER_SIZE;
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;
    struct otk_sha256 sha;

    if (len < end)
        return;
    for (uint32_t segment = 0; segment < bytes[1]; segment++) {
        if (!otk_range_fits(end, OTK_SEGMENT_HEADER_SIZE, len))
            return;
        const uint32_t size = otk_load_le32(bytes + end + 4);

        end += OTK_SEGMENT_HEADER_SIZE;
        if (!otk_range_fits(end, size, len))
            return;
        for (uint32_t i = 0; i < size; i++)
            checksum ^= bytes[end + i];
        end += size;
    }
    end = (end / OTK_IMAGE_CHECKSUM_ALIGN + 1) * OTK_IMAGE_CHECKSUM_ALIGN;
    if (end > len)
        return;
    bytes[end - 1] = checksum;
    if (bytes[OTK_IMAGE_HEADER_SIZE - 1] == 0 || len - end < OTK_IMAGE_HASH_SIZE)
        return;
    EXPECT(otk_sha256_init(&sha) == OTK_OK);
    EXPECT(otk_sha256_update(&sha, bytes, end) == OTK_OK);
    EXPECT(otk_sha256_finish(&sha, bytes + end) == OTK_OK);
}

void seal_table(uint8_t table[OTK_TABLE_SIZE])
{
    for (uint32_t offset = 0; offset < OTK_TABLE_SIZE; offset += OTK_PARTITION_RECORD_SIZE) {
        if (otk_load_le16(table + offset) != OTK_PARTITION_MD5_MAGIC)
            continue;
        EXPECT(otk_md5(table, offset, table + offset + OTK_PARTITION_MD5_OFFSET) == OTK_OK);
        return;
    }
}

static void seal_block(uint8_t *block, uint32_t size)
{
    otk_store_le32(block + size - 4, otk_crc32(0, block, size - 4));
}

void seal_otadata(uint8_t sector[OTK_SECTOR_SIZE])
{
    otk_store_le32(sector + OTK_OTADATA_SIZE - 4, otk_crc32(0xFFFFFFFFu, sector, 4));
    seal_block(sector + OTK_RECORD_OFFSET, OTK_RECORD_SIZE);
    seal_block(sector + OTK_JOURNAL_OFFSET, OTK_JOURNAL_SIZE);
}
