// SPDX-License-Identifier: Apache-2.0
/*
 * Losing power in the middle of a flash operation, in every way that real chips do.
 *
 *     struct otk_nor_cut cut = {.after_ops = 17, .fault = OTK_NOR_TORN, .bytes = 8, .seed = 1};
 *     otk_nor_arm_cut(nor, &cut);
 *     status = update(...);              // OTK_POWER_LOST, and so is every later call
 *     otk_nor_power_on(nor);
 *
 * An erase that was interrupted leaves its sectors *unstable*: some of their bits read differently
 * each time, until a complete erase. Programming does not change that.
 */
#ifndef OTAKIT_SIM_NOR_FAULT_H
#define OTAKIT_SIM_NOR_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What of an operation has happened when the power is gone. */
enum otk_nor_fault {
    OTK_NOR_BEFORE,  /* nothing */
    OTK_NOR_TORN,    /* program: the first `bytes` bytes. Erase: the first `bytes` bytes are erased,
                        the others untouched, all its sectors unstable */
    OTK_NOR_MIXTURE, /* program: any subset of the bits; by `seed` random bits, random words, or all
                        but one word or one bit. Erase: each sector erased, untouched,
                        cleared to zero, or any mixture of bits, chosen by `seed`; all unstable */
    OTK_NOR_GARBAGE, /* program: any bits of the touched bytes are cleared. Erase: random bytes; all
                        its sectors unstable */
    OTK_NOR_AFTER    /* all of it; the caller never learns */
};
/* A burning of the secure version happens wholly (AFTER) or not at all (any other fault). */

struct otk_nor_cut {
    uint64_t after_ops; /* operations that still happen; 0: the next one is hit */
    enum otk_nor_fault fault;
    uint32_t bytes; /* of OTK_NOR_TORN */
    uint64_t seed;  /* of whatever is random in the fault */
};

/* Lose power as `cut` says, counted from now. Replaces a cut that is armed. */
void otk_nor_arm_cut(struct otk_nor *nor, const struct otk_nor_cut *cut);

/* No longer lose power. */
void otk_nor_disarm_cut(struct otk_nor *nor);

/* Whether the chip has power. Without it every call returns OTK_POWER_LOST. */
bool otk_nor_is_powered(const struct otk_nor *nor);

/* Give the chip power again; nothing stays armed. */
void otk_nor_power_on(struct otk_nor *nor);

/* Whether the sector at `offset` was interrupted in an erase and not erased since. */
bool otk_nor_is_unstable(const struct otk_nor *nor, uint32_t offset);

/* A fault's name for messages: "before", "torn", "mixture", "garbage", "after". */
const char *otk_nor_fault_name(enum otk_nor_fault fault);

#ifdef __cplusplus
}
#endif

#endif
