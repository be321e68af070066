// SPDX-License-Identifier: Apache-2.0
/* Protocol C on the device: what a client asks for, and how its bytes get to the updater. */
#include "otakit/transport/ble/window.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/transport/ble/window_parts.h"

/* Times of SPEC.md, "Protocol C". */
#define SETTLE_MS   50u  /* data that stopped coming is acknowledged */
#define REPEAT_MS   200u /* missing bytes are asked for again */
#define PROGRESS_MS 100u /* between two reports of the verification */

/* A STATE at least for every such part of the window. */
#define STATES_PER_WINDOW 8u

static bool is_shared(const struct otk_window *window)
{
    return window->config.owner == OTK_OWNER_SERIAL;
}

static void set_speed(struct otk_window *window, bool fast)
{
    if (window->is_fast != fast && window->link.set_speed) {
        window->link.set_speed(window->link.context, fast);
    }
    window->is_fast = fast;
}

/* This client's update is over. */
static void end_update(struct otk_window *window, enum otk_window_phase phase,
                       enum otk_status outcome)
{
    window->phase = phase;
    window->outcome = outcome;
    window->in_gap = false;
    window->owes_state = false;
    set_speed(window, false);
}

/* A STATE is due. */
static void tell_state(struct otk_window *window, uint32_t now_ms)
{
    window->outbox.state = true;
    window->owes_state = false;
    window->told = otk_updater_offset(window->updater);
    window->told_ms = now_ms;
}

/* See what became of this client's update while nobody looked: the application's loop finishes it,
 * and anybody may cancel it. */
static void watch(struct otk_window *window, uint32_t now_ms)
{
    const struct otk_updater *updater = window->updater;
    const bool is_ours = updater->owner == window->config.owner;

    if (!otk_window_is_active(window) || otk_updater_is_owned(updater, window->config.owner)) {
        return;
    }
    if (is_ours && updater->state == OTK_UPDATER_SWITCHED) {
        end_update(window, OTK_WINDOW_PHASE_SWITCHED, OTK_OK);
    } else {
        end_update(window, OTK_WINDOW_PHASE_FAILED,
                   is_ours ? otk_updater_outcome(updater) : OTK_CANCELLED);
    }
    tell_state(window, now_ms);
}

/* What the device can say about an image before it has seen a byte of it. */
static enum otk_status judge(const struct otk_window *window, const struct otk_window_open *open)
{
    struct otk_app_desc app;

    memset(&app, 0, sizeof app);
    app.secure_version = open->secure_version;
    memcpy(app.version, open->version, sizeof app.version);
    memcpy(app.project, open->project, sizeof app.project);
    return otk_device_accepts_app(window->updater->device, open->chip_id, &app);
}

/* Whether every byte of this client's update has come, and the rest needs no client. */
static bool is_complete(const struct otk_window *window)
{
    return window->phase == OTK_WINDOW_PHASE_FINISHING ||
           window->phase == OTK_WINDOW_PHASE_SWITCHED;
}

/* Whether a client that lost its link asks again for the update that the device finishes without it. */
static bool is_being_finished(const struct otk_window *window, const struct otk_window_open *open)
{
    return is_complete(window) && open->image_size == window->image_size &&
           memcmp(open->sha256, window->sha256, sizeof open->sha256) == 0;
}

static enum otk_status open_update(struct otk_window *window, const struct otk_window_open *open)
{
    const struct otk_session_request request = {.image_size = open->image_size,
                                                .sha256 = open->sha256};
    enum otk_status status;

    if (is_being_finished(window, open)) {
        return OTK_OK;
    }
    /* Whoever opens again has given up what was under way on this link. */
    otk_updater_leave(window->updater, window->config.owner);
    status = judge(window, open);
    if (status == OTK_OK) {
        status = otk_updater_begin(window->updater, window->config.owner, &request);
    }
    if (status != OTK_OK) {
        if (!is_complete(window)) {
            end_update(window, OTK_WINDOW_PHASE_IDLE, OTK_OK);
        }
        return status;
    }
    window->phase = OTK_WINDOW_PHASE_RECEIVING;
    window->outcome = OTK_MORE;
    window->in_gap = false;
    window->owes_state = false;
    window->image_size = open->image_size;
    memcpy(window->sha256, open->sha256, sizeof window->sha256);
    set_speed(window, true);
    return OTK_OK;
}

static void answer_open(struct otk_window *window, const uint8_t *frame, uint32_t len,
                        uint32_t now_ms)
{
    struct otk_window_open open;

    if (otk_window_open_decode(frame, len, &open) != OTK_OK) {
        otk_window_answer(window, OTK_WINDOW_OPEN, OTK_BAD_FORMAT);
        return;
    }
    window->outbox.state = false; /* it would speak of the update before */
    window->outbox.opened_status = open_update(window, &open);
    window->outbox.opened = true;
    window->told = otk_updater_offset(window->updater);
    window->told_ms = now_ms;
}

static void answer_finish(struct otk_window *window, uint32_t now_ms)
{
    if (window->phase == OTK_WINDOW_PHASE_IDLE) {
        window->outbox.remark = OTK_NOT_OPEN;
    }
    if (window->phase == OTK_WINDOW_PHASE_RECEIVING) {
        switch (otk_updater_finish(window->updater)) {
        case OTK_MORE:
            window->phase = OTK_WINDOW_PHASE_FINISHING;
            window->in_gap = false;
            break;
        case OTK_INCOMPLETE:
            window->outbox.remark = OTK_INCOMPLETE;
            break;
        default:
            watch(window, now_ms);
        }
    }
    tell_state(window, now_ms);
}

static enum otk_status cancel(struct otk_window *window)
{
    const enum otk_status status = otk_updater_cancel(window->updater, OTK_CANCELLED);

