// SPDX-License-Identifier: Apache-2.0
/* Ctrl-C as a flag. The flag is global because a signal handler has no other way to be heard. */
#include "port/linux/interrupt.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t interrupt_seen;

static void handle_interrupt(int number)
{
    (void)number;
    interrupt_seen = 1;
}

void otk_interrupt_watch(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle_interrupt;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    interrupt_seen = 0;
    sigaction(SIGINT, &action, NULL);
}

bool otk_interrupt_seen(void)
{
    return interrupt_seen != 0;
}
