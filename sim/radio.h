// SPDX-License-Identifier: Apache-2.0
/*
 * A Bluetooth LE connection in virtual time: connection events, packets that get lost, buffers that
 * fill up, and a device whose processor stands still while its flash is busy.
 *
 *     otk_radio_create(&config, &device, &client, &radio);
 *     otk_radio_connect(radio);
 *     for (;;) {
 *         while (the client has something and otk_radio_write(radio, ...) == OTK_OK)
 *             ;
 *         otk_radio_run(radio);         // one connection event; calls back into both sides
 *     }
 *     otk_radio_destroy(radio);
 *
 * In an event the client, as central, sends a link-layer packet and the device answers with one,
 * empty or not, as long as one side has something to send and a pair fits before the next event. What
 * either side says in an event or because of it goes on air in the next one at the earliest, so
 * a write with response takes two intervals. A packet that is lost, or that finds the device's buffer
 * full, is sent again; two lost in a row end the event.
 *
 * Simplified: long reads and writes take their packets, but no more than one round trip; clocks do
 * not drift; nothing is lost between a controller and its host.
 */
#ifndef OTAKIT_SIM_RADIO_H
#define OTAKIT_SIM_RADIO_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "sim/ble_air.h"

#ifdef __cplusplus
extern "C" {
#endif

struct otk_radio_config {
    struct otk_ble_air air;
    uint32_t interval_us;       /* between two events */
    uint32_t packets_per_event; /* of the client; 0: as many as fit */
    uint32_t mtu;               /* ATT MTU, at least 23 */
    uint32_t queue_depth;       /* PDUs that wait in the client's stack at most; 0: 32 */
    uint32_t buffer_size;       /* bytes that wait in the device, controller and host together;
                                   0: no limit */
    bool drops_when_full;       /* a full device acknowledges writes without response and loses
                                   them, as hosts do whose ring is too small; else the link layer
                                   makes the client send again */
    uint32_t loss_ppm;          /* packets lost, of a million, each way */
    uint32_t supervision_ms;    /* nothing heard for that long: disconnected; 0: 4000 */
    uint32_t cpu_ns_per_frame;  /* the device's work on a PDU, beside its flash */
    uint64_t seed;
};

/* The device: its application and stack. Called back with its own time. */
struct otk_radio_device {
    void *context; /* handed back to all calls */
    /* A value was written, with response or without. Returns the ATT error for the response. */
    uint8_t (*written)(void *context, int handle, const uint8_t *bytes, uint32_t len,
                       uint32_t now_ms);
    /* A value is read. Returns its length, at most `size`. */
    uint32_t (*read)(void *context, int handle, uint8_t *bytes, uint32_t size);
    /* An SDU came on the L2CAP channel. May be NULL: there is none. */
    void (*sdu)(void *context, const uint8_t *bytes, uint32_t len, uint32_t now_ms);
    /* Nothing waits. Returns whether there may be more to do at once. */
    bool (*poll)(void *context, uint32_t now_ms);
    /* Virtual nanoseconds that the device stood still so far (otk_nor_time_ns): what they grow by
     * during a call is how long the call took. NULL: flash takes no time. */
    uint64_t (*busy_ns)(void *context);
    void (*disconnected)(void *context); /* by the client, or nothing heard for too long */
};

/* The client. It may write from within these. */
struct otk_radio_client {
    void *context; /* handed back to all calls */
    void (*answered)(void *context, uint8_t att_error);
    void (*was_read)(void *context, int handle, const uint8_t *bytes, uint32_t len);
    void (*notified)(void *context, int handle, const uint8_t *bytes, uint32_t len);
    void (*disconnected)(void *context); /* nothing heard for too long */
};

/* What has gone over the air so far. */
struct otk_radio_counts {
    uint64_t events;
    uint64_t pairs;
    uint64_t lost;    /* packets */
    uint64_t refused; /* packets that found the device's buffer full */
    uint64_t dropped; /* PDUs lost in a full device */
};

struct otk_radio;

/*
 * Make a link, not connected.
 *
 * config, device, client  copied
 * radio                   written on success only; end it with otk_radio_destroy
 *
 * Returns  OTK_OK
 *          OTK_NO_MEMORY
 *          OTK_INVALID_ARGUMENT  an interval that takes no pair, an MTU below 23, a buffer smaller
 *                                than one PDU
 */
OTK_MUST_USE enum otk_status otk_radio_create(const struct otk_radio_config *config,
                                              const struct otk_radio_device *device,
                                              const struct otk_radio_client *client,
                                              struct otk_radio **radio);

/* Connect, at the next event. */
void otk_radio_connect(struct otk_radio *radio);

/* Whether the client takes the link for connected. */
bool otk_radio_is_connected(const struct otk_radio *radio);

/*
 * The client writes a value. With response, its ATT response arrives by `answered`.
 *
 * Returns  OTK_OK        queued
 *          OTK_BUSY      queue_depth PDUs wait already
 *          OTK_NOT_OPEN  there is no connection
 */
OTK_MUST_USE enum otk_status otk_radio_write(struct otk_radio *radio, int handle,
                                             const uint8_t *bytes, uint32_t len, bool has_response);

/* The client reads a value, which arrives by `was_read`. Returns as otk_radio_write. */
OTK_MUST_USE enum otk_status otk_radio_read(struct otk_radio *radio, int handle);

/* The client sends an SDU on the L2CAP channel. Returns as otk_radio_write. */
OTK_MUST_USE enum otk_status otk_radio_send_sdu(struct otk_radio *radio, const uint8_t *bytes,
                                                uint32_t len);

/*
 * The device notifies of a value. With confirmation (an indication) the next one waits for it.
 *
 * Returns  OTK_OK        queued
 *          OTK_BUSY      8 wait already, or an indication waits for its confirmation
 *          OTK_NOT_OPEN  there is no connection
 */
OTK_MUST_USE enum otk_status otk_radio_notify(struct otk_radio *radio, int handle,
                                              const uint8_t *bytes, uint32_t len,
                                              bool is_indication);

/* One connection event, up to the beginning of the next; without a connection only time goes by,
 * and the device goes on with what it does. */
void otk_radio_run(struct otk_radio *radio);

/* Nothing gets through for that long. */
void otk_radio_darken(struct otk_radio *radio, uint32_t duration_ms);

/* The client disconnects; the device hears of it at once. */
void otk_radio_disconnect(struct otk_radio *radio);

/* The device is reset: the client hears of it by its supervision timeout. What waits is gone. */
void otk_radio_reset_device(struct otk_radio *radio);

/* Virtual time since the link was made. */
uint64_t otk_radio_now_ns(const struct otk_radio *radio);
/* The same in milliseconds. */
uint32_t otk_radio_now_ms(const struct otk_radio *radio);

/* What has gone over the air; written to `counts`. */
void otk_radio_get_counts(const struct otk_radio *radio, struct otk_radio_counts *counts);

/* End a link; NULL is allowed. Nobody is told. */
void otk_radio_destroy(struct otk_radio *radio);

#ifdef __cplusplus
}
#endif

#endif
