// SPDX-License-Identifier: Apache-2.0
/* The fixed-size parts of an application image, byte by byte. */
#include "otakit/format/image.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* Largest max_revision that is a limit; 0 is none either. Source: ESP-IDF, bootloader_common_loader.c. */
#define NO_REVISION_LIMIT 65535u

void otk_image_header_decode(const uint8_t bytes[OTK_IMAGE_HEADER_SIZE],
                             struct otk_image_header *header)
{
    header->magic = bytes[0];
    header->segment_count = bytes[1];
    header->spi_mode = bytes[2];
    header->spi_speed = bytes[3] & 0x0F;
    header->flash_size = bytes[3] >> 4;
    header->entry_address = otk_load_le32(bytes + 4);
    header->wp_pin = bytes[8];
    header->chip_id = otk_load_le16(bytes + 12);
    header->min_revision_legacy = bytes[14];
    header->min_revision = otk_load_le16(bytes + 15);
    header->max_revision = otk_load_le16(bytes + 17);
    header->hash_appended = bytes[23];
}

void otk_image_header_encode(const struct otk_image_header *header,
                             uint8_t bytes[OTK_IMAGE_HEADER_SIZE])
{
    memset(bytes, 0, OTK_IMAGE_HEADER_SIZE);
    bytes[0] = header->magic;
    bytes[1] = header->segment_count;
    bytes[2] = header->spi_mode;
    bytes[3] = (uint8_t)((header->spi_speed & 0x0F) | (header->flash_size << 4));
    otk_store_le32(bytes + 4, header->entry_address);
    bytes[8] = header->wp_pin;
    otk_store_le16(bytes + 12, header->chip_id);
    bytes[14] = header->min_revision_legacy;
    otk_store_le16(bytes + 15, header->min_revision);
    otk_store_le16(bytes + 17, header->max_revision);
    bytes[23] = header->hash_appended;
}

void otk_segment_header_decode(const uint8_t bytes[OTK_SEGMENT_HEADER_SIZE],
                               struct otk_segment_header *segment)
{
    segment->address = otk_load_le32(bytes);
    segment->size = otk_load_le32(bytes + 4);
}

enum otk_status otk_image_header_fits_chip(const struct otk_image_header *header, uint16_t chip_id,
                                           uint16_t revision)
{
    if (header->chip_id != chip_id) {
        return OTK_WRONG_CHIP;
    }
    if (revision < header->min_revision) {
        return OTK_CHIP_REVISION;
    }
    if (header->max_revision != 0 && header->max_revision != NO_REVISION_LIMIT &&
        revision > header->max_revision) {
        return OTK_CHIP_REVISION;
    }
    return OTK_OK;
}

/* Addresses behind which the MMU shows flash, in units of 64 KB, ends excluded.
 * Source: ESP-IDF, soc/<chip>/include/soc/soc.h and ext_mem_defs.h: SOC_IROM_LOW/HIGH,
 * SOC_DROM_LOW/HIGH, for 64 KB pages. */
struct mapped_range {
    uint16_t chip_id;
    uint16_t begin;
    uint16_t end;
};

static const struct mapped_range mapped_ranges[] = {
    {OTK_CHIP_ESP32, 0x3F40, 0x3F80},   {OTK_CHIP_ESP32, 0x400D, 0x4040},
    {OTK_CHIP_ESP32S2, 0x3F00, 0x3FF8}, {OTK_CHIP_ESP32S2, 0x4008, 0x4080},
    {OTK_CHIP_ESP32C3, 0x3C00, 0x3C80}, {OTK_CHIP_ESP32C3, 0x4200, 0x4280},
    {OTK_CHIP_ESP32S3, 0x3C00, 0x3E00}, {OTK_CHIP_ESP32S3, 0x4200, 0x4400},
    {OTK_CHIP_ESP32C2, 0x3C00, 0x3C40}, {OTK_CHIP_ESP32C2, 0x4200, 0x4240},
    {OTK_CHIP_ESP32C6, 0x4200, 0x4300}, {OTK_CHIP_ESP32H2, 0x4200, 0x4300},
    {OTK_CHIP_ESP32P4, 0x4000, 0x4400}, {OTK_CHIP_ESP32C61, 0x4200, 0x4400},
    {OTK_CHIP_ESP32C5, 0x4200, 0x4400}, {OTK_CHIP_ESP32H21, 0x4200, 0x4300},
    {OTK_CHIP_ESP32H4, 0x4200, 0x4400}, {OTK_CHIP_ESP32S31, 0x4000, 0x4400},
};

bool otk_segment_is_mapped(uint16_t chip_id, uint32_t address)
{
    const uint32_t page = address >> 16;

    for (uint32_t i = 0; i < sizeof(mapped_ranges) / sizeof(mapped_ranges[0]); i++) {
        const struct mapped_range *range = &mapped_ranges[i];

        if (range->chip_id == chip_id && page >= range->begin && page < range->end) {
            return true;
        }
    }
    return false;
}
