// SPDX-License-Identifier: Apache-2.0
/* NimBLE, from nothing to a device that can be found. */
#include <esp_log.h>
#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <host/util/util.h>
#include <nimble/nimble_port.h>
#include <nimble/nimble_port_freertos.h>
#include <services/gap/ble_svc_gap.h>
#include <services/gatt/ble_svc_gatt.h>

#include "port/espidf/ble_parts.h"

/* A controller that has not answered by then does not any more. */
#define SYNC_TIMEOUT_MS 5000u

/* The largest value, and the header of the write that carries it. */
#define PREFERRED_MTU (BLE_ATT_ATTR_MAX_LEN + 5)

static const char *const tag = "otakit ble";

static SemaphoreHandle_t has_synced;

/* Bonds in NVS. No header of NimBLE's declares it. */
void ble_store_config_init(void);

/* Also after a reset of the controller, which ends every connection. */
static void on_sync(void)
{
    if (ble_hs_util_ensure_addr(0) != 0) {
        ESP_LOGE(tag, "the controller has no address");
        return;
    }
    otk_ble_advertise();
    if (!atomic_load(&otk_ble_the.is_hidden)) {
        otk_ble_tell(OTAKIT_BLE_EVENT_READY,
                     &(struct otk_espidf_ble_event){.psm = otk_ble_the.psm});
    }
    (void)xSemaphoreGive(has_synced);
}

static void on_reset(int reason)
{
    ESP_LOGW(tag, "the controller was reset, reason %d", reason);
}

static void run_host(void *context)
{
    (void)context;
    nimble_port_run();
    nimble_port_freertos_deinit();
}

static esp_err_t prepare(void)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;

    ble_hs_cfg.sync_cb = on_sync;
    ble_hs_cfg.reset_cb = on_reset;
    ble_hs_cfg.store_status_cb = ble_store_util_status_rr;
    otk_ble_security_configure(the->config.pairing);
    ble_svc_gap_init();
    ble_svc_gatt_init();
    if (otk_ble_table_add() != ESP_OK || ble_svc_gap_device_name_set(the->name) != 0 ||
        ble_att_set_preferred_mtu(PREFERRED_MTU) != 0) {
        return ESP_ERR_NO_MEM;
    }
    the->psm = otk_ble_channel_open();
    ble_store_config_init();
    return ESP_OK;
}

esp_err_t otk_ble_host_open(void)
{
    esp_err_t error;

    has_synced = xSemaphoreCreateBinary();
    if (!has_synced) {
        return ESP_ERR_NO_MEM;
    }
    error = nimble_port_init();
    if (error != ESP_OK) {
        ESP_LOGE(tag, "NimBLE does not start: %s", esp_err_to_name(error));
        return error;
    }
    error = prepare();
    if (error != ESP_OK) {
        (void)nimble_port_deinit();
    }
    return error;
}

esp_err_t otk_ble_host_run(void)
{
    esp_err_t error = ESP_OK;

    nimble_port_freertos_init(run_host);
    if (xSemaphoreTake(has_synced, pdMS_TO_TICKS(SYNC_TIMEOUT_MS)) != pdTRUE) {
        ESP_LOGE(tag, "the controller does not answer");
        error = ESP_ERR_TIMEOUT;
    } else if (atomic_load(&otk_ble_the.is_hidden)) {
        error = ESP_FAIL;
    }
    if (error != ESP_OK) {
        (void)nimble_port_stop();
        (void)nimble_port_deinit();
    }
    return error;
}
