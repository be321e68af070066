// SPDX-License-Identifier: Apache-2.0
/*
 * Event groups: flags behind a mutex, and a condition for whoever waits.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include <freertos/event_groups.h>

#include "compat/esp_idf/task.h"

/* The upper eight are the kernel's on a chip. */
#define USABLE_BITS 0x00FFFFFFu

struct otk_idf_event_group {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    EventBits_t bits;
};

EventGroupHandle_t xEventGroupCreate(void)
{
    struct otk_idf_event_group *group = calloc(1, sizeof *group);
    pthread_condattr_t attributes;

    if (group) {
        pthread_mutex_init(&group->mutex, NULL);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&group->changed, &attributes);
        pthread_condattr_destroy(&attributes);
    }
    return group;
}

void vEventGroupDelete(EventGroupHandle_t group)
{
    if (group) {
        pthread_cond_destroy(&group->changed);
        pthread_mutex_destroy(&group->mutex);
        free(group);
    }
}

EventBits_t xEventGroupSetBits(EventGroupHandle_t group, EventBits_t bits)
{
    EventBits_t result;

    pthread_mutex_lock(&group->mutex);
    group->bits |= bits & USABLE_BITS;
    result = group->bits;
    pthread_cond_broadcast(&group->changed);
    pthread_mutex_unlock(&group->mutex);
    return result;
}

EventBits_t xEventGroupClearBits(EventGroupHandle_t group, EventBits_t bits)
{
    EventBits_t result;

    pthread_mutex_lock(&group->mutex);
    result = group->bits;
    group->bits &= ~bits;
    pthread_mutex_unlock(&group->mutex);
    return result;
}

EventBits_t xEventGroupGetBits(EventGroupHandle_t group)
{
    return xEventGroupClearBits(group, 0);
}

static bool is_true(const struct otk_idf_event_group *group, EventBits_t bits, BaseType_t all)
{
    const EventBits_t set = group->bits & bits;

    return all ? set == bits : set != 0;
}

EventBits_t xEventGroupWaitBits(EventGroupHandle_t group, EventBits_t bits,
                                BaseType_t clear_on_exit, BaseType_t wait_for_all,
                                TickType_t ticks_to_wait)
{
    const bool is_endless = ticks_to_wait == portMAX_DELAY;
    const struct timespec deadline = otk_idf_task_deadline(is_endless ? 0 : ticks_to_wait);
    EventBits_t result;
    int error = 0;

    pthread_mutex_lock(&group->mutex);
    while (error == 0 && !is_true(group, bits, wait_for_all)) {
        error = is_endless ? pthread_cond_wait(&group->changed, &group->mutex)
                           : pthread_cond_timedwait(&group->changed, &group->mutex, &deadline);
    }
    result = group->bits;
    if (clear_on_exit && is_true(group, bits, wait_for_all)) {
        group->bits &= ~bits;
    }
    pthread_mutex_unlock(&group->mutex);
    return result;
}
