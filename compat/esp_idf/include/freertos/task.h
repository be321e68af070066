// SPDX-License-Identifier: Apache-2.0
/*
 * FreeRTOS tasks on a laptop: each is a thread. Stack size, priority and core are taken and not used,
 * so a stack that is too small on a chip does not show here.
 *
 *     xTaskCreate(work, "work", 8192, NULL, 5, NULL);
 *     vTaskDelay(pdMS_TO_TICKS(1000));
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_FREERTOS_TASK_H
#define COMPAT_ESP_IDF_INCLUDE_FREERTOS_TASK_H

#include <freertos/FreeRTOS.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*TaskFunction_t)(void *parameter);
typedef struct otk_idf_task *TaskHandle_t;

#define tskIDLE_PRIORITY 0u

/* Returns pdPASS, or pdFAIL where no thread is to be had. `created_task` may be NULL. */
BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_depth,
                       void *parameter, UBaseType_t priority, TaskHandle_t *created_task);
BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_depth,
                                   void *parameter, UBaseType_t priority,
                                   TaskHandle_t *created_task, BaseType_t core);

/* End a task; NULL: the one that calls, and then this does not return. Another one ends when it is
 * next in vTaskDelay. */
void vTaskDelete(TaskHandle_t task);

/* Wait. */
void vTaskDelay(TickType_t ticks);

/* Wait until `increment` ticks behind *previous, and move that there. Returns pdFALSE where that was
 * over already. */
BaseType_t xTaskDelayUntil(TickType_t *previous, TickType_t increment);
void vTaskDelayUntil(TickType_t *previous, TickType_t increment);

/* Ticks since the boot. */
TickType_t xTaskGetTickCount(void);

/* The task that calls; NULL in a thread that is none. */
TaskHandle_t xTaskGetCurrentTaskHandle(void);

/* A task's name; NULL: of the one that calls. */
char *pcTaskGetName(TaskHandle_t task);

/* Let others run. */
void taskYIELD(void);

#ifdef __cplusplus
}
#endif

#endif
