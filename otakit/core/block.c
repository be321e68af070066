// SPDX-License-Identifier: Apache-2.0
/* Blocks with a magic in front and a CRC-32 at the end. */
#include "otakit/core/block.h"

#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"

enum otk_status otk_block_load(const struct otk_flash *flash, uint32_t offset, uint32_t magic,
                               uint8_t *block, uint32_t size)
{
    const uint32_t end = size - 4;
    const enum otk_status status = flash->read(flash->context, offset, block, size);

    if (status != OTK_OK) {
        return status;
    }
    if (otk_load_le32(block) != magic || otk_load_le32(block + end) != otk_crc32(0, block, end)) {
        return OTK_NOT_FOUND;
    }
    return OTK_OK;
}

enum otk_status otk_block_store(const struct otk_flash *flash, uint32_t offset, uint32_t magic,
                                uint8_t *block, uint32_t size)
{
    const uint32_t end = size - 4;

    otk_store_le32(block, magic);
    otk_store_le32(block + end, otk_crc32(0, block, end));
    return flash->write(flash->context, offset, block, size);
}
