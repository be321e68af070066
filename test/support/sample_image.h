// SPDX-License-Identifier: Apache-2.0
/*
 * Builds application images: good ones, for a test to break.
 *
 *     struct sample_image image = sample_image_standard(7, (uint32_t[4]){0x400, 0x100, 0x80, 0x200});
 *     uint8_t bytes[4096];
 *     uint32_t len = sample_image_build(&image, bytes);
 */
#ifndef TEST_SUPPORT_SAMPLE_IMAGE_H
#define TEST_SUPPORT_SAMPLE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/format/image.h"

struct sample_image {
    uint32_t seed; /* of the pseudo-random content, and last number of the version */
    uint32_t secure_version;
    bool has_hash;
    uint16_t chip_id;
    uint16_t min_revision;
    uint16_t max_revision;
    uint32_t segment_count;
    struct otk_segment_header segments[OTK_IMAGE_SEGMENT_COUNT]; /* the first one starts with the
                                                                    application description if it
                                                                    has room for it */
};

/* The usual image: four segments of the given sizes for the ESP32, the first and the last mapped
 * from a place in flash that is a multiple of 64 KB; with hash, revisions up to 3.99. */
struct sample_image sample_image_standard(uint32_t seed, const uint32_t sizes[4]);

/* Bytes that the built image takes at most. */
uint32_t sample_image_size(const struct sample_image *image);

/* Build into `bytes`, sample_image_size bytes. Returns the length. Ends the program when the hash
 * cannot be computed. */
uint32_t sample_image_build(const struct sample_image *image, uint8_t *bytes);

#endif
