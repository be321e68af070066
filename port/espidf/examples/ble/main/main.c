// SPDX-License-Identifier: Apache-2.0
/* Updates over Bluetooth LE, from `otakit push ble:...`, a browser, or an app for Espressif's protocol. */
#include <inttypes.h>

#include <esp_event.h>
#include <esp_log.h>
#include <nvs_flash.h>
#include <otakit_espidf.h>
#include <otakit_espidf_ble.h>

static const char *const tag = "example";

/* A device with a display shows it there. */
static void show_passkey(void *context, esp_event_base_t base, int32_t id, void *data)
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

/* Bluetooth is up when this is called: the next update can come. Add what your device is for. */
static bool does_its_job(void *context)
{
    (void)context;
    return true;
}

void app_main(void)
{
    static const struct otk_espidf_ble_config ble = {.pairing = OTK_ESPIDF_BLE_AUTHENTICATED};
    const struct otk_espidf_config config = {
        .transports = {otk_espidf_ble(&ble)},
        .self_test = does_its_job,
    };

    open_nvs();
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(
        esp_event_handler_register(OTAKIT_BLE_EVENT, OTAKIT_BLE_EVENT_PASSKEY, show_passkey, NULL));
    ESP_ERROR_CHECK(otk_espidf_start(&config));
    ESP_LOGI(tag, "put your application here");
}
