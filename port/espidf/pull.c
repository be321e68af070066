// SPDX-License-Identifier: Apache-2.0
/*
 * The task that looks for updates.
 *
 *     wait for network and verdict --> pull --verified--> switch --> restart
 *         ^                              \--up to date, failed--> wait for the interval, or to be asked
 *         +-------------------------------------------------------------/
 */
#include <stdlib.h>

#include <esp_log.h>
#include <esp_netif.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <sdkconfig.h>

#include "otakit/core/trial.h"
#include "port/espidf/include/otakit_espidf_pull.h"
#include "port/espidf/pull_client.h"
#include "port/espidf/tell.h"
#include "port/espidf/transport.h"

#define LOOK_MS  1000u
#define MS_PER_S 1000u

static const char *const tag = "otakit";

static struct {
    struct otk_espidf_pull_config config;
    struct otk_updater *updater; /* under the lock */
    TaskHandle_t task;
} pull;

/* With an address; also where the application has connected before otk_espidf_start. */
static bool is_online(void)
{
    esp_netif_t *const netif = esp_netif_get_default_netif();

    return netif && esp_netif_is_netif_up(netif);
}

static bool is_on_trial(void)
{
    bool is_pending;

    otk_espidf_lock();
    is_pending = otk_trial_is_pending(pull.updater->device);
    otk_espidf_unlock();
    return is_pending;
}

static void await_readiness(void)
{
    while (!is_online() || is_on_trial()) {
        vTaskDelay(pdMS_TO_TICKS(LOOK_MS));
    }
}

/* Select the image and restart; the lock stays taken, so that nobody writes over it. Returns where that
 * failed. */
static enum otk_status switch_over(struct otk_pull_client *client)
{
    struct otk_espidf_event event = {.status = OTK_OK, .source = "pull"};
    enum otk_status status;

    otk_espidf_lock();
    otk_session_progress(&client->session, &event.progress);
    status = otk_session_switch(&client->session);
    if (status == OTK_OK) {
        otk_espidf_tell(OTAKIT_EVENT_SWITCHED, &event);
        otk_espidf_restart();
    }
    otk_espidf_unlock();
    return status;
}

static enum otk_status look(void)
{
    struct otk_pull_client *const client = calloc(1, sizeof *client);
    enum otk_status status;

    if (!client) {
        return OTK_NO_MEMORY;
    }
    status = otk_pull_client_run(client, pull.updater, &pull.config);
    if (status == OTK_OK) {
        status = switch_over(client);
    }
    otk_espidf_lock();
    otk_session_close(&client->session);
    otk_espidf_unlock();
    free(client);
    return status;
}

static void tell_end(enum otk_status status)
{
    const struct otk_espidf_event event = {
        .status = status == OTK_UP_TO_DATE ? OTK_OK : status,
        .source = "pull",
    };

    if (status != OTK_CANCELLED) { /* another transport has won, and tells of it */
        otk_espidf_tell(status == OTK_UP_TO_DATE ? OTAKIT_EVENT_UP_TO_DATE : OTAKIT_EVENT_FAILED,
                        &event);
    }
}

/* Ticks of an interval would pass 32 bits at 1000 Hz after 50 days: seconds do not. */
static void await_next(uint32_t interval_s)
{
    uint32_t waited_s = 0;

    while (interval_s == 0 || waited_s < interval_s) {
        if (ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(MS_PER_S)) > 0) {
            return;
        }
        waited_s++;
    }
}

static void run(void *context)
{
    (void)context;
    for (;;) {
        await_readiness();
        tell_end(look());
        await_next(pull.config.interval_s);
    }
}

static bool is_complete(void)
{
    if (!pull.config.url) {
        ESP_LOGE(tag, "the pull has no URL");
        return false;
    }
    if (!pull.config.ca_pem && !pull.config.crt_bundle_attach && !pull.config.allow_http) {
        ESP_LOGE(tag, "the pull trusts no CA: give ca_pem or crt_bundle_attach");
        return false;
    }
    return true;
}

static esp_err_t start(const struct otk_espidf_host *host)
{
    if (!is_complete()) {
        return ESP_ERR_INVALID_ARG;
    }
    pull.updater = host->updater;
    return xTaskCreate(run, "otakit pull", CONFIG_OTAKIT_PULL_STACK_SIZE, NULL,
                       CONFIG_OTAKIT_TASK_PRIORITY, &pull.task) == pdPASS
               ? ESP_OK
               : ESP_ERR_NO_MEM;
}

struct otk_espidf_transport *otk_espidf_pull(const struct otk_espidf_pull_config *config)
{
    static struct otk_espidf_transport transport = {.name = "pull", .start = start};

    pull.config = *config;
    return &transport;
}

void otk_espidf_pull_now(void)
{
    if (pull.task) {
        xTaskNotifyGive(pull.task);
    }
}
