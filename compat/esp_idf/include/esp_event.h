// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's default event loop on a laptop: a task that hands posted events to handlers, in order.
 *
 * Types and return codes are those of ESP-IDF, esp_event.h. Only the default loop exists.
 *
 *     ESP_ERROR_CHECK(esp_event_loop_create_default());
 *     esp_event_handler_register(ESP_HTTPS_OTA_EVENT, ESP_EVENT_ANY_ID, on_event, NULL);
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_EVENT_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include <esp_err.h>
#include <freertos/FreeRTOS.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef const char *esp_event_base_t;
typedef void *esp_event_handler_instance_t;
typedef void (*esp_event_handler_t)(void *event_handler_arg, esp_event_base_t event_base,
                                    int32_t event_id, void *event_data);

/* Bases are told apart by their address, as on a chip. */
#define ESP_EVENT_DECLARE_BASE(id) extern esp_event_base_t const id
#define ESP_EVENT_DEFINE_BASE(id)  esp_event_base_t const id = #id

#define ESP_EVENT_ANY_BASE NULL
#define ESP_EVENT_ANY_ID   (-1)

/* Returns ESP_OK, ESP_ERR_INVALID_STATE where it exists already, ESP_ERR_NO_MEM. */
esp_err_t esp_event_loop_create_default(void);

/* Ends the loop behind the events that wait, and forgets the handlers. Returns ESP_OK, or
 * ESP_ERR_INVALID_STATE where there is none. Not from a handler. */
esp_err_t esp_event_loop_delete_default(void);

/* Returns ESP_OK, ESP_ERR_INVALID_STATE (no loop), ESP_ERR_INVALID_ARG, ESP_ERR_NO_MEM. */
esp_err_t esp_event_handler_register(esp_event_base_t event_base, int32_t event_id,
                                     esp_event_handler_t event_handler, void *event_handler_arg);
esp_err_t esp_event_handler_instance_register(esp_event_base_t event_base, int32_t event_id,
                                              esp_event_handler_t event_handler,
                                              void *event_handler_arg,
                                              esp_event_handler_instance_t *instance);

/* Returns ESP_OK, ESP_ERR_INVALID_STATE (no loop), ESP_ERR_NOT_FOUND. */
esp_err_t esp_event_handler_unregister(esp_event_base_t event_base, int32_t event_id,
                                       esp_event_handler_t event_handler);
esp_err_t esp_event_handler_instance_unregister(esp_event_base_t event_base, int32_t event_id,
                                                esp_event_handler_instance_t instance);

/*
 * Hand an event to the loop; its data is copied.
 *
 * ticks_to_wait  for room in the queue
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_STATE (no loop), ESP_ERR_INVALID_ARG, ESP_ERR_NO_MEM,
 *          ESP_ERR_TIMEOUT
 */
esp_err_t esp_event_post(esp_event_base_t event_base, int32_t event_id, const void *event_data,
                         size_t event_data_size, TickType_t ticks_to_wait);

#ifdef __cplusplus
}
#endif

#endif
