// SPDX-License-Identifier: Apache-2.0
/* The client's side of protocol C. */
#include "host/window_client.h"

#include <string.h>

#include "host/client_parts.h"
#include "otakit/base/bytes.h"
#include "otakit/core/last_update.h"

/* A device that is busy with somebody else's update, or has not noticed yet that this client's link
 * broke, is asked so often, a second apart; a device keeps the place for 30 s. */
#define REFUSAL_MAX 35u

/* Times that CANCEL is said before the client gives up being understood. */
#define CANCEL_MAX 3u

static struct otk_window_client *self(struct otk_client *client)
{
    return (struct otk_window_client *)client;
}

static void enter(struct otk_window_client *window, enum otk_window_client_state state,
                  uint32_t now_ms)
{
    static const enum otk_client_phase phases[] = {
        [OTK_WINDOW_CLIENT_ASKING] = OTK_CLIENT_OPENING,
        [OTK_WINDOW_CLIENT_OPENING] = OTK_CLIENT_OPENING,
        [OTK_WINDOW_CLIENT_SENDING] = OTK_CLIENT_SENDING,
        [OTK_WINDOW_CLIENT_FINISHING] = OTK_CLIENT_FINISHING,
        [OTK_WINDOW_CLIENT_LEAVING] = OTK_CLIENT_FINISHING,
    };

    window->state = state;
    window->is_due = state != OTK_WINDOW_CLIENT_SENDING;
    window->questions = 0;
    window->heard_ms = now_ms;
    window->client.phase = phases[state];
}

static void connected(struct otk_client *client, uint32_t now_ms)
{
    struct otk_window_client *const window = self(client);

    window->has_info = false;
    window->psm = 0;
    window->refusals = 0;
    window->data_size = client->link.frame_size;
    enter(window, OTK_WINDOW_CLIENT_ASKING, now_ms);
}

static void ask(struct otk_window_client *window, uint32_t now_ms)
{
    window->is_due = false;
    window->heard_ms = now_ms;
    window->questions++;
    window->asked_acked = window->acked;
}

static void say_op(struct otk_window_client *window, enum otk_window_op op, uint32_t now_ms,
                   uint8_t *frame, struct otk_client_action *action)
{
    ask(window, now_ms);
    frame[0] = (uint8_t)op;
    otk_client_say_send(action, OTK_CLIENT_CONTROL, !window->client.link.is_line, 1);
}

static void say_info(struct otk_window_client *window, uint32_t now_ms, uint8_t *frame,
                     struct otk_client_action *action)
{
    if (window->client.link.is_line) {
        say_op(window, OTK_WINDOW_INFO, now_ms, frame, action);
        return;
    }
    ask(window, now_ms);
    *action = (struct otk_client_action){.step = OTK_CLIENT_READ, .channel = OTK_CLIENT_INFO};
}

static void say_open(struct otk_window_client *window, uint32_t now_ms, uint8_t *frame,
                     struct otk_client_action *action)
{
    const struct otk_client_image *const image = &window->client.image;
    struct otk_window_open open = {.chip_id = image->chip_id,
                                   .image_size = image->len,
                                   .secure_version = image->secure_version};

    ask(window, now_ms);
    memcpy(open.sha256, image->sha256, sizeof open.sha256);
    memcpy(open.version, image->version, sizeof open.version);
    memcpy(open.project, image->project, sizeof open.project);
    otk_window_open_encode(&open, frame);
    otk_client_say_send(action, OTK_CLIENT_CONTROL, !window->client.link.is_line,
                        OTK_WINDOW_OPEN_SIZE);
}

/* What the state asks of the device. */
static void say_request(struct otk_window_client *window, uint32_t now_ms, uint8_t *frame,
                        struct otk_client_action *action)
{
    switch (window->state) {
    case OTK_WINDOW_CLIENT_ASKING:
        say_info(window, now_ms, frame, action);
        break;
    case OTK_WINDOW_CLIENT_OPENING:
        say_open(window, now_ms, frame, action);
        break;
    case OTK_WINDOW_CLIENT_SENDING:
        say_op(window, OTK_WINDOW_QUERY, now_ms, frame, action);
        break;
    case OTK_WINDOW_CLIENT_FINISHING:
        window->has_finished = true;
        say_op(window, OTK_WINDOW_FINISH, now_ms, frame, action);
        break;
    case OTK_WINDOW_CLIENT_LEAVING:
        say_op(window, OTK_WINDOW_CANCEL, now_ms, frame, action);
        break;
    }
}

