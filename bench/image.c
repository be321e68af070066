// SPDX-License-Identifier: Apache-2.0
/* The image of the benchmarks: pseudo-random segments behind an application description. */
#include "bench/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/image.h"

#define SEGMENT_COUNT 4u

/* Addresses of data in flash, RAM, code in RAM, code in flash; as ESP-IDF places them on an ESP32. */
static const uint32_t addresses[SEGMENT_COUNT] = {0x3F400020, 0x3FFB0000, 0x40080000, 0x400D0000};
static const uint32_t sizes[SEGMENT_COUNT] = {196608, 16384, 98304, 1136676};

static void fill(uint8_t *to, uint32_t len, uint32_t seed)
{
    for (uint32_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        to[i] = (uint8_t)(seed >> 24);
    }
}

static void put_description(uint8_t *to, uint32_t seed)
{
    memset(to, 0, OTK_APP_DESC_SIZE);
    otk_store_le32(to, OTK_APP_DESC_MAGIC);
    (void)snprintf((char *)to + 16, 32, "1.0.%u", seed);
    memcpy(to + 48, "vec", 3);
    memcpy(to + 80, "12:00:00", 8);
    memcpy(to + 96, "Jan  1 2026", 11);
    memcpy(to + 112, "v6.0.1", 6);
    otk_store_le16(to + 178, 99);
}

static uint32_t put_segment(uint8_t *image, uint32_t offset, uint32_t index, uint32_t seed)
{
    uint8_t *const data = image + offset + OTK_SEGMENT_HEADER_SIZE;
    uint32_t described = 0;
    uint32_t address = addresses[index];

    /* Code in flash is mapped page by page, so its place in the page is its place in the file. */
    if (index == SEGMENT_COUNT - 1)
        address += (offset + OTK_SEGMENT_HEADER_SIZE) % 0x10000;
    otk_store_le32(image + offset, address);
    otk_store_le32(image + offset + 4, sizes[index]);
    if (index == 0) {
        put_description(data, seed);
        described = OTK_APP_DESC_SIZE;
    }
    fill(data + described, sizes[index] - described, seed + 1000 * index);
    return offset + OTK_SEGMENT_HEADER_SIZE + sizes[index];
}

void bench_image_seal(uint8_t *image)
{
    const uint32_t end = BENCH_IMAGE_SIZE - OTK_IMAGE_HASH_SIZE;
    uint32_t offset = OTK_IMAGE_HEADER_SIZE;
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;
    struct otk_sha256 sha;

    for (uint32_t index = 0; index < SEGMENT_COUNT; index++) {
        offset += OTK_SEGMENT_HEADER_SIZE;
        for (uint32_t i = 0; i < sizes[index]; i++)
            checksum ^= image[offset++];
    }
    image[end - 1] = checksum;
    if (otk_sha256_init(&sha) != OTK_OK || otk_sha256_update(&sha, image, end) != OTK_OK ||
        otk_sha256_finish(&sha, image + end) != OTK_OK)
        abort();
}

uint8_t *bench_image(uint32_t seed)
{
    const struct otk_image_header header = {.magic = OTK_IMAGE_MAGIC,
                                            .segment_count = SEGMENT_COUNT,
                                            .spi_mode = 2,
                                            .flash_size = 2,
                                            .entry_address = 0x40080000,
                                            .wp_pin = 0xEE,
                                            .max_revision = 399,
                                            .hash_appended = 1};
    uint8_t *const image = calloc(1, BENCH_IMAGE_SIZE);
    uint32_t offset = OTK_IMAGE_HEADER_SIZE;

    if (!image) {
        fputs("bench: no memory for an image\n", stderr);
        exit(1);
    }
    otk_image_header_encode(&header, image);
    for (uint32_t index = 0; index < SEGMENT_COUNT; index++)
        offset = put_segment(image, offset, index, seed);
    bench_image_seal(image);
    return image;
}
