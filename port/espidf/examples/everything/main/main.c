// SPDX-License-Identifier: Apache-2.0
/* Updates by download, web page and Bluetooth LE at once, and what an application can see of them. */
#include <inttypes.h>

#include <esp_event.h>
#include <esp_log.h>
#include <nvs_flash.h>
#include <otakit_espidf.h>
#include <otakit_espidf_ble.h>
#include <otakit_espidf_portal.h>
#include <otakit_espidf_pull.h>
#include <sdkconfig.h>

#include "wifi.h"

#define ONLINE_TIMEOUT_MS 30000u

static const char *const tag = "example";

extern const char ca_pem[] __asm__("_binary_ca_pem_start");

static bool does_its_job(void *context)
{
    (void)context;
    return wifi_await(ONLINE_TIMEOUT_MS);
}

/* On the event loop's task. A device with a display shows it there. */
static void on_update(void *context, esp_event_base_t base, int32_t id, void *data)
{
    const struct otk_espidf_event *const event = data;

    (void)context;
    (void)base;
    switch (id) {
    case OTAKIT_EVENT_PROGRESS:
        ESP_LOGI(tag, "%" PRIu32 " of %" PRIu32 " bytes", event->progress.written,
                 event->progress.image_size);
        break;
    case OTAKIT_EVENT_ROLLED_BACK:
    case OTAKIT_EVENT_FAILED:
        ESP_LOGW(tag, "no update: %s", otk_status_text(event->status));
        break;
    case OTAKIT_EVENT_RESTART:
        ESP_LOGI(tag, "half a second to close what is open");
        break;
    default:
        break;
    }
}

static void on_bluetooth(void *context, esp_event_base_t base, int32_t id, void *data)
{
    const struct otk_espidf_ble_event *const event = data;

    (void)context;
    (void)base;
    (void)id;
    ESP_LOGI(tag, "enter %06" PRIu32 " on the other side", event->passkey);
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

static void listen(void)
{
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(esp_event_handler_register(OTAKIT_EVENT, ESP_EVENT_ANY_ID, on_update, NULL));
    ESP_ERROR_CHECK(
        esp_event_handler_register(OTAKIT_BLE_EVENT, OTAKIT_BLE_EVENT_PASSKEY, on_bluetooth, NULL));
}

void app_main(void)
{
    static const struct otk_espidf_ble_config ble = {.pairing = OTK_ESPIDF_BLE_AUTHENTICATED};
    const struct otk_espidf_portal_config portal = {.softap = true};
    const struct otk_espidf_pull_config pull = {
        .url = CONFIG_EXAMPLE_UPDATE_URL,
        .ca_pem = ca_pem,
        .interval_s = CONFIG_EXAMPLE_UPDATE_INTERVAL_S,
    };
    const struct otk_espidf_config config = {
        .transports = {otk_espidf_portal(&portal), otk_espidf_pull(&pull), otk_espidf_ble(&ble)},
        .self_test = does_its_job,
        .policy = {.refuse_other_project = true},
    };

    open_nvs();
    listen();
    wifi_start();
    ESP_ERROR_CHECK(otk_espidf_start(&config));
    ESP_LOGI(tag, "put your application here");
}
