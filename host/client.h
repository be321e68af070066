// SPDX-License-Identifier: Apache-2.0
/*
 * Clients of the device's protocols A, B and C, as engines: what to send next, what to do with what
 * came, when to connect again. Radios, serial lines and clocks are the caller's.
 *
 *     otk_window_client_init(&window, &image);          // host/window_client.h, protocol C
 *     client = &window.client;                          // from here on all protocols are alike
 *     for (;;) {
 *         otk_client_next(client, now_ms, frame, &action);
 *         switch (action.step) {
 *         case OTK_CLIENT_CONNECT: connect, subscribe; otk_client_connected(client, &link, now_ms);
 *                                  or, where that does not work, otk_client_lost(client, now_ms);
 *         case OTK_CLIENT_SEND:    write `action.len` bytes of `frame` to action.channel; where
 *                                  action.has_response, call otk_client_answered once it is there
 *         case OTK_CLIENT_READ:    read action.channel; otk_client_received with what it holds, or
 *                                  otk_client_answered with why it could not be read
 *         case OTK_CLIENT_WAIT:    until something comes or action.until_ms
 *         case OTK_CLIENT_DONE:    the device has switched, and resets within a second
 *         case OTK_CLIENT_FAILED:  action.status says why
 *         }
 *     }
 *     otk_client_received(client, channel, bytes, len, now_ms);       // a notification, a frame
 *     otk_client_lost(client, now_ms);                                // the link is gone
 *
 * next is called again after every event, and for as long as it says SEND without a response and
 * there is room to send. Whatever the device does, an engine ends: each wait has a limit, and without
 * progress for OTK_CLIENT_STALL_MS, or after OTK_CLIENT_LOSS_MAX lost links in a row, it fails.
 */
#ifndef OTAKIT_HOST_CLIENT_H
#define OTAKIT_HOST_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the longest frame. */
#define OTK_CLIENT_FRAME_SIZE 2048u

/* Bytes of a link's longest frame at least: that of the smallest ATT MTU. */
#define OTK_CLIENT_FRAME_SIZE_MIN 20u

/* A device that makes no progress for that long is given up; more than any flash takes for anything,
 * and more than a device keeps the place of a client that is out of reach. */
#define OTK_CLIENT_STALL_MS 40000u

/* Links that may be lost in a row without progress in between. */
#define OTK_CLIENT_LOSS_MAX 8u

/* Pause before the link is tried again; doubles with each loss in a row. */
#define OTK_CLIENT_PAUSE_MS     250u
#define OTK_CLIENT_PAUSE_MAX_MS 4000u

/* An ATT transaction without answer for that long is broken.
 * Source: Bluetooth Core 5.4, Vol 3, Part F, 3.3.3. */
#define OTK_CLIENT_RESPONSE_MS 30000u

/* What is to be installed. */
struct otk_client_image {
    const uint8_t *bytes; /* `len` bytes of the file; borrowed as long as the client is used */
    uint32_t len;         /* bytes, not 0 */
    uint8_t sha256[32];   /* of the whole file */
    uint16_t chip_id;
    uint32_t secure_version;
    char version[33]; /* "": not known */
    char project[33]; /* likewise */
};

/* Where a frame goes or comes from. On a serial line all is OTK_CLIENT_CONTROL. */
enum otk_client_channel {
    OTK_CLIENT_CONTROL, /* A and C: control; B: command */
    OTK_CLIENT_DATA,    /* A and C: data, C also its L2CAP channel; B: firmware */
    OTK_CLIENT_INFO     /* C: info, read only */
};

enum otk_client_step {
    OTK_CLIENT_CONNECT, /* there is no link, or one of no use: drop it and connect, not before
                           action.until_ms */
    OTK_CLIENT_SEND,
    OTK_CLIENT_READ,
    OTK_CLIENT_WAIT,
    OTK_CLIENT_DONE,
    OTK_CLIENT_FAILED
};

/* What to do next. What a step has no use for is 0. */
struct otk_client_action {
    enum otk_client_step step;
    enum otk_client_channel channel; /* SEND, READ */
    bool has_response;               /* SEND: write with response */
    uint32_t len;                    /* SEND: bytes of the frame */
    uint32_t until_ms;               /* WAIT, CONNECT */
    enum otk_status status;          /* FAILED */
};

