// SPDX-License-Identifier: Apache-2.0
/* Protocol A on the device. */
#include "otakit/transport/ble/simple.h"

#include "otakit/base/memory.h"

#define OWNER OTK_OWNER_BLE_SIMPLE

/* Bytes of the packet size that a client writes to data before REQUEST. */
#define PACKET_SIZE_LEN 2u

static void flush(struct otk_simple *simple)
{
    if (simple->answer != OTK_SIMPLE_NOP &&
        simple->link.send(simple->link.context, &simple->answer, 1) != OTK_BUSY) {
        simple->answer = OTK_SIMPLE_NOP;
    }
}

static void answer(struct otk_simple *simple, enum otk_simple_op op)
{
    simple->value = (uint8_t)op;
    simple->answer = (uint8_t)op;
}

/* This client's update is over. */
static void end_update(struct otk_simple *simple, enum otk_status error)
{
    simple->is_open = false;
    simple->is_done = false;
    simple->error = error;
}

/* See what became of this client's update while nobody looked: the application's loop finishes it,
 * and anybody may cancel it. */
static void watch(struct otk_simple *simple)
{
    const struct otk_updater *updater = simple->updater;
    const bool is_ours = updater->owner == OWNER;
    const bool is_switched = is_ours && updater->state == OTK_UPDATER_SWITCHED;

    if (!simple->is_open || otk_updater_is_owned(updater, OWNER)) {
        return;
    }
    if (simple->is_done) {
        answer(simple, is_switched ? OTK_SIMPLE_DONE_ACK : OTK_SIMPLE_DONE_NAK);
    }
    if (is_switched) {
        end_update(simple, OTK_NOT_OPEN);
    } else {
        end_update(simple, is_ours ? otk_updater_outcome(updater) : OTK_CANCELLED);
    }
}

static void handle_request(struct otk_simple *simple)
{
    const struct otk_session_request request = {0};
    enum otk_status status;

    /* Whoever requests again has given up what was under way on this link. */
    otk_updater_leave(simple->updater, OWNER);
    watch(simple);
    status = otk_updater_begin(simple->updater, OWNER, &request);
    if (status != OTK_OK) {
        if (!simple->is_open) {
            simple->error = status;
        }
        answer(simple, OTK_SIMPLE_REQUEST_NAK);
        return;
    }
    simple->is_open = true;
    simple->is_done = false;
    simple->offset = 0;
    answer(simple, OTK_SIMPLE_REQUEST_ACK);
}

static void handle_done(struct otk_simple *simple)
{
    enum otk_status status = OTK_INCOMPLETE;

    simple->value = OTK_SIMPLE_DONE;
    if (simple->is_done) {
        return;
    }
    if (!simple->is_open) {
        answer(simple, OTK_SIMPLE_DONE_NAK);
        return;
    }
    /* An update that is continued has more on flash than was sent this time until the client gets
     * there. One that stops before that has not sent an image. */
    if (simple->offset >= otk_updater_offset(simple->updater)) {
        status = otk_updater_finish(simple->updater);
    }
    if (status == OTK_MORE) {
        simple->is_done = true;
        return;
    }
    otk_updater_leave(simple->updater, OWNER);
    end_update(simple, status);
    answer(simple, OTK_SIMPLE_DONE_NAK);
}

void otk_simple_init(struct otk_simple *simple, struct otk_updater *updater,
                     const struct otk_simple_link *link)
{
    memset(simple, 0, sizeof *simple);
    simple->updater = updater;
    simple->link = *link;
    simple->error = OTK_NOT_OPEN;
}

enum otk_status otk_simple_control(struct otk_simple *simple, const uint8_t *bytes, uint32_t len,
                                   uint32_t now_ms)
{
    enum otk_status status = OTK_OK;

    if (len != 1) {
        return OTK_BAD_FORMAT;
    }
    watch(simple);
    simple->heard_ms = now_ms;
    switch (bytes[0]) {
    case OTK_SIMPLE_NOP:
        break;
    case OTK_SIMPLE_REQUEST:
        handle_request(simple);
        break;
    case OTK_SIMPLE_DONE:
        handle_done(simple);
        break;
    default:
        status = OTK_BAD_FORMAT;
    }
    flush(simple);
    return status;
}

enum otk_status otk_simple_data(struct otk_simple *simple, const uint8_t *bytes, uint32_t len,
                                uint32_t now_ms)
{
    enum otk_status status;

    watch(simple);
    simple->heard_ms = now_ms;
    if (!simple->is_open) {
        /* Each packet has its own length, so that nothing needs the size that is announced. */
        return len == PACKET_SIZE_LEN ? OTK_OK : simple->error;
    }
    status = otk_updater_write(simple->updater, simple->offset, bytes, len);
    if (status == OTK_OK) {
        simple->offset += len;
    }
    watch(simple);
    return status;
}

uint8_t otk_simple_value(const struct otk_simple *simple)
{
    return simple->value;
}

void otk_simple_closed(struct otk_simple *simple)
{
    otk_updater_leave(simple->updater, OWNER);
    end_update(simple, OTK_NOT_OPEN);
    simple->value = OTK_SIMPLE_NOP;
    simple->answer = OTK_SIMPLE_NOP;
}

enum otk_status otk_simple_poll(struct otk_simple *simple, uint32_t now_ms)
{
    if (simple->is_open && now_ms - simple->heard_ms >= OTK_SIMPLE_SILENCE_MS) {
        otk_updater_leave(simple->updater, OWNER);
    }
    watch(simple);
    flush(simple);
    return simple->is_open || simple->answer != OTK_SIMPLE_NOP ? OTK_MORE : OTK_OK;
}
