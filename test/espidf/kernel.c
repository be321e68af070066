// SPDX-License-Identifier: Apache-2.0
/* What of FreeRTOS and ESP-IDF the component uses beside compat/esp_idf, with threads. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <esp_chip_info.h>
#include <esp_flash_encrypt.h>
#include <esp_netif.h>
#include <esp_random.h>
#include <esp_task_wdt.h>
#include <esp_timer.h>
#include <freertos/semphr.h>

#define TASK_COUNT 16u
#define NS_PER_S   1000000000u

struct test_semaphore {
    bool is_free;
};

struct test_timer {
    esp_timer_create_args_t args;
    uint64_t timeout_us;
    bool is_stopped;
};

/* One lock for all of this: there are a handful of threads. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static TaskHandle_t watched;

static struct count {
    TaskHandle_t task;
    uint32_t value;
} counts[TASK_COUNT];

static struct count *count_of(TaskHandle_t task)
{
    for (unsigned index = 0; index < TASK_COUNT; index++) {
        if (counts[index].task == task || !counts[index].task) {
            counts[index].task = task;
            return &counts[index];
        }
    }
    abort();
}

BaseType_t xTaskNotifyGive(TaskHandle_t task)
{
    pthread_mutex_lock(&mutex);
    count_of(task)->value++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return pdPASS;
}

static struct timespec after(TickType_t ticks)
{
    const uint64_t wait_ns = (uint64_t)ticks * (NS_PER_S / configTICK_RATE_HZ);
    struct timespec end;
    uint64_t ns;

    clock_gettime(CLOCK_REALTIME, &end);
    ns = (uint64_t)end.tv_nsec + wait_ns;
    end.tv_sec += (time_t)(ns / NS_PER_S);
    end.tv_nsec = (long)(ns % NS_PER_S);
    return end;
}

uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks)
{
    const struct timespec end = after(ticks);
    struct count *count;
    uint32_t value;

    pthread_mutex_lock(&mutex);
    count = count_of(xTaskGetCurrentTaskHandle());
    while (count->value == 0 && pthread_cond_timedwait(&changed, &mutex, &end) == 0) {
    }
    value = count->value;
    count->value = clear || value == 0 ? 0 : value - 1;
    pthread_mutex_unlock(&mutex);
    return value;
}

static SemaphoreHandle_t create(bool is_free)
{
    struct test_semaphore *const semaphore = malloc(sizeof *semaphore);

    if (semaphore) {
        semaphore->is_free = is_free;
    }
    return semaphore;
}

SemaphoreHandle_t xSemaphoreCreateBinary(void)
{
    return create(false);
}

SemaphoreHandle_t xSemaphoreCreateMutex(void)
{
    return create(true);
}

void vSemaphoreDelete(SemaphoreHandle_t semaphore)
{
    free(semaphore);
}

BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks)
{
    configASSERT(ticks == portMAX_DELAY);
    pthread_mutex_lock(&mutex);
    while (!semaphore->is_free) {
        pthread_cond_wait(&changed, &mutex);
    }
    semaphore->is_free = false;
    pthread_mutex_unlock(&mutex);
    return pdTRUE;
}

BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore)
{
    pthread_mutex_lock(&mutex);
    configASSERT(!semaphore->is_free); /* given twice: whose lock was that? */
    semaphore->is_free = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return pdTRUE;
}

int64_t esp_timer_get_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A stopped timer's thread ends without a call; the timer itself stays allocated. */
static void *wait_and_call(void *context)
{
    struct test_timer *const timer = context;
    bool is_stopped;

    usleep((useconds_t)timer->timeout_us);
    pthread_mutex_lock(&mutex);
    is_stopped = timer->is_stopped;
    pthread_mutex_unlock(&mutex);
    if (!is_stopped) {
        timer->args.callback(timer->args.arg);
    }
    return NULL;
}

esp_err_t esp_timer_create(const esp_timer_create_args_t *args, esp_timer_handle_t *timer)
{
    *timer = calloc(1, sizeof **timer);
    if (!*timer) {
        return ESP_ERR_NO_MEM;
    }
    (*timer)->args = *args;
    return ESP_OK;
}

esp_err_t esp_timer_start_once(esp_timer_handle_t timer, uint64_t timeout_us)
{
    pthread_t thread;

    timer->timeout_us = timeout_us;
    if (pthread_create(&thread, NULL, wait_and_call, timer) != 0) {
        return ESP_ERR_NO_MEM;
    }
    pthread_detach(thread);
    return ESP_OK;
}

esp_err_t esp_timer_stop(esp_timer_handle_t timer)
{
    pthread_mutex_lock(&mutex);
    timer->is_stopped = true;
    pthread_mutex_unlock(&mutex);
    return ESP_OK;
}

esp_err_t esp_timer_delete(esp_timer_handle_t timer)
{
    configASSERT(timer->is_stopped);
    return ESP_OK;
}

esp_err_t esp_task_wdt_add(TaskHandle_t task)
{
    watched = task ? task : xTaskGetCurrentTaskHandle();
    return ESP_OK;
}

esp_err_t esp_task_wdt_delete(TaskHandle_t task)
{
    configASSERT(task == watched);
    watched = NULL;
    return ESP_OK;
}

esp_err_t esp_task_wdt_reset(void)
{
    configASSERT(watched == xTaskGetCurrentTaskHandle());
    return ESP_OK;
}

void esp_chip_info(esp_chip_info_t *info)
{
    info->revision = 4;
}

uint32_t esp_random(void)
{
    return (uint32_t)esp_timer_get_time() * 2654435761u;
}

void esp_fill_random(void *buffer, size_t len)
{
    for (size_t index = 0; index < len; index++) {
        ((uint8_t *)buffer)[index] = (uint8_t)(esp_random() >> 24);
    }
}

bool esp_efuse_is_flash_encryption_enabled(void)
{
    return false;
}

esp_netif_t *esp_netif_get_default_netif(void)
{
    static int there;

    return (esp_netif_t *)&there;
}

bool esp_netif_is_netif_up(esp_netif_t *netif)
{
    return netif != NULL;
}

esp_err_t esp_flash_read_encrypted(esp_flash_t *chip, uint32_t address, void *buffer,
                                   uint32_t length)
{
    (void)chip;
    (void)address;
    (void)buffer;
    (void)length;
    abort(); /* the chip does not encrypt */
}
