// SPDX-License-Identifier: Apache-2.0
/* Builds application images. */
#include "test/support/sample_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"

/* Pseudo-random bytes. */
static void fill(uint32_t seed, uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(seed >> 24);
    }
}

static void put_text(uint8_t *field, const char *text)
{
    memcpy(field, text, strlen(text));
}

static void put_app_desc(uint8_t *desc, const struct sample_image *image)
{
    char version[16];

    memset(desc, 0, OTK_APP_DESC_SIZE);
    snprintf(version, sizeof(version), "1.0.%u", image->seed);
    otk_store_le32(desc, OTK_APP_DESC_MAGIC);
    otk_store_le32(desc + 4, image->secure_version);
    put_text(desc + 16, version);
    put_text(desc + 48, "vec");
    put_text(desc + 80, "12:00:00");
    put_text(desc + 96, "Jan  1 2026");
    put_text(desc + 112, "v6.0.1");
    otk_store_le16(desc + 178, 99);
}

static void put_header(uint8_t *bytes, const struct sample_image *image)
{
    const struct otk_image_header header = {.magic = OTK_IMAGE_MAGIC,
                                            .segment_count = (uint8_t)image->segment_count,
                                            .spi_mode = 2,
                                            .flash_size = 2,
                                            .entry_address = 0x40080000,
                                            .wp_pin = 0xEE,
                                            .chip_id = image->chip_id,
                                            .min_revision = image->min_revision,
                                            .max_revision = image->max_revision,
                                            .hash_appended = image->has_hash};

    otk_image_header_encode(&header, bytes);
}

/* Header and data of one segment at `bytes`. Returns the XOR of the data. */
static uint8_t put_segment(uint8_t *bytes, const struct sample_image *image, uint32_t index)
{
    const uint32_t size = image->segments[index].size;
    uint8_t *data = bytes + OTK_SEGMENT_HEADER_SIZE;
    uint32_t skip = 0;
    uint8_t sum = 0;

    otk_store_le32(bytes, image->segments[index].address);
    otk_store_le32(bytes + 4, size);
    if (index == 0 && size >= OTK_APP_DESC_SIZE) {
        put_app_desc(data, image);
        skip = OTK_APP_DESC_SIZE;
    }
    fill(image->seed + 1000 * index, data + skip, size - skip);
    for (uint32_t i = 0; i < size; i++) {
        sum ^= data[i];
    }
    return sum;
}

static void put_hash(uint8_t *bytes, uint32_t len)
{
    struct otk_sha256 sha;

    if (otk_sha256_init(&sha) != OTK_OK || otk_sha256_update(&sha, bytes, len) != OTK_OK ||
        otk_sha256_finish(&sha, bytes + len) != OTK_OK) {
        fputs("SHA-256 of a sample image failed\n", stderr);
        exit(2);
    }
}

struct sample_image sample_image_standard(uint32_t seed, const uint32_t sizes[4])
{
    static const uint32_t addresses[4] = {0x3F400020, 0x3FFB0000, 0x40080000, 0x400D0000};
    struct sample_image image = {
        .seed = seed, .has_hash = true, .max_revision = 399, .segment_count = 4};
    uint32_t data_offset = OTK_IMAGE_HEADER_SIZE;

    for (int i = 0; i < 4; i++) {
        data_offset += OTK_SEGMENT_HEADER_SIZE;
        image.segments[i].address = addresses[i] + (i == 3 ? data_offset % 0x10000 : 0);
        image.segments[i].size = sizes[i];
        data_offset += sizes[i];
    }
    return image;
}

uint32_t sample_image_size(const struct sample_image *image)
{
    uint32_t size = OTK_IMAGE_HEADER_SIZE + OTK_IMAGE_CHECKSUM_ALIGN + OTK_IMAGE_HASH_SIZE;

    for (uint32_t i = 0; i < image->segment_count; i++) {
        size += OTK_SEGMENT_HEADER_SIZE + image->segments[i].size;
    }
    return size;
}

uint32_t sample_image_build(const struct sample_image *image, uint8_t *bytes)
{
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;
    uint32_t len = OTK_IMAGE_HEADER_SIZE;
    uint32_t padding;

    put_header(bytes, image);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        checksum ^= put_segment(bytes + len, image, i);
        len += OTK_SEGMENT_HEADER_SIZE + image->segments[i].size;
    }
    padding = OTK_IMAGE_CHECKSUM_ALIGN - len % OTK_IMAGE_CHECKSUM_ALIGN;
    memset(bytes + len, 0, padding);
    len += padding;
    bytes[len - 1] = checksum;
    if (!image->has_hash) {
        return len;
    }
    put_hash(bytes, len);
    return len + OTK_IMAGE_HASH_SIZE;
}