/* Bytes of image that fit the next data frame and may be sent now; 0: none. */
static uint32_t payload_len(const struct otk_window_client *window)
{
    const uint32_t header = OTK_WINDOW_DATA_HEADER_SIZE + (window->client.link.is_line ? 1u : 0u);
    const uint32_t under_way = window->cursor - window->acked;
    uint32_t len = window->client.image.len - window->cursor;

    if (len > window->data_size - header) {
        len = window->data_size - header;
    }
    if (len > window->window) {
        len = window->window;
    }
    return len <= window->window - under_way ? len : 0;
}

static void say_data(struct otk_window_client *window, uint32_t len, uint8_t *frame,
                     struct otk_client_action *action)
{
    uint32_t at = 0;

    if (window->client.link.is_line) {
        frame[at++] = OTK_WINDOW_DATA;
    }
    otk_store_le16(frame + at, (uint16_t)window->cursor);
    at += OTK_WINDOW_DATA_HEADER_SIZE;
    memcpy(frame + at, window->client.image.bytes + window->cursor, len);
    window->cursor += len;
    otk_client_say_send(action, window->client.link.is_line ? OTK_CLIENT_CONTROL : OTK_CLIENT_DATA,
                        false, at + len);
}

/* The device was asked so often that the link, or it, must be gone. */
static void give_up(struct otk_window_client *window, uint32_t now_ms)
{
    if (window->state == OTK_WINDOW_CLIENT_LEAVING) {
        otk_client_end(&window->client, OTK_CANCELLED);
    } else {
        otk_client_drop(&window->client, now_ms);
    }
}

static void next(struct otk_client *client, uint32_t now_ms, uint8_t *frame,
                 struct otk_client_action *action)
{
    struct otk_window_client *const window = self(client);
    const uint32_t ask_ms = window->heard_ms + OTK_WINDOW_CLIENT_SILENCE_MS;
    const uint32_t question_max = window->state == OTK_WINDOW_CLIENT_LEAVING
                                      ? CANCEL_MAX
                                      : OTK_WINDOW_CLIENT_QUESTION_MAX;
    const uint32_t len = window->state == OTK_WINDOW_CLIENT_SENDING ? payload_len(window) : 0;

    if (window->is_due) {
        say_request(window, now_ms, frame, action);
    } else if (len > 0) {
        say_data(window, len, frame, action);
    } else if (!otk_client_is_past(now_ms, ask_ms)) {
        otk_client_say_wait(action, ask_ms);
    } else if (window->questions >= question_max) {
        give_up(window, now_ms);
    } else {
        say_request(window, now_ms, frame, action);
    }
}

/*
 * A device that was sent FINISH and was reset since.
 *
 * Returns  OTK_OK    it runs the image, or did
 *          OTK_MORE  it does not, and does not say why: the update is to be sent again
 *          others    why it went back
 */
static enum otk_status judge_return(const struct otk_window_client *window)
{
    const char *const version = window->client.image.version;
    const bool is_version = version[0] == '\0' || (window->info.has_app &&
                                                   strcmp(version, window->info.app_version) == 0);

    switch (window->info.stage) {
    case OTK_STAGE_TRIAL:
    case OTK_STAGE_CONFIRMED:
        return is_version ? OTK_OK : OTK_MORE;
    case OTK_STAGE_REJECTED:
    case OTK_STAGE_ROLLED_BACK:
        return window->info.status != OTK_OK ? (enum otk_status)window->info.status : OTK_REFUSED;
    default:
        return OTK_MORE;
    }
}

