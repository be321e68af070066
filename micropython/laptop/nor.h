// SPDX-License-Identifier: Apache-2.0
/*
 * The flash chip over the store: programming clears bits, erasing sets whole sectors, and the power
 * can be cut inside any operation.
 *
 * Unlike sim/nor.h it lets a program write over bytes that are not erased, as MicroPython's
 * writeblocks(block, data, offset) may: the bits of old and new are combined.
 *
 *     struct otk_laptop_nor nor;
 *     otk_laptop_nor_init(&nor, 4u << 20, 0);
 *     board.flash = &nor.flash;
 */
#ifndef MICROPYTHON_LAPTOP_NOR_H
#define MICROPYTHON_LAPTOP_NOR_H

#include <stdint.h>

#include "otakit/core/flash.h"

/* Bytes that one program command takes, and what still happens of the operation that loses power:
 * half an otadata entry, as in the virtual device. */
#define OTK_LAPTOP_PAGE_SIZE 256u
#define OTK_LAPTOP_TORN_SIZE 16u

struct otk_laptop_nor {
    struct otk_flash flash;
    uint32_t cut_after; /* the operation that loses power, counted from 1; 0: none does */
    uint32_t op_count;  /* page programs and sector erases so far */
};

/*
 * Fill a chip; it contains a pointer to itself, so it stays where it is.
 *
 * size       bytes of the store, a multiple of OTK_SECTOR_SIZE
 * cut_after  the power is lost inside this operation, counted from 1; 0: never
 */
void otk_laptop_nor_init(struct otk_laptop_nor *nor, uint32_t size, uint32_t cut_after);

#endif
