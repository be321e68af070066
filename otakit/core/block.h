// SPDX-License-Identifier: Apache-2.0
/*
 * A small block on flash that says what it is and whether it is whole: a magic word in front, a
 * CRC-32 of everything before it at the end.
 *
 *     uint8_t block[32];
 *     if (otk_block_load(flash, offset, MAGIC, block, sizeof block) == OTK_OK) ...
 */
#ifndef OTAKIT_CORE_BLOCK_H
#define OTAKIT_CORE_BLOCK_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Read a block.
 *
 * offset  bytes from the start of flash
 * block   `size` bytes; written on every path, of worth on OTK_OK only
 * size    bytes, a multiple of 4
 *
 * Returns  OTK_OK         it is there and whole
 *          OTK_NOT_FOUND  it is not, or it is torn
 *          OTK_FLASH_IO   it could not be read
 */
OTK_MUST_USE enum otk_status otk_block_load(const struct otk_flash *flash, uint32_t offset,
                                            uint32_t magic, uint8_t *block, uint32_t size);

/*
 * Complete a block with magic and CRC and write it to erased flash.
 *
 * block  `size` bytes; its first and last word are filled in
 * size   bytes, a multiple of every write alignment
 *
 * Returns  OTK_OK        written
 *          OTK_FLASH_IO  the flash refused
 * Power loss: the block is missing or torn, which its CRC tells, or there.
 */
OTK_MUST_USE enum otk_status otk_block_store(const struct otk_flash *flash, uint32_t offset,
                                             uint32_t magic, uint8_t *block, uint32_t size);

#ifdef __cplusplus
}
#endif

#endif