/* A link that has come up. */
struct otk_client_link {
    uint32_t frame_size; /* bytes of the longest data frame: ATT MTU - 3; on a serial line at most
                            OTK_SERIAL_FRAME_SIZE. At least OTK_CLIENT_FRAME_SIZE_MIN; beyond
                            OTK_CLIENT_FRAME_SIZE it is cut */
    bool is_line;        /* a serial line: one channel, no responses, no reading */
};

enum otk_client_phase {
    OTK_CLIENT_CONNECTING,
    OTK_CLIENT_OPENING,   /* asking whether the device takes the image */
    OTK_CLIENT_SENDING,   /* `written` grows */
    OTK_CLIENT_FINISHING, /* `verified` grows */
    OTK_CLIENT_ENDED      /* DONE or FAILED */
};

/* How far it is, by the device's own account. */
struct otk_client_progress {
    enum otk_client_phase phase;
    uint32_t total;      /* bytes of the image */
    uint32_t resumed_at; /* where sending began on this link; 0: at the start */
    uint32_t written;    /* bytes on flash; A and B: bytes that the device says it took */
    uint32_t verified;   /* bytes of the final verification; A and B do not tell */
    uint32_t loss_count; /* links lost so far */
};

/* What a protocol adds: host/client_parts.h. */
struct otk_client_protocol;

/* What all clients are made of. Borrow no field; the two limits may be changed before the first
 * otk_client_next. */
struct otk_client {
    uint32_t stall_ms; /* OTK_CLIENT_STALL_MS */
    uint32_t loss_max; /* OTK_CLIENT_LOSS_MAX */
    const struct otk_client_protocol *protocol;
    struct otk_client_image image;
    struct otk_client_link link;
    enum otk_client_phase phase;
    enum otk_status outcome; /* of an ended client */
    bool is_connected;
    bool owes_answer;       /* a write or read waits for its response */
    uint32_t answer_ms;     /* when that is overdue */
    uint32_t retry_ms;      /* not connected: when to try */
    uint32_t advance_ms;    /* when the device last got further on this link */
    uint64_t link_mark;     /* how far it got on this link: bytes written and bytes verified */
    uint64_t best_mark;     /* on any link */
    uint32_t losses_in_row; /* since best_mark grew */
    uint32_t loss_count;
    uint32_t resumed_at;
    uint32_t written;
    uint32_t verified;
};

/*
 * What to do next.
 *
 * frame   written where the step is SEND
 * action  always written
 */
void otk_client_next(struct otk_client *client, uint32_t now_ms,
                     uint8_t frame[OTK_CLIENT_FRAME_SIZE], struct otk_client_action *action);

/* The link is up; whatever it notifies of is subscribed. Link is copied. */
void otk_client_connected(struct otk_client *client, const struct otk_client_link *link,
                          uint32_t now_ms);

/*
 * The response to a SEND with one, or the failure of a READ, is there.
 *
 * status  OTK_OK, or why the device did not take it: otk_client_att_status
 */
void otk_client_answered(struct otk_client *client, enum otk_status status, uint32_t now_ms);

/* The device sent something, or was read. It may be anything; what makes no sense is passed over. */
void otk_client_received(struct otk_client *client, enum otk_client_channel channel,
                         const uint8_t *bytes, uint32_t len, uint32_t now_ms);

/* The link is gone, or could not be made. Not for one that is dropped because of OTK_CLIENT_CONNECT. */
void otk_client_lost(struct otk_client *client, uint32_t now_ms);

/* Forget the update: next tells the device so where the protocol can and a link is there, and ends
 * with OTK_CANCELLED. Without it, as always with A and B, what is on flash stays for whoever
 * continues. */
void otk_client_cancel(struct otk_client *client);

/* How far it is. */
void otk_client_get_progress(const struct otk_client *client, struct otk_client_progress *progress);

/*
 * What an ATT error code in the response to a write means (SPEC.md, "Protocols A and B").
 *
 * Returns  OTK_OK for 0; OTK_REFUSED for all that is not the device's own
 */
enum otk_status otk_client_att_status(uint8_t att_error);

#ifdef __cplusplus
}
#endif

#endif
