// SPDX-License-Identifier: Apache-2.0
/* The air between two Bluetooth LE stacks, and the client's stack. */
#include "sim/radio.h"

#include <stdlib.h>

#include "sim/radio_internal.h"
#include "sim/random.h"

#define QUEUE_DEPTH_USUAL 32u
#define SUPERVISION_USUAL 4000u
#define MTU_MIN           23u

/* Lost packets in a row that end an event. Source: Bluetooth Core 5.4, Vol 6, Part B, 4.5.6. */
#define LOST_IN_ROW 2u

#define NS_PER_US 1000u
#define NS_PER_MS 1000000u
#define MILLION   1000000u

/* A prepared write carries 5 bytes in front of a part of the value; a client that is done executes. */
#define PREPARE_HEADER 5u
#define EXECUTE_LEN    2u

/* Length of the packet that this side would send now; 0: an empty one. */
static uint32_t packet_len(const struct otk_radio *radio, const struct otk_radio_way *way,
                           uint64_t anchor_ns)
{
    const struct otk_radio_pdu *const pdu = way->queue.first;
    uint32_t rest;

    if (!pdu || pdu->ready_ns > anchor_ns) {
        return 0;
    }
    rest = pdu->wire_len - way->sent;
    return rest < radio->config.air.ll_payload ? rest : radio->config.air.ll_payload;
}

static bool is_lost(struct otk_radio *radio, uint64_t at_ns)
{
    bool lost = radio->is_device_gone || at_ns < radio->dark_until_ns;

    if (radio->config.loss_ppm > 0 &&
        otk_random_below(&radio->random, MILLION) < radio->config.loss_ppm) {
        lost = true;
    }
    radio->counts.lost += lost;
    return lost;
}

/* The packet that arrived is acknowledged. Returns the PDU where it was its last one. */
static struct otk_radio_pdu *acknowledge(struct otk_radio_way *way, uint32_t len)
{
    way->has_arrived = false;
    way->sent += len;
    if (way->sent < way->queue.first->wire_len) {
        return NULL;
    }
    way->sent = 0;
    return otk_radio_queue_take(&way->queue);
}

static void put_up(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint32_t wire_len)
{
    pdu->wire_len = wire_len;
    pdu->ready_ns = radio->now_ns;
    otk_radio_queue_put(&radio->up.queue, pdu);
}

/* The client's stack has a whole PDU. */
static void hear(struct otk_radio *radio, const struct otk_radio_pdu *pdu)
{
    const struct otk_radio_client *const client = &radio->client;

    switch (pdu->kind) {
    case OTK_RADIO_WRITE_RESPONSE:
        client->answered(client->context, (uint8_t)pdu->detail);
        break;
    case OTK_RADIO_READ_RESPONSE:
        client->was_read(client->context, pdu->handle, pdu->bytes, pdu->len);
        break;
    case OTK_RADIO_INDICATION:
        put_up(radio, otk_radio_pdu_new(OTK_RADIO_CONFIRMATION, 0, NULL, 0), otk_radio_wire_len(1));
        client->notified(client->context, pdu->handle, pdu->bytes, pdu->len);
        break;
    case OTK_RADIO_NOTIFICATION:
        client->notified(client->context, pdu->handle, pdu->bytes, pdu->len);
        break;
    case OTK_RADIO_CREDITS:
        radio->credits += pdu->detail;
        break;
    default:
        break;
    }
}

/*
 * A packet of the client and the device's answer. What the client sent is sent again until an answer
 * says that it has arrived. What the device sent is done with when it arrives: that the packet behind
 * it, which says so, may be lost is left out.
 *
 * Returns  whether both packets were received
 */
