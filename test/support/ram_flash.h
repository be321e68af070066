// SPDX-License-Identifier: Apache-2.0
/*
 * A flash chip as the golden vectors assume it: RAM with NOR rules and a log of what was done.
 *
 * Erasing sets FF, writing clears bits, a read past the end fails. After `cut_after` operations
 * the power is gone.
 *
 *     struct ram_flash ram = {0};
 *     ram_flash_reset(&ram, 4 << 20);
 *     struct otk_flash flash = ram_flash_seam(&ram);
 */
#ifndef TEST_SUPPORT_RAM_FLASH_H
#define TEST_SUPPORT_RAM_FLASH_H

#include <stddef.h>
#include <stdint.h>

#include "otakit/core/flash.h"

#define RAM_FLASH_LOG_SIZE 32u

struct ram_flash_op {
    char kind; /* 'E' or 'W' */
    uint32_t offset;
    uint32_t len;
};

struct ram_flash {
    uint8_t *bytes;     /* `size` bytes, owned */
    uint32_t size;      /* bytes */
    uint32_t cut_after; /* operations that succeed; UINT32_MAX: all */
    uint32_t op_count;
    struct ram_flash_op ops[RAM_FLASH_LOG_SIZE]; /* the first ones */
};

/* Make it an erased chip of `size` bytes with an empty log. Allocates; ends the program when there
 * is no memory. */
void ram_flash_reset(struct ram_flash *ram, uint32_t size);

/* Forget the log and allow every operation again; the content stays. */
void ram_flash_power_on(struct ram_flash *ram);

/* Release the memory. */
void ram_flash_free(struct ram_flash *ram);

/* The seam that otakit reads and writes through; valid as long as `ram`. */
struct otk_flash ram_flash_seam(struct ram_flash *ram);

/*
 * The log as the vectors write it: "E0W0" is an erase and a write of the sector at `base`.
 * What is no otadata write (other lengths, other places) is spelled out, so that it never matches.
 */
void ram_flash_ops_text(const struct ram_flash *ram, uint32_t base, char *text, size_t text_size);

#endif
