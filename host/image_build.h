// SPDX-License-Identifier: Apache-2.0
/*
 * Valid application images for tests and demos.
 *
 * The image has the shape that ESP-IDF's build gives one: read-only data with the application
 * description first, then RAM data, RAM code and flash code, at addresses that the chip really
 * has; checksum and SHA-256 are appended. esptool and the bootloader accept it; it is data, not
 * code, so a real chip would load it and crash. The same specification gives the same bytes.
 *
 *     const struct otk_image_spec spec = {
 *         .chip_id = OTK_CHIP_ESP32C3, .project = "lamp", .version = "1.2.0", .seed = 7};
 *     status = otk_image_build(&spec, &image, &len);
 */
#ifndef OTAKIT_HOST_IMAGE_BUILD_H
#define OTAKIT_HOST_IMAGE_BUILD_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/format/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an image whose specification names neither size nor payload. */
#define OTK_IMAGE_DEFAULT_SIZE 65536u

/* Fewest bytes an image can have. */
#define OTK_IMAGE_LEAST_SIZE 1024u

struct otk_image_spec {
    uint16_t chip_id;        /* enum otk_chip */
    const char *project;     /* borrowed; at most 31 bytes */
    const char *version;     /* borrowed; at most 31 bytes */
    uint32_t secure_version; /* for anti-rollback */
    uint32_t seed;           /* chooses the pseudo-random content */
    uint32_t size;          /* bytes of the whole image, rounded up to 16; 0: the default, or as the
                                payload needs */
    const uint8_t *payload; /* borrowed; stands in the read-only data behind the application
                                description; NULL: pseudo-random bytes */
    uint32_t payload_len;   /* bytes */
};

/*
 * Make an image.
 *
 * image  written on success only; the caller frees it
 * len    its bytes, a multiple of 16; written on success only
 *
 * Returns  OTK_OK                made
 *          OTK_INVALID_ARGUMENT  unknown chip, or a name that is missing or too long
 *          OTK_NO_SPACE          the size cannot hold the payload, or is below
 *                                OTK_IMAGE_LEAST_SIZE
 *          OTK_TOO_BIG           more than an application can have on this chip
 *          OTK_NO_MEMORY         this computer has no memory left
 *          OTK_CRYPTO            the SHA-256 could not be computed
 */
OTK_MUST_USE enum otk_status otk_image_build(const struct otk_image_spec *spec, uint8_t **image,
                                             uint32_t *len);

/*
 * Find a chip by name ("esp32c3", also "ESP32-C3").
 *
 * chip_id  written on success only
 *
 * Returns  OTK_OK         found
 *          OTK_NOT_FOUND  no such chip
 */
OTK_MUST_USE enum otk_status otk_chip_find(const char *name, uint16_t *chip_id);

#ifdef __cplusplus
}
#endif

#endif
