// SPDX-License-Identifier: Apache-2.0
/*
 * The application's loop: everything that can wake it, served on one thread.
 *
 *     otk_loop_add(&loop, (struct otk_loop_source){server, watch, serve});
 *     while (!done)
 *         otk_loop_turn(&loop, 100);
 */
#ifndef PORT_LINUX_LOOP_H
#define PORT_LINUX_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_LOOP_SOURCE_COUNT 8u
#define OTK_LOOP_FD_COUNT     32u

/* Something that waits for files or for the clock. */
struct otk_loop_source {
    void *context; /* handed back to both calls */
    /* Name up to `room` files to wait for, and lower *timeout_ms where the source wants to be
     * served earlier. Returns how many files. */
    uint32_t (*watch)(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms);
    /* Do what there is to do; called in every turn, never blocks. Returns OTK_MORE where there is
     * more to do at once, else OTK_OK. */
    enum otk_status (*serve)(void *context, uint32_t now_ms);
};

/* Zeroed: no sources. */
struct otk_loop {
    struct otk_loop_source sources[OTK_LOOP_SOURCE_COUNT];
    uint32_t count;
    bool is_busy; /* a source has more to do: the next turn does not wait */
};

/* Add a source. There is room for OTK_LOOP_SOURCE_COUNT; more are a programming error. */
void otk_loop_add(struct otk_loop *loop, struct otk_loop_source source);

/* Take the source with that context out. Does nothing where there is none. */
void otk_loop_remove(struct otk_loop *loop, const void *context);

/* Wait for any source, at most timeout_ms, then serve all of them. A signal ends the wait. */
void otk_loop_turn(struct otk_loop *loop, uint32_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
