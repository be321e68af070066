// SPDX-License-Identifier: Apache-2.0
/* The device's end of a link: a buffer, and a processor that does one thing at a time. */
#include <stdlib.h>

#include "sim/ble_link_internal.h"

/* The application's loop comes round so often where it has nothing to do. */
#define IDLE_NS 1000000u

/* A turn of the loop that did something, without flash. */
#define TURN_NS 100000u

/* Notifications that wait at most. Source: a usual number of a host's buffers for them. */
#define NOTIFICATION_MAX 8u

#define NS_PER_MS 1000000u

/* Bytes of a read response that fit a value of this client's MTU, and an ATT header of one byte. */
#define READ_HEADER 1u

#define CREDIT_PDU_SIZE 12u

/* Credits where nothing limits the buffer. */
#define CREDITS_UNLIMITED 256u

static uint64_t busy_ns(const struct otk_ble_link *link)
{
    return link->device.busy_ns ? link->device.busy_ns(link->device.context) : 0;
}

/* What the device's clock says while it is called. */
static uint64_t device_now_ns(const struct otk_ble_link *link)
{
    return link->in_call ? link->call_start_ns + (busy_ns(link) - link->call_busy_ns)
                         : link->now_ns;
}

static void begin_call(struct otk_ble_link *link, uint64_t start_ns)
{
    link->in_call = true;
    link->call_start_ns = start_ns;
    link->call_busy_ns = busy_ns(link);
}

/* Returns how long the flash was busy. */
static uint64_t end_call(struct otk_ble_link *link)
{
    link->in_call = false;
    return busy_ns(link) - link->call_busy_ns;
}

uint32_t otk_ble_sdu_frames(const struct otk_ble_link *link, uint32_t len)
{
    const uint32_t payload = link->config.air.ll_payload - OTK_BLE_L2CAP_HEADER;

    return (len + 2u + payload - 1u) / payload;
}

uint32_t otk_ble_credit_count(const struct otk_ble_link *link)
{
    return link->config.buffer_size == 0 ? CREDITS_UNLIMITED
                                         : link->config.buffer_size / link->config.air.ll_payload;
}

static void send(struct otk_ble_link *link, struct otk_ble_pdu *pdu, uint32_t wire_len)
{
    pdu->ready_ns = device_now_ns(link);
    pdu->wire_len = wire_len;
    otk_ble_queue_put(&link->down.queue, pdu);
}

static void answer_write(struct otk_ble_link *link, uint8_t att_error)
{
    struct otk_ble_pdu *const pdu = otk_ble_pdu_new(OTK_BLE_WRITE_RESPONSE, 0, NULL, 0);

    pdu->detail = att_error;
    send(link, pdu, otk_ble_wire_len(att_error ? 5u : 1u));
}

static void answer_read(struct otk_ble_link *link, int handle)
{
    uint8_t bytes[512];
    const uint32_t len = link->device.read(link->device.context, handle, bytes, sizeof bytes);
    const uint32_t part = link->config.mtu - READ_HEADER;
    const uint32_t part_count = len / part + 1u;

    send(link, otk_ble_pdu_new(OTK_BLE_READ_RESPONSE, handle, bytes, len),
         len + part_count * otk_ble_wire_len(READ_HEADER));
}

static void return_credits(struct otk_ble_link *link, uint32_t count)
{
    struct otk_ble_pdu *pdu = link->down.queue.last;

    if (pdu && pdu->kind == OTK_BLE_CREDITS && pdu != link->down.queue.first) {
        pdu->detail += count;
        return;
    }
    pdu = otk_ble_pdu_new(OTK_BLE_CREDITS, 0, NULL, 0);
    pdu->detail = count;
    send(link, pdu, CREDIT_PDU_SIZE);
}

