// SPDX-License-Identifier: Apache-2.0
/*
 * The virtual device's clock: time that really passes, and time that only a chip would need.
 *
 * With real timing a chip's time is waited for; without, it is added to the clock, so that every
 * time stamp says what a chip's clock would say.
 *
 *     struct otk_device_clock clock;
 *     otk_device_clock_init(&clock, false);
 *     otk_device_clock_attach(&clock, nor);           // flash operations take time from now on
 *     otk_device_clock_pass(&clock, 100000000);       // a boot
 *     printf("%llu ms", otk_device_clock_ms(&clock));
 */
#ifndef PORT_LINUX_DEVICE_CLOCK_H
#define PORT_LINUX_DEVICE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One device's clock. Read no field; ask the functions below. */
struct otk_device_clock {
    bool real;             /* the chip's time is waited for */
    uint64_t start_ns;     /* of the host's monotonic clock */
    uint64_t passed_ns;    /* added without waiting */
    struct otk_nor *flash; /* whose time counts, or NULL; borrowed */
};

/* Start at 0. */
void otk_device_clock_init(struct otk_device_clock *clock, bool real);

/* Count the time of a flash chip as well, and make it real where the clock is. `flash` is borrowed
 * until it is replaced; NULL: none. */
void otk_device_clock_attach(struct otk_device_clock *clock, struct otk_nor *flash);

/* Let `duration_ns` pass: sleep with real timing, add otherwise. An interrupt ends the sleep. */
void otk_device_clock_pass(struct otk_device_clock *clock, uint64_t duration_ns);

/* Milliseconds since the start. */
uint64_t otk_device_clock_ms(const struct otk_device_clock *clock);

#ifdef __cplusplus
}
#endif

#endif
