// SPDX-License-Identifier: Apache-2.0
/* How far long work has come. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/value.h"

/* Shorter work is not worth a line. */
#define QUIET_START_MS 400u

/* How often the bar moves, and how often a line is added where there is no terminal. */
#define BAR_INTERVAL_MS  100u
#define LINE_INTERVAL_MS 2000u

#define BAR_WIDTH 24u

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

void cli_progress_begin(struct cli_progress *progress, const struct cli_call *call,
                        const char *verb, uint64_t total)
{
    cli_progress_begin_at(progress, call, verb, total, 0);
}

void cli_progress_begin_at(struct cli_progress *progress, const struct cli_call *call,
                           const char *verb, uint64_t total, uint64_t done)
{
    const uint64_t now = now_ms();

    *progress = (struct cli_progress){
        .verb = verb,
        .total = total ? total : 1,
        .first = done,
        .start_ms = now,
        .shown_ms = now,
        .is_silent = call->quiet,
        .is_terminal = isatty(STDERR_FILENO),
    };
}

static void show(const struct cli_progress *progress, uint64_t done, uint64_t elapsed_ms)
{
    char bar[BAR_WIDTH + 1];
    char amount[32];
    char speed[32];
    const size_t filled = (size_t)(done * BAR_WIDTH / progress->total);
    const uint64_t moved = done > progress->first ? done - progress->first : 0;
    const uint64_t per_second = moved * 1000u / (elapsed_ms ? elapsed_ms : 1);
    const uint64_t left_s = per_second ? (progress->total - done) / per_second : 0;

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', filled < BAR_WIDTH ? filled : BAR_WIDTH);
    bar[BAR_WIDTH] = '\0';
    cli_value_format_size(done, amount, sizeof amount);
    cli_value_format_size(per_second, speed, sizeof speed);
    if (progress->is_terminal) {
        fprintf(stderr, "\r%s [%s] %s, %s/s, %us left \033[K", progress->verb, bar, amount, speed,
                (unsigned int)left_s);
        fflush(stderr);
    } else {
        fprintf(stderr, "%s: %s, %u%%, %s/s\n", progress->verb, amount,
                (unsigned int)(done * 100u / progress->total), speed);
    }
}

void cli_progress_update(struct cli_progress *progress, uint64_t done)
{
    const uint64_t now = now_ms();
    const uint64_t interval = progress->is_terminal ? BAR_INTERVAL_MS : LINE_INTERVAL_MS;

    if (progress->is_silent || now - progress->start_ms < QUIET_START_MS ||
        now - progress->shown_ms < interval) {
        return;
    }
    progress->shown_ms = now;
    progress->was_shown = true;
    show(progress, done < progress->total ? done : progress->total, now - progress->start_ms);
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->was_shown && progress->is_terminal) {
        fputs("\r\033[K", stderr);
    }
}
