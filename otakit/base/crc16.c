// SPDX-License-Identifier: Apache-2.0
/* CRC-16 four bits at a time: 32 bytes of table, two steps a byte. */
#include "otakit/base/crc16.h"

/* Entry i is the CRC register after shifting the nibble i through it. */
static const uint16_t nibble_table[16] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
    0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
};

static inline uint16_t shift_nibble(uint16_t crc, uint8_t nibble)
{
    return (uint16_t)((uint16_t)(crc << 4) ^ nibble_table[(crc >> 12) ^ nibble]);
}

uint16_t otk_crc16(uint16_t crc, const void *data, uint32_t len)
{
    const uint8_t *byte = data;
    const uint8_t *const end = byte + len;

    while (byte != end) {
        crc = shift_nibble(crc, *byte >> 4);
        crc = shift_nibble(crc, *byte++ & 15);
    }
    return crc;
}
