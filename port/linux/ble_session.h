// SPDX-License-Identifier: Apache-2.0
/*
 * The engines of protocols A, B and C and the one central that they talk to, while a peripheral is
 * up.
 *
 *     otk_ble_session_open(&session, host, "esp32", &adapter, &gatt);
 *     otk_ble_session_calls(&session, &calls);     // what centrals write and read, for ble_gatt.h
 *     otk_ble_session_serve(&session, now_ms);
 *     otk_ble_session_gone(&session, device);      // a central is disconnected
 *     otk_ble_session_close(&session);
 */
#ifndef PORT_LINUX_BLE_SESSION_H
#define PORT_LINUX_BLE_SESSION_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "otakit/transport/ble/ble.h"
#include "port/linux/ble_adapter.h"
#include "port/linux/ble_channel.h"
#include "port/linux/ble_gatt.h"
#include "port/linux/ble_speed.h"
#include "port/linux/transports.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed: not open, and every function below but open does nothing. Must not be moved. */
struct otk_ble_session {
    const struct otk_host *host; /* NULL: not open */
    struct otk_ble_gatt *gatt;
    struct otk_ble engine;
    struct otk_ble_link link;
    bool is_waiting; /* the engine wants to be polled */
    uint8_t sector[OTK_SECTOR_FRAME_SECTOR_SIZE];
    struct otk_ble_channel channel;
    struct otk_ble_speed speed;
    bool told_speed;                /* that it cannot be asked for */
    char client[OTK_BLE_PATH_SIZE]; /* path of the central; "": none */
    uint8_t client_address[6];
};

/*
 * Begin: nobody is connected. What the kernel does not give is told in the log, and done without: the
 * L2CAP channel, the connection parameters.
 *
 * host, name, gatt  borrowed until close
 * adapter           borrowed for the call
 */
void otk_ble_session_open(struct otk_ble_session *session, const struct otk_host *host,
                          const char *name, const struct otk_ble_adapter *adapter,
                          struct otk_ble_gatt *gatt);

/* The calls of ble_gatt.h; they may come before open, and are refused then. */
void otk_ble_session_calls(struct otk_ble_session *session, struct otk_ble_gatt_calls *calls);

/* Name files to wait for, and lower the time-out where the engines want to be served earlier. Returns
 * how many. */
uint32_t otk_ble_session_watch(const struct otk_ble_session *session, struct pollfd *files,
                               uint32_t room, uint32_t *timeout_ms);

/* Take what has come from channel and controller, and poll the engines. */
void otk_ble_session_serve(struct otk_ble_session *session, uint32_t now_ms);

/* A device of BlueZ is disconnected; if it is our central, what it sent stays on flash. */
void otk_ble_session_gone(struct otk_ble_session *session, const char *device);

/* End it, as if the central had gone. */
void otk_ble_session_close(struct otk_ble_session *session);

#ifdef __cplusplus
}
#endif

#endif
