// SPDX-License-Identifier: Apache-2.0
/*
 * The type of a Wi-Fi interface: station, access point, monitor. Asked of and told to the kernel
 * over nl80211.
 *
 *     if (otk_wifi_type_get(index, &type))
 *         otk_wifi_type_set(index, type);
 */
#ifndef PORT_LINUX_WIFI_TYPE_H
#define PORT_LINUX_WIFI_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ask for the type (enum nl80211_iftype) of the interface with that index. Returns whether the kernel
 * answered. */
bool otk_wifi_type_get(unsigned index, uint32_t *type);

/* Change it; the interface has to be down. Returns whether the kernel did. */
bool otk_wifi_type_set(unsigned index, uint32_t type);

#ifdef __cplusplus
}
#endif

#endif
