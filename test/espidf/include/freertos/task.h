// SPDX-License-Identifier: Apache-2.0
/* Task notifications, beside the tasks of compat/esp_idf. */
#ifndef TEST_ESPIDF_INCLUDE_FREERTOS_TASK_H
#define TEST_ESPIDF_INCLUDE_FREERTOS_TASK_H

#include_next <freertos/task.h>

/* Add one to a task's count, which wakes it. */
BaseType_t xTaskNotifyGive(TaskHandle_t task);

/* Wait until the own count is not zero. Returns what it was: 0 when the time is over. */
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);

#endif
