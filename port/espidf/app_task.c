// SPDX-License-Identifier: Apache-2.0
/*
 * otakit's task: it takes stock, starts the transports, stands the trial, and then gives everything its
 * turn until an update wants a reset.
 */
#include <esp_log.h>
#include <esp_random.h>
#include <sdkconfig.h>

#include "otakit/core/last_update.h"
#include "otakit/core/trial.h"
#include "port/espidf/app_parts.h"
#include "port/espidf/board.h"
#include "port/espidf/patience.h"
#include "port/espidf/rollback.h"
#include "port/espidf/tell.h"
#include "port/espidf/uptime.h"

/* How long a turn waits for something to happen. */
#define IDLE_MS 100u

/* How long one turn verifies before others get the processor and the lock. */
#define BUSY_MS 40u

_Static_assert(OTK_TABLE_SIZE <= OTK_SECTOR_SIZE, "the sector is the scratch space of the start");

static const char *const tag = "otakit";

/* The record is read before and after: it changes to "rolled back" at exactly one start. */
static enum otk_status start_device(struct app *app)
{
    const struct otk_board board = otk_espidf_board(&app->flash.flash);
    const int running = otk_espidf_running_slot();
    struct otk_last_update before = {.stage = OTK_STAGE_NONE};
    struct otk_last_update after = {.stage = OTK_STAGE_NONE};
    enum otk_status status;

    status = otk_device_open(&app->device, &board, running, app->buffer);
    if (status == OTK_OK && otk_last_update(&app->device, &before) != OTK_OK) {
        before.stage = OTK_STAGE_NONE;
    }
    status = otk_device_start(&app->device, &board, running, otk_espidf_reset_reason(),
                              app->buffer);
    if (status != OTK_OK) {
        return status;
    }
    app->device.policy = app->config.policy;
    status = otk_last_update(&app->device, &after);
    app->was_rolled_back = status == OTK_OK && after.stage == OTK_STAGE_ROLLED_BACK &&
                           before.stage != OTK_STAGE_ROLLED_BACK && after.to_slot != running;
    return status;
}

static esp_err_t error_of(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return ESP_OK;
    case OTK_NO_TABLE:
    case OTK_NO_OTADATA:
    case OTK_NO_SLOT:
        return ESP_ERR_NOT_FOUND;
    default:
        return ESP_FAIL;
    }
}

static esp_err_t take_stock(struct app *app)
{
    enum otk_status status;
    esp_err_t error;

    error = otk_espidf_flash_open(&app->flash, CONFIG_OTAKIT_ERASE_SIZE);
    if (error != ESP_OK) {
        return error;
    }
    status = start_device(app);
    if (status == OTK_OK && otk_layout_app_slot_count(&app->device.layout) == 0) {
        status = OTK_NO_SLOT;
    }
    if (status != OTK_OK) {
        ESP_LOGE(tag, "cannot start: %s", otk_status_text(status));
        return error_of(status);
    }
    otk_updater_init(&app->updater, &app->device, app->buffer, esp_random());
    app->host = (struct otk_espidf_host){.updater = &app->updater, .name = app->config.name};
    return otk_app_begin_trial(app);
}

static void start_transports(struct app *app)
{
    for (uint32_t index = 0; index < OTK_ESPIDF_TRANSPORT_COUNT; index++) {
        const struct otk_espidf_transport *const transport = app->config.transports[index];
        esp_err_t error;

        if (!transport) {
            continue;
        }
        error = transport->start(&app->host);
        if (error != ESP_OK) {
            ESP_LOGE(tag, "%s does not start: %s", transport->name, esp_err_to_name(error));
            app->config.transports[index] = NULL;
        }
        if (app->transport_error == ESP_OK) {
            app->transport_error = error;
        }
    }
}

static bool poll_transports(struct app *app, uint32_t now_ms)
{
    bool is_busy = false;

    for (uint32_t index = 0; index < OTK_ESPIDF_TRANSPORT_COUNT; index++) {
        const struct otk_espidf_transport *const transport = app->config.transports[index];

        if (transport && transport->poll && transport->poll(now_ms) == OTK_MORE) {
            is_busy = true;
        }
    }
    return is_busy;
}

/* Verify, or erase ahead, for a while. */
static bool poll_updater(struct app *app, uint32_t began_ms)
{
    while (otk_updater_poll(&app->updater, otk_uptime_ms()) == OTK_MORE) {
        if (otk_uptime_ms() - began_ms >= BUSY_MS) {
            return true;
        }
    }
    return false;
}

/* Returns whether there is more to do at once. */
static bool take_turn(struct app *app)
{
    uint32_t now_ms;
    bool is_busy;

    otk_espidf_lock();
    now_ms = otk_uptime_ms(); /* behind the lock: engines have seen later times than before it */
    is_busy = poll_transports(app, now_ms);
    is_busy = poll_updater(app, now_ms) || is_busy;
    otk_app_look_at_verdict(app);
    otk_app_look_at_update(app);
    if (otk_updater_reset_is_due(&app->updater, otk_uptime_ms())) {
        otk_espidf_restart();
    }
    otk_espidf_unlock();
    return is_busy;
}

static void tell_start(const struct app *app)
{
    const enum otk_espidf_rollback rollback = otk_espidf_rollback();
    struct otk_last_update last;

    if (rollback == OTK_ESPIDF_ROLLBACK_MISSING) {
        ESP_LOGW(tag, "%s", otk_espidf_rollback_text(rollback));
    } else {
        ESP_LOGI(tag, "%s", otk_espidf_rollback_text(rollback));
    }
    otk_espidf_tell(OTAKIT_EVENT_STARTED, &(struct otk_espidf_event){.rollback = rollback});
    if (app->was_rolled_back && otk_last_update(&app->device, &last) == OTK_OK) {
        otk_espidf_tell(OTAKIT_EVENT_ROLLED_BACK,
                        &(struct otk_espidf_event){.status = last.status});
    }
}

void otk_app_run(void *context)
{
    struct app *const app = context;

    app->task = xTaskGetCurrentTaskHandle();
    app->start_error = take_stock(app);
    if (app->start_error != ESP_OK) {
        xSemaphoreGive(app->has_started);
        vTaskDelete(NULL);
    }
    otk_app_publish(app);
    tell_start(app);
    start_transports(app);
    xSemaphoreGive(app->has_started);
    otk_patience_watch(true);
    otk_app_stand_trial(app);
    for (;;) {
        otk_patience();
        if (!take_turn(app)) {
            (void)ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(IDLE_MS));
        }
    }
}
