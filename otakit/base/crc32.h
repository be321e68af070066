// SPDX-License-Identifier: Apache-2.0
/*
 * CRC-32, reflected polynomial 0xEDB88320, as zlib's crc32() and the ESP ROM's crc32_le().
 *
 *     uint32_t crc = otk_crc32(0, "123456789", 9);     // 0xCBF43926
 *     crc = otk_crc32(crc, more, more_len);            // continues
 */
#ifndef OTAKIT_BASE_CRC32_H
#define OTAKIT_BASE_CRC32_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Continue a CRC-32 over more bytes.
 *
 * crc   the CRC of everything before; 0 at the start
 * data  `len` bytes
 *
 * Returns  the CRC of everything so far
 */
uint32_t otk_crc32(uint32_t crc, const void *data, uint32_t len);

/* As otk_crc32 over the four bytes of `word`, least significant first. */
uint32_t otk_crc32_le32(uint32_t crc, uint32_t word);

#ifdef __cplusplus
}
#endif

#endif
