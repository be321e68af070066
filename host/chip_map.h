// SPDX-License-Identifier: Apache-2.0
/*
 * Where the chips have their memories: what an address in an image means.
 *
 *     enum otk_region region = otk_chip_region(OTK_CHIP_ESP32, 0x400D0020);   // OTK_REGION_IROM
 */
#ifndef OTAKIT_HOST_CHIP_MAP_H
#define OTAKIT_HOST_CHIP_MAP_H

#include <stdint.h>

/* Kinds of memory. Newer chips show flash, RAM and RTC memory once, for code and data alike. */
enum otk_region {
    OTK_REGION_UNKNOWN,
    OTK_REGION_PADDING, /* no memory: such a segment only fills the file */
    OTK_REGION_DROM,
    OTK_REGION_IROM,
    OTK_REGION_FLASH, /* DROM and IROM */
    OTK_REGION_DRAM,
    OTK_REGION_IRAM,
    OTK_REGION_RAM, /* DRAM and IRAM */
    OTK_REGION_RTC_DRAM,
    OTK_REGION_RTC_IRAM,
    OTK_REGION_RTC /* any other memory of the low-power domain */
};

/* Addresses a chip uses for one kind of memory, end excluded. */
struct otk_chip_range {
    uint16_t chip_id;
    enum otk_region region;
    uint32_t begin;
    uint32_t end;
};

/* What the address means on the chip. */
enum otk_region otk_chip_region(uint16_t chip_id, uint32_t address);

/*
 * The chip's range for a kind of memory; where it has no range of that kind alone, the one that
 * it shares.
 *
 * region  OTK_REGION_DROM, OTK_REGION_IROM, OTK_REGION_DRAM or OTK_REGION_IRAM
 *
 * Returns  a constant; NULL for an unknown chip
 */
const struct otk_chip_range *otk_chip_range(uint16_t chip_id, enum otk_region region);

#endif
