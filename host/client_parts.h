// SPDX-License-Identifier: Apache-2.0
/*
 * What the client engines have in common; for host/{window,simple,sector}_client.c only.
 *
 *     static const struct otk_client_protocol protocol = {.connected = ..., .next = ..., ...};
 *     otk_client_init(&mine->client, &protocol, image);
 */
#ifndef OTAKIT_HOST_CLIENT_PARTS_H
#define OTAKIT_HOST_CLIENT_PARTS_H

#include "host/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a protocol adds. Called with a link only, and never on an ended client. */
struct otk_client_protocol {
    /* The link is up. */
    void (*connected)(struct otk_client *client, uint32_t now_ms);
    /* Nothing waits for a response. Says SEND, READ or WAIT, or calls otk_client_end or _drop. */
    void (*next)(struct otk_client *client, uint32_t now_ms, uint8_t *frame,
                 struct otk_client_action *action);
    void (*answered)(struct otk_client *client, enum otk_status status, uint32_t now_ms);
    void (*received)(struct otk_client *client, enum otk_client_channel channel,
                     const uint8_t *bytes, uint32_t len, uint32_t now_ms);
    /* The link is gone. NULL: nothing to do. */
    void (*lost)(struct otk_client *client);
    /* Forget the update. NULL: the protocol cannot say that. */
    void (*cancel)(struct otk_client *client);
};

/* Ready to connect. Image is copied. */
void otk_client_init(struct otk_client *client, const struct otk_client_protocol *protocol,
                     const struct otk_client_image *image);

/* It is over: OTK_OK, or why not, be it in the device's words. A later end changes nothing. */
void otk_client_end(struct otk_client *client, enum otk_status status);

/* The link is of no use any more. */
void otk_client_drop(struct otk_client *client, uint32_t now_ms);

/* What the device says it has: numbers beyond the image are cut. */
void otk_client_report(struct otk_client *client, uint32_t written, uint32_t verified,
                       uint32_t now_ms);

/* Whether `at_ms` has come; right for times less than 24 days away. */
static inline bool otk_client_is_past(uint32_t now_ms, uint32_t at_ms)
{
    return (int32_t)(now_ms - at_ms) >= 0;
}

/* Say: send what stands in the frame. */
static inline void otk_client_say_send(struct otk_client_action *action,
                                       enum otk_client_channel channel, bool has_response,
                                       uint32_t len)
{
    *action = (struct otk_client_action){
        .step = OTK_CLIENT_SEND, .channel = channel, .has_response = has_response, .len = len};
}

/* Say: wait. */
static inline void otk_client_say_wait(struct otk_client_action *action, uint32_t until_ms)
{
    *action = (struct otk_client_action){.step = OTK_CLIENT_WAIT, .until_ms = until_ms};
}

#ifdef __cplusplus
}
#endif

#endif
