// SPDX-License-Identifier: Apache-2.0
/* Binary semaphores and mutexes, as threads have them. */
#ifndef TEST_ESPIDF_INCLUDE_FREERTOS_SEMPHR_H
#define TEST_ESPIDF_INCLUDE_FREERTOS_SEMPHR_H

#include <freertos/FreeRTOS.h>

typedef struct test_semaphore *SemaphoreHandle_t;

SemaphoreHandle_t xSemaphoreCreateBinary(void); /* taken */
SemaphoreHandle_t xSemaphoreCreateMutex(void);  /* free */
void vSemaphoreDelete(SemaphoreHandle_t semaphore);

/* Only with portMAX_DELAY. */
BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks);
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore);

#endif
