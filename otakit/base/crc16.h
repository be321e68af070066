// SPDX-License-Identifier: Apache-2.0
/*
 * CRC-16 with polynomial 0x1021, start value 0, not reflected: CRC-16/XMODEM, as Espressif's ble_ota.
 *
 *     uint16_t crc = otk_crc16(0, "123456789", 9);     // 0x31C3
 *     crc = otk_crc16(crc, more, more_len);            // continues
 */
#ifndef OTAKIT_BASE_CRC16_H
#define OTAKIT_BASE_CRC16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Continue a CRC-16 over more bytes.
 *
 * crc   the CRC of everything before; 0 at the start
 * data  `len` bytes
 *
 * Returns  the CRC of everything so far
 */
uint16_t otk_crc16(uint16_t crc, const void *data, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif
