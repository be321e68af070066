// SPDX-License-Identifier: Apache-2.0
/*
 * POST /update, a whole image in one body, and PUT /update, an image in parts.
 *
 * An update that was begun with its SHA-256 outlives the requests that bring it: between two of them
 * nobody writes, and after OTK_PORTAL_IDLE_MS others may have the device. A request for the same image
 * goes on with it, also while an older one still believes to be connected (a phone that slept).
 */
#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/transport/portal/portal_parts.h"

static const char sentence_head[] =
    "Content-Range, X-Otakit-Sha256 and the body do not fit together";
static const char sentence_length[] = "the body does not have the length that Content-Range says";
static const char sentence_post[] = "Content-Type or X-Otakit-Sha256 makes no sense";
static const char sentence_bad_form[] = "the form makes no sense";
static const char sentence_form[] = "the form brings no image";
static const char sentence_cut_form[] = "the form ends before its last boundary";
static const char sentence_taken_over[] = "another request goes on with this upload";

/* Whether the update in progress, or the one just switched, is the portal's. */
static bool is_ours(const struct otk_portal *portal)
{
    return portal->update != 0 && portal->update == portal->updater->update_count;
}

static bool is_same_image(const struct otk_portal *portal, const struct otk_portal_request *request,
                          uint32_t image_size)
{
    return portal->has_sha256 && request->has_sha256 && portal->image_size == image_size &&
           memcmp(portal->sha256, request->sha256, sizeof portal->sha256) == 0;
}

/* Nobody hands over bytes any more; from now on the clock runs against whoever does not come back. */
static void put_pen_down(struct otk_portal_exchange *exchange)
{
    struct otk_portal *const portal = exchange->portal;

    if (portal->writer == exchange) {
        portal->writer = NULL;
        portal->idle_ms = exchange->now_ms;
    }
}

static void refuse(struct otk_portal_exchange *exchange, enum otk_status status, const char *detail)
{
    put_pen_down(exchange);
    otk_portal_decide(exchange, status, detail);
}

/* As refuse, for an upload that nobody will go on with: others may have the device at once. */
static void refuse_all(struct otk_portal_exchange *exchange, enum otk_status status,
                       const char *detail)
{
    refuse(exchange, status, detail);
    otk_updater_leave(exchange->portal->updater, OTK_OWNER_PORTAL);
}

/* The exchange hands over bytes from here on; an older one does no more. */
static void take_pen(struct otk_portal_exchange *exchange)
{
    struct otk_portal *const portal = exchange->portal;
    struct otk_portal_exchange *const older = portal->writer;

    if (older != NULL && older->update == exchange->update) {
        refuse(older, OTK_CONNECTION_LOST, sentence_taken_over);
    } else if (older != NULL) {
        refuse(older, OTK_CANCELLED, NULL);
    }
    portal->writer = exchange;
}

static void begin_update(struct otk_portal_exchange *exchange,
                         const struct otk_portal_request *request, uint32_t image_size)
{
    struct otk_portal *const portal = exchange->portal;
    const struct otk_session_request session = {
        .image_size = image_size,
        .sha256 = request->has_sha256 ? request->sha256 : NULL,
    };
    const enum otk_status status = otk_updater_begin(portal->updater, OTK_OWNER_PORTAL, &session);

    if (status != OTK_OK) {
        otk_portal_decide(exchange, status, NULL);
        return;
    }
    portal->update = portal->updater->update_count;
    portal->has_sha256 = request->has_sha256;
    memcpy(portal->sha256, request->sha256, sizeof portal->sha256);
    portal->image_size = image_size;
}

/* Begin an update, or go on with the one of an earlier request for the same image. */
static void join(struct otk_portal_exchange *exchange, const struct otk_portal_request *request,
                 uint32_t image_size)
{
    struct otk_portal *const portal = exchange->portal;
    const bool goes_on = is_ours(portal) && is_same_image(portal, request, image_size);
    const enum otk_updater_state state = portal->updater->state;

    if (!goes_on || state == OTK_UPDATER_FAILED || state == OTK_UPDATER_IDLE) {
        begin_update(exchange, request, image_size);
    } else if (state != OTK_UPDATER_RECEIVING) {
        exchange->is_waiting = true; /* nothing is missing any more */
    }
    exchange->update = portal->updater->update_count;
    if (exchange->outcome == OTK_MORE && !exchange->is_waiting) {
        take_pen(exchange);
    }
}

static void begin_post(struct otk_portal_exchange *exchange,
                       const struct otk_portal_request *request)
{
    const bool has_size = request->has_length && !request->is_form;

    exchange->is_form = request->is_form;
    exchange->form = request->form;
    if (request->is_malformed) {
        otk_portal_decide(exchange, OTK_BAD_FORMAT, sentence_post);
    } else if (request->is_form && request->length > OTK_PORTAL_BODY_LIMIT) {
        otk_portal_decide(exchange, OTK_TOO_BIG, NULL);
    } else if (!request->is_chunked && request->length == 0) {
        otk_portal_decide(exchange, OTK_INCOMPLETE, NULL);
    } else {
        join(exchange, request, has_size ? request->length : 0);
    }
}

/* Whether the head of a PUT makes sense, the body's length included. */
static bool is_put(const struct otk_portal_request *request)
{
    const struct otk_http_range *const range = &request->range;
    uint32_t len = 0;

    if (request->is_malformed || !request->has_sha256 || !request->has_range || !range->has_total ||
        range->total == 0) {
        return false;
    }
    if (range->has_bytes) {
        len = range->last - range->first + 1u;
    }
    return request->is_chunked || request->length == len;
}

