// SPDX-License-Identifier: Apache-2.0
/*
 * Ctrl-C: nothing half-written stays behind, the exit status is 130.
 *
 *     cli_interrupt_guard("table.bin.tmp");   // removed if the user interrupts from here on
 *     …
 *     cli_interrupt_guard(NULL);
 */
#ifndef OTAKIT_CLI_INTERRUPT_H
#define OTAKIT_CLI_INTERRUPT_H

#include <signal.h>

#include "cli/call.h"

/* Take over SIGINT, SIGTERM and SIGHUP. `call` says, when it happens, whether JSON is wanted. */
void cli_interrupt_init(const struct cli_call *call);

/* The answer is about to be printed: from here on nothing interrupts, or there would be a part of it
 * or a second one. */
void cli_interrupt_end(void);

/* For work that has something to put in order first: from here on the first signal only sets the
 * flag, and the work ends by itself; a second one ends the program. NULL: as before. */
void cli_interrupt_catch(volatile sig_atomic_t *flag);

/* Name the file to remove on interrupt; NULL: none. The name is copied. */
void cli_interrupt_guard(const char *path);

#endif
