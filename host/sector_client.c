// SPDX-License-Identifier: Apache-2.0
/* The client's side of protocol B. */
#include "host/sector_client.h"

#include <string.h>

#include "host/client_parts.h"
#include "otakit/base/crc16.h"

#define SECTOR_SIZE OTK_SECTOR_FRAME_SECTOR_SIZE

static struct otk_sector_client *self(struct otk_client *client)
{
    return (struct otk_sector_client *)client;
}

static uint32_t sector_count(const struct otk_client *client)
{
    return (client->image.len - 1) / SECTOR_SIZE + 1;
}

/* Bytes of a sector; the last one may be shorter. */
static uint32_t sector_len(const struct otk_client *client, uint32_t index)
{
    const uint32_t rest = client->image.len - index * SECTOR_SIZE;

    return rest < SECTOR_SIZE ? rest : SECTOR_SIZE;
}

static void enter(struct otk_sector_client *sector, enum otk_sector_client_state state)
{
    sector->state = state;
    sector->is_due = true;
}

static void connected(struct otk_client *client, uint32_t now_ms)
{
    (void)now_ms;
    self(client)->has_cleared = false;
    enter(self(client), OTK_SECTOR_CLIENT_STARTING);
}

static void go_to(struct otk_sector_client *sector, uint32_t index)
{
    sector->index = index;
    sector->position = 0;
    sector->sequence = 0;
}

static void say_command(struct otk_sector_client *sector, uint16_t id, uint32_t now_ms,
                        uint8_t *frame, struct otk_client_action *action)
{
    const struct otk_sector_command command = {
        .id = id, .image_size = id == OTK_SECTOR_START ? sector->client.image.len : 0};

    sector->is_due = false;
    sector->limit_ms = now_ms + OTK_SECTOR_CLIENT_ANSWER_MS;
    otk_sector_command_encode(&command, frame);
    otk_client_say_send(action, OTK_CLIENT_CONTROL, true, OTK_SECTOR_FRAME_COMMAND_SIZE);
}

/* The next part of the sector that is being sent. */
static void say_packet(struct otk_sector_client *sector, uint8_t *frame,
                       struct otk_client_action *action)
{
    const struct otk_client *const client = &sector->client;
    const uint32_t room = client->link.frame_size - OTK_SECTOR_FRAME_HEADER_SIZE;
    const uint8_t *const start = client->image.bytes + sector->index * SECTOR_SIZE;
    const uint32_t len = sector_len(client, sector->index);
    const uint32_t rest = len - sector->position;
    struct otk_sector_packet packet = {.index = (uint16_t)sector->index,
                                       .sequence = sector->sequence,
                                       .data = start + sector->position};

    packet.is_last = rest + OTK_SECTOR_FRAME_CRC_SIZE <= room;
    if (packet.is_last) {
        packet.sequence = OTK_SECTOR_FRAME_LAST;
        packet.len = rest;
        packet.crc = otk_crc16(0, start, len);
        go_to(sector, sector->index + 1);
    } else {
        packet.len = rest - 1 < room ? rest - 1 : room; /* the last packet carries data too */
        sector->position += packet.len;
        sector->sequence++;
    }
    otk_client_say_send(action, OTK_CLIENT_DATA, !sector->is_raw,
                        otk_sector_packet_encode(&packet, frame, client->link.frame_size));
}

static void send_next(struct otk_sector_client *sector, uint32_t now_ms, uint8_t *frame,
                      struct otk_client_action *action)
{
    const uint32_t count = sector_count(&sector->client);
    const bool may_send = sector->index < count && sector->index - sector->acked < sector->window;

    if (!may_send && otk_client_is_past(now_ms, sector->heard_ms + OTK_SECTOR_CLIENT_SILENCE_MS)) {
        sector->stale = 0;
        go_to(sector, sector->acked);
    } else if (!may_send) {
        otk_client_say_wait(action, sector->heard_ms + OTK_SECTOR_CLIENT_SILENCE_MS);
        return;
    }
    sector->heard_ms = now_ms;
    say_packet(sector, frame, action);
}

static void next(struct otk_client *client, uint32_t now_ms, uint8_t *frame,
                 struct otk_client_action *action)
{
    struct otk_sector_client *const sector = self(client);

    if (sector->state == OTK_SECTOR_CLIENT_SENDING) {
        send_next(sector, now_ms, frame, action);
    } else if (sector->is_due) {
        say_command(sector,
                    sector->state == OTK_SECTOR_CLIENT_STARTING ? OTK_SECTOR_START
                                                                : OTK_SECTOR_STOP,
                    now_ms, frame, action);
    } else if (otk_client_is_past(now_ms, sector->limit_ms)) {
        otk_client_end(client, OTK_TIMEOUT);
    } else {
        otk_client_say_wait(action, sector->limit_ms);
    }
}

/* A packet that is not taken is asked for again by the answer to its sector. */
static void answered(struct otk_client *client, enum otk_status status, uint32_t now_ms)
{
    (void)now_ms;
    if (status != OTK_OK && status != OTK_GAP) {
        otk_client_end(client, status);
    }
}