/* The application works on a PDU. */
static void handle(struct otk_ble_link *link, const struct otk_ble_pdu *pdu, uint32_t now_ms)
{
    const struct otk_ble_link_device *const device = &link->device;

    switch (pdu->kind) {
    case OTK_BLE_WRITE_COMMAND:
        (void)device->written(device->context, pdu->handle, pdu->bytes, pdu->len, now_ms);
        break;
    case OTK_BLE_WRITE_REQUEST:
        answer_write(link,
                     device->written(device->context, pdu->handle, pdu->bytes, pdu->len, now_ms));
        break;
    case OTK_BLE_READ_REQUEST:
        answer_read(link, pdu->handle);
        break;
    case OTK_BLE_SDU:
        device->sdu(device->context, pdu->bytes, pdu->len, now_ms);
        return_credits(link, pdu->detail);
        break;
    case OTK_BLE_CONFIRMATION:
        link->awaits_confirmation = false;
        break;
    default:
        break;
    }
}

static void work_on(struct otk_ble_link *link, struct otk_ble_pdu *pdu, uint64_t start_ns)
{
    link->leaving = pdu->wire_len;
    begin_call(link, start_ns);
    handle(link, pdu, (uint32_t)(start_ns / NS_PER_MS));
    link->busy_until_ns = start_ns + end_call(link) + link->config.cpu_ns_per_frame;
    link->poll_ns = link->busy_until_ns;
    free(pdu);
}

static void poll(struct otk_ble_link *link, uint64_t start_ns)
{
    bool has_more;
    uint64_t spent_ns;

    begin_call(link, start_ns);
    has_more = link->device.poll(link->device.context, (uint32_t)(start_ns / NS_PER_MS));
    spent_ns = end_call(link);
    link->busy_until_ns = start_ns + spent_ns;
    link->poll_ns = link->busy_until_ns + (has_more ? TURN_NS : IDLE_NS);
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void otk_ble_device_work(struct otk_ble_link *link, uint64_t until_ns)
{
    while (link->busy_until_ns <= until_ns) {
        const struct otk_ble_pdu *const first = link->inbox.first;
        const uint64_t poll_ns = later(link->busy_until_ns, link->poll_ns);
        const uint64_t pdu_ns = first ? later(link->busy_until_ns, first->ready_ns) : UINT64_MAX;

        link->waiting -= link->leaving;
        link->leaving = 0;
        if (pdu_ns > until_ns && poll_ns > until_ns) {
            return;
        }
        if (pdu_ns <= poll_ns) {
            work_on(link, otk_ble_queue_take(&link->inbox), pdu_ns);
        } else {
            poll(link, poll_ns);
        }
    }
}

bool otk_ble_device_has_room(struct otk_ble_link *link, struct otk_ble_pdu *pdu, uint32_t len)
{
    const bool is_full = link->config.buffer_size > 0 &&
                         link->waiting + len > link->config.buffer_size;

    if (pdu->is_dropped) {
        return true;
    }
    if (is_full && link->config.drops_when_full && pdu->kind == OTK_BLE_WRITE_COMMAND) {
        pdu->is_dropped = true;
        link->waiting -= link->up.sent;
        link->counts.dropped++;
        return true;
    }
    if (is_full) {
        link->counts.refused++;
        return false;
    }
    link->waiting += len;
    return true;
}

void otk_ble_device_take(struct otk_ble_link *link, struct otk_ble_pdu *pdu, uint64_t at_ns)
{
    if (pdu->is_dropped) {
        free(pdu);
        return;
    }
    pdu->ready_ns = at_ns;
    otk_ble_queue_put(&link->inbox, pdu);
}

void otk_ble_device_clear(struct otk_ble_link *link)
{
    otk_ble_queue_clear(&link->inbox);
    otk_ble_queue_clear(&link->down.queue);
    link->waiting = 0;
    link->leaving = 0;
    link->awaits_confirmation = false;
}

enum otk_status otk_ble_link_notify(struct otk_ble_link *link, int handle, const uint8_t *bytes,
                                    uint32_t len, bool is_indication)
{
    if (!link->is_connected || link->is_device_gone) {
        return OTK_NOT_OPEN;
    }
    if (link->down.queue.count >= NOTIFICATION_MAX ||
        (is_indication && link->awaits_confirmation)) {
        return OTK_BUSY;
    }
    link->awaits_confirmation = link->awaits_confirmation || is_indication;
    send(link,
         otk_ble_pdu_new(is_indication ? OTK_BLE_INDICATION : OTK_BLE_NOTIFICATION, handle, bytes,
                         len),
         otk_ble_wire_len(OTK_BLE_ATT_HEADER + len));
    return OTK_OK;
}
