// SPDX-License-Identifier: Apache-2.0
/*
 * One decision, to be counted by callgrind: bench_decisions select | table | verify.
 *
 * The flash is plain RAM behind shim_read, which the count leaves out, as it does the digests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/image.h"
#include "otakit/base/bytes.h"
#include "otakit/core/boot.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/otadata.h"

#define FLASH_SIZE     0x400000u
#define OTADATA_OFFSET 0xD000u
#define SLOT_OFFSET    0x110000u
#define SLOT_SIZE      0x180000u

/* Kept out of line, so that callgrind can tell it apart. */
__attribute__((noinline)) static enum otk_status shim_read(void *context, uint32_t offset,
                                                           void *data, uint32_t len)
{
    if (!otk_range_fits(offset, len, FLASH_SIZE))
        return OTK_FLASH_IO;
    memcpy(data, (const uint8_t *)context + offset, len);
    return OTK_OK;
}

static enum otk_status shim_write(void *context, uint32_t offset, const void *data, uint32_t len)
{
    memcpy((uint8_t *)context + offset, data, len);
    return OTK_OK;
}

static enum otk_status shim_erase(void *context, uint32_t offset, uint32_t len)
{
    memset((uint8_t *)context + offset, 0xFF, len);
    return OTK_OK;
}

/* Six entries and the MD5 record, as the preset two-ota has them. */
static void put_table(uint8_t *table)
{
    static const struct otk_partition rows[] = {
        {.type = 1, .subtype = 2, .offset = 0x9000, .size = 0x4000, .label = "nvs"},
        {.type = 1, .subtype = 0, .offset = OTADATA_OFFSET, .size = 0x2000, .label = "otadata"},
        {.type = 1, .subtype = 1, .offset = 0xF000, .size = 0x1000, .label = "phy_init"},
        {.type = 0, .subtype = 0, .offset = 0x10000, .size = 0x100000, .label = "factory"},
        {.type = 0, .subtype = 0x10, .offset = SLOT_OFFSET, .size = SLOT_SIZE, .label = "ota_0"},
        {.type = 0, .subtype = 0x11, .offset = 0x290000, .size = 0x170000, .label = "ota_1"},
    };
    uint8_t digest[OTK_MD5_SIZE];
    uint32_t len = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++, len += OTK_PARTITION_RECORD_SIZE)
        otk_partition_encode(&rows[i], table + len);
    if (otk_md5(table, len, digest) != OTK_OK)
        abort();
    otk_partition_encode_md5(digest, table + len);
}

static void put_otadata(uint8_t *flash, uint32_t index, uint32_t seq)
{
    struct otk_otadata entry;

    otk_otadata_make(seq, OTK_STATE_VALID, &entry);
    otk_otadata_encode(&entry, flash + OTADATA_OFFSET + index * OTK_SECTOR_SIZE);
}

static void select_slot(const struct otk_board *board, const struct otk_layout *layout)
{
    int slot;

    if (otk_boot_select(board, layout, &slot) != OTK_OK || slot != 1)
        abort();
}

static void verify(const struct otk_board *board)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];
    const struct otk_image_target target = {
        .area = {SLOT_OFFSET, SLOT_SIZE}, .chip_id = OTK_CHIP_ESP32, .revision = 100};
    struct otk_image_info info;

    if (otk_image_verify(board->flash, &target, scratch, sizeof scratch, &info) != OTK_OK ||
        info.len != BENCH_IMAGE_SIZE)
        abort();
}

int main(int argc, char **argv)
{
    uint8_t *const cells = malloc(FLASH_SIZE);
    const struct otk_flash flash = {.context = cells,
                                    .size = FLASH_SIZE,
                                    .block_size = 65536,
                                    .write_align = 4,
                                    .read = shim_read,
                                    .write = shim_write,
                                    .erase = shim_erase};
    const struct otk_board board = {.flash = &flash, .revision = 100};
    struct otk_layout layout;

    if (argc != 2 || !cells)
        return 2;
    memset(cells, 0xFF, FLASH_SIZE);
    put_table(cells + OTK_TABLE_OFFSET);
    put_otadata(cells, 0, 5);
    put_otadata(cells, 1, 6);
    if (otk_layout_decode(cells + OTK_TABLE_OFFSET, FLASH_SIZE, &layout) != OTK_OK)
        abort();
    if (strcmp(argv[1], "select") == 0) {
        select_slot(&board, &layout);
    } else if (strcmp(argv[1], "verify") == 0) {
        uint8_t *const image = bench_image(7);

        memcpy(cells + SLOT_OFFSET, image, BENCH_IMAGE_SIZE);
        free(image);
        verify(&board);
    } else if (strcmp(argv[1], "table") != 0) {
        return 2;
    }
    free(cells);
    return 0;
}
