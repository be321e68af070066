// SPDX-License-Identifier: Apache-2.0
/*
 * Connection parameters: a short interval while an update runs, afterwards what the central had.
 *
 * BlueZ lets a peripheral ask for nothing, so the request goes to the controller itself, past BlueZ;
 * the central may refuse it. Needs CAP_NET_RAW.
 *
 *     otk_ble_speed_open(&speed, 1);                   // hci1
 *     otk_ble_speed_set(&speed, true);
 *     if (otk_ble_speed_serve(&speed))
 *         the interval is speed.interval now
 *     otk_ble_speed_close(&speed);
 */
#ifndef PORT_LINUX_BLE_SPEED_H
#define PORT_LINUX_BLE_SPEED_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Units of connection intervals in a millisecond: 4/5 of one. */
#define OTK_BLE_INTERVAL_US 1250u

/* What a connection has. */
struct otk_ble_parameters {
    uint16_t interval; /* units of OTK_BLE_INTERVAL_US */
    uint16_t latency;  /* events that the peripheral may sleep through */
    uint16_t timeout;  /* units of 10 ms */
};

/* The central that connected last. */
struct otk_ble_speed {
    int fd; /* -1: not open */
    bool is_connected;
    bool is_fast; /* asked for */
    uint16_t handle;
    struct otk_ble_parameters found; /* when nothing had been asked for yet */
    struct otk_ble_parameters now;
};

/* Not open: what close leaves. */
void otk_ble_speed_init(struct otk_ble_speed *speed);

/*
 * Listen to an adapter's connections.
 *
 * index  1 for hci1
 *
 * Returns  OTK_OK
 *          OTK_HOST_IO  the kernel does not allow it; errno says why
 */
OTK_MUST_USE enum otk_status otk_ble_speed_open(struct otk_ble_speed *speed, uint16_t index);

/*
 * Ask for a fast connection, or for what was found. The answer comes by otk_ble_speed_serve.
 *
 * Returns  OTK_OK
 *          OTK_NOT_OPEN  no connection is known
 *          OTK_HOST_IO   the kernel does not allow it; errno says why
 */
OTK_MUST_USE enum otk_status otk_ble_speed_set(struct otk_ble_speed *speed, bool fast);

/* Name the file to wait for. Returns how many. */
uint32_t otk_ble_speed_watch(const struct otk_ble_speed *speed, struct pollfd *files,
                             uint32_t room);

/* Take what the controller reports. Returns whether the parameters have changed. */
bool otk_ble_speed_serve(struct otk_ble_speed *speed);

/* End it. */
void otk_ble_speed_close(struct otk_ble_speed *speed);

#ifdef __cplusplus
}
#endif

#endif
