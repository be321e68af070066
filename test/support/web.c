// SPDX-License-Identifier: Apache-2.0
/* A scripted server; every field and byte goes through the engine as from a socket. */
#include "test/support/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often the engine is asked for the time while nothing arrives. */
#define TICK_MS 100u

void web_open(struct web *web, struct rig *rig, const uint8_t *file, uint32_t len)
{
    memset(web, 0, sizeof *web);
    web->rig = rig;
    web->file = file;
    web->len = len;
    web->etag = "\"one\"";
    web->now_ms = 1000;
}

void web_add_field(struct web_reply *reply, const char *line)
{
    strcat(reply->fields, line);
    strcat(reply->fields, "\n");
}

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static void serve_range(const struct web *web, uint32_t offset, struct web_reply *reply)
{
    char line[80];

    if (offset >= web->len) {
        reply->status = 416;
        snprintf(line, sizeof line, "Content-Range: bytes */%u", web->len);
        web_add_field(reply, line);
        return;
    }
    reply->status = 206;
    reply->body = web->file + offset;
    reply->body_len = web->len - offset;
    snprintf(line, sizeof line, "Content-Range: bytes %u-%u/%u", offset, web->len - 1, web->len);
    web_add_field(reply, line);
}

void web_serve(const struct web *web, const struct web_request *request, struct web_reply *reply)
{
    const bool is_manifest = ends_with(request->url, ".json");
    const bool is_same = request->if_range[0] == '\0' ||
                         (web->etag && strcmp(request->if_range, web->etag) == 0);
    char line[200];

    memset(reply, 0, sizeof *reply);
    reply->cut_at = WEB_NEVER_CUT;
    reply->status = 200;
    reply->body = is_manifest ? (const uint8_t *)web->manifest : web->file;
    reply->body_len = is_manifest ? (uint32_t)strlen(web->manifest) : web->len;
    if (!is_manifest && request->offset > 0 && is_same && !web->ignores_ranges) {
        serve_range(web, request->offset, reply);
    }
    snprintf(line, sizeof line, "Content-Length: %u", reply->body_len);
    web_add_field(reply, web->is_chunked ? "Transfer-Encoding: chunked" : line);
    if (web->etag && !is_manifest) {
        snprintf(line, sizeof line, "ETag: %s", web->etag);
        web_add_field(reply, line);
    }
}

static void note_request(struct web *web, const struct otk_pull_request *request)
{
    struct web_request *noted;

    if (web->request_count == WEB_REQUEST_LIMIT) {
        fprintf(stderr, "the pull does not end\n");
        abort();
    }
    noted = &web->requests[web->request_count++];
    snprintf(noted->url, sizeof noted->url, "%s", request->url);
    snprintf(noted->if_range, sizeof noted->if_range, "%s", request->if_range);
    noted->offset = request->offset;
    noted->has_credentials = request->send_credentials;
    noted->start_ms = request->start_ms;
}

/* Let time pass as a port would: looking at the clock now and then. */
static enum otk_status pass(struct web *web, uint32_t duration_ms)
{
    enum otk_status status = OTK_OK;

    while (status == OTK_OK && duration_ms > 0) {
        const uint32_t step_ms = duration_ms < TICK_MS ? duration_ms : TICK_MS;

        web->now_ms += step_ms;
        duration_ms -= step_ms;
        status = otk_pull_tick(&web->pull, web->now_ms);
    }
    return status;
}

static enum otk_status send_head(struct web *web, const struct web_reply *reply)
{
    const char *line = reply->fields;
    enum otk_status status = pass(web, reply->ms_before_head);

    if (status != OTK_OK) {
        return status;
    }
    otk_pull_status(&web->pull, web->now_ms, reply->status);
    while (*line != '\0') {
        const uint32_t len = (uint32_t)strcspn(line, "\n");
        const uint32_t colon = (uint32_t)strcspn(line, ":");

        otk_pull_field(&web->pull, otk_text(line, colon),
                       otk_text(line + colon + 1, len - colon - 1));
        line += len + 1;
    }
    return otk_pull_head_end(&web->pull, web->now_ms);
}

static enum otk_status send_body(struct web *web, const struct web_reply *reply)
{
    const uint32_t end = reply->cut_at < reply->body_len ? reply->cut_at : reply->body_len;
    const uint32_t piece = reply->piece > 0 ? reply->piece : end;
    enum otk_status status = OTK_OK;

    for (uint32_t offset = 0; status == OTK_OK && offset < end;) {
        const uint32_t len = end - offset < piece ? end - offset : piece;

        if (web->on_piece && web->on_piece(web) != 0) {
            return OTK_INTERRUPTED;
        }
        status = pass(web, reply->ms_per_piece);
        if (status == OTK_OK) {
            status = otk_pull_body(&web->pull, web->now_ms, reply->body + offset, len);
            web->sent += len;
            offset += len;
        }
    }
    if (status == OTK_OK && end < reply->body_len) {
        return OTK_CONNECTION_LOST;
    }
    return status;
}

/* Perform one request. Returns false where the test stops the pull. */
static bool perform(struct web *web, const struct otk_pull_request *request)
{
    const struct web_request *noted;
    struct web_reply reply;
    enum otk_status status;

    note_request(web, request);
    noted = &web->requests[web->request_count - 1];
    web->now_ms = request->start_ms;
    if (web->answer) {
        web->answer(web, noted, &reply);
    } else {
        web_serve(web, noted, &reply);
    }
    status = reply.failure;
    if (status == OTK_OK) {
        status = send_head(web, &reply);
    }
    if (status == OTK_OK) {
        status = send_body(web, &reply);
    }
    if (status == OTK_INTERRUPTED) {
        return false;
    }
    otk_pull_end(&web->pull, web->now_ms, status);
    return true;
}

enum otk_status web_pull(struct web *web, const struct otk_pull_config *config)
{
    struct otk_pull_request request;
    enum otk_status status = otk_pull_init(&web->pull, config, &web->rig->device,
                                           &web->rig->session, web->rig->buffer, web->now_ms);

    web->request_count = 0;
    web->sent = 0;
    while (status == OTK_OK) {
        switch (otk_pull_next(&web->pull, web->now_ms, web->random, &request)) {
        case OTK_PULL_FETCH:
            if (!perform(web, &request)) {
                otk_pull_stop(&web->pull, OTK_CANCELLED);
            }
            break;
        case OTK_PULL_VERIFY:
            break;
        default:
            return otk_pull_outcome(&web->pull);
        }
    }
    return status;
}
