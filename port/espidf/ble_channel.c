// SPDX-License-Identifier: Apache-2.0
/*
 * The L2CAP channel of protocol C: the client sends its data frames there, a frame an SDU. SDUs and
 * writes arrive on the host task in the order in which they were sent, so that no FINISH overtakes the
 * data before it.
 */
#include <esp_log.h>

#include "port/espidf/ble_parts.h"
#include "port/espidf/uptime.h"

/* Bytes of the longest SDU. */
#define SDU_SIZE 1024u

/* Of the ports that an application may choose itself. Source: Bluetooth Core 5.4, Vol 3, Part A, 4.22. */
#define PSM 0x00C1u

static const char *const tag = "otakit ble";

/* NimBLE ends the program where an SDU does not fit into the buffer that it was given, or where it has
 * none. So there is one buffer that holds any SDU in one piece, and a second channel is refused. */
#define BUFFER_SIZE (SDU_SIZE + sizeof(struct os_mbuf) + sizeof(struct os_mbuf_pkthdr))
static os_membuf_t memory[OS_MEMPOOL_SIZE(1, BUFFER_SIZE)];
static struct os_mempool buffers;
static struct os_mbuf_pool pool;

static int offer_buffer(struct ble_l2cap_chan *channel)
{
    struct os_mbuf *const buffer = os_mbuf_get_pkthdr(&pool, 0);

    if (!buffer) {
        return BLE_HS_ENOMEM;
    }
    return ble_l2cap_recv_ready(channel, buffer);
}

static int on_accept(uint16_t connection, struct ble_l2cap_chan *channel)
{
    bool is_client;

    otk_espidf_lock();
    is_client = otk_ble_the.client == connection;
    otk_espidf_unlock();
    if (!is_client || !otk_ble_may_write(connection)) {
        return BLE_HS_EAUTHOR;
    }
    return offer_buffer(channel);
}

static void on_sdu(uint16_t connection, struct ble_l2cap_chan *channel, struct os_mbuf *sdu)
{
    static uint8_t bytes[SDU_SIZE]; /* the host task's alone */
    uint16_t len = 0;
    const bool is_whole = ble_hs_mbuf_to_flat(sdu, bytes, sizeof bytes, &len) == 0;

    os_mbuf_free_chain(sdu);
    if (is_whole) {
        otk_espidf_lock();
        if (otk_ble_the.client == connection) {
            otk_ble_data(&otk_ble_the.engine, bytes, len, otk_uptime_ms());
        }
        otk_espidf_unlock();
        otk_espidf_wake();
    }
    /* Only now: the credit that it carries is what the client waits for. */
    if (offer_buffer(channel) != 0) {
        (void)ble_l2cap_disconnect(channel);
    }
}

static int on_event(struct ble_l2cap_event *event, void *context)
{
    (void)context;
    if (!atomic_load(&otk_ble_the.is_started)) {
        return BLE_HS_EREJECT;
    }
    switch (event->type) {
    case BLE_L2CAP_EVENT_COC_ACCEPT:
        return on_accept(event->accept.conn_handle, event->accept.chan);
    case BLE_L2CAP_EVENT_COC_DATA_RECEIVED:
        on_sdu(event->receive.conn_handle, event->receive.chan, event->receive.sdu_rx);
        return 0;
    default:
        return 0;
    }
}

uint16_t otk_ble_channel_open(void)
{
    int result = os_mempool_init(&buffers, 1, BUFFER_SIZE, memory, "otakit sdu");

    if (result == 0) {
        result = os_mbuf_pool_init(&pool, &buffers, BUFFER_SIZE, 1);
    }
    if (result == 0) {
        result = ble_l2cap_create_server(PSM, SDU_SIZE, on_event, NULL);
    }
    if (result != 0) {
        ESP_LOGI(tag, "no L2CAP channel (NimBLE says %d): data goes over GATT only", result);
        return 0;
    }
    return PSM;
}
