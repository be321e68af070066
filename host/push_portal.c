// SPDX-License-Identifier: Apache-2.0
/*
 * PUT to a portal. A connection that breaks ends nothing: the device is asked where it stands, and
 * the rest is sent.
 *
 *     LOOK ---> ASK ---> SEND ---> done
 *      ^         |        |
 *      |         v        v
 *      +------ pause <----+        as often in a row as options.retry_count says
 */
#include "host/push_web.h"

#include <stdio.h>
#include <string.h>

#include "host/status_find.h"

#define FIELD_SIZE 96u

/* How often a device that verifies is asked how far it is. */
#define FOLLOW_INTERVAL_MS 250u

struct fields {
    char sha256[FIELD_SIZE];
    char range[FIELD_SIZE];
};

static void name_image(const struct otk_push *push, struct fields *fields)
{
    int len = snprintf(fields->sha256, sizeof fields->sha256, "X-Otakit-Sha256: ");

    for (size_t i = 0; i < sizeof push->sha256; i++) {
        len += snprintf(fields->sha256 + len, sizeof fields->sha256 - (size_t)len, "%02x",
                        push->sha256[i]);
    }
}

/* The device gave the image up. */
static enum otk_status fail_session(struct otk_web *web)
{
    const struct otk_web_session *const session = &web->info.session;
    const enum otk_status status = session->status == OTK_OK
                                       ? OTK_HTTP_SERVER_ERROR
                                       : otk_status_of_device(session->status);

    return otk_push_fail(web->push, status, "%s",
                         session->message[0] ? session->message : otk_status_text(status));
}

/* What the answer to a PUT says. Returns OTK_MORE where the device wants bytes. */
static enum otk_status read_answer(struct otk_web *web, const struct otk_http_answer *answer)
{
    struct otk_web_session session;

    if (answer->code != 200 && answer->code != 416) {
        return otk_web_refused(web, answer);
    }
    if (otk_web_session_read(answer->body, answer->len, &session) != OTK_OK) {
        return otk_push_fail(web->push, OTK_HTTP_BAD_RESPONSE,
                             "the device's answer makes no sense");
    }
    web->info.session = session;
    switch (session.state) {
    case OTK_WEB_SWITCHED:
        return OTK_OK;
    case OTK_WEB_FAILED:
        return fail_session(web);
    case OTK_WEB_IDLE:
    case OTK_WEB_RECEIVING:
    case OTK_WEB_FINISHING:
    default:
        return OTK_MORE;
    }
}

/* Begin, or learn where to go on. */
static enum otk_status ask(struct otk_web *web, struct fields *fields)
{
    const struct otk_http_request request = {
        .method = OTK_HTTP_PUT,
        .path = "/update",
        .fields = {fields->sha256, fields->range},
        .timeout_ms = web->push->options.timeout_ms,
    };
    struct otk_http_exchange *exchange = NULL;
    struct otk_http_answer answer;
    enum otk_status status;

    snprintf(fields->range, sizeof fields->range, "Content-Range: bytes */%u",
             web->push->image.len);
    status = otk_web_ask(web, &request, &exchange, &answer);
    status = status == OTK_OK ? read_answer(web, &answer) : otk_web_broken(web, status);
    otk_http_release(exchange);
    return status;
}

/* Send everything from the offset that the device named. */
static enum otk_status send_rest(struct otk_web *web, struct fields *fields)
{
    const struct otk_push_image *const image = &web->push->image;
    const uint32_t offset = web->info.session.offset;
    const struct otk_http_request request = {
        .method = OTK_HTTP_PUT,
        .path = "/update",
        .fields = {fields->sha256, fields->range},
        .body = image->bytes + offset,
        .body_len = image->len - offset,
        .timeout_ms = web->push->options.timeout_ms,
    };
    struct otk_http_exchange *exchange = NULL;
    struct otk_http_answer answer;
    enum otk_status status;

    otk_push_begin(web->push, offset);
    snprintf(fields->range, sizeof fields->range, "Content-Range: bytes %u-%u/%u", offset,
             image->len - 1, image->len);
    status = otk_web_upload(web, &request, &exchange, &answer);
    status = status == OTK_OK ? read_answer(web, &answer) : otk_web_broken(web, status);
    otk_http_release(exchange);
    return status;
}

