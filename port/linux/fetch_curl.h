// SPDX-License-Identifier: Apache-2.0
/*
 * The network side of a pull: a thread that performs one request at a time with libcurl, and a ring
 * of bounded size through which the response comes, in the order in which it was received.
 *
 *     status = otk_fetch_open(&options, &fetch);
 *     otk_fetch_start(fetch, &request);
 *     while (otk_fetch_take(fetch, 100, piece) && piece->kind != OTK_FETCH_END)
 *         ...
 *     otk_fetch_close(fetch);
 *
 * The thread waits where the ring is full, so nothing is received faster than it is taken. The
 * connection is kept and used again where the server allows it.
 */
#ifndef PORT_LINUX_FETCH_CURL_H
#define PORT_LINUX_FETCH_CURL_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/transport/pull/pull.h"
#include "port/linux/pull_client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a piece at most; a longer header line is cut off there. */
#define OTK_FETCH_PIECE_SIZE 4096u

enum otk_fetch_kind {
    OTK_FETCH_LINE, /* a line of the head as it was received: status line, field, or empty */
    OTK_FETCH_BODY,
    OTK_FETCH_END /* the transfer is over: `status` */
};

/* What was received. */
struct otk_fetch_piece {
    enum otk_fetch_kind kind;
    enum otk_status status; /* END: as otk_pull_end takes it */
    uint32_t len;
    uint8_t bytes[OTK_FETCH_PIECE_SIZE];
};

struct otk_fetch;

/*
 * Start the thread.
 *
 * options  borrowed until close
 * fetch    written on success only; end it with otk_fetch_close
 *
 * Returns  OTK_OK
 *          OTK_HOST_IO      options->ca_path cannot be read
 *          OTK_BAD_KEY      options->ca_path holds no certificate
 *          OTK_UNSUPPORTED  libcurl was built without OpenSSL
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_fetch_open(const struct otk_pull_options *options,
                                            struct otk_fetch **fetch);

/* Begin a request; the one before has ended. `request` is borrowed for the call. */
void otk_fetch_start(struct otk_fetch *fetch, const struct otk_pull_request *request);

/* Give up the request. What was received and not taken is dropped; OTK_FETCH_END comes soon. */
void otk_fetch_cancel(struct otk_fetch *fetch);

/* Take the next piece. Returns false where none came within `timeout_ms`. */
bool otk_fetch_take(struct otk_fetch *fetch, uint32_t timeout_ms, struct otk_fetch_piece *piece);

/* End the thread and release everything. NULL is allowed. */
void otk_fetch_close(struct otk_fetch *fetch);

#ifdef __cplusplus
}
#endif

#endif
