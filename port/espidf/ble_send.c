// SPDX-License-Identifier: Apache-2.0
/* Notifications and indications. Where NimBLE has no memory for one, the engine tries again. */
#include "port/espidf/ble_parts.h"

static bool is_full(int result)
{
    return result == BLE_HS_ENOMEM || result == BLE_HS_EBUSY || result == BLE_HS_EAGAIN;
}

static enum otk_status status_of(int result)
{
    if (result == 0) {
        return OTK_OK;
    }
    return is_full(result) ? OTK_BUSY : OTK_CONNECTION_LOST;
}

/* The next one has to wait until the central has confirmed this one.
 * Source: Bluetooth Core 5.4, Vol 3, Part F, 3.3.3. */
static enum otk_status indicate(uint16_t handle, struct os_mbuf *packet)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    enum otk_status status;

    atomic_store(&the->is_indicating, true);
    status = status_of(ble_gatts_indicate_custom(the->client, handle, packet));
    if (status != OTK_OK) {
        atomic_store(&the->is_indicating, false);
    }
    return status;
}

enum otk_status otk_ble_send(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                             uint32_t len)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    const uint16_t handle = otk_ble_table_handle(value);
    struct os_mbuf *packet;

    (void)context;
    if (the->client == BLE_HS_CONN_HANDLE_NONE) {
        return OTK_CONNECTION_LOST;
    }
    if (!the->notifies[value] && !the->indicates[value]) {
        return OTK_NOT_OPEN;
    }
    if (!the->notifies[value] && atomic_load(&the->is_indicating)) {
        return OTK_BUSY;
    }
    packet = ble_hs_mbuf_from_flat(bytes, (uint16_t)len);
    if (!packet) {
        return OTK_BUSY;
    }
    /* Both take the packet, also where they fail. */
    if (the->notifies[value]) {
        return status_of(ble_gatts_notify_custom(the->client, handle, packet));
    }
    return indicate(handle, packet);
}
