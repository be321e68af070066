// SPDX-License-Identifier: Apache-2.0
/* A small chip for fuzz targets. */
#include "fuzz/chip.h"

#include <stdbool.h>
#include <string.h>

#include "fuzz/expect.h"
#include "fuzz/seal.h"
#include "otakit/base/bytes.h"
#include "otakit/format/image.h"
#include "otakit/format/partition.h"
#include "sim/nor_snapshot.h"

#define ALIGN_COUNT 4u

static bool forgiven[OTK_NOR_PROTECTED + 1];

static void on_misuse(void *context, enum otk_nor_misuse misuse, uint32_t offset, uint32_t len)
{
    (void)context;
    if (!forgiven[misuse])
        fprintf(stderr, "flash misuse %d at 0x%x, %u bytes\n", (int)misuse, offset, len);
    EXPECT(forgiven[misuse]);
}

static struct otk_nor *make_chip(uint32_t write_align)
{
    const struct otk_nor_config config = {.size = CHIP_SIZE, .write_align = write_align, .seed = 1};
    struct otk_nor *nor;

    EXPECT(otk_nor_create(&config, &nor) == OTK_OK);
    otk_nor_on_misuse(nor, on_misuse, NULL);
    EXPECT(otk_nor_push(nor) == OTK_OK);
    return nor;
}

static uint8_t *put_entry(uint8_t *at, uint8_t type, uint8_t subtype, uint32_t offset,
                          uint32_t size)
{
    const struct otk_partition partition = {
        .type = type, .subtype = subtype, .offset = offset, .size = size, .label = "p"};

    otk_partition_encode(&partition, at);
    return at + OTK_PARTITION_RECORD_SIZE;
}

static void put_table(struct otk_nor *nor, unsigned layout)
{
    static const uint8_t no_digest[16];
    const unsigned ota_count = layout & CHIP_THREE ? 3 : 2;
    uint8_t table[OTK_TABLE_SIZE];
    uint8_t *at = table;

    memset(table, 0xFF, sizeof table);
    at = put_entry(at, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, CHIP_OTADATA, 2 * OTK_SECTOR_SIZE);
    if (layout & CHIP_FACTORY)
        at = put_entry(at, OTK_TYPE_APP, OTK_SUBTYPE_APP_FACTORY, CHIP_FACTORY_AT, CHIP_SLOT_SIZE);
    for (unsigned slot = 0; slot < ota_count; slot++)
        at = put_entry(at, OTK_TYPE_APP, (uint8_t)(OTK_SUBTYPE_APP_OTA_0 + slot), CHIP_OTA_AT(slot),
                       CHIP_SLOT_SIZE);
    if (layout & CHIP_TEST)
        at = put_entry(at, OTK_TYPE_APP, OTK_SUBTYPE_APP_TEST, CHIP_TEST_AT, CHIP_SLOT_SIZE);
    otk_partition_encode_md5(no_digest, at);
    seal_table(table);
    otk_nor_fill(nor, OTK_TABLE_OFFSET, table, sizeof table);
}

struct otk_nor *chip_reset(unsigned layout, uint32_t write_align)
{
    static const uint32_t aligns[ALIGN_COUNT] = {1, 4, 16, 32};
    static struct otk_nor *chips[ALIGN_COUNT];
    unsigned index = 0;

    while (aligns[index] != write_align) {
        index++;
        EXPECT(index < ALIGN_COUNT);
    }
    if (!chips[index])
        chips[index] = make_chip(write_align);
    memset(forgiven, 0, sizeof forgiven);
    otk_nor_unprotect(chips[index]);
    otk_nor_watch(chips[index], NULL, NULL);
    otk_nor_restore(chips[index]);
    put_table(chips[index], layout);
    return chips[index];
}

/* One segment of nothing but an application description. */
void chip_install(struct otk_nor *nor, uint32_t offset)
{
    static const uint8_t header[OTK_APP_DESC_OFFSET] = {
        0xE9, 1, 2, 0x20, 0, 0, 8, 0x40, 0xEE, [23] = 1, 0x20, 0, 0x40, 0x3F, 0, 1, 0, 0};
    uint8_t image[352] = {0};

    memcpy(image, header, sizeof header);
    otk_store_le32(image + OTK_APP_DESC_OFFSET, OTK_APP_DESC_MAGIC);
    memcpy(image + OTK_APP_DESC_OFFSET + 16, "1.0.0", 5);
    memcpy(image + OTK_APP_DESC_OFFSET + 48, "lamp", 4);
    seal_image(image, sizeof image);
    otk_nor_fill(nor, offset, image, sizeof image);
}

void chip_protect(struct otk_nor *nor, unsigned layout, int running)
{
    otk_nor_unprotect(nor);
    EXPECT(otk_nor_protect(nor, 0, CHIP_OTADATA) == OTK_OK);
    EXPECT(otk_nor_protect(nor, CHIP_OTADATA + 0x2000, CHIP_OTA_AT(0) - CHIP_OTADATA - 0x2000) ==
           OTK_OK);
    EXPECT(otk_nor_protect(nor, CHIP_OTA_AT(3), CHIP_SIZE - CHIP_OTA_AT(3)) == OTK_OK);
    for (int slot = 0; slot < 3; slot++)
        if (slot == running || (slot == 2 && !(layout & CHIP_THREE)))
            EXPECT(otk_nor_protect(nor, CHIP_OTA_AT(slot), CHIP_SLOT_SIZE) == OTK_OK);
}

void chip_forgive(enum otk_nor_misuse misuse)
{
    forgiven[misuse] = true;
}
