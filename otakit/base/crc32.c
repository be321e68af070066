// SPDX-License-Identifier: Apache-2.0
/* CRC-32 four bits at a time: 64 bytes of table instead of 1024, two steps a byte. */
#include "otakit/base/crc32.h"

/* Entry i is the CRC register after shifting the nibble i through it. */
static const uint32_t nibble_table[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

static inline uint32_t shift_byte(uint32_t crc)
{
    crc = (crc >> 4) ^ nibble_table[crc & 15];
    return (crc >> 4) ^ nibble_table[crc & 15];
}

uint32_t otk_crc32(uint32_t crc, const void *data, uint32_t len)
{
    const uint8_t *byte = data;
    const uint8_t *const end = byte + len;

    crc = ~crc;
    while (byte != end) {
        crc = shift_byte(crc ^ *byte++);
    }
    return ~crc;
}

uint32_t otk_crc32_le32(uint32_t crc, uint32_t word)
{
    return ~shift_byte(shift_byte(shift_byte(shift_byte(~crc ^ word))));
}
