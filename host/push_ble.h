// SPDX-License-Identifier: Apache-2.0
/*
 * A push over Bluetooth LE in parts: what is known of the device, and the wire that an engine of its
 * protocol uses. For host/push_ble*.c only.
 *
 *     otk_push_ble_wire_init(&ble);
 *     wire = otk_push_ble_wire(&ble);
 *     status = otk_push_drive(push, &wire, ble.client, …);
 */
#ifndef OTAKIT_HOST_PUSH_BLE_H
#define OTAKIT_HOST_PUSH_BLE_H

#include "host/bluez_agent.h"
#include "host/bluez_link.h"
#include "host/push_client.h"
#include "host/push_parts.h"
#include "host/sector_client.h"
#include "host/simple_client.h"
#include "host/window_client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The two values that every protocol has; each may notify. */
enum otk_push_ble_file { OTK_PUSH_BLE_CONTROL, OTK_PUSH_BLE_DATA, OTK_PUSH_BLE_FILE_COUNT };

/* Which values a protocol uses. */
struct otk_push_ble_profile {
    enum otk_push_protocol protocol;
    const char *name; /* for people */
    enum otk_bluez_value values[OTK_PUSH_BLE_FILE_COUNT];
    bool notifies[OTK_PUSH_BLE_FILE_COUNT];
};

struct otk_push_ble {
    struct otk_push *push;
    struct otk_bluez *bluez;
    struct otk_bluez_link *link;
    const struct otk_push_ble_profile *profile;
    struct otk_client *client;        /* the engine */
    struct otk_window_client *window; /* the same, where it is protocol C; or NULL */

    /* Bring the link up, again where that is needed. Returns as connect of struct otk_push_wire. */
    enum otk_status (*reach)(struct otk_push_ble *ble);

    int notify[OTK_PUSH_BLE_FILE_COUNT]; /* sockets; -1: none */
    int write;                           /* of data without response, or -1 */
    int channel;                         /* L2CAP, or -1 */
    bool channel_was_tried;              /* on this link */
    bool pairing_was_tried;
    enum otk_status refusal; /* what no other attempt would mend; push->error says why */
};

/* No socket is open. */
void otk_push_ble_wire_init(struct otk_push_ble *ble);

/* The wire; its context is `ble`. */
struct otk_push_wire otk_push_ble_wire(struct otk_push_ble *ble);

#ifdef __cplusplus
}
#endif

#endif
