// SPDX-License-Identifier: Apache-2.0
/*
 * The application on trial.
 *
 *     otk_espidf_start --> transports --> self-test --passed--> confirmed
 *         |                                   \-------failed--> rejected --> restart: the old one boots
 *         \--deadline, nobody has decided---> restart: the bootloader goes back
 */
#include "otakit/core/trial.h"

#include <esp_log.h>
#include <esp_system.h>
#include <sdkconfig.h>

#include "port/espidf/app_parts.h"
#include "port/espidf/patience.h"
#include "port/espidf/tell.h"

static const char *const tag = "otakit";

#define MS_PER_S  1000u
#define US_PER_MS 1000u

/* On the timer's task: the one on trial may hang. No verdict is written; the bootloader finds
 * PENDING_VERIFY and draws the conclusion. */
static void give_up(void *context)
{
    (void)context;
    ESP_LOGE(tag, "nobody has confirmed this application in time: restarts to go back");
    esp_restart();
}

esp_err_t otk_app_begin_trial(struct app *app)
{
    const esp_timer_create_args_t timer = {.callback = give_up, .name = "otakit trial"};
    const uint32_t timeout_ms = app->config.trial_timeout_ms
                                    ? app->config.trial_timeout_ms
                                    : CONFIG_OTAKIT_TRIAL_TIMEOUT_S * MS_PER_S;
    esp_err_t error;

    if (!otk_trial_is_pending(&app->device)) {
        return ESP_OK;
    }
    error = esp_timer_create(&timer, &app->deadline);
    if (error != ESP_OK) {
        return error;
    }
    return esp_timer_start_once(app->deadline, (uint64_t)timeout_ms * US_PER_MS);
}

static void end_trial(struct app *app)
{
    if (app->deadline) {
        (void)esp_timer_stop(app->deadline);
        (void)esp_timer_delete(app->deadline);
        app->deadline = NULL;
    }
}

static void confirm(struct app *app)
{
    const enum otk_status status = otk_updater_confirm(&app->updater);

    if (status != OTK_OK) {
        ESP_LOGE(tag, "cannot confirm: %s", otk_status_text(status));
    }
}

/* With nothing to go back to, a restart would not help: the application stays on trial, and takes a
 * better one as soon as somebody confirms it. */
static void reject(struct app *app)
{
    const enum otk_status status = otk_trial_reject(&app->device, OTK_SELF_TEST_FAILED,
                                                    app->buffer);

    end_trial(app);
    if (status != OTK_OK) {
        ESP_LOGE(tag, "cannot go back: %s", otk_status_text(status));
        return;
    }
    otk_espidf_tell(OTAKIT_EVENT_REJECTED,
                    &(struct otk_espidf_event){.status = OTK_SELF_TEST_FAILED});
    otk_espidf_restart();
}

/* The test may take long and block: the deadline watches over it, not the task watchdog. */
static bool self_test(const struct app *app)
{
    bool has_passed;

    otk_patience_watch(false);
    has_passed = app->config.self_test(app->config.context);
    otk_patience_watch(true);
    return has_passed;
}

void otk_app_stand_trial(struct app *app)
{
    bool has_passed;

    if (!app->deadline) {
        return;
    }
    otk_espidf_tell(OTAKIT_EVENT_ON_TRIAL, &(struct otk_espidf_event){.status = OTK_OK});
    if (app->transport_error != ESP_OK) {
        ESP_LOGE(tag, "not all transports run: this application is not confirmed by itself");
        return;
    }
    if (!app->config.self_test) {
        return;
    }
    has_passed = self_test(app);
    otk_espidf_lock();
    if (!otk_trial_is_pending(&app->device)) {
        ESP_LOGI(tag, "a client has decided already");
    } else if (has_passed) {
        confirm(app);
    } else {
        reject(app);
    }
    otk_espidf_unlock();
}

void otk_app_look_at_verdict(struct app *app)
{
    switch (app->updater.verdict) {
    case OTK_VERDICT_NONE:
        return;
    case OTK_VERDICT_CONFIRMED:
        end_trial(app);
        otk_espidf_tell(OTAKIT_EVENT_CONFIRMED, &(struct otk_espidf_event){.status = OTK_OK});
        break;
    case OTK_VERDICT_REJECTED:
        end_trial(app);
        otk_espidf_tell(OTAKIT_EVENT_REJECTED, &(struct otk_espidf_event){.status = OTK_REJECTED});
        break;
    }
    app->updater.verdict = OTK_VERDICT_NONE;
}
