// SPDX-License-Identifier: Apache-2.0
/*
 * Durations of flash operations, computed from a data sheet's figures.
 */
#include "sim/nor_timing.h"

#include "sim/nor.h"

/* Clocks of command and address of a page program or erase, on one line. */
#define COMMAND_CLOCKS 32u

/* Dual I/O fast read (BBh): 8 clocks command, 24 address and 8 mode bits on two lines. */
#define DIO_SETUP_CLOCKS 24u

/* Source: Winbond W25Q32JV data sheet, AC electrical characteristics: tBP1, tBP2, tPP, tSE, tBE1,
 * tBE2, column "typ". Clock and lines are ESP-IDF's usual flash settings. */
static const struct otk_nor_timing typical = {
    .first_byte_ns = 30000,
    .next_byte_ns = 2500,
    .page_ns = 400000,
    .sector_erase_ns = 45000000,
    .half_block_erase_ns = 120000000,
    .block_erase_ns = 150000000,
    .clock_hz = 80000000,
    .read_lines = 2,
    .read_setup_clocks = DIO_SETUP_CLOCKS,
};

/* Source: as above, column "max". */
static const struct otk_nor_timing worst = {
    .first_byte_ns = 50000,
    .next_byte_ns = 12000,
    .page_ns = 3000000,
    .sector_erase_ns = 400000000,
    .half_block_erase_ns = 1600000000,
    .block_erase_ns = 2000000000,
    .clock_hz = 80000000,
    .read_lines = 2,
    .read_setup_clocks = DIO_SETUP_CLOCKS,
};

static uint64_t clocks_ns(const struct otk_nor_timing *timing, uint64_t clocks)
{
    return clocks * 1000000000u / timing->clock_hz;
}

const struct otk_nor_timing *otk_nor_timing_typical(void)
{
    return &typical;
}

const struct otk_nor_timing *otk_nor_timing_worst(void)
{
    return &worst;
}

uint64_t otk_nor_program_ns(const struct otk_nor_timing *timing, uint32_t len)
{
    uint64_t cell_ns = timing->first_byte_ns + (uint64_t)(len - 1) * timing->next_byte_ns;

    if (cell_ns > timing->page_ns) {
        cell_ns = timing->page_ns;
    }
    return cell_ns + clocks_ns(timing, COMMAND_CLOCKS + (uint64_t)len * 8);
}

uint64_t otk_nor_erase_ns(const struct otk_nor_timing *timing, uint32_t len)
{
    uint64_t bus_ns = clocks_ns(timing, COMMAND_CLOCKS);

    if (len == OTK_NOR_BLOCK_SIZE) {
        return bus_ns + timing->block_erase_ns;
    }
    if (len == OTK_NOR_HALF_BLOCK_SIZE) {
        return bus_ns + timing->half_block_erase_ns;
    }
    return bus_ns + timing->sector_erase_ns;
}

uint64_t otk_nor_read_ns(const struct otk_nor_timing *timing, uint32_t len)
{
    return clocks_ns(timing, timing->read_setup_clocks + (uint64_t)len * 8 / timing->read_lines);
}
