// SPDX-License-Identifier: Apache-2.0
/* Yielding, and the task watchdog. Its functions log an error where CONFIG_ESP_TASK_WDT_INIT is off, so
 * that a task remembers whether it is watched: there is one. */
#include "port/espidf/patience.h"

#include <esp_task_wdt.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

static TaskHandle_t watched;

void otk_patience(void)
{
    vTaskDelay(
        1); /* not taskYIELD: the idle task, which has the lowest priority, is watched, too */
    if (watched && watched == xTaskGetCurrentTaskHandle()) {
        (void)esp_task_wdt_reset();
    }
}

void otk_patience_watch(bool is_watched)
{
    if (!is_watched) {
        if (watched) {
            (void)esp_task_wdt_delete(watched);
        }
        watched = NULL;
    } else if (esp_task_wdt_add(NULL) == ESP_OK) {
        watched = xTaskGetCurrentTaskHandle();
    }
}