/* INFO is there, or could not be read. */
static void met(struct otk_window_client *window, uint32_t now_ms)
{
    const bool is_reset = window->has_info && window->has_boot_id &&
                          window->info.boot_id != window->boot_id;
    const enum otk_status verdict = window->has_finished && is_reset ? judge_return(window)
                                                                     : OTK_MORE;

    if (verdict == OTK_MORE) {
        enter(window, OTK_WINDOW_CLIENT_OPENING, now_ms);
    } else {
        otk_client_end(&window->client, verdict);
    }
}

static void answered(struct otk_client *client, enum otk_status status, uint32_t now_ms)
{
    struct otk_window_client *const window = self(client);

    if (window->state == OTK_WINDOW_CLIENT_ASKING) {
        met(window, now_ms); /* there is no info to read */
    } else if (status != OTK_OK) {
        otk_client_end(client, status);
    }
}

static void on_info(struct otk_window_client *window, const uint8_t *bytes, uint32_t len,
                    uint32_t now_ms)
{
    if (window->state != OTK_WINDOW_CLIENT_ASKING) {
        return;
    }
    window->has_info = otk_window_info_decode(bytes, len, &window->info) == OTK_OK;
    met(window, now_ms);
}

/* Somebody else is at it, or this client's last link as the device sees it. */
static void on_busy(struct otk_window_client *window, uint32_t now_ms)
{
    window->refusals++;
    if (!window->has_opened || window->refusals > REFUSAL_MAX) {
        otk_client_end(&window->client, OTK_BUSY);
        return;
    }
    window->heard_ms = now_ms; /* asked again after the usual silence */
    window->questions = 0;
}

static void on_opened(struct otk_window_client *window, const uint8_t *bytes, uint32_t len,
                      uint32_t now_ms)
{
    struct otk_client *const client = &window->client;
    struct otk_window_opened opened;

    if (window->state != OTK_WINDOW_CLIENT_OPENING ||
        otk_window_opened_decode(bytes, len, &opened) != OTK_OK) {
        return;
    }
    if (opened.status == OTK_BUSY) {
        on_busy(window, now_ms);
        return;
    }
    if (opened.status != OTK_OK || opened.window == 0 || opened.offset > client->image.len) {
        otk_client_end(client, opened.status != OTK_OK ? opened.status : OTK_BAD_FORMAT);
        return;
    }
    window->has_opened = true;
    window->has_finished = false;
    window->has_boot_id = window->has_info;
    window->boot_id = window->info.boot_id;
    window->psm = opened.psm;
    window->window = opened.window < OTK_WINDOW_SIZE_MAX ? opened.window : OTK_WINDOW_SIZE_MAX;
    window->acked = opened.offset;
    window->cursor = opened.offset;
    client->resumed_at = opened.offset;
    otk_client_report(client, opened.offset, 0, now_ms);
    enter(window,
          opened.offset < client->image.len ? OTK_WINDOW_CLIENT_SENDING
                                            : OTK_WINDOW_CLIENT_FINISHING,
          now_ms);
}

/* The device wants bytes. It lacks what is under way where it says so, and where it was asked and
 * has got nothing since: what was sent before a question is there before its answer. */
static void on_receiving(struct otk_window_client *window, const struct otk_window_state *state,
                         bool is_answer, uint32_t now_ms)
{
    const bool is_gap = state->status == OTK_GAP || state->status == OTK_INCOMPLETE;
    const bool is_stuck = is_answer && state->next == window->asked_acked;

    if (state->next > window->client.image.len) {
        return;
    }
    if (is_gap || is_stuck || state->next > window->cursor) {
        window->cursor = state->next;
        window->acked = state->next;
    } else if (state->next > window->acked) {
        window->acked = state->next;
    }
    otk_client_report(&window->client, state->written, 0, now_ms);
    if (window->state == OTK_WINDOW_CLIENT_FINISHING && is_gap) {
        enter(window, OTK_WINDOW_CLIENT_SENDING, now_ms);
    }
    if (window->state == OTK_WINDOW_CLIENT_SENDING && window->acked == window->client.image.len) {
        enter(window, OTK_WINDOW_CLIENT_FINISHING, now_ms);
    }
}

