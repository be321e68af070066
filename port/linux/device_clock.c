// SPDX-License-Identifier: Apache-2.0
/* The virtual device's clock, over the host's monotonic clock. */
#include "port/linux/device_clock.h"

#include <errno.h>
#include <time.h>

#include "port/linux/interrupt.h"

#define NS_PER_S  1000000000u
#define NS_PER_MS 1000000u

static uint64_t host_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void otk_device_clock_init(struct otk_device_clock *clock, bool real)
{
    *clock = (struct otk_device_clock){.real = real, .start_ns = host_ns()};
}

void otk_device_clock_attach(struct otk_device_clock *clock, struct otk_nor *flash)
{
    if (clock->flash && !clock->real) {
        clock->passed_ns += otk_nor_time_ns(clock->flash);
    }
    clock->flash = flash;
    if (flash) {
        otk_nor_set_real_time(flash, clock->real);
    }
}

void otk_device_clock_pass(struct otk_device_clock *clock, uint64_t duration_ns)
{
    struct timespec rest = {
        .tv_sec = (time_t)(duration_ns / NS_PER_S),
        .tv_nsec = (long)(duration_ns % NS_PER_S),
    };

    if (!clock->real) {
        clock->passed_ns += duration_ns;
        return;
    }
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR && !otk_interrupt_seen()) {
        continue;
    }
}

uint64_t otk_device_clock_ms(const struct otk_device_clock *clock)
{
    uint64_t passed_ns = host_ns() - clock->start_ns + clock->passed_ns;

    if (clock->flash && !clock->real) {
        passed_ns += otk_nor_time_ns(clock->flash);
    }
    return passed_ns / NS_PER_MS;
}
