// SPDX-License-Identifier: Apache-2.0
/*
 * Connection parameters: a short interval while an update runs, afterwards what the central had chosen.
 * The central may refuse. While a request is under way NimBLE takes no other one, so what is wanted is
 * remembered and asked for in turn.
 */
#include <esp_log.h>

#include "port/espidf/ble_parts.h"

static const char *const tag = "otakit ble";

/* 15 ms, no latency, 4 s: what Apple's accessory guidelines allow, and on the 1M PHY no slower than
 * shorter intervals, into which fewer whole packets fit. */
static const struct otk_ble_pace fast_pace = {12, 0, 400};

void otk_ble_pace_note(const struct ble_gap_conn_desc *connection)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;

    if (the->is_fast || the->wants_pace) {
        return;
    }
    the->pace = (struct otk_ble_pace){.interval = connection->conn_itvl,
                                      .latency = connection->conn_latency,
                                      .timeout = connection->supervision_timeout};
}

/* Returns whether NimBLE wants to be asked again. */
static bool is_put_off(int result)
{
    return result == BLE_HS_EALREADY || result == BLE_HS_EBUSY || result == BLE_HS_ENOMEM;
}

static int ask(const struct otk_ble_pace *pace)
{
    const struct ble_gap_upd_params parameters = {.itvl_min = pace->interval,
                                                  .itvl_max = pace->interval,
                                                  .latency = pace->latency,
                                                  .supervision_timeout = pace->timeout};

    return ble_gap_update_params(otk_ble_the.client, &parameters);
}

bool otk_ble_pace_poll(void)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    int result;

    if (!the->wants_pace) {
        return false;
    }
    if (the->client == BLE_HS_CONN_HANDLE_NONE) {
        the->wants_pace = false;
        return false;
    }
    result = ask(the->is_fast ? &fast_pace : &the->pace);
    the->wants_pace = is_put_off(result);
    if (result != 0 && !the->wants_pace) {
        ESP_LOGW(tag, "the connection's interval stays: NimBLE says %d", result);
    }
    return the->wants_pace;
}

void otk_ble_set_speed(void *context, bool fast)
{
    (void)context;
    otk_ble_the.is_fast = fast;
    otk_ble_the.wants_pace = true;
    (void)otk_ble_pace_poll();
}
