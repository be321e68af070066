// SPDX-License-Identifier: Apache-2.0
/* A person at the device. Reads bytes, not stdio lines: an interrupt must end the wait, and a line
 * that is not asked for must stay where it is. */
#include "port/linux/console.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "port/linux/interrupt.h"

/* Longest line that can mean something, and then some. */
#define LINE_SIZE 64u

/* How long a wait goes on without looking for an interrupt. */
#define LOOK_INTERVAL_MS 200

struct word {
    const char *text;
    enum otk_console_word word;
};

static const struct word words[] = {
    {"confirm", OTK_CONSOLE_CONFIRM},
    {"reject", OTK_CONSOLE_REJECT},
    {"reset", OTK_CONSOLE_RESET},
};

/* One byte; 0 at the end of input, negative at an interrupt. */
static int read_byte(char *byte)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t len;

    for (;;) {
        if (otk_interrupt_seen()) {
            return -1;
        }
        if (poll(&input, 1, LOOK_INTERVAL_MS) <= 0) {
            continue;
        }
        len = read(STDIN_FILENO, byte, 1);
        if (len >= 0) {
            return (int)len;
        }
        if (errno != EINTR) {
            return 0;
        }
    }
}

/* One line without its end; as read_byte. What does not fit is dropped. */
static int read_line(char line[LINE_SIZE])
{
    size_t len = 0;
    char byte;
    int outcome;

    while ((outcome = read_byte(&byte)) > 0 && byte != '\n') {
        if (len < LINE_SIZE - 1u) {
            line[len++] = byte;
        }
    }
    line[len] = '\0';
    return outcome == 0 && len > 0 ? 1 : outcome;
}

enum otk_console_word otk_console_ask(void)
{
    char line[LINE_SIZE];
    int outcome;
    size_t index;

    while ((outcome = read_line(line)) > 0) {
        for (index = 0; index < sizeof words / sizeof words[0]; index++) {
            if (strcmp(line, words[index].text) == 0) {
                return words[index].word;
            }
        }
        fprintf(stderr, "otakit: type confirm, reject or reset\n");
    }
    return outcome < 0 ? OTK_CONSOLE_INTERRUPTED : OTK_CONSOLE_END;
}