    /* Whose wish it was needs no STATE to tell him. */
    if (otk_window_is_active(window) &&
        !otk_updater_is_owned(window->updater, window->config.owner)) {
        end_update(window, OTK_WINDOW_PHASE_FAILED, OTK_CANCELLED);
    }
    return status;
}

/* A request that is its first byte. */
static void answer_short(struct otk_window *window, uint8_t op, uint32_t now_ms)
{
    switch (op) {
    case OTK_WINDOW_QUERY:
        tell_state(window, now_ms);
        return;
    case OTK_WINDOW_FINISH:
        answer_finish(window, now_ms);
        return;
    case OTK_WINDOW_CANCEL:
        otk_window_answer(window, op, cancel(window));
        return;
    case OTK_WINDOW_CONFIRM:
        otk_window_answer(window, op, otk_updater_confirm(window->updater));
        return;
    case OTK_WINDOW_REJECT:
        otk_window_answer(window, op, otk_updater_reject(window->updater, now_ms));
        return;
    default:
        otk_window_answer(window, op, OTK_BAD_FORMAT);
    }
}

/* Bytes at `offset` came. A STATE is due at once on a gap, at the end, and for each part of the
 * window; else when the data stops. */
static void take_data(struct otk_window *window, uint32_t offset, const uint8_t *data, uint32_t len,
                      uint32_t now_ms)
{
    const uint32_t wanted = otk_updater_offset(window->updater);
    const enum otk_status status = otk_updater_write(window->updater, offset, data, len);
    const uint32_t next = otk_updater_offset(window->updater);

    if (status == OTK_GAP) {
        if (!window->in_gap) {
            window->in_gap = true;
            tell_state(window, now_ms);
        }
        return;
    }
    if (status != OTK_OK) {
        watch(window, now_ms);
        return;
    }
    if (next != wanted) {
        window->in_gap = false;
    }
    window->owes_state = true;
    window->data_ms = now_ms;
    if (next - window->told >= window->config.window / STATES_PER_WINDOW ||
        (next == window->image_size && next != wanted)) {
        tell_state(window, now_ms);
    }
}

void otk_window_init(struct otk_window *window, struct otk_updater *updater,
                     const struct otk_window_config *config, const struct otk_window_link *link)
{
    memset(window, 0, sizeof *window);
    window->updater = updater;
    window->config = *config;
    window->link = *link;
    if (window->config.window == 0) {
        window->config.window = OTK_WINDOW_DEFAULT;
    }
    if (window->config.window > OTK_WINDOW_SIZE_MAX) {
        window->config.window = OTK_WINDOW_SIZE_MAX;
    }
    window->outcome = OTK_OK;
}

void otk_window_request(struct otk_window *window, const uint8_t *frame, uint32_t len,
                        uint32_t now_ms)
{
    const uint8_t op = len > 0 ? frame[0] : 0;

    if (op == OTK_WINDOW_DATA && is_shared(window)) {
        otk_window_data(window, frame + 1, len - 1, now_ms);
        return;
    }
    watch(window, now_ms);
    window->has_client = true;
    window->heard_ms = now_ms;
    if (op == OTK_WINDOW_OPEN) {
        answer_open(window, frame, len, now_ms);
    } else if (op == OTK_WINDOW_INFO && len == 1 && is_shared(window)) {
        window->outbox.info = true;
    } else if (len == 1) {
        answer_short(window, op, now_ms);
    } else {
        otk_window_answer(window, op, OTK_BAD_FORMAT);
    }
    otk_window_flush(window);
}

void otk_window_data(struct otk_window *window, const uint8_t *frame, uint32_t len, uint32_t now_ms)
{
    watch(window, now_ms);
    window->heard_ms = now_ms;
    if (window->phase == OTK_WINDOW_PHASE_RECEIVING && len > OTK_WINDOW_DATA_HEADER_SIZE) {
        const uint32_t offset = otk_window_offset(otk_load_le16(frame),
                                                  otk_updater_offset(window->updater));

        take_data(window, offset, frame + OTK_WINDOW_DATA_HEADER_SIZE,
                  len - OTK_WINDOW_DATA_HEADER_SIZE, now_ms);
    }
    otk_window_flush(window);
}

void otk_window_closed(struct otk_window *window)
{
    otk_updater_leave(window->updater, window->config.owner);
    if (window->phase == OTK_WINDOW_PHASE_RECEIVING) {
        end_update(window, OTK_WINDOW_PHASE_IDLE, OTK_OK);
    }
    set_speed(window, false);
    window->has_client = false;
    memset(&window->outbox, 0, sizeof window->outbox);
}

/* What the clock asks for while bytes come. */
static void poll_receiving(struct otk_window *window, uint32_t now_ms)
{
    if (now_ms - window->heard_ms >= OTK_WINDOW_SILENCE_MS) {
        otk_updater_leave(window->updater, window->config.owner);
        watch(window, now_ms);
        return;
    }
    if ((window->owes_state && now_ms - window->data_ms >= SETTLE_MS) ||
        (window->in_gap && now_ms - window->told_ms >= REPEAT_MS)) {
        tell_state(window, now_ms);
    }
}

enum otk_status otk_window_poll(struct otk_window *window, uint32_t now_ms)
{
    watch(window, now_ms);
    if (window->phase == OTK_WINDOW_PHASE_RECEIVING) {
        poll_receiving(window, now_ms);
    }
    if (is_complete(window) && now_ms - window->told_ms >= PROGRESS_MS) {
        tell_state(window, now_ms);
    }
    otk_window_flush(window);
    return otk_window_is_active(window) || otk_window_is_waiting(window) ? OTK_MORE : OTK_OK;
}
