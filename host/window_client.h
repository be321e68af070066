// SPDX-License-Identifier: Apache-2.0
/*
 * The client's side of protocol C, the windowed one. SPEC.md, "Protocol C".
 *
 *     otk_window_client_init(&window, &image);
 *     drive(&window.client);                     // host/client.h
 *
 *     CONNECT -> INFO -> OPEN -> data, repaired where the device says GAP -> FINISH -> SWITCHED
 *        ^                                                                      |
 *        +------------------- link lost: where was I? --------------------------+
 *
 * A link lost behind FINISH may have cost the answer only: whether the image runs is judged by the
 * info block of the device that comes back.
 */
#ifndef OTAKIT_HOST_WINDOW_CLIENT_H
#define OTAKIT_HOST_WINDOW_CLIENT_H

#include "host/client.h"
#include "otakit/format/window_frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A device that says nothing for that long is asked; SPEC.md. */
#define OTK_WINDOW_CLIENT_SILENCE_MS 1000u

/* Questions without answer before the link counts as lost. */
#define OTK_WINDOW_CLIENT_QUESTION_MAX 10u

enum otk_window_client_state {
    OTK_WINDOW_CLIENT_ASKING,    /* INFO */
    OTK_WINDOW_CLIENT_OPENING,   /* OPEN */
    OTK_WINDOW_CLIENT_SENDING,   /* data */
    OTK_WINDOW_CLIENT_FINISHING, /* FINISH */
    OTK_WINDOW_CLIENT_LEAVING    /* CANCEL */
};

/* Read no field but client, info, has_info and psm. */
struct otk_window_client {
    struct otk_client client;    /* first */
    struct otk_window_info info; /* what the device said of itself last */
    bool has_info;               /* on this link */
    uint16_t psm;                /* of the L2CAP channel for data; 0: none, or not opened yet */
    enum otk_window_client_state state;
    bool is_due;          /* the state's request is to be sent */
    bool has_opened;      /* the device took OPEN once */
    bool has_finished;    /* all bytes were there, FINISH was sent */
    bool has_boot_id;     /* of the device that took OPEN */
    uint32_t boot_id;     /* where has_boot_id */
    uint32_t data_size;   /* bytes of the longest data frame, header included */
    uint32_t window;      /* bytes that may be under way */
    uint32_t acked;       /* the device has everything below */
    uint32_t cursor;      /* next to be sent */
    uint32_t asked_acked; /* acked when the device was asked last */
    uint32_t heard_ms;    /* when the device last said something, or was asked */
    uint32_t questions;   /* since it did */
    uint32_t refusals;    /* BUSY, in a row */
};

/*
 * Ready to connect.
 *
 * image  copied, its bytes borrowed as long as the client is used
 */
void otk_window_client_init(struct otk_window_client *client, const struct otk_client_image *image);

/* From here on data frames have at most this many bytes: those of an L2CAP channel's SDU. Until the
 * link is lost. Between OTK_CLIENT_FRAME_SIZE_MIN and OTK_CLIENT_FRAME_SIZE. */
void otk_window_client_set_data_size(struct otk_window_client *client, uint32_t size);

#ifdef __cplusplus
}
#endif

#endif
