// SPDX-License-Identifier: Apache-2.0
/*
 * The device that everything is measured on: a simulated NOR chip of 4 MB with typical figures, the
 * layout of the preset two-ota-large, image 1 in ota_0, confirmed.
 *
 *     struct otk_nor *nor = bench_chip();
 *     otk_nor_fill(nor, BENCH_SLOT_1, old, BENCH_IMAGE_SIZE);      // what the update replaces
 *     bench_start(&device, nor);
 *     ...
 *     otk_nor_close(nor);
 */
#ifndef BENCH_CHIP_H
#define BENCH_CHIP_H

#include "otakit/core/device.h"
#include "sim/nor.h"

#define BENCH_OTADATA 0xF000u
#define BENCH_SLOT_0  0x20000u
#define BENCH_SLOT_1  0x1D0000u

/* The chip; ota_1 is blank. */
struct otk_nor *bench_chip(void);

/* The application starts on it. */
void bench_start(struct otk_device *device, struct otk_nor *nor);

/* An image that is not `bench_image(2)` but starts like it, and whose header claims less: what a slot
 * holds before an update that shares nothing with it. To be freed. */
uint8_t *bench_old_image(void);

/* End the program where this failed. */
void bench_must(enum otk_status status, const char *what);

#endif