static void begin_put(struct otk_portal_exchange *exchange,
                      const struct otk_portal_request *request)
{
    const struct otk_http_range *const range = &request->range;
    uint32_t wanted;

    if (!is_put(request)) {
        otk_portal_decide(exchange, OTK_BAD_FORMAT, sentence_head);
        return;
    }
    join(exchange, request, range->total);
    if (exchange->outcome != OTK_MORE || exchange->is_waiting) {
        return;
    }
    wanted = otk_updater_offset(exchange->portal->updater);
    exchange->offset = range->has_bytes ? range->first : wanted;
    exchange->end = range->has_bytes ? range->last + 1u : wanted;
    if (exchange->offset > wanted) {
        refuse(exchange, OTK_GAP, NULL);
    }
}

void otk_portal_begin_upload(struct otk_portal_exchange *exchange,
                             const struct otk_portal_request *request)
{
    exchange->is_upload = true;
    exchange->end = UINT32_MAX;
    if (request->method == OTK_PORTAL_PUT) {
        begin_put(exchange, request);
    } else {
        begin_post(exchange, request);
    }
}

/* Bytes of the image. */
static void write(struct otk_portal_exchange *exchange, const uint8_t *data, uint32_t len)
{
    struct otk_portal *const portal = exchange->portal;
    enum otk_status status;

    if (!is_ours(portal) || portal->writer != exchange ||
        portal->updater->state != OTK_UPDATER_RECEIVING) {
        refuse(exchange, OTK_CANCELLED, NULL); /* somebody asked for it meanwhile */
        return;
    }
    if (len > exchange->end - exchange->offset) {
        refuse(exchange, OTK_BAD_FORMAT, sentence_length);
        return;
    }
    status = otk_updater_write(portal->updater, exchange->offset, data, len);
    if (status != OTK_OK) {
        refuse(exchange, status, NULL);
        return;
    }
    exchange->offset += len;
}

/* The image of a form is the first part that is a file, or that begins as an image does: other fields
 * of the same form are short texts. */
static void take_piece(struct otk_portal_exchange *exchange,
                       const struct otk_multipart_piece *piece, bool is_first)
{
    if (piece->kind == OTK_MULTIPART_END) {
        exchange->in_image = false;
        return;
    }
    if (piece->kind == OTK_MULTIPART_PART) {
        return;
    }
    if (is_first && !exchange->has_image &&
        (exchange->form.has_file_name || piece->data[0] == OTK_IMAGE_MAGIC)) {
        exchange->has_image = true;
        exchange->in_image = true;
    }
    if (exchange->in_image) {
        write(exchange, piece->data, piece->len);
    }
}

static void take_form(struct otk_portal_exchange *exchange, const uint8_t *data, uint32_t len)
{
    struct otk_multipart_piece piece;
    enum otk_status status;

    do {
        status = otk_multipart_next(&exchange->form, &data, &len, &piece);
        if (status == OTK_OK) {
            take_piece(exchange, &piece, exchange->is_first);
            exchange->is_first = piece.kind == OTK_MULTIPART_PART;
        }
    } while (status == OTK_OK && exchange->outcome == OTK_MORE);
    if (status == OTK_BAD_FORMAT && exchange->outcome == OTK_MORE) {
        refuse_all(exchange, OTK_BAD_FORMAT, sentence_bad_form);
    }
}

void otk_portal_take(struct otk_portal_exchange *exchange, const uint8_t *data, uint32_t len)
{
    if (exchange->is_form) {
        take_form(exchange, data, len);
    } else {
        write(exchange, data, len);
    }
}

/* All bytes of the image are there. */
static void finish(struct otk_portal_exchange *exchange)
{
    const enum otk_status status = otk_updater_finish(exchange->portal->updater);

    if (status == OTK_MORE) {
        put_pen_down(exchange);
        exchange->is_waiting = true;
    } else {
        refuse_all(exchange, status, NULL);
    }
}

static void complete_put(struct otk_portal_exchange *exchange)
{
    const struct otk_portal *const portal = exchange->portal;

    if (exchange->offset != exchange->end) {
        refuse(exchange, OTK_BAD_FORMAT, sentence_length);
    } else if (otk_updater_offset(portal->updater) < portal->image_size) {
        refuse(exchange, OTK_OK, NULL); /* taken; the next part, please */
    } else {
        finish(exchange);
    }
}

static void complete_post(struct otk_portal_exchange *exchange)
{
    if (exchange->is_form && !exchange->has_image) {
        refuse_all(exchange, OTK_BAD_FORMAT, sentence_form);
    } else if (exchange->in_image) {
        refuse_all(exchange, OTK_TRUNCATED, sentence_cut_form);
    } else {
        finish(exchange);
    }
}

void otk_portal_complete(struct otk_portal_exchange *exchange)
{
    const struct otk_portal *const portal = exchange->portal;

    if (exchange->is_waiting) {
        return;
    }
    if (!is_ours(portal) || portal->updater->state != OTK_UPDATER_RECEIVING) {
        refuse(exchange, OTK_CANCELLED, NULL);
    } else if (exchange->method == OTK_PORTAL_PUT) {
        complete_put(exchange);
    } else {
        complete_post(exchange);
    }
}
