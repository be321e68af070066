// SPDX-License-Identifier: Apache-2.0
/*
 * A connection to a device on Bluetooth LE, and the values of its services that we know.
 *
 *     otk_bluez_link_init(&link, &bluez, &found);
 *     status = otk_bluez_link_connect(&link, &error);
 *     status = otk_bluez_link_subscribe(&link, OTK_BLUEZ_WINDOW_CONTROL, &fd);   // read(fd) notifies
 *     status = otk_bluez_link_write(&link, OTK_BLUEZ_WINDOW_CONTROL, bytes, len);
 *     otk_bluez_link_drop(&link);            // the connection
 *     otk_bluez_link_forget(&link);          // what is left of it in BlueZ
 */
#ifndef OTAKIT_HOST_BLUEZ_LINK_H
#define OTAKIT_HOST_BLUEZ_LINK_H

#include "host/bluez_bus.h"
#include "host/bluez_find.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values that we know. */
enum otk_bluez_value {
    OTK_BLUEZ_SIMPLE_CONTROL,
    OTK_BLUEZ_SIMPLE_DATA,
    OTK_BLUEZ_SECTOR_COMMAND,
    OTK_BLUEZ_SECTOR_FIRMWARE,
    OTK_BLUEZ_WINDOW_CONTROL,
    OTK_BLUEZ_WINDOW_DATA,
    OTK_BLUEZ_WINDOW_INFO,
    OTK_BLUEZ_FIRMWARE_REVISION,
    OTK_BLUEZ_VALUE_COUNT
};

/* Bytes of the longest value. Source: Bluetooth Core 5.4, Vol 3, Part F, 3.2.9. */
#define OTK_BLUEZ_VALUE_SIZE 512u

struct otk_bluez_link {
    struct otk_bluez *bluez;
    struct otk_bluez_found found;
    bool is_connected;                                      /* as far as we know */
    char paths[OTK_BLUEZ_VALUE_COUNT][OTK_BLUEZ_PATH_SIZE]; /* "": the device does not have it */
};

/* Nothing is connected. found is copied, bluez borrowed for ever. */
void otk_bluez_link_init(struct otk_bluez_link *link, struct otk_bluez *bluez,
                         const struct otk_bluez_found *found);

/*
 * Connect, and learn which values there are.
 *
 * error  written on failure, with a hint
 *
 * Returns  OTK_OK
 *          OTK_CONNECTION_LOST  not this time; it may be tried again
 *          OTK_NOT_FOUND        BlueZ has forgotten the device: search it again
 *          OTK_INTERRUPTED, OTK_HOST_IO, OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_bluez_link_connect(struct otk_bluez_link *link,
                                                    struct otk_error *error);

/*
 * Pair, unless that was done before. An agent is open (host/bluez_agent.h).
 *
 * Returns  OTK_OK
 *          OTK_PASSWORD_NEEDED  refused, or the wrong passkey
 *          others               as otk_bluez_call; error is written
 */
OTK_MUST_USE enum otk_status otk_bluez_link_pair(struct otk_bluez_link *link,
                                                 struct otk_error *error);

/* Whether the connected device has that value. */
bool otk_bluez_link_has(const struct otk_bluez_link *link, enum otk_bluez_value value);

/*
 * Get what a value notifies or indicates as packets of a socket, one each. Its end is the link's end.
 *
 * fd   written on success only; the caller closes it
 * mtu  of the link; may be NULL
 *
 * Returns  OTK_OK
 *          OTK_REFUSED     link->bluez says why
 *          others          as otk_bluez_call
 */
OTK_MUST_USE enum otk_status otk_bluez_link_subscribe(struct otk_bluez_link *link,
                                                      enum otk_bluez_value value, int *fd,
                                                      uint32_t *mtu);

/* As otk_bluez_link_subscribe, for writes without response: each packet of the socket is one. Returns
 * likewise. */
OTK_MUST_USE enum otk_status otk_bluez_link_acquire(struct otk_bluez_link *link,
                                                    enum otk_bluez_value value, int *fd,
                                                    uint32_t *mtu);

/* Write with response; BlueZ makes a long write of it where it is longer than the MTU. Returns as
 * otk_bluez_call. */
OTK_MUST_USE enum otk_status otk_bluez_link_write(struct otk_bluez_link *link,
                                                  enum otk_bluez_value value, const uint8_t *bytes,
                                                  uint32_t len);

/*
 * Read.
 *
 * bytes  OTK_BLUEZ_VALUE_SIZE; a longer value is cut
 * len    written on success only
 *
 * Returns  as otk_bluez_call; OTK_NOT_FOUND where the device does not have it
 */
OTK_MUST_USE enum otk_status otk_bluez_link_read(struct otk_bluez_link *link,
                                                 enum otk_bluez_value value,
                                                 uint8_t bytes[OTK_BLUEZ_VALUE_SIZE],
                                                 uint32_t *len);

/* Disconnect, unless another program was connected before us. */
void otk_bluez_link_drop(struct otk_bluez_link *link);

/* Let BlueZ forget what it knows of the device only because of us. A pairing stays: the device keeps
 * its half, and with one half only the next connection would fail. */
void otk_bluez_link_forget(struct otk_bluez_link *link);

#ifdef __cplusplus
}
#endif

#endif