static void on_state(struct otk_window_client *window, const uint8_t *bytes, uint32_t len,
                     uint32_t now_ms)
{
    struct otk_client *const client = &window->client;
    const bool is_answer = window->questions > 0;
    struct otk_window_state state;

    if ((window->state != OTK_WINDOW_CLIENT_SENDING &&
         window->state != OTK_WINDOW_CLIENT_FINISHING) ||
        otk_window_state_decode(bytes, len, &state) != OTK_OK) {
        return;
    }
    window->heard_ms = now_ms;
    window->questions = 0;
    switch (state.phase) {
    case OTK_WINDOW_PHASE_RECEIVING:
        on_receiving(window, &state, is_answer, now_ms);
        break;
    case OTK_WINDOW_PHASE_FINISHING:
        otk_client_report(client, client->image.len, state.verified, now_ms);
        break;
    case OTK_WINDOW_PHASE_SWITCHED:
        otk_client_report(client, client->image.len, client->image.len, now_ms);
        otk_client_end(client, OTK_OK);
        break;
    case OTK_WINDOW_PHASE_FAILED:
        otk_client_end(client, state.status != OTK_OK ? state.status : OTK_REFUSED);
        break;
    case OTK_WINDOW_PHASE_IDLE:
        /* It was reset on a link that does not show that, or has given this client up. */
        enter(window, OTK_WINDOW_CLIENT_ASKING, now_ms);
        break;
    }
}

static void on_answer(struct otk_window_client *window, const uint8_t *bytes, uint32_t len)
{
    struct otk_window_answer answer;

    if (otk_window_answer_decode(bytes, len, &answer) != OTK_OK) {
        return;
    }
    if (window->state == OTK_WINDOW_CLIENT_LEAVING && answer.request == OTK_WINDOW_CANCEL) {
        otk_client_end(&window->client, OTK_CANCELLED);
    } else if (window->state == OTK_WINDOW_CLIENT_OPENING && answer.request == OTK_WINDOW_OPEN &&
               answer.status != OTK_OK) {
        otk_client_end(&window->client, answer.status);
    }
}

static void received(struct otk_client *client, enum otk_client_channel channel,
                     const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    struct otk_window_client *const window = self(client);

    if (channel == OTK_CLIENT_INFO) {
        on_info(window, bytes, len, now_ms);
        return;
    }
    if (channel != OTK_CLIENT_CONTROL || len == 0) {
        return;
    }
    switch (bytes[0]) {
    case OTK_WINDOW_OPENED:
        on_opened(window, bytes, len, now_ms);
        break;
    case OTK_WINDOW_STATE:
        on_state(window, bytes, len, now_ms);
        break;
    case OTK_WINDOW_ANSWER:
        on_answer(window, bytes, len);
        break;
    case OTK_WINDOW_INFO_IS:
        if (client->link.is_line) {
            on_info(window, bytes + 1, len - 1, now_ms);
        }
        break;
    default:
        break;
    }
}

/* Before the device took OPEN, what it would cancel is somebody else's. */
static void cancel(struct otk_client *client)
{
    struct otk_window_client *const window = self(client);

    if (window->state == OTK_WINDOW_CLIENT_SENDING ||
        window->state == OTK_WINDOW_CLIENT_FINISHING) {
        enter(window, OTK_WINDOW_CLIENT_LEAVING, window->heard_ms);
    } else {
        otk_client_end(client, OTK_CANCELLED);
    }
}

void otk_window_client_init(struct otk_window_client *client, const struct otk_client_image *image)
{
    static const struct otk_client_protocol protocol = {.connected = connected,
                                                        .next = next,
                                                        .answered = answered,
                                                        .received = received,
                                                        .cancel = cancel};

    memset(client, 0, sizeof *client);
    otk_client_init(&client->client, &protocol, image);
}

void otk_window_client_set_data_size(struct otk_window_client *client, uint32_t size)
{
    client->data_size = size < OTK_CLIENT_FRAME_SIZE ? size : OTK_CLIENT_FRAME_SIZE;
    if (client->data_size < OTK_CLIENT_FRAME_SIZE_MIN) {
        client->data_size = OTK_CLIENT_FRAME_SIZE_MIN;
    }
}
