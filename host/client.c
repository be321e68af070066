// SPDX-License-Identifier: Apache-2.0
/* What all client engines do alike: links that come and go, responses, and an end in any case. */
#include "host/client.h"

#include <string.h>

#include "host/client_parts.h"
#include "host/status_find.h"

/* ATT errors of otakit's devices. SPEC.md, "Protocols A and B". */
#define ATT_INVALID_LENGTH 0x0Du
#define ATT_NOT_OPEN       0x80u
#define ATT_BUSY           0x81u
#define ATT_FLASH          0x82u
#define ATT_AGAIN          0x83u

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void otk_client_init(struct otk_client *client, const struct otk_client_protocol *protocol,
                     const struct otk_client_image *image)
{
    memset(client, 0, sizeof *client);
    client->protocol = protocol;
    client->image = *image;
    client->image.version[sizeof image->version - 1] = '\0';
    client->image.project[sizeof image->project - 1] = '\0';
    client->stall_ms = OTK_CLIENT_STALL_MS;
    client->loss_max = OTK_CLIENT_LOSS_MAX;
}

void otk_client_end(struct otk_client *client, enum otk_status status)
{
    if (client->phase == OTK_CLIENT_ENDED) {
        return;
    }
    client->phase = OTK_CLIENT_ENDED;
    client->outcome = otk_status_of_device(status);
}

void otk_client_drop(struct otk_client *client, uint32_t now_ms)
{
    const uint32_t doublings = lesser(client->losses_in_row, 8);

    if (client->phase == OTK_CLIENT_ENDED) {
        return;
    }
    if (client->is_connected && client->protocol->lost) {
        client->protocol->lost(client);
    }
    client->is_connected = false;
    client->owes_answer = false;
    client->loss_count++;
    client->losses_in_row++;
    client->retry_ms = now_ms + lesser(OTK_CLIENT_PAUSE_MS << doublings, OTK_CLIENT_PAUSE_MAX_MS);
    if (client->losses_in_row > client->loss_max) {
        otk_client_end(client, OTK_CONNECTION_LOST);
    } else if (client->phase != OTK_CLIENT_ENDED) {
        client->phase = OTK_CLIENT_CONNECTING;
    }
}

void otk_client_report(struct otk_client *client, uint32_t written, uint32_t verified,
                       uint32_t now_ms)
{
    uint64_t mark;

    client->written = lesser(written, client->image.len);
    client->verified = lesser(verified, client->image.len);
    mark = (uint64_t)client->written + client->verified;
    if (mark > client->link_mark) {
        client->link_mark = mark;
        client->advance_ms = now_ms;
    }
    if (mark > client->best_mark) {
        client->best_mark = mark;
        client->losses_in_row = 0;
    }
}

void otk_client_connected(struct otk_client *client, const struct otk_client_link *link,
                          uint32_t now_ms)
{
    if (client->phase == OTK_CLIENT_ENDED) {
        return;
    }
    client->link = *link;
    client->link.frame_size = lesser(link->frame_size, OTK_CLIENT_FRAME_SIZE);
    if (client->link.frame_size < OTK_CLIENT_FRAME_SIZE_MIN) {
        client->link.frame_size = OTK_CLIENT_FRAME_SIZE_MIN;
    }
    client->is_connected = true;
    client->owes_answer = false;
    client->advance_ms = now_ms;
    client->link_mark = 0;
    client->phase = OTK_CLIENT_OPENING;
    client->protocol->connected(client, now_ms);
}

void otk_client_answered(struct otk_client *client, enum otk_status status, uint32_t now_ms)
{
    if (client->phase == OTK_CLIENT_ENDED || !client->owes_answer) {
        return;
    }
    client->owes_answer = false;
    client->protocol->answered(client, status, now_ms);
}

void otk_client_received(struct otk_client *client, enum otk_client_channel channel,
                         const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    if (channel == OTK_CLIENT_INFO) {
        client->owes_answer = false; /* what was read is the response */
    }
    if (client->phase != OTK_CLIENT_ENDED && client->is_connected) {
        client->protocol->received(client, channel, bytes, len, now_ms);
    }
}

void otk_client_lost(struct otk_client *client, uint32_t now_ms)
{
    otk_client_drop(client, now_ms);
}

void otk_client_cancel(struct otk_client *client)
{
    if (client->is_connected && client->protocol->cancel) {
        client->protocol->cancel(client);
    } else {
        otk_client_end(client, OTK_CANCELLED);
    }
}

/* What to do on a link. Responses and stalls are the same for all protocols. */
static void next_on_link(struct otk_client *client, uint32_t now_ms, uint8_t *frame,
                         struct otk_client_action *action)
{
    const uint32_t stall_ms = client->advance_ms + client->stall_ms;

    if (otk_client_is_past(now_ms, stall_ms)) {
        otk_client_end(client, OTK_TIMEOUT);
        return;
    }
    if (!client->owes_answer) {
        client->protocol->next(client, now_ms, frame, action);
    } else if (otk_client_is_past(now_ms, client->answer_ms)) {
        otk_client_drop(client, now_ms);
        return;
    } else {
        otk_client_say_wait(action, client->answer_ms);
    }
    if (action->step == OTK_CLIENT_READ ||
        (action->step == OTK_CLIENT_SEND && action->has_response)) {
        client->owes_answer = true;
        client->answer_ms = now_ms + OTK_CLIENT_RESPONSE_MS;
    }
    if (action->step == OTK_CLIENT_WAIT && otk_client_is_past(action->until_ms, stall_ms)) {
        action->until_ms = stall_ms;
    }
}

void otk_client_next(struct otk_client *client, uint32_t now_ms,
                     uint8_t frame[OTK_CLIENT_FRAME_SIZE], struct otk_client_action *action)
{
    if (client->loss_count == 0 && !client->is_connected) {
        client->retry_ms = now_ms;
    }
    *action = (struct otk_client_action){.step = OTK_CLIENT_WAIT, .until_ms = now_ms};
    if (client->is_connected && client->phase != OTK_CLIENT_ENDED) {
        next_on_link(client, now_ms, frame, action);
    }
    if (client->phase == OTK_CLIENT_ENDED) {
        *action = (struct otk_client_action){.step = client->outcome == OTK_OK ? OTK_CLIENT_DONE
                                                                               : OTK_CLIENT_FAILED,
                                             .status = client->outcome};
    } else if (!client->is_connected) {
        *action = (struct otk_client_action){.step = OTK_CLIENT_CONNECT,
                                             .until_ms = client->retry_ms};
    }
}

void otk_client_get_progress(const struct otk_client *client, struct otk_client_progress *progress)
{
    *progress = (struct otk_client_progress){
        .phase = client->phase,
        .total = client->image.len,
        .resumed_at = client->resumed_at,
        .written = client->written,
        .verified = client->verified,
        .loss_count = client->loss_count,
    };
}

enum otk_status otk_client_att_status(uint8_t att_error)
{
    switch (att_error) {
    case 0:
        return OTK_OK;
    case ATT_INVALID_LENGTH:
        return OTK_BAD_FORMAT;
    case ATT_NOT_OPEN:
        return OTK_NOT_OPEN;
    case ATT_BUSY:
        return OTK_BUSY;
    case ATT_FLASH:
        return OTK_FLASH_IO;
    case ATT_AGAIN:
        return OTK_GAP;
    default:
        return OTK_REFUSED;
    }
}
