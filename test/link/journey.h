// SPDX-License-Identifier: Apache-2.0
/*
 * One device's life under links that fail: updates are begun by any transport and handed over to any
 * other while connections break and the power goes, then one undisturbed attempt has to succeed.
 * Everything follows from a seed. The judge is the power-cut harness's oracle.
 */
#ifndef TEST_LINK_JOURNEY_H
#define TEST_LINK_JOURNEY_H

#include "test/power/carry.h"
#include "test/power/oracle.h"

/* What happened, over any number of lives. */
struct journey_tally {
    uint64_t legs[CARRIER_COUNT];     /* attempts by that transport */
    uint64_t finished[CARRIER_COUNT]; /* of which so many ended with the switch */
    uint64_t taken_over;              /* attempts that went on from what others had written */
    uint64_t mishaps;                 /* frames lost or doubled, delays, breaks, darkness */
    uint64_t cuts;                    /* power lost */
    uint64_t bricks;
    uint64_t wrong;
};

struct journey_options {
    uint64_t seed;
    enum carrier carrier; /* every attempt by this one; CARRIER_NONE: by any */
    bool talks;           /* say on stdout what happens */
};

/* Live it. Adds to the tally; a life that the oracle condemns is told with its seed. */
void journey_run(const struct journey_options *options, struct journey_tally *tally);

/* What carriers are called: "ble-simple", ..., "pull". */
const char *carrier_name(enum carrier carrier);

#endif
