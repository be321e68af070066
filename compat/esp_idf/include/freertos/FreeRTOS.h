// SPDX-License-Identifier: Apache-2.0
/*
 * The words of FreeRTOS that application code uses, as ESP-IDF defines them. A task is a thread, a
 * tick is 10 ms of the laptop's clock.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_FREERTOS_FREERTOS_H
#define COMPAT_ESP_IDF_INCLUDE_FREERTOS_FREERTOS_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <sdkconfig.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t TickType_t;
typedef int BaseType_t;
typedef unsigned UBaseType_t;

#define configTICK_RATE_HZ      CONFIG_FREERTOS_HZ
#define configMAX_PRIORITIES    25
#define configASSERT(condition) assert(condition)

#define portTICK_PERIOD_MS ((TickType_t)(1000 / configTICK_RATE_HZ))
#define portTICK_RATE_MS   portTICK_PERIOD_MS
#define portMAX_DELAY      ((TickType_t)0xFFFFFFFFu)

#define pdMS_TO_TICKS(ms)    ((TickType_t)(((uint64_t)(ms)*configTICK_RATE_HZ) / 1000u))
#define pdTICKS_TO_MS(ticks) ((uint32_t)(((uint64_t)(ticks)*1000u) / configTICK_RATE_HZ))

#define pdFALSE ((BaseType_t)0)
#define pdTRUE  ((BaseType_t)1)
#define pdPASS  pdTRUE
#define pdFAIL  pdFALSE

#define tskNO_AFFINITY 0x7FFFFFFF

#ifdef __cplusplus
}
#endif

#endif
