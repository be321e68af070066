// SPDX-License-Identifier: Apache-2.0
/*
 * The clock that engines are given: milliseconds of real time that wrap at 2^32.
 *
 *     otk_updater_poll(&updater, otk_uptime_ms());
 */
#ifndef PORT_LINUX_UPTIME_H
#define PORT_LINUX_UPTIME_H

#include <stdint.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Milliseconds since the computer started. */
static inline uint32_t otk_uptime_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u);
}

#ifdef __cplusplus
}
#endif

#endif
