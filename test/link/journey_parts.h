// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of test/link share: journey.c plans a life and its attempts, leg_radio.c makes an
 * attempt over the modelled radio.
 */
#ifndef TEST_LINK_JOURNEY_PARTS_H
#define TEST_LINK_JOURNEY_PARTS_H

#include "bench/ble_station.h"
#include "test/link/journey.h"

struct journey {
    const struct journey_options *options;
    struct journey_tally *tally;
    struct world *world;
    uint64_t random;
    struct image foreign; /* an image that no device takes, begun before the one that matters */
    uint32_t harm[MISHAP_BROKEN + 1]; /* of this attempt: mishaps of each kind in 10,000 pieces */
};

/* A random number from 0 to `limit` - 1. */
uint32_t journey_number(struct journey *journey, uint32_t limit);

/* Whether something happens that does so `count` times in 10,000. */
bool journey_happens(struct journey *journey, uint32_t count);

/*
 * An attempt over the modelled radio.
 *
 * is_calm  nothing goes wrong
 *
 * Returns  as carry
 */
enum otk_status leg_by_radio(struct journey *journey, struct app *app, struct station *station,
                             enum carrier carrier, const struct parcel *parcel, bool is_calm);

/* A radio with random properties, good or bad; good ones where `is_calm`. */
struct station_config leg_radio_config(struct journey *journey, bool is_calm);

#endif
