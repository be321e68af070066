// SPDX-License-Identifier: Apache-2.0
/* The device's end of a link: a buffer, and a processor that does one thing at a time. */
#include <stdlib.h>

#include "sim/radio_internal.h"

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

static uint64_t busy_ns(const struct otk_radio *radio)
{
    return radio->device.busy_ns ? radio->device.busy_ns(radio->device.context) : 0;
}

/* What the device's clock says while it is called. */
static uint64_t device_now_ns(const struct otk_radio *radio)
{
    return radio->in_call ? radio->call_start_ns + (busy_ns(radio) - radio->call_busy_ns)
                          : radio->now_ns;
}

static void begin_call(struct otk_radio *radio, uint64_t start_ns)
{
    radio->in_call = true;
    radio->call_start_ns = start_ns;
    radio->call_busy_ns = busy_ns(radio);
}

/* Returns how long the flash was busy. */
static uint64_t end_call(struct otk_radio *radio)
{
    radio->in_call = false;
    return busy_ns(radio) - radio->call_busy_ns;
}

uint32_t otk_radio_sdu_frames(const struct otk_radio *radio, uint32_t len)
{
    const uint32_t payload = radio->config.air.ll_payload - OTK_BLE_L2CAP_HEADER;

    return (len + 2u + payload - 1u) / payload;
}

uint32_t otk_radio_credit_count(const struct otk_radio *radio)
{
    return radio->config.buffer_size == 0
               ? CREDITS_UNLIMITED
               : radio->config.buffer_size / radio->config.air.ll_payload;
}

static void send(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint32_t wire_len)
{
    pdu->ready_ns = device_now_ns(radio);
    pdu->wire_len = wire_len;
    otk_radio_queue_put(&radio->down.queue, pdu);
}

static void answer_write(struct otk_radio *radio, uint8_t att_error)
{
    struct otk_radio_pdu *const pdu = otk_radio_pdu_new(OTK_RADIO_WRITE_RESPONSE, 0, NULL, 0);

    pdu->detail = att_error;
    send(radio, pdu, otk_radio_wire_len(att_error ? 5u : 1u));
}

static void answer_read(struct otk_radio *radio, int handle)
{
    uint8_t bytes[512];
    const uint32_t len = radio->device.read(radio->device.context, handle, bytes, sizeof bytes);
    const uint32_t part = radio->config.mtu - READ_HEADER;
    const uint32_t part_count = len / part + 1u;

    send(radio, otk_radio_pdu_new(OTK_RADIO_READ_RESPONSE, handle, bytes, len),
         len + part_count * otk_radio_wire_len(READ_HEADER));
}

/* Credits go back a quarter of all at a time. */
static void return_credits(struct otk_radio *radio, uint32_t count)
{
    struct otk_radio_pdu *pdu;

    radio->credits_owed += count;
    if (radio->credits_owed < otk_radio_credit_count(radio) / 4u) {
        return;
    }
    pdu = otk_radio_pdu_new(OTK_RADIO_CREDITS, 0, NULL, 0);
    pdu->detail = radio->credits_owed;
    radio->credits_owed = 0;
    send(radio, pdu, CREDIT_PDU_SIZE);
}

/* The application works on a PDU. */
static void handle(struct otk_radio *radio, const struct otk_radio_pdu *pdu, uint32_t now_ms)
{
    const struct otk_radio_device *const device = &radio->device;

    switch (pdu->kind) {
    case OTK_RADIO_WRITE_COMMAND:
        (void)device->written(device->context, pdu->handle, pdu->bytes, pdu->len, now_ms);
        break;
    case OTK_RADIO_WRITE_REQUEST:
        answer_write(radio,
                     device->written(device->context, pdu->handle, pdu->bytes, pdu->len, now_ms));
        break;
    case OTK_RADIO_READ_REQUEST:
        answer_read(radio, pdu->handle);
        break;
    case OTK_RADIO_SDU:
        device->sdu(device->context, pdu->bytes, pdu->len, now_ms);
        return_credits(radio, pdu->detail);
        break;
    case OTK_RADIO_CONFIRMATION:
        radio->awaits_confirmation = false;
        break;
    default:
        break;
    }
}

