// SPDX-License-Identifier: Apache-2.0
/*
 * The agent that BlueZ asks while a device is paired: it knows the passkey, or agrees to pairing
 * without one.
 *
 *     otk_bluez_agent_open(&agent);
 *     …                                           // Pair, or whatever makes BlueZ pair
 *     otk_bluez_agent_close(&agent);
 */
#ifndef OTAKIT_HOST_BLUEZ_AGENT_H
#define OTAKIT_HOST_BLUEZ_AGENT_H

#include "host/bluez_bus.h"

#ifdef __cplusplus
extern "C" {
#endif

struct otk_bluez_agent {
    struct otk_bluez *bluez;
    const char *device; /* path of the only one that it answers for */
    bool can_type;      /* somebody can tell the passkey that the device shows */
    bool (*ask)(void *context, uint32_t *passkey); /* returns whether there is one */
    void *context;                                 /* handed to it */
    sd_bus_slot *slot;
};

/*
 * Offer it to BlueZ. All fields but slot are set and borrowed until close; the agent must not move.
 *
 * Returns  OTK_OK, OTK_NO_MEMORY, or as otk_bluez_call
 */
OTK_MUST_USE enum otk_status otk_bluez_agent_open(struct otk_bluez_agent *agent);

/* Take it back. One that is not open is allowed. */
void otk_bluez_agent_close(struct otk_bluez_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
