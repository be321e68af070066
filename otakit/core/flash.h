// SPDX-License-Identifier: Apache-2.0
/*
 * The flash chip as otakit sees it: a seam that each port fills in.
 *
 *     static const struct otk_flash flash = {
 *         .size = 4 << 20, .block_size = 65536, .write_align = 4,
 *         .read = chip_read, .write = chip_write, .erase = chip_erase,
 *     };
 */
#ifndef OTAKIT_CORE_FLASH_H
#define OTAKIT_CORE_FLASH_H

#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of one flash sector, the unit of everything otakit stores. The otadata
 * format depends on it. Source: ESP-IDF, spi_flash_mmap.h, SPI_FLASH_SEC_SIZE. */
#define OTK_SECTOR_SIZE 4096u

/*
 * One flash chip. All offsets are bytes from the start of the chip.
 *
 * `write` clears bits of erased bytes; `erase` makes whole sectors 0xFF. Both
 * return OTK_OK or OTK_FLASH_IO (a simulator also OTK_POWER_LOST), and after
 * OTK_OK the bytes are on the chip. `read` needs no alignment, and erased bytes
 * read as 0xFF: a port over encrypted flash sees to that by looking at the raw bytes.
 */
struct otk_flash {
    void *context;        /* handed back to every call; owned by the port */
    uint32_t size;        /* bytes, a multiple of OTK_SECTOR_SIZE */
    uint32_t block_size;  /* bytes that one erase command clears best: 65536; OTK_SECTOR_SIZE
                             where there is no block erase */
    uint32_t write_align; /* bytes; offset and len of a write are multiples: 1, 4, 16 or 32 */
    enum otk_status (*read)(void *context, uint32_t offset, void *data, uint32_t len);
    enum otk_status (*write)(void *context, uint32_t offset, const void *data, uint32_t len);
    enum otk_status (*erase)(void *context, uint32_t offset, uint32_t len);
};

#ifdef __cplusplus
}
#endif

#endif
