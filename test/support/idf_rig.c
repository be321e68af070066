// SPDX-License-Identifier: Apache-2.0
/* A small device that ESP-IDF's functions work on. */
#include "test/support/idf_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/crypto/digest.h"
#include "otakit/format/otadata.h"
#include "otakit/format/partition.h"
#include "test/support/sample_image.h"

static const struct otk_partition layout[] = {
    {.type = 2, .subtype = 0, .offset = 0x1000, .size = 0x7000, .label = "boot"},
    {.type = 3, .subtype = 0, .offset = 0x8000, .size = 0x1000, .label = "table"},
    {.type = 1, .subtype = 2, .offset = 0x9000, .size = 0x4000, .label = "nvs"},
    {.type = 1, .subtype = 0, .offset = IDF_RIG_OTADATA, .size = 0x2000, .label = "otadata"},
    {.type = 1,
     .subtype = 6,
     .offset = 0xF000,
     .size = 0x1000,
     .label = "fixed",
     .flags = OTK_PARTITION_READONLY},
    {.type = 0, .subtype = 0, .offset = 0x10000, .size = IDF_RIG_SLOT_SIZE, .label = "factory"},
    {.type = 0, .subtype = 0x10, .offset = 0x20000, .size = IDF_RIG_SLOT_SIZE, .label = "ota_0"},
    {.type = 0, .subtype = 0x11, .offset = 0x30000, .size = IDF_RIG_SLOT_SIZE, .label = "ota_1"},
    {.type = 0x40,
     .subtype = 7,
     .offset = 0x40000,
     .size = 0x10000,
     .label = "a_label_of_16_ch",
     .flags = OTK_PARTITION_ENCRYPTED},
    {.type = 2, .subtype = 1, .offset = 0x50000, .size = 0x7000, .label = "boot_new"},
    {.type = 3, .subtype = 1, .offset = 0x57000, .size = 0x1000, .label = "table_new"},
};

#define LAYOUT_COUNT (sizeof layout / sizeof layout[0])

static void put_table(uint8_t *table)
{
    uint8_t digest[OTK_MD5_SIZE];
    uint8_t *next = table;

    for (size_t i = 0; i < LAYOUT_COUNT; i++, next += OTK_PARTITION_RECORD_SIZE) {
        otk_partition_encode(&layout[i], next);
    }
    if (otk_md5(table, (uint32_t)(next - table), digest) != OTK_OK) {
        fputs("no MD5\n", stderr);
        exit(2);
    }
    otk_partition_encode_md5(digest, next);
}

static void count_restart(void *context)
{
    struct idf_rig *rig = context;

    rig->restart_count++;
}

void idf_rig_open(struct idf_rig *rig, int running_slot)
{
    memset(rig, 0, sizeof *rig);
    ram_flash_reset(&rig->ram, IDF_RIG_FLASH_SIZE);
    put_table(rig->ram.bytes + OTK_TABLE_OFFSET);
    rig->flash = ram_flash_seam(&rig->ram);
    rig->board = (struct otk_board){.flash = &rig->flash};
    rig->device = (struct otk_idf_device){
        .board = &rig->board,
        .running_slot = running_slot,
        .restart = count_restart,
        .context = rig,
    };
    idf_rig_attach(rig);
}

void idf_rig_attach(struct idf_rig *rig)
{
    otk_idf_attach(&rig->device);
}

void idf_rig_close(struct idf_rig *rig)
{
    otk_idf_detach();
    ram_flash_free(&rig->ram);
}

uint32_t idf_rig_make_image(uint32_t seed, uint8_t bytes[IDF_RIG_IMAGE_SIZE])
{
    const struct sample_image image = sample_image_standard(
        seed, (const uint32_t[4]){0x400, 0x100, 0x80, 0x200});

    if (sample_image_size(&image) > IDF_RIG_IMAGE_SIZE) {
        fputs("the sample image is too large\n", stderr);
        exit(2);
    }
    return sample_image_build(&image, bytes);
}

void idf_rig_put_image(struct idf_rig *rig, const char *label, uint32_t seed)
{
    const esp_partition_t *partition = idf_rig_find(label);
    uint8_t image[IDF_RIG_IMAGE_SIZE];
    const uint32_t len = idf_rig_make_image(seed, image);

    memset(rig->ram.bytes + partition->address, 0xFF, partition->size);
    memcpy(rig->ram.bytes + partition->address, image, len);
}

void idf_rig_put_entry(struct idf_rig *rig, int index, uint32_t seq, uint32_t state)
{
    struct otk_otadata entry;

    otk_otadata_make(seq, state, &entry);
    otk_otadata_encode(&entry,
                       rig->ram.bytes + IDF_RIG_OTADATA + (uint32_t)index * OTK_SECTOR_SIZE);
}

struct otk_otadata idf_rig_entry(const struct idf_rig *rig, int index)
{
    struct otk_otadata entry;

    otk_otadata_decode(rig->ram.bytes + IDF_RIG_OTADATA + (uint32_t)index * OTK_SECTOR_SIZE,
                       &entry);
    return entry;
}

const esp_partition_t *idf_rig_find(const char *label)
{
    const esp_partition_t *partition = esp_partition_find_first(ESP_PARTITION_TYPE_ANY,
                                                                ESP_PARTITION_SUBTYPE_ANY, label);

    if (!partition) {
        fprintf(stderr, "no partition %s\n", label);
        exit(2);
    }
    return partition;
}
