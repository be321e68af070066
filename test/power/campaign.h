// SPDX-License-Identifier: Apache-2.0
/*
 * Many lives of one device, each with the power cut somewhere else, shared among processes.
 */
#ifndef TEST_POWER_CAMPAIGN_H
#define TEST_POWER_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nor_fault.h"
#include "test/power/scenario.h"

/* Most cuts in one life. */
#define CAMPAIGN_CUTS_MAX 3u

struct tally {
    uint64_t cuts; /* lives with at least one cut that happened */
    uint64_t bricks;
    uint64_t wrong;
    uint64_t untried; /* lives in which a new application ran without being on trial */
    uint64_t resumed; /* lives in which an update was continued */
    uint32_t ops;     /* operations of the life without a cut */
};

struct campaign {
    uint32_t sample; /* lives wanted per scenario; 0: all */
    uint64_t seed;   /* chooses the sample */
    uint32_t worker; /* this process, of */
    uint32_t worker_count;
    uint32_t report_max; /* failing cases to print */
};

/* Live through a scenario with cuts in many places; failing cases are printed. */
void campaign_run(const struct campaign *campaign, const struct scenario *scenario,
                  struct tally *tally);

/* Live once, with these cuts, each counted from the power-on before it; tell all about it. */
void campaign_replay(const struct scenario *scenario, const struct otk_nor_cut *cuts,
                     uint32_t cut_count, struct tally *tally);

#endif
