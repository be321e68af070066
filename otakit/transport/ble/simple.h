// SPDX-License-Identifier: Apache-2.0
/*
 * The device's side of protocol A, esp32_ble_ota's: one opcode at a time on control, packets on data.
 * SPEC.md, "Protocols A and B".
 *
 *     otk_simple_init(&simple, &updater, &link);
 *
 *     status = otk_simple_control(&simple, bytes, len, now_ms);   // a write to control
 *     status = otk_simple_data(&simple, bytes, len, now_ms);      // a write to data
 *     while (otk_simple_poll(&simple, now_ms) == OTK_MORE)
 *         come back within OTK_SIMPLE_POLL_MS;
 *     otk_simple_closed(&simple);                                 // the client is out of reach
 *
 *     client: packet size -> data, REQUEST -> control, packets -> data, DONE -> control
 *     device:                      REQUEST_ACK or _NAK                  DONE_ACK or _NAK, once verified
 *
 * The status of a write belongs into its ATT response (otk_gatt_error): a packet that could not be
 * taken is no success. The reset after DONE_ACK is the updater's. One client at a time.
 */
#ifndef OTAKIT_TRANSPORT_BLE_SIMPLE_H
#define OTAKIT_TRANSPORT_BLE_SIMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/updater.h"

#ifdef __cplusplus
extern "C" {
#endif

/* While otk_simple_poll says OTK_MORE it is to be called again within this time. */
#define OTK_SIMPLE_POLL_MS 10u

/* A client that sends nothing for that long is gone: its update is left. */
#define OTK_SIMPLE_SILENCE_MS 30000u

/* What stands in the control characteristic.
 * Source: esp32_ble_ota, gatt_svr.h, svr_chr_ota_control_val_t. */
enum otk_simple_op {
    OTK_SIMPLE_NOP = 0,
    OTK_SIMPLE_REQUEST = 1,
    OTK_SIMPLE_REQUEST_ACK = 2,
    OTK_SIMPLE_REQUEST_NAK = 3,
    OTK_SIMPLE_DONE = 4,
    OTK_SIMPLE_DONE_ACK = 5,
    OTK_SIMPLE_DONE_NAK = 6
};

/* How notifications get to the client. */
struct otk_simple_link {
    void *context; /* handed back to the call */
    /* Notify control of one byte. Returns OTK_OK, or OTK_BUSY: no room, the engine tries again;
     * anything else drops it. */
    enum otk_status (*send)(void *context, const uint8_t *frame, uint32_t len);
};

/* One client's engine. Borrow no field. */
struct otk_simple {
    struct otk_updater *updater;
    struct otk_simple_link link;
    bool is_open;          /* this client's update runs */
    bool is_done;          /* DONE was written and waits for its answer */
    enum otk_status error; /* why the client's update ended; OTK_NOT_OPEN: there was none */
    uint32_t offset;       /* of the next packet in the image */
    uint32_t heard_ms;     /* when the client last said anything */
    uint8_t value;         /* what control reads: enum otk_simple_op */
    uint8_t answer;        /* still to be notified; OTK_SIMPLE_NOP: nothing */
};

/*
 * Nothing is in progress.
 *
 * updater  borrowed for ever
 * link     copied
 */
void otk_simple_init(struct otk_simple *simple, struct otk_updater *updater,
                     const struct otk_simple_link *link);

/*
 * The client wrote to control.
 *
 * Returns  OTK_OK          understood; the notification carries the answer
 *          OTK_BAD_FORMAT  not one byte, or no opcode for a device
 * Power loss and blocking: as otk_updater_begin and otk_updater_finish.
 */
OTK_MUST_USE enum otk_status otk_simple_control(struct otk_simple *simple, const uint8_t *bytes,
                                                uint32_t len, uint32_t now_ms);

/*
 * The client wrote to data: a packet size before REQUEST, packets after it. Exactly the bytes of the
 * packet go into the image.
 *
 * Returns  OTK_OK        taken
 *          OTK_NOT_OPEN  this client has no packet to send now
 *          others        as otk_updater_write, or how the update ended; again for each later packet
 * Power loss and blocking: as otk_updater_write.
 */
OTK_MUST_USE enum otk_status otk_simple_data(struct otk_simple *simple, const uint8_t *bytes,
                                             uint32_t len, uint32_t now_ms);

/* What control reads: the last opcode, the device's answer to it once there is one. */
uint8_t otk_simple_value(const struct otk_simple *simple);

/* The link is gone. What is on flash stays there; an update that is being finished goes on. */
void otk_simple_closed(struct otk_simple *simple);

/*
 * See what became of the update, and notify.
 *
 * Returns  OTK_MORE  an update is in progress, or a notification waits: call again within
 *                    OTK_SIMPLE_POLL_MS
 *          OTK_OK    nothing to do until the next write
 */
OTK_MUST_USE enum otk_status otk_simple_poll(struct otk_simple *simple, uint32_t now_ms);

#ifdef __cplusplus
}
#endif

#endif
