// SPDX-License-Identifier: Apache-2.0
/*
 * The default event loop: a queue, a list of handlers, a thread between them. No lock is held while a
 * handler runs, so it may post, register and unregister.
 */
#include "compat/esp_idf/event_loop.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <esp_event.h>

#include "compat/esp_idf/task.h"

/* Source: ESP-IDF, Kconfig of esp_system, ESP_SYSTEM_EVENT_QUEUE_SIZE. */
#define QUEUE_SIZE 32u

struct event {
    struct event *next;
    esp_event_base_t base;
    int32_t id;
    bool has_data;
    _Alignas(max_align_t) char data[]; /* of any type */
};

struct handler {
    struct handler *next;
    esp_event_base_t base; /* ESP_EVENT_ANY_BASE: all */
    int32_t id;            /* ESP_EVENT_ANY_ID: all */
    esp_event_handler_t function;
    void *argument;
    unsigned long number; /* of its registration; handlers are called in that order */
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t thread;
    bool exists;
    bool must_end;
    bool is_busy; /* a handler runs */
    struct event *first;
    unsigned count;
    struct handler *handlers; /* the last registered one last */
    unsigned long next_number;
} loop = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static bool is_for(const struct handler *handler, const struct event *event)
{
    return (handler->base == ESP_EVENT_ANY_BASE || handler->base == event->base) &&
           (handler->id == ESP_EVENT_ANY_ID || handler->id == event->id);
}

/* The next handler for an event behind that number, copied: the list may change meanwhile. */
static bool find_handler(const struct event *event, unsigned long number, struct handler *found)
{
    for (const struct handler *handler = loop.handlers; handler; handler = handler->next) {
        if (handler->number >= number && is_for(handler, event)) {
            *found = *handler;
            return true;
        }
    }
    return false;
}

/* Called and left with the lock held. */
static void handle(struct event *event)
{
    struct handler handler = {.number = 0};
    unsigned long number = 0;

    loop.is_busy = true;
    while (find_handler(event, number, &handler)) {
        pthread_mutex_unlock(&loop.mutex);
        handler.function(handler.argument, event->base, event->id,
                         event->has_data ? event->data : NULL);
        pthread_mutex_lock(&loop.mutex);
        number = handler.number + 1u;
    }
    loop.is_busy = false;
}

static void *run(void *context)
{
    (void)context;
    pthread_mutex_lock(&loop.mutex);
    while (!loop.must_end || loop.first) {
        struct event *const event = loop.first;

        if (!event) {
            pthread_cond_wait(&loop.changed, &loop.mutex);
            continue;
        }
        loop.first = event->next;
        loop.count--;
        handle(event);
        free(event);
        pthread_cond_broadcast(&loop.changed);
    }
    pthread_mutex_unlock(&loop.mutex);
    return NULL;
}

static void init_condition(void)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&loop.changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

esp_err_t esp_event_loop_create_default(void)
{
    esp_err_t error = ESP_OK;

    pthread_mutex_lock(&loop.mutex);
    if (loop.exists) {
        error = ESP_ERR_INVALID_STATE;
    } else {
        init_condition();
        loop.must_end = false;
        loop.exists = pthread_create(&loop.thread, NULL, run, NULL) == 0;
        error = loop.exists ? ESP_OK : ESP_ERR_NO_MEM;
    }
    pthread_mutex_unlock(&loop.mutex);
    return error;
}

esp_err_t esp_event_loop_delete_default(void)
{
    pthread_mutex_lock(&loop.mutex);
    if (!loop.exists || loop.must_end) {
        pthread_mutex_unlock(&loop.mutex);
        return ESP_ERR_INVALID_STATE;
    }
    loop.must_end = true;
    pthread_cond_broadcast(&loop.changed);
    pthread_mutex_unlock(&loop.mutex);
    pthread_join(loop.thread, NULL);
    while (loop.handlers) {
        struct handler *const handler = loop.handlers;

        loop.handlers = handler->next;
        free(handler);
    }
    pthread_cond_destroy(&loop.changed);
    loop.exists = false;
    return ESP_OK;
}

static esp_err_t append_handler(const struct handler *model, esp_event_handler_instance_t *instance)
{
    struct handler **link = &loop.handlers;
    struct handler *handler = malloc(sizeof *handler);

    if (!handler) {
        return ESP_ERR_NO_MEM;
    }
    while (*link) {
        link = &(*link)->next;
    }
    *handler = *model;
    handler->number = loop.next_number++;
    *link = handler;
    if (instance) {
        *instance = handler;
    }
    return ESP_OK;
}

