// SPDX-License-Identifier: Apache-2.0
/* What happens on Bluetooth, told. */
#include <inttypes.h>

#include <esp_log.h>
#include <freertos/FreeRTOS.h>

#include "port/espidf/ble_parts.h"

ESP_EVENT_DEFINE_BASE(OTAKIT_BLE_EVENT);

static const char *const tag = "otakit ble";

/* How long NimBLE's host task waits for room in the event loop's queue. */
#define POST_TIMEOUT_MS 100u

static void log_client(const struct otk_espidf_ble_event *event, const char *sentence)
{
    const uint8_t *const address = event->address;

    ESP_LOGI(tag, "%02X:%02X:%02X:%02X:%02X:%02X %s", address[5], address[4], address[3],
             address[2], address[1], address[0], sentence);
}

static void log_event(enum otk_espidf_ble_event_id id, const struct otk_espidf_ble_event *event)
{
    switch (id) {
    case OTAKIT_BLE_EVENT_READY:
        ESP_LOGI(tag, "can be found as \"%s\"", otk_ble_the.name);
        break;
    case OTAKIT_BLE_EVENT_CLIENT:
        log_client(event, "is here");
        break;
    case OTAKIT_BLE_EVENT_CLIENT_GONE:
        log_client(event, "is gone");
        break;
    case OTAKIT_BLE_EVENT_PASSKEY:
        ESP_LOGW(tag, "passkey %06" PRIu32, event->passkey);
        break;
    case OTAKIT_BLE_EVENT_INTERVAL:
        ESP_LOGI(tag, "connection interval %" PRIu32 ".%02" PRIu32 " ms",
                 event->interval_us / 1000u, event->interval_us % 1000u / 10u);
        break;
    }
}

void otk_ble_tell(enum otk_espidf_ble_event_id id, const struct otk_espidf_ble_event *event)
{
    log_event(id, event);
    if (esp_event_post(OTAKIT_BLE_EVENT, (int32_t)id, event, sizeof *event,
                       pdMS_TO_TICKS(POST_TIMEOUT_MS)) != ESP_OK) {
        ESP_LOGW(tag, "nobody takes events off the default event loop: one was dropped");
    }
}