static void work_on(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint64_t start_ns)
{
    radio->leaving = pdu->wire_len;
    begin_call(radio, start_ns);
    handle(radio, pdu, (uint32_t)(start_ns / NS_PER_MS));
    radio->busy_until_ns = start_ns + end_call(radio) + radio->config.cpu_ns_per_frame;
    radio->poll_ns = radio->busy_until_ns;
    free(pdu);
}

static void poll(struct otk_radio *radio, uint64_t start_ns)
{
    bool has_more;
    uint64_t spent_ns;

    begin_call(radio, start_ns);
    has_more = radio->device.poll(radio->device.context, (uint32_t)(start_ns / NS_PER_MS));
    spent_ns = end_call(radio);
    radio->busy_until_ns = start_ns + spent_ns;
    radio->poll_ns = radio->busy_until_ns + (has_more ? TURN_NS : IDLE_NS);
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void otk_radio_device_work(struct otk_radio *radio, uint64_t until_ns)
{
    while (radio->busy_until_ns <= until_ns) {
        const struct otk_radio_pdu *const first = radio->inbox.first;
        const uint64_t poll_ns = later(radio->busy_until_ns, radio->poll_ns);
        const uint64_t pdu_ns = first ? later(radio->busy_until_ns, first->ready_ns) : UINT64_MAX;

        radio->waiting -= radio->leaving;
        radio->leaving = 0;
        if (pdu_ns > until_ns && poll_ns > until_ns) {
            return;
        }
        if (pdu_ns <= poll_ns) {
            work_on(radio, otk_radio_queue_take(&radio->inbox), pdu_ns);
        } else {
            poll(radio, poll_ns);
        }
    }
}

bool otk_radio_device_has_room(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint32_t len)
{
    const bool is_full = radio->config.buffer_size > 0 &&
                         radio->waiting + len > radio->config.buffer_size;

    if (pdu->is_dropped) {
        return true;
    }
    if (is_full && radio->config.drops_when_full && pdu->kind == OTK_RADIO_WRITE_COMMAND) {
        pdu->is_dropped = true;
        radio->waiting -= radio->up.sent;
        radio->counts.dropped++;
        return true;
    }
    if (is_full) {
        radio->counts.refused++;
        return false;
    }
    radio->waiting += len;
    return true;
}

void otk_radio_device_take(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint64_t at_ns)
{
    if (pdu->is_dropped) {
        free(pdu);
        return;
    }
    pdu->ready_ns = at_ns;
    otk_radio_queue_put(&radio->inbox, pdu);
}

void otk_radio_device_clear(struct otk_radio *radio)
{
    otk_radio_queue_clear(&radio->inbox);
    otk_radio_queue_clear(&radio->down.queue);
    radio->waiting = 0;
    radio->leaving = 0;
    radio->credits_owed = 0;
    radio->awaits_confirmation = false;
}

enum otk_status otk_radio_notify(struct otk_radio *radio, int handle, const uint8_t *bytes,
                                 uint32_t len, bool is_indication)
{
    if (!radio->is_connected || radio->is_device_gone) {
        return OTK_NOT_OPEN;
    }
    if (radio->down.queue.count >= NOTIFICATION_MAX ||
        (is_indication && radio->awaits_confirmation)) {
        return OTK_BUSY;
    }
    radio->awaits_confirmation = radio->awaits_confirmation || is_indication;
    send(radio,
         otk_radio_pdu_new(is_indication ? OTK_RADIO_INDICATION : OTK_RADIO_NOTIFICATION, handle,
                           bytes, len),
         otk_radio_wire_len(OTK_BLE_ATT_HEADER + len));
    return OTK_OK;
}
