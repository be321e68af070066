// SPDX-License-Identifier: Apache-2.0
/* The client's side of protocol A. */
#include "host/simple_client.h"

#include <string.h>

#include "host/client_parts.h"
#include "otakit/base/bytes.h"

/* The original's buffer; longer packets overrun it.
 * Source: esp32_ble_ota, esp/main/gatt_svr.c, gatt_svr_chr_ota_data_val. */
#define PACKET_SIZE_MAX 512u

/* What stands in the control characteristic.
 * Source: esp32_ble_ota, esp/main/gatt_svr.h, svr_chr_ota_control_val_t. */
enum op {
    OP_REQUEST = 1,
    OP_REQUEST_ACK = 2,
    OP_REQUEST_NAK = 3,
    OP_DONE = 4,
    OP_DONE_ACK = 5,
    OP_DONE_NAK = 6
};

static struct otk_simple_client *self(struct otk_client *client)
{
    return (struct otk_simple_client *)client;
}

static uint32_t packet_size(const struct otk_client *client)
{
    return client->link.frame_size < PACKET_SIZE_MAX ? client->link.frame_size : PACKET_SIZE_MAX;
}

static void connected(struct otk_client *client, uint32_t now_ms)
{
    (void)now_ms;
    self(client)->state = OTK_SIMPLE_CLIENT_SIZING;
    self(client)->cursor = 0;
    self(client)->sent_len = 0;
}

static void say_op(struct otk_simple_client *simple, enum op op, uint32_t now_ms, uint8_t *frame,
                   struct otk_client_action *action)
{
    simple->limit_ms = now_ms + OTK_SIMPLE_CLIENT_ANSWER_MS;
    frame[0] = (uint8_t)op;
    otk_client_say_send(action, OTK_CLIENT_CONTROL, true, 1);
}

/* The next packet, or DONE behind the last one. */
static void send_next(struct otk_simple_client *simple, uint32_t now_ms, uint8_t *frame,
                      struct otk_client_action *action)
{
    struct otk_client *const client = &simple->client;
    const uint32_t rest = client->image.len - simple->cursor;

    if (rest == 0) {
        simple->state = OTK_SIMPLE_CLIENT_ENDING;
        client->phase = OTK_CLIENT_FINISHING;
        say_op(simple, OP_DONE, now_ms, frame, action);
        return;
    }
    simple->sent_len = rest < packet_size(client) ? rest : packet_size(client);
    memcpy(frame, client->image.bytes + simple->cursor, simple->sent_len);
    otk_client_say_send(action, OTK_CLIENT_DATA, true, simple->sent_len);
}

static void next(struct otk_client *client, uint32_t now_ms, uint8_t *frame,
                 struct otk_client_action *action)
{
    struct otk_simple_client *const simple = self(client);

    switch (simple->state) {
    case OTK_SIMPLE_CLIENT_SIZING:
        otk_store_le16(frame, (uint16_t)packet_size(client));
        otk_client_say_send(action, OTK_CLIENT_DATA, true, 2);
        break;
    case OTK_SIMPLE_CLIENT_REQUESTING:
        simple->state = OTK_SIMPLE_CLIENT_STARTING;
        say_op(simple, OP_REQUEST, now_ms, frame, action);
        break;
    case OTK_SIMPLE_CLIENT_SENDING:
        send_next(simple, now_ms, frame, action);
        break;
    case OTK_SIMPLE_CLIENT_STARTING:
    case OTK_SIMPLE_CLIENT_ENDING:
        if (otk_client_is_past(now_ms, simple->limit_ms)) {
            otk_client_end(client, OTK_TIMEOUT);
        } else {
            otk_client_say_wait(action, simple->limit_ms);
        }
        break;
    }
}

static void answered(struct otk_client *client, enum otk_status status, uint32_t now_ms)
{
    struct otk_simple_client *const simple = self(client);

    if (status != OTK_OK) {
        otk_client_end(client, status);
    } else if (simple->state == OTK_SIMPLE_CLIENT_SIZING) {
        simple->state = OTK_SIMPLE_CLIENT_REQUESTING;
    } else if (simple->sent_len > 0) {
        simple->cursor += simple->sent_len;
        simple->sent_len = 0;
        otk_client_report(client, simple->cursor, 0, now_ms);
    }
}

/* A notification may overtake the response to the write that it answers. */
static void received(struct otk_client *client, enum otk_client_channel channel,
                     const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    struct otk_simple_client *const simple = self(client);

    (void)now_ms;
    if (channel != OTK_CLIENT_CONTROL || len != 1) {
        return;
    }
    if (bytes[0] == OP_REQUEST_NAK || bytes[0] == OP_DONE_NAK) {
        otk_client_end(client, OTK_REFUSED);
    } else if (bytes[0] == OP_REQUEST_ACK && simple->state == OTK_SIMPLE_CLIENT_STARTING) {
        simple->state = OTK_SIMPLE_CLIENT_SENDING;
        client->phase = OTK_CLIENT_SENDING;
    } else if (bytes[0] == OP_DONE_ACK && simple->state == OTK_SIMPLE_CLIENT_ENDING) {
        otk_client_end(client, OTK_OK);
    }
}

static void lost(struct otk_client *client)
{
    if (self(client)->state == OTK_SIMPLE_CLIENT_ENDING) {
        otk_client_end(client, OTK_CONNECTION_LOST);
    }
}

void otk_simple_client_init(struct otk_simple_client *client, const struct otk_client_image *image)
{
    static const struct otk_client_protocol protocol = {.connected = connected,
                                                        .next = next,
                                                        .answered = answered,
                                                        .received = received,
                                                        .lost = lost};

    memset(client, 0, sizeof *client);
    otk_client_init(&client->client, &protocol, image);
}
