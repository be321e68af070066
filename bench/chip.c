// SPDX-License-Identifier: Apache-2.0
/* The chip that everything is measured on. */
#include "bench/chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/image.h"
#include "otakit/base/bytes.h"
#include "otakit/format/otadata.h"

#define SLOT_SIZE 0x1A9000u

void bench_must(enum otk_status status, const char *what)
{
    if (status == OTK_OK)
        return;
    fprintf(stderr, "bench: %s: %s\n", what, otk_status_text(status));
    exit(1);
}

static void put_table(struct otk_nor *nor)
{
    static const struct otk_partition rows[] = {
        {.type = 1, .subtype = 2, .offset = 0x9000, .size = 0x6000, .label = "nvs"},
        {.type = 1, .subtype = 0, .offset = BENCH_OTADATA, .size = 0x2000, .label = "otadata"},
        {.type = 0, .subtype = 0x10, .offset = 0x20000, .size = SLOT_SIZE, .label = "ota_0"},
        {.type = 0, .subtype = 0x11, .offset = 0x1D0000, .size = SLOT_SIZE, .label = "ota_1"},
    };
    uint8_t table[OTK_TABLE_SIZE];

    memset(table, 0xFF, sizeof table);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        otk_partition_encode(&rows[i], table + i * OTK_PARTITION_RECORD_SIZE);
    otk_nor_fill(nor, OTK_TABLE_OFFSET, table, sizeof table);
}

struct otk_nor *bench_chip(void)
{
    uint8_t *const running = bench_image(1);
    uint8_t bytes[OTK_OTADATA_SIZE];
    struct otk_otadata entry;
    struct otk_nor *nor;

    bench_must(otk_nor_create(NULL, &nor), "making a chip");
    put_table(nor);
    otk_otadata_make(1, OTK_STATE_VALID, &entry);
    otk_otadata_encode(&entry, bytes);
    otk_nor_fill(nor, BENCH_OTADATA, bytes, sizeof bytes);
    otk_nor_fill(nor, BENCH_SLOT_0, running, BENCH_IMAGE_SIZE);
    free(running);
    return nor;
}

void bench_start(struct otk_device *device, struct otk_nor *nor)
{
    struct otk_board board = {.flash = otk_nor_flash(nor), .revision = 100};
    uint8_t scratch[OTK_TABLE_SIZE];

    bench_must(otk_device_start(device, &board, 0, OTK_RESET_SOFTWARE, scratch), "starting");
}

uint8_t *bench_old_image(void)
{
    static const uint32_t last_size_at = 24 + 3 * 8 + 196608 + 16384 + 98304 + 4;
    uint8_t *const old = bench_image(2);

    otk_store_le32(old + last_size_at, otk_load_le32(old + last_size_at) - 4 * OTK_SECTOR_SIZE);
    return old;
}
