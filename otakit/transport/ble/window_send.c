// SPDX-License-Identifier: Apache-2.0
/* Protocol C's frames to the client. Each is made when it is sent, so that it says what is true then. */
#include "otakit/base/memory.h"
#include "otakit/transport/ble/window_parts.h"

/* Whether the frame is dealt with: sent, or not to be sent at all. */
static bool send(const struct otk_window *window, const uint8_t *frame, uint32_t len)
{
    return window->link.send(window->link.context, frame, len) != OTK_BUSY;
}

static bool send_answer(const struct otk_window *window)
{
    uint8_t frame[OTK_WINDOW_ANSWER_SIZE];

    otk_window_answer_encode(&window->outbox.answer_is, frame);
    return send(window, frame, sizeof frame);
}

static bool send_opened(const struct otk_window *window)
{
    struct otk_window_opened opened = {.status = window->outbox.opened_status};
    uint8_t frame[OTK_WINDOW_OPENED_SIZE];

    if (opened.status == OTK_OK) {
        opened.psm = window->config.psm;
        opened.window = window->config.window;
        opened.offset = window->phase == OTK_WINDOW_PHASE_RECEIVING
                            ? otk_updater_offset(window->updater)
                            : window->image_size;
    }
    otk_window_opened_encode(&opened, frame);
    return send(window, frame, sizeof frame);
}

static bool send_info(const struct otk_window *window)
{
    uint8_t frame[1u + OTK_WINDOW_INFO_SIZE];

    frame[0] = OTK_WINDOW_INFO_IS;
    otk_window_info(window, frame + 1);
    return send(window, frame, sizeof frame);
}

/* What STATE says of an update that receives. */
static enum otk_status receiving_status(const struct otk_window *window)
{
    return window->in_gap ? OTK_GAP : OTK_OK;
}

/* Nothing of this client is in progress: is somebody else's? */
static enum otk_status idle_status(const struct otk_window *window)
{
    return window->updater->device->session ? OTK_BUSY : OTK_OK;
}

static void describe(const struct otk_window *window, struct otk_window_state *state)
{
    struct otk_progress progress;

    memset(state, 0, sizeof *state);
    state->phase = window->phase;
    switch (window->phase) {
    case OTK_WINDOW_PHASE_RECEIVING:
    case OTK_WINDOW_PHASE_FINISHING:
        otk_updater_progress(window->updater, &progress);
        state->next = otk_updater_offset(window->updater);
        state->written = progress.written;
        state->verified = progress.verified;
        state->status = window->phase == OTK_WINDOW_PHASE_FINISHING ? OTK_MORE
                                                                    : receiving_status(window);
        break;
    case OTK_WINDOW_PHASE_SWITCHED:
        state->next = window->image_size;
        state->written = window->image_size;
        state->verified = window->image_size;
        state->status = OTK_OK;
        break;
    case OTK_WINDOW_PHASE_FAILED:
        state->status = window->outcome;
        break;
    case OTK_WINDOW_PHASE_IDLE:
        state->status = idle_status(window);
        break;
    }
    if (window->outbox.remark != OTK_OK) {
        state->status = window->outbox.remark;
    }
}

static bool send_state(const struct otk_window *window)
{
    struct otk_window_state state;
    uint8_t frame[OTK_WINDOW_STATE_SIZE];

    describe(window, &state);
    otk_window_state_encode(&state, frame);
    return send(window, frame, sizeof frame);
}

bool otk_window_is_waiting(const struct otk_window *window)
{
    const struct otk_window_outbox *outbox = &window->outbox;

    return outbox->answer || outbox->opened || outbox->info || outbox->state;
}

void otk_window_answer(struct otk_window *window, uint8_t request, enum otk_status status)
{
    window->outbox.answer = true;
    window->outbox.answer_is = (struct otk_window_answer){.status = status, .request = request};
}

void otk_window_flush(struct otk_window *window)
{
    struct otk_window_outbox *outbox = &window->outbox;

    if (!window->has_client) {
        memset(outbox, 0, sizeof *outbox);
        return;
    }
    if (outbox->answer) {
        outbox->answer = !send_answer(window);
    }
    if (outbox->opened) {
        outbox->opened = !send_opened(window);
    }
    if (outbox->info) {
        outbox->info = !send_info(window);
    }
    if (outbox->state) {
        outbox->state = !send_state(window);
    }
    if (!outbox->state) {
        outbox->remark = OTK_OK;
    }
}
