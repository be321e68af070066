// SPDX-License-Identifier: Apache-2.0
/*
 * Tasks as threads. They are counted, so that the runner sees when none is left.
 */
#include "compat/esp_idf/task.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <esp_log.h>
#include <freertos/task.h>

/* Bytes of a name with its NUL; source: FreeRTOSConfig.h of ESP-IDF, configMAX_TASK_NAME_LEN. */
#define NAME_SIZE 16u

struct otk_idf_task {
    TaskFunction_t function;
    void *parameter;
    char name[NAME_SIZE];
    atomic_bool must_end; /* another task has deleted it */
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t none_left;
    unsigned count;
} tasks = {.mutex = PTHREAD_MUTEX_INITIALIZER, .none_left = PTHREAD_COND_INITIALIZER};

static _Thread_local struct otk_idf_task *current;
static atomic_bool skips_waits;
static atomic_uint skipped_ticks;

static void leave(void *context)
{
    free(context);
    pthread_mutex_lock(&tasks.mutex);
    tasks.count--;
    if (tasks.count == 0) {
        pthread_cond_broadcast(&tasks.none_left);
    }
    pthread_mutex_unlock(&tasks.mutex);
}

static void *run(void *context)
{
    struct otk_idf_task *const task = context;

    current = task;
    pthread_cleanup_push(leave, task);
    task->function(task->parameter);
    pthread_cleanup_pop(1);
    return NULL;
}

BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_depth,
                       void *parameter, UBaseType_t priority, TaskHandle_t *created_task)
{
    struct otk_idf_task *task = calloc(1, sizeof *task);
    pthread_attr_t attributes;
    pthread_t thread;
    bool started;

    (void)stack_depth;
    (void)priority;
    if (!task) {
        return pdFAIL;
    }
    task->function = function;
    task->parameter = parameter;
    strncpy(task->name, name ? name : "", NAME_SIZE - 1u);
    pthread_mutex_lock(&tasks.mutex);
    tasks.count++;
    pthread_mutex_unlock(&tasks.mutex);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* The task may be over, and free, before pthread_create returns. */
    if (created_task) {
        *created_task = task;
    }
    started = pthread_create(&thread, &attributes, run, task) == 0;
    pthread_attr_destroy(&attributes);
    if (!started) {
        leave(task);
        return pdFAIL;
    }
    return pdPASS;
}

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_depth,
                                   void *parameter, UBaseType_t priority,
                                   TaskHandle_t *created_task, BaseType_t core)
{
    (void)core;
    return xTaskCreate(function, name, stack_depth, parameter, priority, created_task);
}

void vTaskDelete(TaskHandle_t task)
{
    if (!task || task == current) {
        pthread_exit(NULL);
    }
    atomic_store(&task->must_end, true);
}

static void sleep_ms(uint64_t ms)
{
    struct timespec rest = {.tv_sec = (time_t)(ms / 1000u),
                            .tv_nsec = (long)(ms % 1000u) * 1000000};

    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {
    }
}

/* Where another task has deleted this one: it holds nothing here. */
static void end_if_deleted(void)
{
    if (current && atomic_load(&current->must_end)) {
        pthread_exit(NULL);
    }
}

void vTaskDelay(TickType_t ticks)
{
    const uint64_t step_ms = 100; /* a deleted task notices that soon */
    uint64_t rest_ms = (uint64_t)ticks * portTICK_PERIOD_MS;

    if (atomic_load(&skips_waits)) {
        atomic_fetch_add(&skipped_ticks, ticks);
        rest_ms = 1; /* who waits for ever in short waits must not take the processor for it */
    }
    while (rest_ms > 0) {
        const uint64_t ms = rest_ms < step_ms ? rest_ms : step_ms;

        end_if_deleted();
        sleep_ms(ms);
        rest_ms -= ms;
    }
    end_if_deleted();
}

BaseType_t xTaskDelayUntil(TickType_t *previous, TickType_t increment)
{
    const TickType_t target = *previous + increment;
    const TickType_t now = xTaskGetTickCount();
    const bool is_ahead = (int32_t)(target - now) > 0;

    *previous = target;
    if (is_ahead) {
        vTaskDelay(target - now);
    }
    return is_ahead ? pdTRUE : pdFALSE;
}

void vTaskDelayUntil(TickType_t *previous, TickType_t increment)
{
    (void)xTaskDelayUntil(previous, increment);
}

TickType_t xTaskGetTickCount(void)
{
    return esp_log_timestamp() / portTICK_PERIOD_MS + atomic_load(&skipped_ticks);
}

TaskHandle_t xTaskGetCurrentTaskHandle(void)
{
    return current;
}

char *pcTaskGetName(TaskHandle_t task)
{
    static char none[] = "";

    if (!task) {
        task = current;
    }
    return task ? task->name : none;
}

void taskYIELD(void)
{
    sched_yield();
}

static void call_first(void *parameter)
{
    void (*first)(void);

    memcpy(&first, parameter, sizeof first);
    first();
}

bool otk_idf_task_run(void (*first)(void))
{
    if (xTaskCreate(call_first, "main", 0, &first, 1, NULL) != pdPASS) {
        return false;
    }
    pthread_mutex_lock(&tasks.mutex);
    while (tasks.count > 0) {
        pthread_cond_wait(&tasks.none_left, &tasks.mutex);
    }
    pthread_mutex_unlock(&tasks.mutex);
    return true;
}

void otk_idf_task_skip_waits(void)
{
    atomic_store(&skips_waits, true);
}

struct timespec otk_idf_task_deadline(TickType_t ticks)
{
    struct timespec deadline;
    const uint64_t ms = (uint64_t)ticks * portTICK_PERIOD_MS;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += (time_t)(ms / 1000u);
    deadline.tv_nsec += (long)(ms % 1000u) * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}
