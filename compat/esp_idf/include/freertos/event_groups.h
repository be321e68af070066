// SPDX-License-Identifier: Apache-2.0
/*
 * FreeRTOS event groups on a laptop: 24 flags that tasks set and wait for.
 *
 *     EventGroupHandle_t group = xEventGroupCreate();
 *     xEventGroupWaitBits(group, CONNECTED, pdFALSE, pdTRUE, portMAX_DELAY);
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_FREERTOS_EVENT_GROUPS_H
#define COMPAT_ESP_IDF_INCLUDE_FREERTOS_EVENT_GROUPS_H

#include <freertos/FreeRTOS.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t EventBits_t;
typedef struct otk_idf_event_group *EventGroupHandle_t;

/* Returns a group without any bit set, or NULL. */
EventGroupHandle_t xEventGroupCreate(void);

/* Nobody may wait for it any more. */
void vEventGroupDelete(EventGroupHandle_t group);

/* Both return the bits: behind the setting, before the clearing. */
EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits);
EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits);

EventBits_t xEventGroupGetBits(EventGroupHandle_t group);

/* Wait for any of the bits, or for all. Returns the bits as they were when that came true, before
 * clear_on_exit took effect; or when the time was over. */
EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits,
                                BaseType_t clear_on_exit, BaseType_t wait_for_all,
                                TickType_t ticks_to_wait);

#ifdef __cplusplus
}
#endif

#endif
