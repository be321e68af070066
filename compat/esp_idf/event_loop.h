// SPDX-License-Identifier: Apache-2.0
/*
 * The event loop from inside.
 */
#ifndef COMPAT_ESP_IDF_EVENT_LOOP_H
#define COMPAT_ESP_IDF_EVENT_LOOP_H

#ifdef __cplusplus
extern "C" {
#endif

/* Wait until every posted event was handled, at most a second. Does nothing in a handler. */
void otk_idf_event_loop_settle(void);

#ifdef __cplusplus
}
#endif

#endif
