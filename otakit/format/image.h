// SPDX-License-Identifier: Apache-2.0
/*
 * The parts of an application image: header, segment header, application description.
 *
 * Pure decoding of fixed-size pieces. Whether a whole image is good is decided
 * by otakit/core/verify.h. SPEC.md, "Application image".
 *
 *     struct otk_image_header header;
 *     otk_image_header_decode(bytes, &header);
 *     if (header.magic != OTK_IMAGE_MAGIC) ...
 */
#ifndef OTAKIT_FORMAT_IMAGE_H
#define OTAKIT_FORMAT_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Source of all numbers here: ESP-IDF, esp_app_format.h and esp_app_desc.h. */
#define OTK_IMAGE_MAGIC          0xE9u
#define OTK_IMAGE_HEADER_SIZE    24u
#define OTK_SEGMENT_HEADER_SIZE  8u
#define OTK_IMAGE_SEGMENT_COUNT  16u        /* most segments an image may have */
#define OTK_SEGMENT_SIZE_LIMIT   0x1000000u /* a segment is shorter than this, bytes */
#define OTK_IMAGE_SIZE_LIMIT     0x1000000u /* largest partition an image is loaded from, bytes */
#define OTK_IMAGE_CHECKSUM_SEED  0xEFu
#define OTK_IMAGE_CHECKSUM_ALIGN 16u /* the checksum is the last byte of such a unit */
#define OTK_IMAGE_HASH_SIZE      32u
#define OTK_APP_DESC_MAGIC       0xABCD5432u
#define OTK_APP_DESC_SIZE        256u
#define OTK_APP_DESC_OFFSET      32u /* in the image: behind header and first segment header */

/* Bytes from the start of an image that tell chip, project and version. */
#define OTK_IMAGE_HEAD_SIZE (OTK_APP_DESC_OFFSET + OTK_APP_DESC_SIZE)

/* Chip ids. Source: ESP-IDF, esp_app_format.h, esp_chip_id_t. */
#define OTK_CHIP_LIST(X)            \
    X(ESP32, 0x0000, "esp32")       \
    X(ESP32S2, 0x0002, "esp32s2")   \
    X(ESP32C3, 0x0005, "esp32c3")   \
    X(ESP32S3, 0x0009, "esp32s3")   \
    X(ESP32C2, 0x000C, "esp32c2")   \
    X(ESP32C6, 0x000D, "esp32c6")   \
    X(ESP32H2, 0x0010, "esp32h2")   \
    X(ESP32P4, 0x0012, "esp32p4")   \
    X(ESP32C61, 0x0014, "esp32c61") \
    X(ESP32C5, 0x0017, "esp32c5")   \
    X(ESP32H21, 0x0019, "esp32h21") \
    X(ESP32H4, 0x001C, "esp32h4")   \
    X(ESP32S31, 0x0020, "esp32s31")

enum otk_chip {
#define OTK_CHIP_ENUMERATOR(name, id, text) OTK_CHIP_##name = id,
    OTK_CHIP_LIST(OTK_CHIP_ENUMERATOR)
#undef OTK_CHIP_ENUMERATOR
        OTK_CHIP_INVALID = 0xFFFF
};

struct otk_image_header {
    uint8_t magic; /* OTK_IMAGE_MAGIC */
    uint8_t segment_count;
    uint8_t spi_mode;   /* QIO 0, QOUT 1, DIO 2, DOUT 3, fast read 4, slow read 5 */
    uint8_t spi_speed;  /* divider code */
    uint8_t flash_size; /* 1 MB << value */
    uint8_t wp_pin;
    uint32_t entry_address;
    uint16_t chip_id; /* enum otk_chip */
    uint8_t min_revision_legacy;
    uint16_t min_revision; /* major * 100 + minor */
    uint16_t max_revision; /* major * 100 + minor; 0 or 65535: no limit */
    uint8_t hash_appended; /* non-zero: a SHA-256 follows the checksum */
};

struct otk_segment_header {
    uint32_t address; /* where the segment is loaded or mapped */
    uint32_t size;    /* bytes of data that follow */
};

struct otk_app_desc {
    uint32_t secure_version;
    char version[33]; /* NUL-terminated copies of the fixed-size fields */
    char project[33];
    char time[17];
    char date[17];
    char idf_version[33];
    uint8_t elf_sha256[32];
};

/* Read an image header; any 24 bytes give one. */
void otk_image_header_decode(const uint8_t bytes[OTK_IMAGE_HEADER_SIZE],
                             struct otk_image_header *header);

/* Write an image header; the three SPI drive bytes and reserved bytes become 0. */
void otk_image_header_encode(const struct otk_image_header *header,
                             uint8_t bytes[OTK_IMAGE_HEADER_SIZE]);

/* Read a segment header; any 8 bytes give one. */
void otk_segment_header_decode(const uint8_t bytes[OTK_SEGMENT_HEADER_SIZE],
                               struct otk_segment_header *segment);

/*
 * Read an application description.
 *
 * desc  written on success only
 *
 * Returns  OTK_OK           read
 *          OTK_NO_APP_DESC  the magic is not there
 */
OTK_MUST_USE enum otk_status otk_app_desc_decode(const uint8_t bytes[OTK_APP_DESC_SIZE],
                                                 struct otk_app_desc *desc);

/*
 * Whether an image may run on a chip: id, least and greatest revision.
 *
 * revision  the chip's, major * 100 + minor
 *
 * Returns  OTK_OK             it may
 *          OTK_WRONG_CHIP     the image is for another chip
 *          OTK_CHIP_REVISION  the chip is older or newer than the image supports
 */
OTK_MUST_USE enum otk_status otk_image_header_fits_chip(const struct otk_image_header *header,
                                                        uint16_t chip_id, uint16_t revision);

/*
 * Whether a segment is executed or read from where it lies in flash, through the MMU,
 * on the given chip.
 */
bool otk_segment_is_mapped(uint16_t chip_id, uint32_t address);

/* The chip's name ("esp32c3"), or NULL for an id that is not in the list. */
const char *otk_chip_name(uint16_t chip_id);

#ifdef __cplusplus
}
#endif

#endif
