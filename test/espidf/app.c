// SPDX-License-Identifier: Apache-2.0
/*
 * An application with the component, for the runner of compat/esp_idf. Where OTAKIT_TEST_PORT is set it
 * serves the page there, for ever. Else it pulls from OTAKIT_TEST_URL, trusts the CA in the file
 * OTAKIT_TEST_CA, and ends when it is up to date, or an update has failed. Its self-test does what
 * OTAKIT_TEST_VERDICT says: pass, fail, hang, or ask (nobody tests).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "port/espidf/include/otakit_espidf.h"
#include "port/espidf/include/otakit_espidf_portal.h"
#include "port/espidf/include/otakit_espidf_pull.h"
#include "port/espidf/pull_client.h"
#include "port/espidf/softap.h"

void app_main(void);

/* What the runner takes for "no task is left": the tasks of otakit's never end. */
#define IDLE 0x50

#define CA_SIZE 16384u

static const char *variable(const char *name, const char *otherwise)
{
    const char *const value = getenv(name);

    return value ? value : otherwise;
}

/* compat/esp_idf does not say why a connection failed. */
enum otk_status otk_pull_error(const esp_http_client_event_t *event)
{
    (void)event;
    return OTK_OK;
}

const uint8_t otk_softap_address[4] = {192, 168, 4, 1};

/* There is no radio, and nobody asks for one. */
esp_err_t otk_softap_start(const char *ssid, const char *password)
{
    (void)ssid;
    (void)password;
    return ESP_FAIL;
}

esp_err_t otk_dns_server_start(const uint8_t address[4])
{
    (void)address;
    return ESP_FAIL;
}

static bool self_test(void *context)
{
    const char *const verdict = context;

    if (strcmp(verdict, "hang") == 0) {
        pause();
    }
    return strcmp(verdict, "pass") == 0;
}

/* Handlers run one at a time. A download and a trial may end in either order. */
static void on_event(void *context, esp_event_base_t base, int32_t id, void *data)
{
    static bool is_on_trial;
    static bool has_pulled;
    const struct otk_espidf_event *const event = data;

    (void)context;
    (void)base;
    printf("event %d %s\n", (int)id, otk_status_name(event->status));
    fflush(stdout);
    if (id == OTAKIT_EVENT_ON_TRIAL) {
        is_on_trial = true;
    } else if (id == OTAKIT_EVENT_CONFIRMED) {
        is_on_trial = false;
    } else if (id == OTAKIT_EVENT_UP_TO_DATE || id == OTAKIT_EVENT_FAILED) {
        has_pulled = !getenv("OTAKIT_TEST_PORT");
    }
    if (has_pulled && !is_on_trial) {
        _exit(IDLE);
    }
}

static const char *load_ca(void)
{
    static char pem[CA_SIZE];
    FILE *const file = fopen(variable("OTAKIT_TEST_CA", ""), "r");
    const size_t len = file ? fread(pem, 1, sizeof pem - 1, file) : 0;

    if (file) {
        fclose(file);
    }
    pem[len] = '\0';
    return pem;
}

void app_main(void)
{
    const char *const verdict = variable("OTAKIT_TEST_VERDICT", "pass");
    const struct otk_espidf_pull_config pull = {
        .url = variable("OTAKIT_TEST_URL", NULL),
        .ca_pem = load_ca(),
    };
    const struct otk_espidf_portal_config portal = {
        .port = (uint16_t)strtoul(variable("OTAKIT_TEST_PORT", "0"), NULL, 10),
        .password = getenv("OTAKIT_TEST_PASSWORD"),
    };
    const struct otk_espidf_config config = {
        .transports = {portal.port ? otk_espidf_portal(&portal) : otk_espidf_pull(&pull)},
        .self_test = strcmp(verdict, "ask") == 0 ? NULL : self_test,
        .context = (void *)(uintptr_t)verdict,
        .trial_timeout_ms = 1500,
    };
    esp_err_t error;

    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(esp_event_handler_register(OTAKIT_EVENT, ESP_EVENT_ANY_ID, on_event, NULL));
    error = otk_espidf_start(&config);
    if (error != ESP_OK) {
        printf("start: %s\n", esp_err_to_name(error));
        _exit(IDLE);
    }
    configASSERT(otk_espidf_start(&config) == ESP_ERR_INVALID_STATE);
    for (;;) {
        vTaskDelay(pdMS_TO_TICKS(1000));
    }
}