static bool exchange(struct otk_radio *radio, uint32_t up_len, uint32_t down_len, uint64_t end_ns)
{
    const bool up_lost = is_lost(radio, end_ns);
    const bool down_lost = is_lost(radio, end_ns);
    struct otk_radio_pdu *pdu = NULL;

    radio->counts.pairs++;
    radio->now_ns = end_ns;
    if (!up_lost) {
        radio->up.heard_ns = end_ns;
        if (up_len > 0 && !radio->up.has_arrived) {
            radio->up.has_arrived = otk_radio_device_has_room(radio, radio->up.queue.first, up_len);
        }
    }
    if (down_lost) {
        return false;
    }
    radio->down.heard_ns = end_ns;
    if (radio->up.has_arrived) {
        pdu = acknowledge(&radio->up, up_len);
    }
    if (pdu) {
        otk_radio_device_take(radio, pdu, end_ns);
    }
    pdu = down_len > 0 ? acknowledge(&radio->down, down_len) : NULL;
    if (pdu) {
        hear(radio, pdu);
        free(pdu);
    }
    return !up_lost;
}

static void forget(struct otk_radio *radio)
{
    radio->is_connected = false;
    radio->is_device_gone = false;
    otk_radio_queue_clear(&radio->up.queue);
    radio->up.sent = 0;
    radio->up.has_arrived = false;
    radio->down.sent = 0;
    radio->down.has_arrived = false;
    otk_radio_device_clear(radio);
}

/* Nothing was heard for too long. */
static void supervise(struct otk_radio *radio)
{
    const uint64_t limit_ns = (uint64_t)radio->config.supervision_ms * NS_PER_MS;
    const bool was_gone = radio->is_device_gone;

    if (radio->now_ns - radio->up.heard_ns < limit_ns &&
        radio->now_ns - radio->down.heard_ns < limit_ns) {
        return;
    }
    forget(radio);
    if (!was_gone) {
        radio->device.disconnected(radio->device.context);
    }
    radio->client.disconnected(radio->client.context);
}

static void run_event(struct otk_radio *radio, uint64_t end_ns)
{
    const uint64_t anchor_ns = radio->now_ns;
    uint32_t lost_in_row = 0;
    uint32_t pair_count = 0;

    radio->counts.events++;
    while (radio->is_connected && lost_in_row < LOST_IN_ROW) {
        const uint32_t up_len = packet_len(radio, &radio->up, anchor_ns);
        const uint32_t down_len = packet_len(radio, &radio->down, anchor_ns);
        const uint64_t pair_ns = otk_ble_pair_ns(&radio->config.air, up_len, down_len);
        const bool is_idle = up_len == 0 && down_len == 0;

        if (radio->now_ns + pair_ns > end_ns || (is_idle && pair_count > 0) ||
            (radio->config.packets_per_event > 0 &&
             pair_count >= radio->config.packets_per_event)) {
            return;
        }
        pair_count++;
        lost_in_row = exchange(radio, up_len, down_len, radio->now_ns + pair_ns) ? 0
                                                                                 : lost_in_row + 1;
        otk_radio_device_work(radio, radio->now_ns);
    }
}

enum otk_status otk_radio_create(const struct otk_radio_config *config,
                                 const struct otk_radio_device *device,
                                 const struct otk_radio_client *client,
                                 struct otk_radio **radio_out)
{
    struct otk_radio *radio;

    if (config->mtu < MTU_MIN || otk_ble_pairs(&config->air, config->interval_us, 0) == 0 ||
        (config->buffer_size > 0 && config->buffer_size < otk_radio_wire_len(config->mtu))) {
        return OTK_INVALID_ARGUMENT;
    }
    radio = calloc(1, sizeof *radio);
    if (!radio) {
        return OTK_NO_MEMORY;
    }
    radio->config = *config;
    radio->device = *device;
    radio->client = *client;
    radio->random = config->seed;
    if (config->queue_depth == 0) {
        radio->config.queue_depth = QUEUE_DEPTH_USUAL;
    }
    if (config->supervision_ms == 0) {
        radio->config.supervision_ms = SUPERVISION_USUAL;
    }
    *radio_out = radio;
    return OTK_OK;
}

void otk_radio_connect(struct otk_radio *radio)
{
    radio->is_connected = true;
    radio->is_device_gone = false;
    radio->up.heard_ns = radio->now_ns;
    radio->down.heard_ns = radio->now_ns;
    radio->credits = otk_radio_credit_count(radio);
}

bool otk_radio_is_connected(const struct otk_radio *radio)
{
    return radio->is_connected;
}

