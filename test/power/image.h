// SPDX-License-Identifier: Apache-2.0
/*
 * Small applications for the power-cut harness: real headers, checksum and hash, little content.
 *
 *     struct image image;
 *     image_make(&image, &(struct image_plan){.size = 5 * 4096, .seed = 1, .version = "1.0.0"});
 */
#ifndef TEST_POWER_IMAGE_H
#define TEST_POWER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Most bytes of an image. */
#define IMAGE_SIZE_MAX 0x9000u

struct image {
    uint8_t bytes[IMAGE_SIZE_MAX];
    uint32_t len;
    uint8_t sha256[32]; /* of the whole file */
};

struct image_plan {
    uint32_t size;     /* bytes, rounded down to 16; at least 512, at most IMAGE_SIZE_MAX */
    uint32_t seed;     /* of the content behind the description */
    uint32_t identity; /* the description's ELF hash; 0: the seed */
    uint32_t secure_version;
    const char *version;
    bool no_hash; /* carry a checksum only */
};

/* An image that the bootloader accepts. */
void image_make(struct image *image, const struct image_plan *plan);

/* Flip one bit, and let the file's SHA-256 be that of the damaged file. */
void image_damage(struct image *image, uint32_t offset);

#endif
