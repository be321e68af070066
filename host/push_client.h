// SPDX-License-Identifier: Apache-2.0
/*
 * Pushing with a client engine (host/client.h) over a wire: what a serial line and Bluetooth have in
 * common. For host/push_*.c only.
 *
 *     otk_push_client_image(push, &image);
 *     otk_window_client_init(&window, &image);
 *     status = otk_push_drive(push, &wire, &window.client, &window);
 */
#ifndef OTAKIT_HOST_PUSH_CLIENT_H
#define OTAKIT_HOST_PUSH_CLIENT_H

#include "host/client.h"
#include "host/push_parts.h"
#include "host/window_client.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What carries frames. What comes from the device is handed to the client by the wire itself
 * (otk_client_received, otk_client_answered), in any of these calls.
 *
 * connect     bring the link up and subscribe. Returns OTK_OK with `link` written;
 *             OTK_CONNECTION_LOST: not now, but it may be tried again; others: it never will, and
 *             push->error says why
 * disconnect  take it down, where it is up
 * send        action.len bytes to action.channel; waits for room. Returns OTK_OK, OTK_CONNECTION_LOST
 * read        ask for a value. Returns likewise
 * wait        until something comes, `timeout_ms` at most. Returns likewise
 */
struct otk_push_wire {
    void *context; /* handed back to every call */
    enum otk_status (*connect)(void *context, struct otk_client_link *link);
    void (*disconnect)(void *context);
    enum otk_status (*send)(void *context, const struct otk_client_action *action,
                            const uint8_t *frame);
    enum otk_status (*read)(void *context, enum otk_client_channel channel);
    enum otk_status (*wait)(void *context, uint32_t timeout_ms);
};

/* The image, as engines want it. Its bytes are borrowed from push. */
void otk_push_client_image(const struct otk_push *push, struct otk_client_image *image);

/* What an info block of protocol C says of a device. */
void otk_push_client_device(const struct otk_window_info *info, struct otk_push_device *device);

/*
 * Run the engine to its end; the link is down afterwards.
 *
 * window  `client` as a client of protocol C, or NULL: before it sends, the device is met and judged
 *
 * Returns  OTK_OK  the device has switched; push->result says so
 *          others  as otk_push_run; push->error says why
 */
OTK_MUST_USE enum otk_status otk_push_drive(struct otk_push *push, const struct otk_push_wire *wire,
                                            struct otk_client *client,
                                            const struct otk_window_client *window);

#ifdef __cplusplus
}
#endif

#endif
