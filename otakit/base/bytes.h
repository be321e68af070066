// SPDX-License-Identifier: Apache-2.0
/*
 * Little-endian integers in byte arrays, and the one range check.
 *
 * Structures of flash and wire are read with these, never by casting: the
 * arrays need no alignment and the result does not depend on the machine.
 *
 *     uint32_t seq = otk_load_le32(entry + 0);
 *     if (!otk_range_fits(offset, len, flash->size))
 *         return OTK_OUT_OF_RANGE;
 */
#ifndef OTAKIT_BASE_BYTES_H
#define OTAKIT_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The 16-bit integer stored little endian at `bytes`. */
static inline uint16_t otk_load_le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | (uint16_t)(bytes[1] << 8));
}

/* The 32-bit integer stored little endian at `bytes`. */
static inline uint32_t otk_load_le32(const uint8_t *bytes)
{
    return bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
           ((uint32_t)bytes[3] << 24);
}

/* Store a 16-bit integer little endian. */
static inline void otk_store_le16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

/* Store a 32-bit integer little endian. */
static inline void otk_store_le32(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
    bytes[2] = (uint8_t)(value >> 16);
    bytes[3] = (uint8_t)(value >> 24);
}

/* Whether `len` bytes from `offset` lie inside `size` bytes; no sum can wrap. */
static inline bool otk_range_fits(uint32_t offset, uint32_t len, uint32_t size)
{
    return offset <= size && len <= size - offset;
}

#ifdef __cplusplus
}
#endif

#endif
