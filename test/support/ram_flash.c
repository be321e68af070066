// SPDX-License-Identifier: Apache-2.0
/* A flash chip in RAM that keeps a log. */
#include "test/support/ram_flash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/format/otadata.h"

/* Least bytes allocated, so that a table can be put on a chip that is too small for it. */
#define LEAST_SIZE 0x10000u

void ram_flash_reset(struct ram_flash *ram, uint32_t size)
{
    const uint32_t allocated = size < LEAST_SIZE ? LEAST_SIZE : size;

    if (ram->size != size) {
        free(ram->bytes);
        ram->bytes = malloc(allocated);
        ram->size = size;
    }
    if (!ram->bytes) {
        fputs("no memory for a flash chip\n", stderr);
        exit(2);
    }
    memset(ram->bytes, 0xFF, allocated);
    ram_flash_power_on(ram);
}

void ram_flash_power_on(struct ram_flash *ram)
{
    ram->cut_after = UINT32_MAX;
    ram->op_count = 0;
}

void ram_flash_free(struct ram_flash *ram)
{
    free(ram->bytes);
    ram->bytes = NULL;
    ram->size = 0;
}

/* Whether the power is still there; logs the operation if so. */
static bool log_op(struct ram_flash *ram, char kind, uint32_t offset, uint32_t len)
{
    if (ram->op_count >= ram->cut_after) {
        return false;
    }
    if (ram->op_count < RAM_FLASH_LOG_SIZE) {
        ram->ops[ram->op_count] = (struct ram_flash_op){kind, offset, len};
    }
    ram->op_count++;
    return true;
}

static enum otk_status ram_read(void *context, uint32_t offset, void *data, uint32_t len)
{
    const struct ram_flash *ram = context;

    if (!otk_range_fits(offset, len, ram->size)) {
        return OTK_FLASH_IO;
    }
    memcpy(data, ram->bytes + offset, len);
    return OTK_OK;
}

static enum otk_status ram_write(void *context, uint32_t offset, const void *data, uint32_t len)
{
    struct ram_flash *ram = context;
    const uint8_t *bytes = data;

    if (!otk_range_fits(offset, len, ram->size)) {
        return OTK_FLASH_IO;
    }
    if (!log_op(ram, 'W', offset, len)) {
        return OTK_POWER_LOST;
    }
    for (uint32_t i = 0; i < len; i++) {
        ram->bytes[offset + i] &= bytes[i];
    }
    return OTK_OK;
}

static enum otk_status ram_erase(void *context, uint32_t offset, uint32_t len)
{
    struct ram_flash *ram = context;

    if (!otk_range_fits(offset, len, ram->size) || offset % OTK_SECTOR_SIZE != 0 ||
        len % OTK_SECTOR_SIZE != 0) {
        return OTK_FLASH_IO;
    }
    if (!log_op(ram, 'E', offset, len)) {
        return OTK_POWER_LOST;
    }
    memset(ram->bytes + offset, 0xFF, len);
    return OTK_OK;
}

struct otk_flash ram_flash_seam(struct ram_flash *ram)
{
    return (struct otk_flash){.context = ram,
                              .size = ram->size,
                              .block_size = OTK_SECTOR_SIZE,
                              .write_align = 4,
                              .read = ram_read,
                              .write = ram_write,
                              .erase = ram_erase};
}

void ram_flash_ops_text(const struct ram_flash *ram, uint32_t base, char *text, size_t text_size)
{
    size_t used = 0;

    text[0] = 0;
    for (uint32_t i = 0; i < ram->op_count && i < RAM_FLASH_LOG_SIZE && used < text_size; i++) {
        const struct ram_flash_op *op = &ram->ops[i];
        const uint32_t sector = (op->offset - base) / OTK_SECTOR_SIZE;
        const uint32_t len = op->kind == 'E' ? OTK_SECTOR_SIZE : OTK_OTADATA_SIZE;
        int printed;

        if (op->len == len && op->offset == base + sector * OTK_SECTOR_SIZE) {
            printed = snprintf(text + used, text_size - used, "%c%u", op->kind, sector);
        } else {
            printed = snprintf(text + used, text_size - used, "[%c 0x%x+%u]", op->kind, op->offset,
                               op->len);
        }
        used += (size_t)printed;
    }
}
