// SPDX-License-Identifier: Apache-2.0
/*
 * A ring of records between the thread that receives and the one that writes to flash.
 *
 *     otk_fetch_ring_put(&ring, OTK_FETCH_BODY, data, len);       // receiver; waits for space
 *     otk_fetch_ring_take(&ring, 100, &piece);                    // writer; waits for records
 */
#ifndef PORT_LINUX_FETCH_RING_H
#define PORT_LINUX_FETCH_RING_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "port/linux/fetch_curl.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One receiver, one writer. */
struct otk_fetch_ring {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint32_t start;    /* of the oldest byte */
    uint32_t fill;     /* bytes in use */
    bool is_cancelled; /* nobody wants what comes */
    bool is_ended;     /* nothing comes any more */
    enum otk_status end_status;
    uint8_t bytes[OTK_PULL_RING_SIZE];
};

/* Make an empty ring. Returns OTK_OK or OTK_NO_MEMORY. */
OTK_MUST_USE enum otk_status otk_fetch_ring_init(struct otk_fetch_ring *ring);

/* Empty it for another response. */
void otk_fetch_ring_begin(struct otk_fetch_ring *ring);

/* Add a record of at most OTK_FETCH_PIECE_SIZE bytes; waits for space. Returns false after
 * otk_fetch_ring_cancel. */
bool otk_fetch_ring_put(struct otk_fetch_ring *ring, enum otk_fetch_kind kind, const void *data,
                        uint32_t len);

/* Say that nothing will be added any more. The writer sees it behind the last record. */
void otk_fetch_ring_end(struct otk_fetch_ring *ring, enum otk_status status);

/* Drop what is there and refuse more. */
void otk_fetch_ring_cancel(struct otk_fetch_ring *ring);

/* Whether the ring was cancelled. */
bool otk_fetch_ring_is_cancelled(struct otk_fetch_ring *ring);

/* Take the oldest record. Returns false where none came within `timeout_ms`. */
bool otk_fetch_ring_take(struct otk_fetch_ring *ring, uint32_t timeout_ms,
                         struct otk_fetch_piece *piece);

/* Release what init acquired. */
void otk_fetch_ring_destroy(struct otk_fetch_ring *ring);

#ifdef __cplusplus
}
#endif

#endif