static void started(struct otk_sector_client *sector, const struct otk_sector_command *answer,
                    uint32_t now_ms)
{
    if (answer->verdict != OTK_SECTOR_ACCEPTED && sector->has_cleared) {
        otk_client_end(&sector->client, OTK_REFUSED);
    } else if (answer->verdict != OTK_SECTOR_ACCEPTED) {
        sector->has_cleared = true;
        enter(sector, OTK_SECTOR_CLIENT_CLEARING);
    } else {
        sector->state = OTK_SECTOR_CLIENT_SENDING;
        sector->client.phase = OTK_CLIENT_SENDING;
        sector->is_raw = answer->window > 0 && !sector->needs_response;
        sector->window = answer->window > 0 ? answer->window : 1;
        sector->acked = 0;
        sector->stale = 0;
        sector->heard_ms = now_ms;
        go_to(sector, 0);
    }
}

static void on_command(struct otk_sector_client *sector, const struct otk_sector_command *answer,
                       uint32_t now_ms)
{
    if (answer->id != OTK_SECTOR_ACK || sector->is_due) {
        return;
    }
    if (sector->state == OTK_SECTOR_CLIENT_STARTING && answer->answered == OTK_SECTOR_START) {
        started(sector, answer, now_ms);
    } else if (answer->answered != OTK_SECTOR_STOP) {
        return;
    } else if (sector->state == OTK_SECTOR_CLIENT_CLEARING) {
        enter(sector, OTK_SECTOR_CLIENT_STARTING);
    } else if (sector->state == OTK_SECTOR_CLIENT_STOPPING) {
        otk_client_end(&sector->client,
                       answer->verdict == OTK_SECTOR_ACCEPTED ? OTK_OK : OTK_REFUSED);
    }
}

/* The device has all sectors below `count`. */
static void advance(struct otk_sector_client *sector, uint32_t count, uint32_t now_ms)
{
    struct otk_client *const client = &sector->client;

    sector->acked = count;
    if (sector->index < count) {
        go_to(sector, count);
    }
    otk_client_report(
        client, count < sector_count(client) ? count * SECTOR_SIZE : client->image.len, 0, now_ms);
    if (count == sector_count(client)) {
        client->phase = OTK_CLIENT_FINISHING;
        enter(sector, OTK_SECTOR_CLIENT_STOPPING);
    }
}

/* The device complains of a sector and wants another one. It will complain of each that is under way
 * behind, which means nothing: one answer for each. */
static void go_back(struct otk_sector_client *sector, uint32_t complaint, uint32_t wanted,
                    uint32_t now_ms)
{
    if (sector->stale > 0) {
        sector->stale--;
        return;
    }
    if (wanted > sector_count(&sector->client)) {
        return;
    }
    sector->stale = complaint < sector->index ? sector->index - complaint - 1 : 0;
    if (wanted > sector->acked) {
        advance(sector, wanted, now_ms);
    }
    sector->acked = wanted;
    go_to(sector, wanted);
}

static void on_ack(struct otk_sector_client *sector, const struct otk_sector_ack *ack,
                   uint32_t now_ms)
{
    sector->heard_ms = now_ms;
    switch (ack->result) {
    case OTK_SECTOR_GOOD:
        if (ack->index >= sector->acked && ack->index - sector->acked < sector->window &&
            ack->index < sector_count(&sector->client)) {
            sector->stale = 0;
            advance(sector, ack->index + 1u, now_ms);
        }
        break;
    case OTK_SECTOR_BAD_CRC:
    case OTK_SECTOR_BAD_LEN:
        go_back(sector, ack->index, sector->acked, now_ms);
        break;
    case OTK_SECTOR_BAD_INDEX:
        go_back(sector, ack->index, ack->expected, now_ms);
        break;
    case OTK_SECTOR_ENDED:
        otk_client_end(&sector->client, OTK_REFUSED);
        break;
    default:
        break;
    }
}

static void received(struct otk_client *client, enum otk_client_channel channel,
                     const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    struct otk_sector_client *const sector = self(client);
    struct otk_sector_command command;
    struct otk_sector_ack ack;

    if (channel == OTK_CLIENT_CONTROL &&
        otk_sector_command_decode(bytes, len, &command) == OTK_OK) {
        on_command(sector, &command, now_ms);
    } else if (channel == OTK_CLIENT_DATA && sector->state == OTK_SECTOR_CLIENT_SENDING &&
               otk_sector_ack_decode(bytes, len, &ack) == OTK_OK) {
        on_ack(sector, &ack, now_ms);
    }
}

static void lost(struct otk_client *client)
{
    if (self(client)->state == OTK_SECTOR_CLIENT_STOPPING) {
        otk_client_end(client, OTK_CONNECTION_LOST);
    }
}

void otk_sector_client_init(struct otk_sector_client *client, const struct otk_client_image *image)
{
    static const struct otk_client_protocol protocol = {.connected = connected,
                                                        .next = next,
                                                        .answered = answered,
                                                        .received = received,
                                                        .lost = lost};

    memset(client, 0, sizeof *client);
    otk_client_init(&client->client, &protocol, image);
}
