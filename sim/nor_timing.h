// SPDX-License-Identifier: Apache-2.0
/*
 * How long a NOR flash takes, from the figures of a data sheet.
 *
 *     const struct otk_nor_timing *timing = otk_nor_timing_typical();
 *     ns = otk_nor_program_ns(timing, 256);
 */
#ifndef OTAKIT_SIM_NOR_TIMING_H
#define OTAKIT_SIM_NOR_TIMING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct otk_nor_timing {
    uint32_t first_byte_ns;       /* programming one byte */
    uint32_t next_byte_ns;        /* each further byte of the same page program */
    uint32_t page_ns;             /* a whole page; no page program takes longer */
    uint32_t sector_erase_ns;     /* 4 KB */
    uint32_t half_block_erase_ns; /* 32 KB */
    uint32_t block_erase_ns;      /* 64 KB; fits 32 bits up to 4.29 s */
    uint32_t clock_hz;            /* SPI clock */
    uint32_t read_lines;          /* data lines of a read: 1, 2 (DIO) or 4 (QIO) */
    uint32_t read_setup_clocks;   /* command, address, mode bits before the first byte of a read */
};

/* Winbond W25Q32JV, typical figures, read at 80 MHz over two lines (DIO). A constant. */
const struct otk_nor_timing *otk_nor_timing_typical(void);

/* Winbond W25Q32JV, guaranteed (worst) figures, read at 80 MHz over two lines (DIO). A constant. */
const struct otk_nor_timing *otk_nor_timing_worst(void);

/* Nanoseconds of one page program of `len` bytes, 1 to 256, its transfer on the bus included. */
uint64_t otk_nor_program_ns(const struct otk_nor_timing *timing, uint32_t len);

/* Nanoseconds of one erase command; `len` is 4096, 32768 or 65536. */
uint64_t otk_nor_erase_ns(const struct otk_nor_timing *timing, uint32_t len);

/* Nanoseconds of one read of `len` bytes. */
uint64_t otk_nor_read_ns(const struct otk_nor_timing *timing, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif
