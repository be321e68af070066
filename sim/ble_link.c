// SPDX-License-Identifier: Apache-2.0
/* The air between two Bluetooth LE stacks, and the client's stack. */
#include "sim/ble_link.h"

#include <stdlib.h>

#include "sim/ble_link_internal.h"
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
static uint32_t packet_len(const struct otk_ble_link *link, const struct otk_ble_way *way,
                           uint64_t anchor_ns)
{
    const struct otk_ble_pdu *const pdu = way->queue.first;
    uint32_t rest;

    if (!pdu || pdu->ready_ns > anchor_ns) {
        return 0;
    }
    rest = pdu->wire_len - way->sent;
    return rest < link->config.air.ll_payload ? rest : link->config.air.ll_payload;
}

static bool is_lost(struct otk_ble_link *link, uint64_t at_ns)
{
    bool lost = link->is_device_gone || at_ns < link->dark_until_ns;

    if (link->config.loss_ppm > 0 &&
        otk_random_below(&link->random, MILLION) < link->config.loss_ppm) {
        lost = true;
    }
    link->counts.lost += lost;
    return lost;
}

/* The packet that arrived is acknowledged. Returns the PDU where it was its last one. */
static struct otk_ble_pdu *acknowledge(struct otk_ble_way *way, uint32_t len)
{
    way->has_arrived = false;
    way->sent += len;
    if (way->sent < way->queue.first->wire_len) {
        return NULL;
    }
    way->sent = 0;
    return otk_ble_queue_take(&way->queue);
}

static void put_up(struct otk_ble_link *link, struct otk_ble_pdu *pdu, uint32_t wire_len)
{
    pdu->wire_len = wire_len;
    pdu->ready_ns = link->now_ns;
    otk_ble_queue_put(&link->up.queue, pdu);
}

