// SPDX-License-Identifier: Apache-2.0
/*
 * How far long work has come, on standard error: a bar on a terminal, a line now and then elsewhere.
 * Work that is done at once shows nothing.
 *
 *     cli_progress_begin(&progress, call, "writing", len);
 *     cli_progress_update(&progress, done);
 *     cli_progress_end(&progress);
 */
#ifndef OTAKIT_CLI_PROGRESS_H
#define OTAKIT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/call.h"

struct cli_progress {
    const char *verb;  /* what is being done; borrowed */
    uint64_t total;    /* bytes */
    uint64_t first;    /* bytes that were done before it began */
    uint64_t start_ms; /* when it began */
    uint64_t shown_ms; /* when it was shown last */
    bool is_silent;    /* --quiet */
    bool is_terminal;
    bool was_shown;
};

/* Begin. */
void cli_progress_begin(struct cli_progress *progress, const struct cli_call *call,
                        const char *verb, uint64_t total);

/* As cli_progress_begin, for work of which `done` bytes were done before: they tell nothing about the
 * speed. */
void cli_progress_begin_at(struct cli_progress *progress, const struct cli_call *call,
                           const char *verb, uint64_t total, uint64_t done);

/* `done` bytes of the total are done. May be called as often as one likes. */
void cli_progress_update(struct cli_progress *progress, uint64_t done);

/* The work is over, well or not: the terminal's line is free again. */
void cli_progress_end(struct cli_progress *progress);

#endif
