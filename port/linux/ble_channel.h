// SPDX-License-Identifier: Apache-2.0
/*
 * The L2CAP channel of protocol C: one client may send its data frames there, a frame an SDU.
 *
 *     status = otk_ble_channel_open(&channel, &adapter, pairing);
 *     announce channel.psm
 *     while (otk_ble_channel_receive(&channel, client, bytes, sizeof bytes, &len) == OTK_OK)
 *         otk_ble_data(&ble, bytes, len, now_ms);
 *     otk_ble_channel_close(&channel);
 */
#ifndef PORT_LINUX_BLE_CHANNEL_H
#define PORT_LINUX_BLE_CHANNEL_H

#include <poll.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "port/linux/ble_adapter.h"
#include "sim/virtual_device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the longest SDU. */
#define OTK_BLE_CHANNEL_MTU 2048u

/* A port that listens, and the client's channel. */
struct otk_ble_channel {
    int listener; /* -1: not open */
    int fd;       /* -1: nobody is connected */
    uint16_t psm; /* 0: not open */
};

/* A channel that is not open: what close leaves. */
void otk_ble_channel_init(struct otk_ble_channel *channel);

/*
 * Listen on a port that the kernel chooses.
 *
 * pairing  what a client has to do before it may connect
 *
 * Returns  OTK_OK
 *          OTK_HOST_IO  the kernel has no such channels, or does not allow it; errno says which.
 *                       Updates go over GATT all the same
 */
OTK_MUST_USE enum otk_status otk_ble_channel_open(struct otk_ble_channel *channel,
                                                  const struct otk_ble_adapter *adapter,
                                                  enum otk_virtual_device_pairing pairing);

/* Name files to wait for, at most two. Returns how many. */
uint32_t otk_ble_channel_watch(const struct otk_ble_channel *channel, struct pollfd *files,
                               uint32_t room);

/*
 * Take the next SDU; take in a client first that waits.
 *
 * client  address of the one that may connect, as in struct otk_ble_adapter; NULL: nobody may
 * bytes   OTK_BLE_CHANNEL_MTU bytes
 *
 * Returns  OTK_OK
 *          OTK_MORE  nothing has come
 */
OTK_MUST_USE enum otk_status otk_ble_channel_receive(struct otk_ble_channel *channel,
                                                     const uint8_t client[6], uint8_t *bytes,
                                                     uint32_t size, uint32_t *len);

/* The client is gone, or shall go. */
void otk_ble_channel_drop(struct otk_ble_channel *channel);

/* End it. */
void otk_ble_channel_close(struct otk_ble_channel *channel);

#ifdef __cplusplus
}
#endif

#endif
