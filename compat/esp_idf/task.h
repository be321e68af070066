// SPDX-License-Identifier: Apache-2.0
/*
 * Tasks from inside: how the runner starts the first one, and when all are over.
 */
#ifndef COMPAT_ESP_IDF_TASK_H
#define COMPAT_ESP_IDF_TASK_H

#include <stdbool.h>
#include <time.h>

#include <freertos/FreeRTOS.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Run `first` as the task "main", and wait until no task is left.
 *
 * Returns  false: no thread was to be had
 */
bool otk_idf_task_run(void (*first)(void));

/* From now on waits take no time: the clock of ticks goes forward instead. */
void otk_idf_task_skip_waits(void);

/* When a wait of `ticks` is over, for pthread_cond_timedwait on CLOCK_MONOTONIC. */
struct timespec otk_idf_task_deadline(TickType_t ticks);

#ifdef __cplusplus
}
#endif

#endif
