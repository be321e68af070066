// SPDX-License-Identifier: Apache-2.0
/*
 * Ctrl-C as a flag that long work looks at.
 *
 *     otk_interrupt_watch();
 *     while (!otk_interrupt_seen())
 *         work();
 */
#ifndef PORT_LINUX_INTERRUPT_H
#define PORT_LINUX_INTERRUPT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on SIGINT sets the flag instead of ending the process, and a blocked system call returns.
 * A second SIGINT ends the process: the flash file survives that as it survives a loss of power. */
void otk_interrupt_watch(void);

/* Whether SIGINT came since otk_interrupt_watch. */
bool otk_interrupt_seen(void);

#ifdef __cplusplus
}
#endif

#endif
