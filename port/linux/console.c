// SPDX-License-Identifier: Apache-2.0
/* A person at the device. Reads bytes, not stdio lines: what is behind a word must stay in the pipe
 * for whoever reads after the next reset. */
#include "port/linux/console.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct word {
    const char *text;
    enum otk_console_word word;
};

static const struct word words[] = {
    {"confirm", OTK_CONSOLE_CONFIRM},
    {"reject", OTK_CONSOLE_REJECT},
    {"reset", OTK_CONSOLE_RESET},
};

static bool is_readable(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&input, 1, 0) > 0;
}

static void judge_line(struct otk_console *console)
{
    size_t index;

    console->line[console->len] = '\0';
    console->len = 0;
    for (index = 0; index < sizeof words / sizeof words[0]; index++) {
        if (strcmp(console->line, words[index].text) == 0) {
            console->word = words[index].word;
            return;
        }
    }
    fprintf(stderr, "otakit: type confirm, reject or reset\n");
}

/* What does not fit a line is dropped. */
static void take_byte(struct otk_console *console, char byte)
{
    if (byte == '\n') {
        judge_line(console);
    } else if (console->len < OTK_CONSOLE_LINE_SIZE - 1u) {
        console->line[console->len++] = byte;
    }
}

static void end(struct otk_console *console)
{
    if (console->len > 0) {
        judge_line(console);
    }
    console->has_ended = true;
}

static uint32_t watch(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms)
{
    const struct otk_console *console = context;

    (void)timeout_ms;
    if (room == 0 || console->has_ended || console->word != OTK_CONSOLE_NOTHING) {
        return 0;
    }
    files[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    return 1;
}

static enum otk_status serve(void *context, uint32_t now_ms)
{
    struct otk_console *console = context;
    char byte;

    (void)now_ms;
    while (!console->has_ended && console->word == OTK_CONSOLE_NOTHING && is_readable()) {
        const ssize_t len = read(STDIN_FILENO, &byte, 1);

        if (len <= 0) {
            end(console);
        } else {
            take_byte(console, byte);
        }
    }
    return OTK_OK;
}

struct otk_loop_source otk_console_source(struct otk_console *console)
{
    return (struct otk_loop_source){.context = console, .watch = watch, .serve = serve};
}

enum otk_console_word otk_console_take(struct otk_console *console)
{
    const enum otk_console_word word = console->word;

    console->word = OTK_CONSOLE_NOTHING;
    return word;
}
