// SPDX-License-Identifier: Apache-2.0
/*
 * Looking at a whole image in flash: is it good, how long is it.
 *
 * Names: ESP-IDF v6.0.1, bootloader_support/include/esp_image_format.h, without what only the
 * bootloader calls.
 *
 *     const esp_partition_pos_t where = {.offset = p->address, .size = p->size};
 *     esp_image_metadata_t data;
 *     if (esp_image_verify(ESP_IMAGE_VERIFY, &where, &data) == ESP_OK) ...
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_IMAGE_FORMAT_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_IMAGE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_app_format.h"
#include "esp_err.h"
#include "esp_flash_partitions.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_ERR_IMAGE_BASE       0x2000
#define ESP_ERR_IMAGE_FLASH_FAIL (ESP_ERR_IMAGE_BASE + 1)
#define ESP_ERR_IMAGE_INVALID    (ESP_ERR_IMAGE_BASE + 2)

#define ESP_IMAGE_HASH_LEN 32

/* What is known of an image. */
typedef struct {
    uint32_t start_addr; /* bytes from the start of flash */
    esp_image_header_t image;
    esp_image_segment_header_t segments[ESP_IMAGE_MAX_SEGMENTS];
    uint32_t segment_data[ESP_IMAGE_MAX_SEGMENTS]; /* where each segment's data begins in flash */
    uint32_t image_len;                            /* bytes, appended hash included */
    uint8_t image_digest[ESP_IMAGE_HASH_LEN];      /* the appended hash, where there is one */
    uint32_t secure_version;
    uint32_t mmu_page_size; /* bytes */
} esp_image_metadata_t;

typedef enum { ESP_IMAGE_VERIFY, ESP_IMAGE_VERIFY_SILENT } esp_image_load_mode_t;

/*
 * Verify the image at a place in flash as the bootloader does before it starts one.
 *
 * data  written; all zero when the image is refused
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    an argument is NULL, or the place is larger than 16 MB
 *          ESP_FAIL               it is for another chip or chip revision
 *          ESP_ERR_IMAGE_INVALID  it is damaged or does not fit
 *          ESP_ERR_IMAGE_FLASH_FAIL  the flash could not be read
 *          ESP_ERR_INVALID_STATE  no device is attached
 */
esp_err_t esp_image_verify(esp_image_load_mode_t mode, const esp_partition_pos_t *part,
                           esp_image_metadata_t *data);

/*
 * Read the headers of an image without verifying it: segments, length, digest.
 *
 * metadata  written; all zero when there is no image that can be walked through
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    an argument is NULL, or the place is larger than 16 MB
 *          ESP_ERR_IMAGE_INVALID  a segment cannot be, there are more than 16, or it does not fit
 *          ESP_ERR_IMAGE_FLASH_FAIL  the flash could not be read
 *          ESP_ERR_INVALID_STATE  no device is attached
 */
esp_err_t esp_image_get_metadata(const esp_partition_pos_t *part, esp_image_metadata_t *metadata);

/* The bytes that a flash-size code of an image header means; 0 for one that is not known. */
int esp_image_get_flash_size(esp_image_flash_size_t app_flash_size);

#ifdef __cplusplus
}
#endif

#endif
