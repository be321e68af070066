// SPDX-License-Identifier: Apache-2.0
/*
 * What happens, told: an event on the default event loop, and a line in the log.
 *
 *     otk_espidf_tell(OTAKIT_EVENT_FAILED, &(struct otk_espidf_event){.status = status, .source = "pull"});
 */
#ifndef PORT_ESPIDF_TELL_H
#define PORT_ESPIDF_TELL_H

#include "otakit/core/session.h"
#include "port/espidf/include/otakit_espidf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes between two progress events of one update. */
#define OTK_TELL_INTERVAL 65536u

/* From any task, with or without the lock. An event that finds the loop's queue full is dropped after
 * 100 ms, progress at once. */
void otk_espidf_tell(enum otk_espidf_event_id id, const struct otk_espidf_event *event);

/* Whether there is progress to be told since `told_offset`, which is then brought up to date. */
bool otk_espidf_tell_is_due(const struct otk_progress *progress, uint32_t *told_offset);

/* Tell of the restart, give half a second to whoever hears it, and restart. Under the lock, so that
 * nobody writes to a slot any more. */
_Noreturn void otk_espidf_restart(void);

#ifdef __cplusplus
}
#endif

#endif
