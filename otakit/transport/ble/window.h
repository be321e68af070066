// SPDX-License-Identifier: Apache-2.0
/*
 * The device's side of protocol C, the windowed one: frames in, frames out, time passed in.
 * SPEC.md, "Protocol C".
 *
 *     otk_window_init(&window, &updater, &config, &link);
 *
 *     otk_window_request(&window, frame, len, now_ms);    // from control, or from a shared line
 *     otk_window_data(&window, frame, len, now_ms);       // from data, or from an L2CAP channel
 *     while (otk_window_poll(&window, now_ms) == OTK_MORE)
 *         come back within OTK_WINDOW_POLL_MS;
 *     otk_window_closed(&window);                         // the client is out of reach
 *
 *              OPEN                 FINISH
 *     IDLE ----------> RECEIVING ----------> FINISHING ----> SWITCHED
 *       ^                  | link gone, silence   |
 *       +------------------+                      |   refused, cancelled, also by others
 *                          +----------------------+----> FAILED, told by a STATE
 *
 * The application's loop polls the updater; the engine hands over bytes and watches what becomes of
 * them. One client at a time.
 */
#ifndef OTAKIT_TRANSPORT_BLE_WINDOW_H
#define OTAKIT_TRANSPORT_BLE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/updater.h"
#include "otakit/format/window_frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* While otk_window_poll says OTK_MORE it is to be called again within this time. */
#define OTK_WINDOW_POLL_MS 10u

/* A client that says nothing for that long while it should send is gone: its update is left, so
 * that somebody else can continue it. */
#define OTK_WINDOW_SILENCE_MS 30000u

/* Bytes that a client may have under way where the configuration says 0. */
#define OTK_WINDOW_DEFAULT 16384u

/* What the device says of itself, and whose updates these are. */
struct otk_window_config {
    enum otk_owner owner; /* OTK_OWNER_BLE_WINDOW; OTK_OWNER_SERIAL: data and info share the line
                             with the requests */
    uint32_t window;      /* bytes, at most OTK_WINDOW_SIZE_MAX; 0: OTK_WINDOW_DEFAULT */
    uint16_t psm;         /* of the L2CAP channel that takes data; 0: none */
    const char
        *name; /* of the device; borrowed for ever; longer than OTK_WINDOW_TEXT_SIZE is cut */
};

/* How frames get to the client. */
struct otk_window_link {
    void *context; /* handed back to both calls */
    /* Send a frame. Returns OTK_OK, or OTK_BUSY: no room, the engine tries again; anything else
     * drops the frame. */
    enum otk_status (*send)(void *context, const uint8_t *frame, uint32_t len);
    /* An update begins: ask for a fast connection; it is over: give it back. May be NULL. */
    void (*set_speed)(void *context, bool fast);
};

/* Frames that are due and could not be sent yet. Borrow no field of these two. */
struct otk_window_outbox {
    bool answer, opened, info, state;
    struct otk_window_answer answer_is;
    enum otk_status opened_status;
    enum otk_status remark; /* that STATE makes in place of its status; OTK_OK: none */
};

/* One client's engine. */
struct otk_window {
    struct otk_updater *updater;
    struct otk_window_config config;
    struct otk_window_link link;
    enum otk_window_phase phase; /* of this client's update */
    enum otk_status outcome;     /* where that ended */
    bool has_client;             /* somebody has asked something since the link came up */
    bool is_fast;                /* a fast connection was asked for */
    bool in_gap;                 /* bytes are missing and were asked for */
    bool owes_state;             /* bytes have come since the last STATE */
    uint32_t told;               /* `next` in the last STATE */
    uint32_t told_ms;            /* when a STATE was last due */
    uint32_t heard_ms;           /* when the client last said anything */
    uint32_t data_ms;            /* when data last came */
    uint32_t image_size;         /* which update it is */
    uint8_t sha256[32];
    struct otk_window_outbox outbox;
};

/*
 * Nothing is in progress.
 *
 * updater  borrowed for ever
 * config   copied
 * link     copied
 */
void otk_window_init(struct otk_window *window, struct otk_updater *updater,
                     const struct otk_window_config *config, const struct otk_window_link *link);

/*
 * A frame from the client: a request; on a shared line also data. What cannot be read is answered by
 * ANSWER with OTK_BAD_FORMAT.
 *
 * frame  `len` bytes, borrowed for the call
 *
 * Power loss and blocking: as otk_updater_begin, otk_updater_write, otk_updater_cancel,
 * otk_updater_confirm or otk_updater_reject, by the request.
 */
void otk_window_request(struct otk_window *window, const uint8_t *frame, uint32_t len,
                        uint32_t now_ms);

/*
 * A data frame, without an op in front. Passed over where no update of this client is receiving.
 *
 * frame  `len` bytes, borrowed for the call
 *
 * Power loss and blocking: as otk_updater_write.
 */
void otk_window_data(struct otk_window *window, const uint8_t *frame, uint32_t len,
                     uint32_t now_ms);

/* The link is gone. What is on flash stays there; an update that is being finished goes on. */
void otk_window_closed(struct otk_window *window);

/*
 * See what became of the update, and send what is due.
 *
 * Returns  OTK_MORE  an update is in progress, or a frame waits: call again within
 *                    OTK_WINDOW_POLL_MS
 *          OTK_OK    nothing to do until the next frame
 */
OTK_MUST_USE enum otk_status otk_window_poll(struct otk_window *window, uint32_t now_ms);

/* The info block, as it is now: the value of the info characteristic. */
void otk_window_info(const struct otk_window *window, uint8_t bytes[OTK_WINDOW_INFO_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