esp_err_t esp_event_handler_instance_register(esp_event_base_t event_base, int32_t event_id,
                                              esp_event_handler_t event_handler,
                                              void *event_handler_arg,
                                              esp_event_handler_instance_t *instance)
{
    const struct handler model = {
        .base = event_base,
        .id = event_id,
        .function = event_handler,
        .argument = event_handler_arg,
    };
    esp_err_t error;

    if (!event_handler || (event_base == ESP_EVENT_ANY_BASE && event_id != ESP_EVENT_ANY_ID)) {
        return ESP_ERR_INVALID_ARG;
    }
    pthread_mutex_lock(&loop.mutex);
    error = loop.exists ? append_handler(&model, instance) : ESP_ERR_INVALID_STATE;
    pthread_mutex_unlock(&loop.mutex);
    return error;
}

esp_err_t esp_event_handler_register(esp_event_base_t event_base, int32_t event_id,
                                     esp_event_handler_t event_handler, void *event_handler_arg)
{
    return esp_event_handler_instance_register(event_base, event_id, event_handler,
                                               event_handler_arg, NULL);
}

/* Take a handler away: that instance, or without one the first that is like the model. */
static esp_err_t remove_handler(const struct handler *model, const void *instance)
{
    for (struct handler **link = &loop.handlers; *link; link = &(*link)->next) {
        struct handler *const handler = *link;
        const bool is_it = instance ? handler == instance : handler->function == model->function;

        if (is_it && handler->base == model->base && handler->id == model->id) {
            *link = handler->next;
            free(handler);
            return ESP_OK;
        }
    }
    return ESP_ERR_NOT_FOUND;
}

static esp_err_t unregister(const struct handler *model, const void *instance)
{
    esp_err_t error;

    pthread_mutex_lock(&loop.mutex);
    error = loop.exists ? remove_handler(model, instance) : ESP_ERR_INVALID_STATE;
    pthread_mutex_unlock(&loop.mutex);
    return error;
}

esp_err_t esp_event_handler_unregister(esp_event_base_t event_base, int32_t event_id,
                                       esp_event_handler_t event_handler)
{
    const struct handler model = {.base = event_base, .id = event_id, .function = event_handler};

    return unregister(&model, NULL);
}

esp_err_t esp_event_handler_instance_unregister(esp_event_base_t event_base, int32_t event_id,
                                                esp_event_handler_instance_t instance)
{
    const struct handler model = {.base = event_base, .id = event_id};

    return instance ? unregister(&model, instance) : ESP_ERR_INVALID_ARG;
}

/* With the lock held. */
static bool await_room(TickType_t ticks_to_wait)
{
    const struct timespec deadline = otk_idf_task_deadline(ticks_to_wait);
    int error = 0;

    while (loop.count >= QUEUE_SIZE && error == 0) {
        if (ticks_to_wait == portMAX_DELAY) {
            error = pthread_cond_wait(&loop.changed, &loop.mutex);
        } else {
            error = pthread_cond_timedwait(&loop.changed, &loop.mutex, &deadline);
        }
    }
    return loop.count < QUEUE_SIZE;
}

/* With the lock held. Takes the event in any case. */
static esp_err_t enqueue(struct event *event, TickType_t ticks_to_wait)
{
    struct event **link = &loop.first;

    if (!loop.exists || !await_room(ticks_to_wait)) {
        free(event);
        return loop.exists ? ESP_ERR_TIMEOUT : ESP_ERR_INVALID_STATE;
    }
    while (*link) {
        link = &(*link)->next;
    }
    *link = event;
    loop.count++;
    pthread_cond_broadcast(&loop.changed);
    return ESP_OK;
}

/* With the lock held. On a chip the loop's task goes before who posts; here who posts lets it go
 * first, and goes on where a handler waits for something. */
static void await_handlers(TickType_t ticks)
{
    const struct timespec deadline = otk_idf_task_deadline(ticks);
    int error = 0;

    if (!loop.exists || pthread_equal(loop.thread, pthread_self())) {
        return;
    }
    while ((loop.first || loop.is_busy) && error == 0) {
        error = pthread_cond_timedwait(&loop.changed, &loop.mutex, &deadline);
    }
}

esp_err_t esp_event_post(esp_event_base_t event_base, int32_t event_id, const void *event_data,
                         size_t event_data_size, TickType_t ticks_to_wait)
{
    struct event *event;
    esp_err_t error;

    if (event_base == ESP_EVENT_ANY_BASE || event_id == ESP_EVENT_ANY_ID) {
        return ESP_ERR_INVALID_ARG;
    }
    event = calloc(1, sizeof *event + event_data_size);
    if (!event) {
        return ESP_ERR_NO_MEM;
    }
    event->base = event_base;
    event->id = event_id;
    event->has_data = event_data && event_data_size > 0;
    if (event->has_data) {
        memcpy(event->data, event_data, event_data_size);
    }
    pthread_mutex_lock(&loop.mutex);
    error = enqueue(event, ticks_to_wait);
    await_handlers(1);
    pthread_mutex_unlock(&loop.mutex);
    return error;
}

void otk_idf_event_loop_settle(void)
{
    pthread_mutex_lock(&loop.mutex);
    await_handlers(configTICK_RATE_HZ);
    pthread_mutex_unlock(&loop.mutex);
}
