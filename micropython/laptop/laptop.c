// SPDX-License-Identifier: Apache-2.0
/* One power-up: the bootloader's decision, then the application's view of the table. */
#include "micropython/laptop/laptop.h"

#include <stdbool.h>

#include "micropython/laptop/partition.h"
#include "otakit/core/table.h"
#include "otakit/format/image.h"

/* Sizes of flash chips, as sim/nor.h has them. */
#define FLASH_SIZE_MIN 0x10000u
#define FLASH_SIZE_MAX 0x8000000u

/* What MicroPython's ESP32 port registers, and the other label that keeps it from doing so: the
 * file system of boards with TinyUF2. Source: MicroPython, ports/esp32/main.c. */
#define VFS_LABEL        "vfs"
#define TINYUF2_LABEL    "ffat"
#define SUBTYPE_DATA_FAT 0x81u

/* The chip that the image at `area` is for; false where there is no image. */
static bool find_image_chip(const struct otk_flash *flash, struct otk_area area, uint16_t *chip_id)
{
    uint8_t bytes[OTK_IMAGE_HEADER_SIZE];
    struct otk_image_header header;

    if (area.size < sizeof bytes ||
        flash->read(flash->context, area.offset, bytes, sizeof bytes) != OTK_OK) {
        return false;
    }
    otk_image_header_decode(bytes, &header);
    if (header.magic != OTK_IMAGE_MAGIC) {
        return false;
    }
    *chip_id = header.chip_id;
    return true;
}

/* A laptop is no chip of its own: it is whichever the flash was made for. */
static uint16_t find_chip(const struct otk_flash *flash, const struct otk_layout *layout)
{
    uint16_t chip_id = OTK_CHIP_ESP32;
    int slot;

    for (slot = OTK_SLOT_TEST; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        if (find_image_chip(flash, otk_layout_slot(layout, slot), &chip_id)) {
            break;
        }
    }
    return chip_id;
}

static bool has_data(const struct otk_laptop *laptop, const char *label)
{
    return otk_laptop_find(laptop, 0, OTK_TYPE_DATA, OTK_LAPTOP_ANY, label) != OTK_LAPTOP_NONE;
}

/* The file system's place: behind the last partition, up to the end of the flash. */
static void add_vfs(struct otk_laptop *laptop)
{
    const uint32_t flash_size = laptop->nor.flash.size;
    struct otk_partition vfs = {
        .type = OTK_TYPE_DATA, .subtype = SUBTYPE_DATA_FAT, .label = VFS_LABEL};
    int32_t i;

    if (has_data(laptop, VFS_LABEL) || has_data(laptop, TINYUF2_LABEL)) {
        return;
    }
    for (i = 0; i < laptop->partition_count; i++) {
        const struct otk_partition *partition = &laptop->partitions[i];
        const uint32_t end = partition->offset + partition->size;

        if (end > vfs.offset) {
            vfs.offset = end;
        }
    }
    vfs.offset = (vfs.offset + OTK_SECTOR_SIZE - 1) / OTK_SECTOR_SIZE * OTK_SECTOR_SIZE;
    if (vfs.offset < flash_size) {
        vfs.size = flash_size - vfs.offset;
        laptop->partitions[laptop->partition_count++] = vfs;
    }
}

/* The partitions as the application's side of ESP-IDF lists them. */
static enum otk_status load_partitions(struct otk_laptop *laptop)
{
    const struct otk_flash *flash = &laptop->nor.flash;
    uint32_t count;
    uint32_t i;
    enum otk_status status = flash->read(flash->context, OTK_TABLE_OFFSET, laptop->scratch,
                                         OTK_TABLE_SIZE);

    if (status == OTK_OK) {
        status = otk_table_decode_app(laptop->scratch, OTK_TABLE_SIZE, &count);
    }
    if (status != OTK_OK) {
        return status;
    }
    for (i = 0; i < count; i++) {
        otk_partition_decode(laptop->scratch + i * OTK_PARTITION_RECORD_SIZE,
                             &laptop->partitions[i]);
    }
    laptop->partition_count = (int32_t)count;
    add_vfs(laptop);
    return OTK_OK;
}

enum otk_status otk_laptop_boot(struct otk_laptop *laptop, uint32_t size, uint32_t cut_after)
{
    struct otk_board board = {.flash = &laptop->nor.flash, .table_offset = OTK_TABLE_OFFSET};
    struct otk_boot_result result;
    struct otk_layout layout;
    enum otk_status status;

    if (size < FLASH_SIZE_MIN || size > FLASH_SIZE_MAX || (size & (size - 1)) != 0) {
        return OTK_BAD_FORMAT;
    }
    otk_laptop_nor_init(&laptop->nor, size, cut_after);
    status = otk_layout_load(board.flash, OTK_TABLE_OFFSET, laptop->scratch, &layout);
    if (status != OTK_OK) {
        return status;
    }
    board.chip_id = find_chip(board.flash, &layout);
    status = otk_boot(&board, laptop->scratch, sizeof laptop->scratch, &result);
    if (status == OTK_OK) {
        status = otk_device_open(&laptop->device, &board, result.slot, laptop->scratch);
    }
    return status == OTK_OK ? load_partitions(laptop) : status;
}
