// SPDX-License-Identifier: Apache-2.0
/* Small applications for the power-cut harness. */
#include "test/power/image.h"

#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/image.h"

/* Where a chip of the first generation maps read-only data. */
#define DATA_ADDRESS 0x3F400000u

static void hash(const uint8_t *data, uint32_t len, uint8_t digest[32])
{
    struct otk_sha256 sha;

    if (otk_sha256_init(&sha) != OTK_OK || otk_sha256_update(&sha, data, len) != OTK_OK ||
        otk_sha256_finish(&sha, digest) != OTK_OK) {
        abort();
    }
}

static void put_description(uint8_t *desc, const struct image_plan *plan)
{
    otk_store_le32(desc, OTK_APP_DESC_MAGIC);
    otk_store_le32(desc + 4, plan->secure_version);
    strncpy((char *)desc + 16, plan->version, 31);
    strncpy((char *)desc + 48, "powercut", 31);
    otk_store_le32(desc + 144, plan->identity ? plan->identity : plan->seed);
}

void image_make(struct image *image, const struct image_plan *plan)
{
    const struct otk_image_header header = {
        .magic = OTK_IMAGE_MAGIC,
        .segment_count = 1,
        .spi_mode = 2,
        .entry_address = 0x40080000,
        .chip_id = OTK_CHIP_ESP32,
        .hash_appended = !plan->no_hash,
    };
    const uint32_t hash_len = plan->no_hash ? 0 : OTK_IMAGE_HASH_SIZE;
    const uint32_t size = plan->size / 16 * 16;
    const uint32_t data_end = size - hash_len - OTK_IMAGE_CHECKSUM_ALIGN;
    uint32_t random = plan->seed;
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;

    memset(image->bytes, 0, sizeof image->bytes);
    image->len = size;
    otk_image_header_encode(&header, image->bytes);
    otk_store_le32(image->bytes + 24, DATA_ADDRESS + OTK_APP_DESC_OFFSET);
    otk_store_le32(image->bytes + 28, data_end - OTK_APP_DESC_OFFSET);
    put_description(image->bytes + OTK_APP_DESC_OFFSET, plan);
    for (uint32_t i = OTK_IMAGE_HEAD_SIZE; i < data_end; i++) {
        random = random * 1664525u + 1013904223u;
        image->bytes[i] = (uint8_t)(random >> 24);
    }
    for (uint32_t i = OTK_APP_DESC_OFFSET; i < data_end; i++) {
        checksum ^= image->bytes[i];
    }
    image->bytes[size - hash_len - 1] = checksum;
    if (!plan->no_hash) {
        hash(image->bytes, size - hash_len, image->bytes + size - hash_len);
    }
    hash(image->bytes, size, image->sha256);
}

void image_damage(struct image *image, uint32_t offset)
{
    image->bytes[offset] ^= 0x10;
    hash(image->bytes, image->len, image->sha256);
}
