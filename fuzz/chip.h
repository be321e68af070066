// SPDX-License-Identifier: Apache-2.0
/*
 * A small chip for fuzz targets that boot and update: 512 KB, a table with four application slots of
 * 64 KB, and nothing else. It is made once and goes back to that state at each call, which is far
 * cheaper than making it anew.
 *
 *     struct otk_nor *nor = chip_reset(CHIP_FACTORY | CHIP_TEST);
 *     chip_forgive(OTK_NOR_OUT_OF_RANGE);
 */
#ifndef FUZZ_CHIP_H
#define FUZZ_CHIP_H

#include <stdint.h>

#include "sim/nor.h"

#define CHIP_OTADATA      0xD000u
#define CHIP_SLOT_SIZE    0x10000u
#define CHIP_FACTORY_AT   0x10000u
#define CHIP_OTA_AT(slot) (0x20000u + (uint32_t)(slot)*CHIP_SLOT_SIZE) /* ota_0, ota_1, ota_2 */
#define CHIP_TEST_AT      0x50000u
#define CHIP_SIZE         0x80000u

/* What the table names beside otadata, ota_0 and ota_1. */
#define CHIP_FACTORY 1u
#define CHIP_THREE   2u /* ota_2 */
#define CHIP_TEST    4u

/* The chip, blank but for the table, with power; misuse ends the program.
 * write_align is 1, 4, 16 or 32. */
struct otk_nor *chip_reset(unsigned layout, uint32_t write_align);

/* Put an application at a slot's offset: "lamp" 1.0.0, 352 bytes, good for an ESP32. */
void chip_install(struct otk_nor *nor, uint32_t offset);

/* Make every write but to otadata and to the OTA slots that do not run misuse. */
void chip_protect(struct otk_nor *nor, unsigned layout, int running);

/* From now on this misuse is answered with OTK_FLASH_IO, as by a driver that checks. */
void chip_forgive(enum otk_nor_misuse misuse);

#endif
