// SPDX-License-Identifier: Apache-2.0
/*
 * Long work that others survive: between two pieces of it the idle task runs, and the watchdog is fed.
 *
 *     while (otk_updater_poll(updater, now_ms) == OTK_MORE)
 *         otk_patience();
 */
#ifndef PORT_ESPIDF_PATIENCE_H
#define PORT_ESPIDF_PATIENCE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Let every other task run for one tick, and feed the task watchdog where it watches this task. */
void otk_patience(void);

/* Have the task watchdog look after the calling task, or no longer. Does nothing where the build has
 * none. */
void otk_patience_watch(bool is_watched);

#ifdef __cplusplus
}
#endif

#endif