static enum otk_status attempt(struct otk_web *web, struct fields *fields)
{
    const enum otk_status status = ask(web, fields);

    if (status != OTK_MORE) {
        return status;
    }
    if (web->info.session.offset >= web->push->image.len) {
        return OTK_MORE; /* it has everything and is busy with it */
    }
    return send_rest(web, fields);
}

/* Whether the device restarted into the image while nobody was connected: an update goes into
 * another slot than the running one. */
static bool has_switched_meanwhile(const struct otk_web *web)
{
    const struct otk_push_device *const device = &web->info.device;

    return device->boot_id != web->push->boot_id &&
           strcmp(device->slot, web->push->result.before.slot) != 0;
}

/* What became of it while the connection was broken. Returns OTK_MORE where sending goes on. */
static enum otk_status catch_up(struct otk_web *web)
{
    const uint32_t timeout_ms = web->push->options.timeout_ms;
    uint64_t advance_ms = otk_push_now_ms();
    uint32_t verified = 0;
    enum otk_status status = otk_web_look(web, timeout_ms);

    while (status == OTK_OK && web->info.session.state == OTK_WEB_FINISHING) {
        if (web->info.session.verified > verified) {
            verified = web->info.session.verified;
            advance_ms = otk_push_now_ms();
        }
        if (otk_push_now_ms() - advance_ms >= timeout_ms) {
            return OTK_MORE;
        }
        otk_push_progress(web->push, OTK_PUSH_VERIFYING, web->info.session.verified);
        if (!otk_push_sleep(web->push, FOLLOW_INTERVAL_MS)) {
            return OTK_INTERRUPTED;
        }
        status = otk_web_look(web, timeout_ms);
    }
    if (status != OTK_OK) {
        return status == OTK_INTERRUPTED ? status : OTK_MORE;
    }
    if (web->info.session.state == OTK_WEB_SWITCHED || has_switched_meanwhile(web)) {
        return OTK_OK;
    }
    otk_push_note_boot(web->push, &web->info.device);
    /* CONNECTION_LOST: the device noticed that ours broke, and keeps what it has. */
    if (web->info.session.state == OTK_WEB_FAILED &&
        web->info.session.status != OTK_CONNECTION_LOST) {
        return fail_session(web);
    }
    return OTK_MORE;
}

/* Whether trying again can help. BUSY: the device has not noticed that our connection broke. */
static bool is_passing(const struct otk_web *web, enum otk_status status)
{
    switch (status) {
    case OTK_MORE:
    case OTK_STALLED:
    case OTK_CONNECTION_LOST:
        return true;
    case OTK_CONNECT_REFUSED:
    case OTK_CONNECT_TIMEOUT:
    case OTK_BUSY:
        return web->push->start_ms != 0;
    default:
        return false;
    }
}

enum otk_status otk_web_put(struct otk_web *web)
{
    struct otk_push *const push = web->push;
    struct fields fields;
    uint32_t failure_count = 0;
    uint32_t reached = 0;
    enum otk_status status;

    push->result.protocol = OTK_PUSH_PUT;
    name_image(push, &fields);
    for (;;) {
        status = attempt(web, &fields);
        if (!is_passing(web, status) || failure_count == push->options.retry_count) {
            break;
        }
        if (push->result.sent > reached) {
            reached = push->result.sent;
            failure_count = 0;
        }
        otk_push_remark(push, "%s; trying again", otk_status_text(status));
        if (!otk_push_sleep(push, otk_push_pause_ms(failure_count++))) {
            return otk_push_interrupted(push);
        }
        status = catch_up(web);
        if (status != OTK_MORE) {
            break;
        }
    }
    if (status == OTK_INTERRUPTED) {
        return otk_push_interrupted(push);
    }
    if (status == OTK_MORE) {
        return otk_push_fail(push, OTK_STALLED, "the device neither ends the update nor goes on");
    }
    if (status == OTK_OK) {
        otk_push_switched(push);
    }
    return status;
}
