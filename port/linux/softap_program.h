// SPDX-License-Identifier: Apache-2.0
/*
 * hostapd or dnsmasq under the device's care: found, started, waited for, and started again when it
 * ends by itself.
 *
 *     otk_softap_program_find(&program)
 *     otk_softap_program_open(&program, &trouble)              // waits until it is ready
 *     change = otk_softap_program_tend(&program, now_ms, ...)  // in every turn of the loop
 *     otk_softap_program_close(&program)
 */
#ifndef PORT_LINUX_SOFTAP_PROGRAM_H
#define PORT_LINUX_SOFTAP_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "port/linux/child.h"
#include "port/linux/softap_news.h"
#include "port/linux/softap_trouble.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_SOFTAP_PATH_SIZE 64u

/* Set the first five; the others are zero. */
struct otk_softap_program {
    const char *name;   /* of its file */
    const char *how;    /* hint: where to get it */
    const char *advice; /* hint: where to look, when it ends for no known reason */
    char *const *argv;  /* argv[0] is `path`; borrowed until close */
    const char *input;  /* text on its standard input, borrowed until close; NULL: none */
    char path[OTK_SOFTAP_PATH_SIZE];
    struct otk_child child;
    char words[OTK_SOFTAP_WHY_SIZE]; /* what it said last that may explain an end */
    bool is_ready;
    bool is_given_up;  /* it ended too often in a row */
    uint32_t since_ms; /* when it was started, got ready, or ended */
    uint32_t restarts; /* in a row */
};

/* What a program did since the last look. */
enum otk_softap_change {
    OTK_SOFTAP_SAME,
    OTK_SOFTAP_CAME_BACK,
    OTK_SOFTAP_ENDED,   /* it will be started again; *trouble says what is known */
    OTK_SOFTAP_GIVEN_UP /* it will not; *trouble says what is known */
};

/* Told about each line of the output that means something to the device. */
typedef void otk_softap_listener(void *context, const struct otk_softap_news *news);

/* Look where the program stands. Returns false and *trouble (OTK_HOST_IO) where it is not installed. */
bool otk_softap_program_find(struct otk_softap_program *program,
                             struct otk_softap_trouble *trouble);

/* Start it and wait until it is ready. Returns OTK_OK, OTK_INTERRUPTED, or what stands in *trouble:
 * OTK_HOST_IO. Close it in any case. */
OTK_MUST_USE enum otk_status otk_softap_program_open(struct otk_softap_program *program,
                                                     struct otk_softap_trouble *trouble);

/* Read what it printed, and start it again when that is due; never waits. Returns what changed. */
enum otk_softap_change otk_softap_program_tend(struct otk_softap_program *program, uint32_t now_ms,
                                               otk_softap_listener *listener, void *context,
                                               struct otk_softap_trouble *trouble);

/* End it. */
void otk_softap_program_close(struct otk_softap_program *program);

#ifdef __cplusplus
}
#endif

#endif
