// SPDX-License-Identifier: Apache-2.0
/*
 * The clock that engines are given: milliseconds since the reset, wrapping at 2^32.
 *
 *     otk_updater_poll(updater, otk_uptime_ms());
 */
#ifndef PORT_ESPIDF_UPTIME_H
#define PORT_ESPIDF_UPTIME_H

#include <stdint.h>

#include <esp_timer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Milliseconds since the chip was reset. From any task or interrupt. */
static inline uint32_t otk_uptime_ms(void)
{
    return (uint32_t)(esp_timer_get_time() / 1000);
}

#ifdef __cplusplus
}
#endif

#endif