/* The client's stack has a whole PDU. */
static void hear(struct otk_ble_link *link, const struct otk_ble_pdu *pdu)
{
    const struct otk_ble_link_client *const client = &link->client;

    switch (pdu->kind) {
    case OTK_BLE_WRITE_RESPONSE:
        client->answered(client->context, (uint8_t)pdu->detail);
        break;
    case OTK_BLE_READ_RESPONSE:
        client->was_read(client->context, pdu->handle, pdu->bytes, pdu->len);
        break;
    case OTK_BLE_INDICATION:
        put_up(link, otk_ble_pdu_new(OTK_BLE_CONFIRMATION, 0, NULL, 0), otk_ble_wire_len(1));
        client->notified(client->context, pdu->handle, pdu->bytes, pdu->len);
        break;
    case OTK_BLE_NOTIFICATION:
        client->notified(client->context, pdu->handle, pdu->bytes, pdu->len);
        break;
    case OTK_BLE_CREDITS:
        link->credits += pdu->detail;
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
static bool exchange(struct otk_ble_link *link, uint32_t up_len, uint32_t down_len, uint64_t end_ns)
{
    const bool up_lost = is_lost(link, end_ns);
    const bool down_lost = is_lost(link, end_ns);
    struct otk_ble_pdu *pdu = NULL;

    link->counts.pairs++;
    link->now_ns = end_ns;
    if (!up_lost) {
        link->up.heard_ns = end_ns;
        if (up_len > 0 && !link->up.has_arrived) {
            link->up.has_arrived = otk_ble_device_has_room(link, link->up.queue.first, up_len);
        }
    }
    if (down_lost) {
        return false;
    }
    link->down.heard_ns = end_ns;
    if (link->up.has_arrived) {
        pdu = acknowledge(&link->up, up_len);
    }
    if (pdu) {
        otk_ble_device_take(link, pdu, end_ns);
    }
    pdu = down_len > 0 ? acknowledge(&link->down, down_len) : NULL;
    if (pdu) {
        hear(link, pdu);
        free(pdu);
    }
    return !up_lost;
}

static void forget(struct otk_ble_link *link)
{
    link->is_connected = false;
    link->is_device_gone = false;
    otk_ble_queue_clear(&link->up.queue);
    link->up.sent = 0;
    link->up.has_arrived = false;
    link->down.sent = 0;
    link->down.has_arrived = false;
    otk_ble_device_clear(link);
}

/* Nothing was heard for too long. */
static void supervise(struct otk_ble_link *link)
{
    const uint64_t limit_ns = (uint64_t)link->config.supervision_ms * NS_PER_MS;
    const bool was_gone = link->is_device_gone;

    if (link->now_ns - link->up.heard_ns < limit_ns &&
        link->now_ns - link->down.heard_ns < limit_ns) {
        return;
    }
    forget(link);
    if (!was_gone) {
        link->device.disconnected(link->device.context);
    }
    link->client.disconnected(link->client.context);
}

static void run_event(struct otk_ble_link *link, uint64_t end_ns)
{
    const uint64_t anchor_ns = link->now_ns;
    uint32_t lost_in_row = 0;
    uint32_t pair_count = 0;

    link->counts.events++;
    while (link->is_connected && lost_in_row < LOST_IN_ROW) {
        const uint32_t up_len = packet_len(link, &link->up, anchor_ns);
        const uint32_t down_len = packet_len(link, &link->down, anchor_ns);
        const uint64_t pair_ns = otk_ble_pair_ns(&link->config.air, up_len, down_len);
        const bool is_idle = up_len == 0 && down_len == 0;

        if (link->now_ns + pair_ns > end_ns || (is_idle && pair_count > 0) ||
            (link->config.packets_per_event > 0 && pair_count >= link->config.packets_per_event)) {
            return;
        }
        pair_count++;
        lost_in_row = exchange(link, up_len, down_len, link->now_ns + pair_ns) ? 0
                                                                               : lost_in_row + 1;
        otk_ble_device_work(link, link->now_ns);
    }
}

enum otk_status otk_ble_link_create(const struct otk_ble_link_config *config,
                                    const struct otk_ble_link_device *device,
                                    const struct otk_ble_link_client *client,
                                    struct otk_ble_link **link_out)
{
    struct otk_ble_link *link;

    if (config->mtu < MTU_MIN || otk_ble_pairs(&config->air, config->interval_us, 0) == 0 ||
        (config->buffer_size > 0 && config->buffer_size < otk_ble_wire_len(config->mtu))) {
        return OTK_INVALID_ARGUMENT;
    }
    link = calloc(1, sizeof *link);
    if (!link) {
        return OTK_NO_MEMORY;
    }
    link->config = *config;
    link->device = *device;
    link->client = *client;
    link->random = config->seed;
    if (config->queue_depth == 0) {
        link->config.queue_depth = QUEUE_DEPTH_USUAL;
    }
    if (config->supervision_ms == 0) {
        link->config.supervision_ms = SUPERVISION_USUAL;
    }
    *link_out = link;
    return OTK_OK;
}

void otk_ble_link_connect(struct otk_ble_link *link)
{
    link->is_connected = true;
    link->is_device_gone = false;
    link->up.heard_ns = link->now_ns;
    link->down.heard_ns = link->now_ns;
    link->credits = otk_ble_credit_count(link);
}

bool otk_ble_link_is_connected(const struct otk_ble_link *link)
{
    return link->is_connected;
}

static enum otk_status may_send(const struct otk_ble_link *link)
{
    if (!link->is_connected) {
        return OTK_NOT_OPEN;
    }
    return link->up.queue.count < link->config.queue_depth ? OTK_OK : OTK_BUSY;
}

enum otk_status otk_ble_link_write(struct otk_ble_link *link, int handle, const uint8_t *bytes,
                                   uint32_t len, bool has_response)
{
    const enum otk_status status = may_send(link);
    const uint32_t part = link->config.mtu - PREPARE_HEADER;
    uint32_t wire_len = otk_ble_wire_len(OTK_BLE_ATT_HEADER + len);

    if (status != OTK_OK) {
        return status;
    }
    if (len + OTK_BLE_ATT_HEADER > link->config.mtu) {
        wire_len = len + (len / part + 1u) * otk_ble_wire_len(PREPARE_HEADER) +
                   otk_ble_wire_len(EXECUTE_LEN);
    }
    put_up(link,
           otk_ble_pdu_new(has_response ? OTK_BLE_WRITE_REQUEST : OTK_BLE_WRITE_COMMAND, handle,
                           bytes, len),
           wire_len);
    return OTK_OK;
}

enum otk_status otk_ble_link_read(struct otk_ble_link *link, int handle)
{
    const enum otk_status status = may_send(link);

    if (status == OTK_OK) {
        put_up(link, otk_ble_pdu_new(OTK_BLE_READ_REQUEST, handle, NULL, 0),
               otk_ble_wire_len(OTK_BLE_ATT_HEADER));
    }
    return status;
}

enum otk_status otk_ble_link_send_sdu(struct otk_ble_link *link, const uint8_t *bytes, uint32_t len)
{
    const uint32_t frames = otk_ble_sdu_frames(link, len);
    enum otk_status status = may_send(link);
    struct otk_ble_pdu *pdu;

    if (status == OTK_OK && frames > link->credits) {
        status = OTK_BUSY;
    }
    if (status != OTK_OK) {
        return status;
    }
    link->credits -= frames;
    pdu = otk_ble_pdu_new(OTK_BLE_SDU, 0, bytes, len);
    pdu->detail = frames;
    put_up(link, pdu, len + 2u + frames * OTK_BLE_L2CAP_HEADER);
    return OTK_OK;
}

void otk_ble_link_run(struct otk_ble_link *link)
{
    const uint64_t end_ns = link->now_ns + (uint64_t)link->config.interval_us * NS_PER_US;

    otk_ble_device_work(link, link->now_ns);
    if (link->is_connected) {
        run_event(link, end_ns);
    }
    otk_ble_device_work(link, end_ns);
    link->now_ns = end_ns;
    if (link->is_connected) {
        supervise(link);
    }
}

void otk_ble_link_darken(struct otk_ble_link *link, uint32_t duration_ms)
{
    link->dark_until_ns = link->now_ns + (uint64_t)duration_ms * NS_PER_MS;
}

void otk_ble_link_disconnect(struct otk_ble_link *link)
{
    const bool must_tell = link->is_connected && !link->is_device_gone;

    forget(link);
    if (must_tell) {
        link->device.disconnected(link->device.context);
    }
}

void otk_ble_link_reset_device(struct otk_ble_link *link)
{
    link->is_device_gone = link->is_connected;
    otk_ble_device_clear(link);
    link->down.sent = 0;
    link->busy_until_ns = link->now_ns;
    link->poll_ns = link->now_ns;
}

uint64_t otk_ble_link_now_ns(const struct otk_ble_link *link)
{
    return link->now_ns;
}

uint32_t otk_ble_link_now_ms(const struct otk_ble_link *link)
{
    return (uint32_t)(link->now_ns / NS_PER_MS);
}

void otk_ble_link_get_counts(const struct otk_ble_link *link, struct otk_ble_link_counts *counts)
{
    *counts = link->counts;
}

void otk_ble_link_destroy(struct otk_ble_link *link)
{
    if (link) {
        forget(link);
        free(link);
    }
}
