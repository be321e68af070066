// SPDX-License-Identifier: Apache-2.0
/* A station that stays connected: what an application does anyway, otakit has no part in it. */
#ifndef PORT_ESPIDF_EXAMPLES_MINIMAL_MAIN_WIFI_H
#define PORT_ESPIDF_EXAMPLES_MINIMAL_MAIN_WIFI_H

#include <stdbool.h>
#include <stdint.h>

/* Connect to CONFIG_EXAMPLE_WIFI_SSID, and again whenever the connection is lost. */
void wifi_start(void);

/* Wait until there is an address, at most timeout_ms. Returns whether there is one. */
bool wifi_await(uint32_t timeout_ms);

#endif
