// SPDX-License-Identifier: Apache-2.0
/*
 * The application image that everything is measured with: 1,448,064 bytes, four segments, SHA-256.
 *
 *     uint8_t *image = bench_image(7);
 *     ...
 *     free(image);
 */
#ifndef BENCH_IMAGE_H
#define BENCH_IMAGE_H

#include <stdint.h>

/* Bytes of every such image. */
#define BENCH_IMAGE_SIZE 1448064u

/* Make the image; `seed` chooses version and content. Ends the program when there is no memory. */
uint8_t *bench_image(uint32_t seed);

/* Set checksum and hash again after bytes were changed. */
void bench_image_seal(uint8_t *image);

#endif
