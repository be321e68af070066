// SPDX-License-Identifier: Apache-2.0
/*
 * What the device advertises: flags 3 bytes, the UUID of protocol C 18, that of protocol B 4; the name,
 * by which clients of protocol A look for the device, stands in the scan response.
 */
#include <string.h>

#include <esp_log.h>
#include <host/util/util.h>

#include "port/espidf/ble_parts.h"

/* A device that is not found cannot be helped by anybody. */
#define RETRY_INTERVAL_MS 1000u

static const char *const tag = "otakit ble";

static int set_fields(void)
{
    struct ble_hs_adv_fields fields = {.flags = BLE_HS_ADV_F_DISC_GEN | BLE_HS_ADV_F_BREDR_UNSUP};
    struct ble_hs_adv_fields response = {0};
    ble_uuid128_t window = otk_ble_table_service(OTK_GATT_WINDOW_CONTROL)->u128;
    ble_uuid16_t sector = otk_ble_table_service(OTK_GATT_SECTOR_COMMAND)->u16;
    int result;

    fields.uuids128 = &window;
    fields.num_uuids128 = 1;
    fields.uuids128_is_complete = 0;
    fields.uuids16 = &sector;
    fields.num_uuids16 = 1;
    fields.uuids16_is_complete = 0;
    result = ble_gap_adv_set_fields(&fields);
    if (result != 0) {
        return result;
    }
    response.name = (const uint8_t *)otk_ble_the.name;
    response.name_len = (uint8_t)strlen(otk_ble_the.name);
    response.name_is_complete = 1;
    return ble_gap_adv_rsp_set_fields(&response);
}

static int start(void)
{
    const struct ble_gap_adv_params parameters = {.conn_mode = BLE_GAP_CONN_MODE_UND,
                                                  .disc_mode = BLE_GAP_DISC_MODE_GEN};
    uint8_t address_type;
    int result = ble_hs_id_infer_auto(0, &address_type);

    if (result == 0) {
        result = set_fields();
    }
    if (result == 0) {
        result = ble_gap_adv_start(address_type, NULL, BLE_HS_FOREVER, &parameters,
                                   otk_ble_on_gap_event, NULL);
    }
    return result;
}

void otk_ble_advertise(void)
{
    const int result = start();
    const bool is_hidden = result != 0 && result != BLE_HS_EALREADY;

    if (is_hidden) {
        ESP_LOGE(tag, "cannot advertise: NimBLE says %d", result);
    }
    atomic_store(&otk_ble_the.is_hidden, is_hidden);
}

void otk_ble_advertise_poll(uint32_t now_ms)
{
    static uint32_t tried_ms;

    if (!atomic_load(&otk_ble_the.is_hidden) || now_ms - tried_ms < RETRY_INTERVAL_MS) {
        return;
    }
    tried_ms = now_ms;
    otk_ble_advertise();
}
