// SPDX-License-Identifier: Apache-2.0
/* The clock, and timers of which each is a thread. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_TIMER_H
#define TEST_ESPIDF_INCLUDE_ESP_TIMER_H

#include <stdint.h>

#include <esp_err.h>

typedef struct test_timer *esp_timer_handle_t;

typedef struct {
    void (*callback)(void *arg);
    void *arg;
    const char *name;
} esp_timer_create_args_t;

int64_t esp_timer_get_time(void);
esp_err_t esp_timer_create(const esp_timer_create_args_t *args, esp_timer_handle_t *timer);
esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us);
esp_err_t esp_timer_stop(esp_timer_handle_t timer);
esp_err_t esp_timer_delete(esp_timer_handle_t timer);

#endif
