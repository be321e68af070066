// SPDX-License-Identifier: Apache-2.0
/* Updates that the device downloads: Wi-Fi, a URL, the CA that signs for it. */
#include <esp_event.h>
#include <esp_log.h>
#include <nvs_flash.h>
#include <otakit_espidf.h>
#include <otakit_espidf_pull.h>
#include <sdkconfig.h>

#include "wifi.h"

#define ONLINE_TIMEOUT_MS 30000u

extern const char ca_pem[] __asm__("_binary_ca_pem_start");

/* An image that cannot reach its network cannot be updated again: it is not kept. Add what your device is
 * for. */
static bool does_its_job(void *context)
{
    (void)context;
    return wifi_await(ONLINE_TIMEOUT_MS);
}

static void open_nvs(void)
{
    const esp_err_t error = nvs_flash_init();

    if (error == ESP_ERR_NVS_NO_FREE_PAGES || error == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        ESP_ERROR_CHECK(nvs_flash_init());
        return;
    }
    ESP_ERROR_CHECK(error);
}

void app_main(void)
{
    const struct otk_espidf_pull_config pull = {
        .url = CONFIG_EXAMPLE_UPDATE_URL,
        .ca_pem = ca_pem,
        .interval_s = CONFIG_EXAMPLE_UPDATE_INTERVAL_S,
    };
    const struct otk_espidf_config config = {
        .transports = {otk_espidf_pull(&pull)},
        .self_test = does_its_job,
    };

    open_nvs();
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    wifi_start();
    ESP_ERROR_CHECK(otk_espidf_start(&config));
    ESP_LOGI("example", "put your application here");
}
