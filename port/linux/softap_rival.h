// SPDX-License-Identifier: Apache-2.0
/* Who else has a hand on a Wi-Fi interface. */
#ifndef PORT_LINUX_SOFTAP_RIVAL_H
#define PORT_LINUX_SOFTAP_RIVAL_H

#include <stdbool.h>

#include "port/linux/softap_trouble.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Look for another program that uses the interface: NetworkManager, wpa_supplicant, another access
 * point, or whoever keeps a connection over it. Returns whether there is one; then *trouble
 * (OTK_BUSY) names it and the way to make it let go. */
bool otk_softap_find_rival(const char *interface, struct otk_softap_trouble *trouble);

#ifdef __cplusplus
}
#endif

#endif
