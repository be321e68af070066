// SPDX-License-Identifier: Apache-2.0
/* The ring: every record is one byte of kind, two of length, and its bytes. */
#include "port/linux/fetch_ring.h"

#include <string.h>
#include <time.h>

#define HEAD_SIZE 3u

static void copy_in(struct otk_fetch_ring *ring, const void *data, uint32_t len)
{
    const uint32_t end = (ring->start + ring->fill) % OTK_PULL_RING_SIZE;
    const uint32_t first = len < OTK_PULL_RING_SIZE - end ? len : OTK_PULL_RING_SIZE - end;

    memcpy(ring->bytes + end, data, first);
    if (len > first) {
        memcpy(ring->bytes, (const uint8_t *)data + first, len - first);
    }
    ring->fill += len;
}

static void copy_out(struct otk_fetch_ring *ring, void *data, uint32_t len)
{
    const uint32_t to_end = OTK_PULL_RING_SIZE - ring->start;
    const uint32_t first = len < to_end ? len : to_end;

    memcpy(data, ring->bytes + ring->start, first);
    memcpy((uint8_t *)data + first, ring->bytes, len - first);
    ring->start = (ring->start + len) % OTK_PULL_RING_SIZE;
    ring->fill -= len;
}

enum otk_status otk_fetch_ring_init(struct otk_fetch_ring *ring)
{
    pthread_condattr_t attributes;
    bool is_made = false;

    memset(ring, 0, sizeof *ring);
    if (pthread_condattr_init(&attributes) != 0) {
        return OTK_NO_MEMORY;
    }
    if (pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
        pthread_cond_init(&ring->changed, &attributes) == 0) {
        is_made = pthread_mutex_init(&ring->mutex, NULL) == 0;
        if (!is_made) {
            pthread_cond_destroy(&ring->changed);
        }
    }
    pthread_condattr_destroy(&attributes);
    return is_made ? OTK_OK : OTK_NO_MEMORY;
}

void otk_fetch_ring_begin(struct otk_fetch_ring *ring)
{
    pthread_mutex_lock(&ring->mutex);
    ring->start = 0;
    ring->fill = 0;
    ring->is_cancelled = false;
    ring->is_ended = false;
    pthread_mutex_unlock(&ring->mutex);
}

bool otk_fetch_ring_put(struct otk_fetch_ring *ring, enum otk_fetch_kind kind, const void *data,
                        uint32_t len)
{
    const uint8_t head[HEAD_SIZE] = {(uint8_t)kind, (uint8_t)len, (uint8_t)(len >> 8)};
    bool is_wanted;

    pthread_mutex_lock(&ring->mutex);
    while (!ring->is_cancelled && OTK_PULL_RING_SIZE - ring->fill < HEAD_SIZE + len) {
        pthread_cond_wait(&ring->changed, &ring->mutex);
    }
    is_wanted = !ring->is_cancelled;
    if (is_wanted) {
        copy_in(ring, head, HEAD_SIZE);
        copy_in(ring, data, len);
        pthread_cond_broadcast(&ring->changed);
    }
    pthread_mutex_unlock(&ring->mutex);
    return is_wanted;
}

void otk_fetch_ring_end(struct otk_fetch_ring *ring, enum otk_status status)
{
    pthread_mutex_lock(&ring->mutex);
    ring->is_ended = true;
    ring->end_status = status;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->mutex);
}

void otk_fetch_ring_cancel(struct otk_fetch_ring *ring)
{
    pthread_mutex_lock(&ring->mutex);
    ring->is_cancelled = true;
    ring->fill = 0;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->mutex);
}

bool otk_fetch_ring_is_cancelled(struct otk_fetch_ring *ring)
{
    bool is_cancelled;

    pthread_mutex_lock(&ring->mutex);
    is_cancelled = ring->is_cancelled;
    pthread_mutex_unlock(&ring->mutex);
    return is_cancelled;
}

/* Wait until there is a record or the end; the mutex is held. */
static bool await_record(struct otk_fetch_ring *ring, uint32_t timeout_ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(timeout_ms / 1000);
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    while (ring->fill == 0 && !ring->is_ended) {
        if (timeout_ms == 0 || pthread_cond_timedwait(&ring->changed, &ring->mutex, &until) != 0) {
            return false;
        }
    }
    return true;
}

bool otk_fetch_ring_take(struct otk_fetch_ring *ring, uint32_t timeout_ms,
                         struct otk_fetch_piece *piece)
{
    uint8_t head[HEAD_SIZE];
    bool is_there;

    pthread_mutex_lock(&ring->mutex);
    is_there = await_record(ring, timeout_ms);
    if (is_there && ring->fill > 0) {
        copy_out(ring, head, HEAD_SIZE);
        piece->kind = (enum otk_fetch_kind)head[0];
        piece->len = head[1] | (uint32_t)head[2] << 8;
        copy_out(ring, piece->bytes, piece->len);
        pthread_cond_broadcast(&ring->changed);
    } else if (is_there) {
        piece->kind = OTK_FETCH_END;
        piece->status = ring->end_status;
        piece->len = 0;
    }
    pthread_mutex_unlock(&ring->mutex);
    return is_there;
}

void otk_fetch_ring_destroy(struct otk_fetch_ring *ring)
{
    pthread_cond_destroy(&ring->changed);
    pthread_mutex_destroy(&ring->mutex);
}
