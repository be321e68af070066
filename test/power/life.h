// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a device from power-on: bootloader, application, self-test, updates, resets, until
 * everything the scenario asks for is done or the power is lost.
 */
#ifndef TEST_POWER_LIFE_H
#define TEST_POWER_LIFE_H

#include <stddef.h>

#include "test/power/oracle.h"

enum end {
    END_DONE,     /* everything is done and judged good */
    END_CUT,      /* the power was lost */
    END_CONDEMNED /* the oracle has spoken */
};

/* Live. `verdict` and `why` are written where the end is END_CONDEMNED. */
enum end life_run(struct world *world, enum verdict *verdict, char *why, size_t size);

#endif
