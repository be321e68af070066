// SPDX-License-Identifier: Apache-2.0
/*
 * Pull an image over HTTPS on Linux: otakit's engine, libcurl for the network.
 *
 * A thread receives into a ring while the caller's thread writes to flash, so that neither waits
 * for the other. The system's CA store, proxies and credentials in the environment, cookies and
 * netrc files play no part.
 *
 *     const struct otk_pull_options options = {
 *         .pull = {.url = "https://host/app.bin"}, .ca_path = "ca.pem",
 *     };
 *     status = otk_pull_run(&device, &session, &options, buffer, &hooks);
 *     if (status == OTK_OK)
 *         status = otk_session_switch(&session);
 *
 * RAM: the ring (OTK_PULL_RING_SIZE), libcurl's receive buffer (OTK_PULL_RECEIVE_SIZE), the
 * engine (sizeof(struct otk_pull)) and what OpenSSL takes for one connection. The kernel's receive
 * buffer is limited to OTK_PULL_SOCKET_SIZE.
 */
#ifndef PORT_LINUX_PULL_CLIENT_H
#define PORT_LINUX_PULL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/session.h"
#include "otakit/transport/pull/pull.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes between the network and the flash: more than arrives during the longest erase of a block
 * at the speed that the flash can follow. */
#define OTK_PULL_RING_SIZE 65536u

/* Bytes that libcurl reads at once. */
#define OTK_PULL_RECEIVE_SIZE 16384u

/* Bytes of received data that the kernel holds for us (SO_RCVBUF). */
#define OTK_PULL_SOCKET_SIZE 65536u

/* What to pull, and how much to trust whom. Pointers are borrowed for the call. */
struct otk_pull_options {
    struct otk_pull_config pull; /* has_credentials is set from `authorization` */
    const char *ca_path;         /* PEM file with one or more CAs: only these are trusted; needed
                                      unless every URL is http */
    bool no_clock;               /* do not judge certificates by their dates: this device does not
                                      know the time. Chain, host name and signature still count */
    bool use_proxy;              /* obey https_proxy and its like */
    const char *authorization;   /* value of the Authorization field for the URL's own server:
                                      scheme, host and port; NULL: none */
    const char *user_agent;      /* NULL: "otakit" */
};

/* What can be told of a pull in progress. */
enum otk_pull_event {
    OTK_PULL_EVENT_REQUEST, /* a request goes out: event->request */
    OTK_PULL_EVENT_WAIT,    /* a transfer failed: event->status, tried again in event->wait_ms */
    OTK_PULL_EVENT_PROGRESS /* ask otk_session_progress; at most once a sector */
};

struct otk_pull_event_info {
    enum otk_pull_event event;
    const struct otk_pull_request *request; /* REQUEST and WAIT */
    enum otk_status status;                 /* WAIT */
    uint32_t wait_ms;                       /* WAIT */
};

/* What the caller wants to be asked and told, on its own thread. Functions may be NULL. */
struct otk_pull_hooks {
    void *context;
    void (*event)(void *context, const struct otk_pull_event_info *info);
    bool (*is_cancelled)(void *context); /* asked after every piece and flash operation, and
                                            at least every 100 ms */
};

/*
 * Fetch, write and verify an image; not switched yet.
 *
 * device   its session is closed
 * session  storage; holds the verified image after OTK_OK, closed otherwise
 * buffer   one sector; borrowed until the session ends
 * hooks    NULL: none
 *
 * Returns  OTK_OK           verified: otk_session_switch may follow
 *          OTK_UP_TO_DATE   the device runs this image already
 *          OTK_CANCELLED    hooks->is_cancelled said so; a later pull continues
 *          OTK_HOST_IO      ca_path cannot be read
 *          OTK_BAD_KEY      ca_path holds no certificate
 *          OTK_NO_MEMORY
 *          others           otk_pull_init and otk_pull_outcome
 * Power loss: as otk_session_write and otk_session_finish.
 */
OTK_MUST_USE enum otk_status otk_pull_run(struct otk_device *device, struct otk_session *session,
                                          const struct otk_pull_options *options,
                                          uint8_t buffer[OTK_SECTOR_SIZE],
                                          const struct otk_pull_hooks *hooks);

/*
 * How a person can mend what otk_pull_run returned, in terms of its options.
 *
 * Returns  one sentence in lower case without a full stop, or NULL where there is nothing to advise
 */
const char *otk_pull_hint(enum otk_status status);

#ifdef __cplusplus
}
#endif

#endif
