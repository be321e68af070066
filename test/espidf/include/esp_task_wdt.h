// SPDX-License-Identifier: Apache-2.0
/* The task watchdog: it aborts where a task is fed that it does not watch. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_TASK_WDT_H
#define TEST_ESPIDF_INCLUDE_ESP_TASK_WDT_H

#include <esp_err.h>
#include <freertos/task.h>

esp_err_t esp_task_wdt_add(TaskHandle_t task);
esp_err_t esp_task_wdt_delete(TaskHandle_t task);
esp_err_t esp_task_wdt_reset(void);

#endif