static enum otk_status may_send(const struct otk_radio *radio)
{
    if (!radio->is_connected) {
        return OTK_NOT_OPEN;
    }
    return radio->up.queue.count < radio->config.queue_depth ? OTK_OK : OTK_BUSY;
}

enum otk_status otk_radio_write(struct otk_radio *radio, int handle, const uint8_t *bytes,
                                uint32_t len, bool has_response)
{
    const enum otk_status status = may_send(radio);
    const uint32_t part = radio->config.mtu - PREPARE_HEADER;
    uint32_t wire_len = otk_radio_wire_len(OTK_BLE_ATT_HEADER + len);

    if (status != OTK_OK) {
        return status;
    }
    if (len + OTK_BLE_ATT_HEADER > radio->config.mtu) {
        wire_len = len + (len / part + 1u) * otk_radio_wire_len(PREPARE_HEADER) +
                   otk_radio_wire_len(EXECUTE_LEN);
    }
    put_up(radio,
           otk_radio_pdu_new(has_response ? OTK_RADIO_WRITE_REQUEST : OTK_RADIO_WRITE_COMMAND,
                             handle, bytes, len),
           wire_len);
    return OTK_OK;
}

enum otk_status otk_radio_read(struct otk_radio *radio, int handle)
{
    const enum otk_status status = may_send(radio);

    if (status == OTK_OK) {
        put_up(radio, otk_radio_pdu_new(OTK_RADIO_READ_REQUEST, handle, NULL, 0),
               otk_radio_wire_len(OTK_BLE_ATT_HEADER));
    }
    return status;
}

enum otk_status otk_radio_send_sdu(struct otk_radio *radio, const uint8_t *bytes, uint32_t len)
{
    const uint32_t frames = otk_radio_sdu_frames(radio, len);
    enum otk_status status = may_send(radio);
    struct otk_radio_pdu *pdu;

    if (status == OTK_OK && frames > radio->credits) {
        status = OTK_BUSY;
    }
    if (status != OTK_OK) {
        return status;
    }
    radio->credits -= frames;
    pdu = otk_radio_pdu_new(OTK_RADIO_SDU, 0, bytes, len);
    pdu->detail = frames;
    put_up(radio, pdu, len + 2u + frames * OTK_BLE_L2CAP_HEADER);
    return OTK_OK;
}

void otk_radio_run(struct otk_radio *radio)
{
    const uint64_t end_ns = radio->now_ns + (uint64_t)radio->config.interval_us * NS_PER_US;

    otk_radio_device_work(radio, radio->now_ns);
    if (radio->is_connected) {
        run_event(radio, end_ns);
    }
    otk_radio_device_work(radio, end_ns);
    radio->now_ns = end_ns;
    if (radio->is_connected) {
        supervise(radio);
    }
}

void otk_radio_darken(struct otk_radio *radio, uint32_t duration_ms)
{
    radio->dark_until_ns = radio->now_ns + (uint64_t)duration_ms * NS_PER_MS;
}

void otk_radio_disconnect(struct otk_radio *radio)
{
    const bool must_tell = radio->is_connected && !radio->is_device_gone;

    forget(radio);
    if (must_tell) {
        radio->device.disconnected(radio->device.context);
    }
}

void otk_radio_reset_device(struct otk_radio *radio)
{
    radio->is_device_gone = radio->is_connected;
    otk_radio_device_clear(radio);
    radio->down.sent = 0;
    radio->busy_until_ns = radio->now_ns;
    radio->poll_ns = radio->now_ns;
}

uint64_t otk_radio_now_ns(const struct otk_radio *radio)
{
    return radio->now_ns;
}

uint32_t otk_radio_now_ms(const struct otk_radio *radio)
{
    return (uint32_t)(radio->now_ns / NS_PER_MS);
}

void otk_radio_get_counts(const struct otk_radio *radio, struct otk_radio_counts *counts)
{
    *counts = radio->counts;
}

void otk_radio_destroy(struct otk_radio *radio)
{
    if (radio) {
        forget(radio);
        free(radio);
    }
}
