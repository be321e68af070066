// SPDX-License-Identifier: Apache-2.0
/*
 * Who is connected. On NimBLE's host task, without the lock, with one exception that is marked.
 *
 * One central at a time: while it is connected the device does not advertise. Others that the
 * application has connected to may read, but not write.
 */
#include <string.h>

#include "port/espidf/ble_parts.h"

/* The longest link layer packet, and the time it takes on the 1M PHY.
 * Source: Bluetooth Core 5.4, Vol 6, Part B, 4.5.10. */
#define LINK_OCTETS  251u
#define LINK_TIME_US 2120u

/* What makes data quicker where both sides have it; where not, all goes on without. */
static void ask_for_more(uint16_t connection)
{
    (void)ble_gap_set_data_len(connection, LINK_OCTETS, LINK_TIME_US);
    (void)ble_gap_set_prefered_le_phy(connection, BLE_GAP_LE_PHY_2M_MASK, BLE_GAP_LE_PHY_2M_MASK,
                                      BLE_GAP_LE_PHY_CODED_ANY);
}

static void on_connect(uint16_t connection)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    struct otk_espidf_ble_event event = {0};
    struct ble_gap_conn_desc found;
    bool is_client;

    if (ble_gap_conn_find(connection, &found) != 0) {
        return;
    }
    otk_espidf_lock();
    is_client = the->client == BLE_HS_CONN_HANDLE_NONE;
    if (is_client) {
        the->client = connection;
        memcpy(the->address, found.peer_id_addr.val, sizeof the->address);
        otk_ble_pace_note(&found);
    }
    otk_espidf_unlock();
    if (!is_client) {
        return;
    }
    ask_for_more(connection);
    memcpy(event.address, found.peer_id_addr.val, sizeof event.address);
    otk_ble_tell(OTAKIT_BLE_EVENT_CLIENT, &event);
}

/* The handle may be the next central's soon: the engines must not send to it any more. */
static bool drop_client(uint16_t connection)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;

    if (the->client != connection) {
        return false;
    }
    the->client = BLE_HS_CONN_HANDLE_NONE;
    memset(the->notifies, 0, sizeof the->notifies);
    memset(the->indicates, 0, sizeof the->indicates);
    atomic_store(&the->is_indicating, false);
    otk_ble_closed(&the->engine);
    return true;
}

static void on_disconnect(uint16_t connection)
{
    struct otk_espidf_ble_event event = {0};
    bool was_client;

    otk_espidf_lock();
    memcpy(event.address, otk_ble_the.address, sizeof event.address);
    was_client = drop_client(connection);
    otk_espidf_unlock();
    if (was_client) {
        otk_ble_tell(OTAKIT_BLE_EVENT_CLIENT_GONE, &event);
        otk_espidf_wake();
    }
}

static void on_update(uint16_t connection)
{
    struct ble_gap_conn_desc found;
    bool is_client;

    if (ble_gap_conn_find(connection, &found) != 0) {
        return;
    }
    otk_espidf_lock();
    is_client = otk_ble_the.client == connection;
    if (is_client) {
        otk_ble_pace_note(&found);
    }
    otk_espidf_unlock();
    if (is_client) {
        otk_ble_tell(OTAKIT_BLE_EVENT_INTERVAL,
                     &(struct otk_espidf_ble_event){.interval_us = found.conn_itvl *
                                                                   (uint32_t)BLE_HCI_CONN_ITVL});
    }
}

static void on_subscribe(uint16_t connection, uint16_t handle, bool notify, bool indicate)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    const enum otk_gatt_value value = otk_ble_table_find(handle);

    otk_espidf_lock();
    if (value != OTK_GATT_VALUE_COUNT && the->client == connection) {
        the->notifies[value] = notify;
        the->indicates[value] = indicate;
    }
    otk_espidf_unlock();
    otk_espidf_wake();
}

/* Comes from within ble_gatts_notify_custom too, where the lock is held: takes none. */
static void on_sent(int status, bool is_indication)
{
    if (is_indication && (status == BLE_HS_EDONE || status == BLE_HS_ETIMEOUT)) {
        atomic_store(&otk_ble_the.is_indicating, false);
        otk_espidf_wake();
    }
}

static void resume_advertising(void)
{
    if (!otk_ble_the.config.is_guest) {
        otk_ble_advertise();
    }
}

/* Returns what NimBLE is to do. */
static int take(const struct ble_gap_event *event)
{
    switch (event->type) {
    case BLE_GAP_EVENT_CONNECT:
        if (event->connect.status == 0) {
            on_connect(event->connect.conn_handle);
        } else {
            resume_advertising();
        }
        return 0;
    case BLE_GAP_EVENT_DISCONNECT:
        on_disconnect(event->disconnect.conn.conn_handle);
        resume_advertising();
        return 0;
    case BLE_GAP_EVENT_ADV_COMPLETE:
        resume_advertising();
        return 0;
    case BLE_GAP_EVENT_CONN_UPDATE:
        on_update(event->conn_update.conn_handle);
        return 0;
    case BLE_GAP_EVENT_SUBSCRIBE:
        on_subscribe(event->subscribe.conn_handle, event->subscribe.attr_handle,
                     event->subscribe.cur_notify, event->subscribe.cur_indicate);
        return 0;
    case BLE_GAP_EVENT_NOTIFY_TX:
        on_sent(event->notify_tx.status, event->notify_tx.indication);
        return 0;
    case BLE_GAP_EVENT_PASSKEY_ACTION:
        otk_ble_show_passkey(event->passkey.conn_handle, event->passkey.params.action);
        return 0;
    case BLE_GAP_EVENT_REPEAT_PAIRING:
        otk_ble_forget_bond(event->repeat_pairing.conn_handle);
        return BLE_GAP_REPEAT_PAIRING_RETRY;
    default:
        return 0;
    }
}

int otk_ble_on_gap_event(struct ble_gap_event *event, void *context)
{
    (void)context;
    return atomic_load(&otk_ble_the.is_started) ? take(event) : 0;
}
