// SPDX-License-Identifier: Apache-2.0
/*
 * In how many ways one flash operation can be cut.
 */
#ifndef TEST_POWER_PLAN_H
#define TEST_POWER_PLAN_H

#include <stdint.h>

#include "sim/nor.h"
#include "sim/nor_fault.h"

/* Most cuts that plan_all makes of one operation. */
#define PLAN_CUT_COUNT 96u

/* Every cut of an operation: before, torn at every 4 bytes, mixtures, garbage, after. Their
 * after_ops is `index`. Returns their number. */
uint32_t plan_all(const struct otk_nor_op *op, uint64_t index,
                  struct otk_nor_cut cuts[PLAN_CUT_COUNT]);

/* A few cuts of an operation that stand for the others, chosen by `seed`. Returns their number. */
uint32_t plan_few(const struct otk_nor_op *op, uint64_t index, uint64_t seed,
                  struct otk_nor_cut cuts[PLAN_CUT_COUNT]);

#endif
