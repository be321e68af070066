// SPDX-License-Identifier: Apache-2.0
/*
 * A person at the device: lines on standard input, read without waiting.
 *
 *     struct otk_console console = {0};
 *     otk_loop_add(&loop, otk_console_source(&console));
 *     otk_loop_turn(&loop, 100);
 *     if (otk_console_take(&console) == OTK_CONSOLE_CONFIRM)
 *         ...
 */
#ifndef PORT_LINUX_CONSOLE_H
#define PORT_LINUX_CONSOLE_H

#include <stdbool.h>

#include "port/linux/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longest line that can mean something, and then some. */
#define OTK_CONSOLE_LINE_SIZE 64u

enum otk_console_word {
    OTK_CONSOLE_NOTHING, /* no word yet */
    OTK_CONSOLE_CONFIRM,
    OTK_CONSOLE_REJECT,
    OTK_CONSOLE_RESET
};

/* Zeroed: nothing was read yet. */
struct otk_console {
    char line[OTK_CONSOLE_LINE_SIZE];
    uint32_t len;
    enum otk_console_word word; /* read, not taken */
    bool has_ended;             /* standard input has: nobody will answer */
};

/* Reads one line a turn: "confirm", "reject" or "reset"; others are answered with that list on
 * standard error. A line that is not waited for stays where it is. */
struct otk_loop_source otk_console_source(struct otk_console *console);

/* The word that was read, once. */
enum otk_console_word otk_console_take(struct otk_console *console);

#ifdef __cplusplus
}
#endif

#endif
