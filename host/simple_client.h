// SPDX-License-Identifier: Apache-2.0
/*
 * The client's side of protocol A, esp32_ble_ota's. SPEC.md, "Protocols A and B".
 *
 *     otk_simple_client_init(&simple, &image);
 *     drive(&simple.client);                     // host/client.h
 *
 *     CONNECT -> packet size -> REQUEST -> packets, each answered -> DONE -> DONE_ACK
 *        ^                                    |
 *        +---- link lost: from the start -----+
 *
 * The protocol knows neither resume nor reasons: a device that refuses is OTK_REFUSED, and a link that
 * is lost behind DONE is OTK_CONNECTION_LOST, since nobody can tell what became of the image.
 */
#ifndef OTAKIT_HOST_SIMPLE_CLIENT_H
#define OTAKIT_HOST_SIMPLE_CLIENT_H

#include "host/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long a device may take to begin (it may erase a whole slot first) and to verify. */
#define OTK_SIMPLE_CLIENT_ANSWER_MS 30000u

enum otk_simple_client_state {
    OTK_SIMPLE_CLIENT_SIZING,     /* packet size */
    OTK_SIMPLE_CLIENT_REQUESTING, /* REQUEST */
    OTK_SIMPLE_CLIENT_STARTING,   /* waiting for its ACK */
    OTK_SIMPLE_CLIENT_SENDING,
    OTK_SIMPLE_CLIENT_ENDING /* waiting for DONE_ACK */
};

/* Read no field but client. */
struct otk_simple_client {
    struct otk_client client; /* first */
    enum otk_simple_client_state state;
    uint32_t cursor;   /* next to be sent */
    uint32_t sent_len; /* bytes of the packet that waits for its response */
    uint32_t limit_ms; /* when an answer is overdue */
};

/*
 * Ready to connect.
 *
 * image  copied, its bytes borrowed as long as the client is used
 */
void otk_simple_client_init(struct otk_simple_client *client, const struct otk_client_image *image);

#ifdef __cplusplus
}
#endif

#endif
