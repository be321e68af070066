// SPDX-License-Identifier: Apache-2.0
/* Ctrl-C, and what else asks a program to end, as a flag. The flag is global because a signal handler has no other way to be heard. */
#include "port/linux/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t interrupt_seen;

static void handle_interrupt(int number)
{
    (void)number;
    interrupt_seen = 1;
}

/* Links, access points and the like are to be cleared away, whoever ends us. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

void otk_interrupt_watch(void)
{
    struct sigaction action;
    struct sigaction before;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle_interrupt;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    interrupt_seen = 0;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        /* What nohup, or a shell's background, ignores stays ignored. */
        if (signals[i] == SIGINT ||
            (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)) {
            sigaction(signals[i], &action, NULL);
        }
    }
}

bool otk_interrupt_seen(void)
{
    return interrupt_seen != 0;
}
