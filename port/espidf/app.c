// SPDX-License-Identifier: Apache-2.0
/* otakit as the application sees it: start it, decide a trial, ask how things stand. */
#include <stdlib.h>
#include <string.h>

#include <esp_log.h>
#include <sdkconfig.h>

#include "otakit/core/trial.h"
#include "port/espidf/app_parts.h"
#include "port/espidf/uptime.h"

static const char *const tag = "otakit";

static bool has_begun;
static struct app *the_app; /* NULL: not started */

void otk_app_publish(struct app *app)
{
    the_app = app;
}

static bool is_complete(const struct otk_espidf_config *config)
{
    for (uint32_t index = 0; config && index < OTK_ESPIDF_TRANSPORT_COUNT; index++) {
        if (config->transports[index]) {
            return true;
        }
    }
    ESP_LOGE(tag, "no transport is named: nothing could ever update this device");
    return false;
}

/* Its task has ended, or never began. */
static void release(struct app *app)
{
    has_begun = false;
    if (app->has_started) {
        vSemaphoreDelete(app->has_started);
    }
    free(app);
}

static esp_err_t start_task(struct app *app)
{
    const esp_err_t error = esp_event_loop_create_default();

    if (error != ESP_OK && error != ESP_ERR_INVALID_STATE) { /* somebody may have created it */
        return error;
    }
    app->has_started = xSemaphoreCreateBinary();
    if (!app->has_started || !otk_app_create_lock() ||
        xTaskCreate(otk_app_run, "otakit", CONFIG_OTAKIT_TASK_STACK_SIZE, app,
                    CONFIG_OTAKIT_TASK_PRIORITY, NULL) != pdPASS) {
        return ESP_ERR_NO_MEM;
    }
    (void)xSemaphoreTake(app->has_started, portMAX_DELAY);
    return app->start_error;
}

esp_err_t otk_espidf_start(const struct otk_espidf_config *config)
{
    struct app *app;
    esp_err_t error;

    if (has_begun) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!is_complete(config)) {
        return ESP_ERR_INVALID_ARG;
    }
    app = calloc(1, sizeof *app);
    if (!app) {
        return ESP_ERR_NO_MEM;
    }
    app->config = *config;
    app->config.name = config->name ? config->name : CONFIG_OTAKIT_DEVICE_NAME;
    has_begun = true;
    error = start_task(app);
    if (error != ESP_OK) {
        release(app);
        return error;
    }
    return app->transport_error;
}

void otk_espidf_wake(void)
{
    if (the_app) {
        xTaskNotifyGive(the_app->task);
    }
}

static esp_err_t error_of(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
    case OTK_NOT_PENDING: /* factory, for example, is never on trial */
        return ESP_OK;
    case OTK_BUSY:
        return ESP_ERR_INVALID_STATE;
    case OTK_NO_ROLLBACK:
        return ESP_ERR_NOT_FOUND;
    default:
        return ESP_FAIL;
    }
}

esp_err_t otk_espidf_confirm(void)
{
    enum otk_status status;

    if (!the_app) {
        return ESP_ERR_INVALID_STATE;
    }
    otk_espidf_lock();
    status = otk_updater_confirm(&the_app->updater);
    otk_espidf_unlock();
    otk_espidf_wake();
    return error_of(status);
}

esp_err_t otk_espidf_reject(void)
{
    enum otk_status status;

    if (!the_app) {
        return ESP_ERR_INVALID_STATE;
    }
    otk_espidf_lock();
    status = otk_updater_reject(&the_app->updater, otk_uptime_ms());
    otk_espidf_unlock();
    otk_espidf_wake();
    return status == OTK_NOT_PENDING ? ESP_ERR_NOT_FOUND : error_of(status);
}

bool otk_espidf_is_on_trial(void)
{
    bool is_on_trial;

    if (!the_app) {
        return false;
    }
    otk_espidf_lock();
    is_on_trial = otk_trial_is_pending(&the_app->device);
    otk_espidf_unlock();
    return is_on_trial;
}

void otk_espidf_progress(struct otk_progress *progress)
{
    memset(progress, 0, sizeof *progress);
    if (!the_app) {
        return;
    }
    otk_espidf_lock();
    otk_updater_progress(&the_app->updater, progress);
    otk_espidf_unlock();
}

esp_err_t otk_espidf_last_update(struct otk_last_update *last_update)
{
    enum otk_status status;

    if (!the_app) {
        return ESP_ERR_INVALID_STATE;
    }
    otk_espidf_lock();
    status = otk_last_update(&the_app->device, last_update);
    otk_espidf_unlock();
    return status == OTK_OK ? ESP_OK : ESP_FAIL;
}
