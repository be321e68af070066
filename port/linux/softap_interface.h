// SPDX-License-Identifier: Apache-2.0
/*
 * The Wi-Fi interface of the access point, and how it was found.
 *
 *     if (otk_softap_interface_open(&interface, "wlan0", &trouble))
 *         otk_softap_interface_address(&interface, &trouble);   // once the access point is up
 *     otk_softap_interface_close(&interface);                   // as it was found
 */
#ifndef PORT_LINUX_SOFTAP_INTERFACE_H
#define PORT_LINUX_SOFTAP_INTERFACE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "port/linux/softap_trouble.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed: none. */
struct otk_softap_interface {
    char name[IF_NAMESIZE];
    unsigned index;    /* of the kernel; 0: none */
    bool was_up;       /* when it was found */
    uint32_t was_type; /* likewise, enum nl80211_iftype */
    bool has_address;  /* it has the device's address from us */
};

/*
 * Find the interface and see that it can be taken: this process may change it, it is a Wi-Fi
 * interface, no switch blocks its radio, and nobody else uses it. Changes nothing.
 *
 * Returns whether it can; where not, *trouble says why: OTK_HOST_IO, OTK_BUSY, OTK_UNSUPPORTED.
 */
bool otk_softap_interface_open(struct otk_softap_interface *interface, const char *name,
                               struct otk_softap_trouble *trouble);

/* Give it the device's address, which it may have already. Returns false and *trouble where the
 * kernel refuses. */
bool otk_softap_interface_address(struct otk_softap_interface *interface,
                                  struct otk_softap_trouble *trouble);

/* Put back address, type and whether it is up, after hostapd has ended; a hostapd that was killed has
 * put nothing back itself. Allowed on a zeroed struct; zeroes it. */
void otk_softap_interface_close(struct otk_softap_interface *interface);

#ifdef __cplusplus
}
#endif

#endif
