// SPDX-License-Identifier: Apache-2.0
/* Whether two partitions hold the same. */
#include <string.h>

#include "compat/esp_idf/include/esp_flash.h"
#include "compat/esp_idf/include/esp_image_format.h"
#include "compat/esp_idf/include/esp_partition.h"
#include "otakit/core/flash.h"
#include "otakit/crypto/digest.h"

/* The SHA-256 of the first bytes of a partition. */
static esp_err_t digest_bytes(const esp_partition_t *partition, uint32_t len,
                              uint8_t digest[OTK_SHA256_SIZE])
{
    uint8_t bytes[OTK_SECTOR_SIZE];
    struct otk_sha256 sha;
    uint32_t offset = 0;

    if (otk_sha256_init(&sha) != OTK_OK) {
        return ESP_FAIL;
    }
    while (offset < len) {
        const uint32_t left = len - offset;
        const uint32_t step = left < sizeof bytes ? left : (uint32_t)sizeof bytes;

        if (esp_partition_read(partition, offset, bytes, step) != ESP_OK ||
            otk_sha256_update(&sha, bytes, step) != OTK_OK) {
            otk_sha256_abort(&sha);
            return ESP_FAIL;
        }
        offset += step;
    }
    return otk_sha256_finish(&sha, digest) == OTK_OK ? ESP_OK : ESP_FAIL;
}

/* An image's own hash, which has to match; without one, that of its bytes. */
static esp_err_t digest_image(const esp_partition_t *partition, uint8_t digest[OTK_SHA256_SIZE])
{
    const esp_partition_pos_t place = {.offset = partition->address, .size = partition->size};
    uint8_t seen[OTK_SHA256_SIZE];
    esp_image_metadata_t image;

    if (esp_image_get_metadata(&place, &image) != ESP_OK) {
        return ESP_ERR_IMAGE_INVALID;
    }
    if (!image.image.hash_appended) {
        return digest_bytes(partition, image.image_len, digest);
    }
    if (digest_bytes(partition, image.image_len - ESP_IMAGE_HASH_LEN, seen) != ESP_OK ||
        memcmp(seen, image.image_digest, sizeof seen) != 0) {
        return ESP_ERR_IMAGE_INVALID;
    }
    memcpy(digest, seen, sizeof seen);
    return ESP_OK;
}

esp_err_t esp_partition_get_sha256(const esp_partition_t *partition, uint8_t *sha_256)
{
    uint32_t size;

    if (!partition || !sha_256 || partition->size == 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (esp_flash_get_size(NULL, &size) != ESP_OK) {
        return ESP_ERR_INVALID_STATE;
    }
    if (partition->type == ESP_PARTITION_TYPE_APP ||
        partition->type == ESP_PARTITION_TYPE_BOOTLOADER) {
        return digest_image(partition, sha_256);
    }
    return digest_bytes(partition, partition->size, sha_256);
}

bool esp_partition_check_identity(const esp_partition_t *partition_1,
                                  const esp_partition_t *partition_2)
{
    uint8_t digests[2][OTK_SHA256_SIZE];

    return esp_partition_get_sha256(partition_1, digests[0]) == ESP_OK &&
           esp_partition_get_sha256(partition_2, digests[1]) == ESP_OK &&
           memcmp(digests[0], digests[1], sizeof digests[0]) == 0;
}
