// SPDX-License-Identifier: Apache-2.0
/*
 * Protocols A, B and C behind one door, for whoever has a Bluetooth stack.
 *
 *     otk_ble_init(&ble, &updater, &config, &link);
 *     advertise config.name and the services of otk_gatt_services; then
 *
 *     error = otk_gatt_error(otk_ble_write(&ble, value, bytes, len, now_ms));
 *     status = otk_ble_read(&ble, value, bytes, sizeof bytes, &len);
 *     otk_ble_data(&ble, sdu, len, now_ms);        // from the L2CAP channel, if there is one
 *     otk_ble_closed(&ble);                        // disconnected
 *     while (otk_ble_poll(&ble, now_ms) == OTK_MORE)
 *         come back within OTK_BLE_POLL_MS;
 *
 * One central at a time: a port does not advertise while one is connected, and sends a second away.
 */
#ifndef OTAKIT_TRANSPORT_BLE_BLE_H
#define OTAKIT_TRANSPORT_BLE_BLE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/updater.h"
#include "otakit/transport/ble/gatt.h"
#include "otakit/transport/ble/sector.h"
#include "otakit/transport/ble/simple.h"
#include "otakit/transport/ble/window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* While otk_ble_poll says OTK_MORE it is to be called again within this time. */
#define OTK_BLE_POLL_MS OTK_WINDOW_POLL_MS

/* Bytes of the longest value that can be read. */
#define OTK_BLE_READ_SIZE OTK_WINDOW_INFO_SIZE

/* How the device presents itself. Texts are borrowed for ever. */
struct otk_ble_config {
    const char *name;         /* that is advertised */
    const char *manufacturer; /* NULL: "otakit" */
    const char *model;        /* NULL: the chip's name */
    uint32_t window;          /* of protocol C, bytes; 0: OTK_WINDOW_DEFAULT */
    uint16_t psm;             /* of the L2CAP channel for its data; 0: none */
    uint8_t
        *sector_buffer; /* OTK_SECTOR_FRAME_SECTOR_SIZE bytes for protocol B; borrowed for ever */
    uint8_t sector_window; /* sectors that a client of B may have on their way; 0: 1 */
};

/* The stack, as the engines need it. */
struct otk_ble_link {
    void *context; /* handed back to both calls */
    /* Notify, or indicate where the client has asked for that. Returns OTK_OK, or OTK_BUSY: no room,
     * the engine tries again; anything else drops the value. */
    enum otk_status (*send)(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                            uint32_t len);
    /* An update begins: ask for a fast connection; it is over: give it back. May be NULL. */
    void (*set_speed)(void *context, bool fast);
};

/* The three engines. Borrow no field. */
struct otk_ble {
    struct otk_updater *updater;
    struct otk_ble_config config;
    struct otk_ble_link *link;
    struct otk_simple simple;
    struct otk_sector sector;
    struct otk_window window;
    bool is_connected; /* something was written since the last otk_ble_closed */
    bool is_fast;      /* a fast connection was asked for */
};

/*
 * Nothing is in progress.
 *
 * updater  borrowed for ever
 * config   copied
 * link     borrowed for ever
 */
void otk_ble_init(struct otk_ble *ble, struct otk_updater *updater,
                  const struct otk_ble_config *config, struct otk_ble_link *link);

/*
 * A client wrote a value, with response or without.
 *
 * bytes  the whole value, `len` bytes: a long write is put together by the stack
 *
 * Returns  OTK_OK          taken
 *          OTK_NOT_FOUND   this value cannot be written
 *          others          as otk_simple_control, otk_simple_data, otk_sector_command and
 *                          otk_sector_firmware; for the ATT response: otk_gatt_error
 * Power loss and blocking: as those, otk_window_request and otk_window_data.
 */
OTK_MUST_USE enum otk_status otk_ble_write(struct otk_ble *ble, enum otk_gatt_value value,
                                           const uint8_t *bytes, uint32_t len, uint32_t now_ms);

/*
 * A client reads a value.
 *
 * bytes  `size` bytes; OTK_BLE_READ_SIZE are always enough
 * len    written on success only
 *
 * Returns  OTK_OK
 *          OTK_NOT_FOUND  this value cannot be read
 *          OTK_NO_SPACE   it is longer than `size`
 */
OTK_MUST_USE enum otk_status otk_ble_read(const struct otk_ble *ble, enum otk_gatt_value value,
                                          uint8_t *bytes, uint32_t size, uint32_t *len);

/* A frame from the L2CAP channel of protocol C. Power loss and blocking: as otk_window_data. */
void otk_ble_data(struct otk_ble *ble, const uint8_t *frame, uint32_t len, uint32_t now_ms);

/* The client is disconnected. What is on flash stays there; an update that is being finished goes
 * on. */
void otk_ble_closed(struct otk_ble *ble);

/*
 * See what became of the update, and send what is due.
 *
 * Returns  OTK_MORE  an update is in progress, or something waits to be sent: call again within
 *                    OTK_BLE_POLL_MS
 *          OTK_OK    nothing to do until the next write
 */
OTK_MUST_USE enum otk_status otk_ble_poll(struct otk_ble *ble, uint32_t now_ms);

#ifdef __cplusplus
}
#endif

#endif
