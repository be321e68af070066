// SPDX-License-Identifier: Apache-2.0
/* The flash chip over the store. */
#include "micropython/laptop/nor.h"

#include <stdbool.h>

#include "micropython/laptop/store.h"
#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* Count an operation; whether it is the one that loses power. */
static bool is_cut(struct otk_laptop_nor *nor)
{
    nor->op_count++;
    return nor->op_count == nor->cut_after;
}

static enum otk_status nor_read(void *context, uint32_t offset, void *data, uint32_t len)
{
    const struct otk_laptop_nor *nor = context;

    if (!otk_range_fits(offset, len, nor->flash.size)) {
        return OTK_FLASH_IO;
    }
    return len == 0 || otk_store_read(offset, data, len) ? OTK_OK : OTK_FLASH_IO;
}

/* One page at most. */
static enum otk_status program(struct otk_laptop_nor *nor, uint32_t offset, const uint8_t *data,
                               uint32_t len)
{
    const bool cut = is_cut(nor);
    uint8_t cells[OTK_LAPTOP_PAGE_SIZE];
    uint32_t i;

    if (!otk_store_read(offset, cells, len)) {
        return OTK_FLASH_IO;
    }
    for (i = 0; i < len && (!cut || i < OTK_LAPTOP_TORN_SIZE); i++) {
        cells[i] &= data[i];
    }
    if (!otk_store_write(offset, cells, len)) {
        return OTK_FLASH_IO;
    }
    if (cut) {
        otk_store_power_lost();
    }
    return OTK_OK;
}

static enum otk_status nor_write(void *context, uint32_t offset, const void *data, uint32_t len)
{
    struct otk_laptop_nor *nor = context;
    const uint8_t *bytes = data;
    enum otk_status status = OTK_OK;

    if (!otk_range_fits(offset, len, nor->flash.size)) {
        return OTK_FLASH_IO;
    }
    while (status == OTK_OK && len > 0) {
        uint32_t piece = OTK_LAPTOP_PAGE_SIZE - offset % OTK_LAPTOP_PAGE_SIZE;

        if (piece > len) {
            piece = len;
        }
        status = program(nor, offset, bytes, piece);
        offset += piece;
        bytes += piece;
        len -= piece;
    }
    return status;
}

static enum otk_status nor_erase(void *context, uint32_t offset, uint32_t len)
{
    struct otk_laptop_nor *nor = context;
    uint8_t blank[OTK_SECTOR_SIZE];
    uint32_t end = offset + len;

    if (!otk_range_fits(offset, len, nor->flash.size) || offset % OTK_SECTOR_SIZE != 0 ||
        len % OTK_SECTOR_SIZE != 0) {
        return OTK_FLASH_IO;
    }
    memset(blank, 0xFF, sizeof blank);
    for (; offset < end; offset += OTK_SECTOR_SIZE) {
        const bool cut = is_cut(nor);

        if (!otk_store_write(offset, blank, cut ? OTK_LAPTOP_TORN_SIZE : OTK_SECTOR_SIZE)) {
            return OTK_FLASH_IO;
        }
        if (cut) {
            otk_store_power_lost();
        }
    }
    return OTK_OK;
}

void otk_laptop_nor_init(struct otk_laptop_nor *nor, uint32_t size, uint32_t cut_after)
{
    *nor = (struct otk_laptop_nor){
        .flash = {.context = nor,
                  .size = size,
                  .block_size = OTK_SECTOR_SIZE,
                  .write_align = 4,
                  .read = nor_read,
                  .write = nor_write,
                  .erase = nor_erase},
        .cut_after = cut_after,
    };
}
