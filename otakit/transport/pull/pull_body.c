// SPDX-License-Identifier: Apache-2.0
/* Bodies, the clock, and what the end of a transfer means. */
#include "otakit/base/memory.h"
#include "otakit/transport/pull/pull_parts.h"

enum otk_status otk_pull_decide(struct otk_pull *pull, enum otk_status verdict)
{
    pull->verdict = verdict;
    pull->state = OTK_PULL_STATE_DISCARD;
    return OTK_CANCELLED;
}

/* Collect the manifest in the sector that no session uses yet. */
static enum otk_status take_manifest(struct otk_pull *pull, const uint8_t *data, uint32_t len)
{
    if (len > OTK_PULL_MANIFEST_SIZE - pull->position) {
        return otk_pull_decide(pull, OTK_BAD_MANIFEST);
    }
    memcpy(pull->buffer + pull->position, data, len);
    pull->position += len;
    return OTK_OK;
}

/*
 * Bytes of the image go to the session. A stage that decodes them (delta, decompression) would
 * stand here, between the body and the session.
 */
static enum otk_status take_image(struct otk_pull *pull, const uint8_t *data, uint32_t len)
{
    const uint32_t limit = pull->end != 0 ? pull->end : pull->total;
    enum otk_status status;
    uint32_t wanted;

    if (limit != 0 && len > limit - pull->position) {
        return otk_pull_decide(pull, OTK_TOO_BIG);
    }
    status = otk_session_write(pull->session, pull->position, data, len);
    if (status != OTK_OK) {
        return otk_pull_decide(pull, status);
    }
    pull->position += len;
    wanted = otk_session_offset(pull->session);
    if (wanted > pull->position && wanted - pull->position > OTK_PULL_SKIP_LEN &&
        otk_pull_can_range(pull)) {
        return otk_pull_decide(pull, OTK_OK);
    }
    return OTK_OK;
}

static bool begins_manifest(uint8_t first)
{
    return first == '{' || first == ' ' || first == '\t' || first == '\r' || first == '\n' ||
           first == 0xEF;
}

/* The first byte of a file: a manifest, an image, or something that nobody asked for. */
static enum otk_status sniff(struct otk_pull *pull, const uint8_t *data, uint32_t len)
{
    enum otk_status status;

    if (!pull->is_image && begins_manifest(data[0])) {
        pull->state = OTK_PULL_STATE_MANIFEST;
        return take_manifest(pull, data, len);
    }
    if (!pull->is_image && pull->config.kind == OTK_PULL_MANIFEST) {
        return otk_pull_decide(pull, OTK_BAD_MANIFEST);
    }
    if (data[0] != OTK_IMAGE_MAGIC) {
        return otk_pull_decide(pull, OTK_BAD_MAGIC);
    }
    pull->is_image = true;
    status = pull->is_open ? OTK_OK : otk_pull_open(pull);
    if (status != OTK_OK) {
        return otk_pull_decide(pull, status);
    }
    pull->state = OTK_PULL_STATE_IMAGE;
    return take_image(pull, data, len);
}

static enum otk_status take_nothing(struct otk_pull *pull, uint32_t len)
{
    pull->position += len;
    return pull->position <= OTK_PULL_DISCARD_LEN ? OTK_OK : OTK_CANCELLED;
}

enum otk_status otk_pull_body(struct otk_pull *pull, uint32_t now_ms, const uint8_t *data,
                              uint32_t len)
{
    pull->window_len += len; /* before the clock: it may have run while the flash was busy */
    if (otk_pull_tick(pull, now_ms) != OTK_OK) {
        return OTK_CANCELLED;
    }
    if (len == 0) {
        return OTK_OK;
    }
    switch (pull->state) {
    case OTK_PULL_STATE_SNIFF:
        return sniff(pull, data, len);
    case OTK_PULL_STATE_MANIFEST:
        return take_manifest(pull, data, len);
    case OTK_PULL_STATE_IMAGE:
        return take_image(pull, data, len);
    case OTK_PULL_STATE_DISCARD:
        return take_nothing(pull, len);
    default:
        return otk_pull_decide(pull, OTK_HTTP_BAD_RESPONSE); /* a body without a head */
    }
}

enum otk_status otk_pull_tick(struct otk_pull *pull, uint32_t now_ms)
{
    const struct otk_pull_config *const config = &pull->config;
    const uint32_t waited_ms = otk_pull_elapsed(now_ms, pull->window_ms);

    if (otk_pull_is_overdue(pull, now_ms)) {
        return otk_pull_decide(pull, OTK_TIMEOUT);
    }
    if (pull->state == OTK_PULL_STATE_CONNECTING || pull->state == OTK_PULL_STATE_HEAD) {
        return waited_ms < config->connect_timeout_ms + config->stall_timeout_ms
                   ? OTK_OK
                   : otk_pull_decide(pull, OTK_STALLED);
    }
    if (waited_ms < config->stall_timeout_ms) {
        return OTK_OK;
    }
    if (pull->window_len < OTK_PULL_STALL_LEN) {
        return otk_pull_decide(pull, OTK_STALLED);
    }
    pull->window_ms = now_ms;
    pull->window_len = 0;
    return OTK_OK;
}

enum otk_status otk_pull_idle(struct otk_pull *pull)
{
    const enum otk_status status = pull->is_open ? otk_session_poll(pull->session) : OTK_OK;

    return status == OTK_OK || status == OTK_MORE ? status : otk_pull_decide(pull, status);
}

/*
 * The body of an image came to its end. One that has neither length nor chunks ends like a lost
 * connection; it is believed when it ends at the same place twice.
 */
static enum otk_status end_image(struct otk_pull *pull)
{
    const bool is_whole = pull->head.status == 200;

    if (pull->end != 0 && pull->position < pull->end) {
        return OTK_CONNECTION_LOST;
    }
    if (!pull->is_delimited && pull->position != pull->total && pull->position != pull->open_end) {
        pull->open_end = pull->position;
        return OTK_CONNECTION_LOST;
    }
    if (pull->total == 0) {
        pull->total = pull->position; /* nobody said; verification decides */
    }
    /* A whole file that is shorter than was announced, or than what flash has of it. */
    if (is_whole &&
        (pull->position < pull->total || otk_session_offset(pull->session) > pull->position)) {
        otk_pull_forget_file(pull);
        return OTK_FILE_CHANGED;
    }
    return OTK_OK;
}

/* What a transfer is worth that came to its end by itself. */
static enum otk_status judge_end(struct otk_pull *pull)
{
    switch (pull->state) {
    case OTK_PULL_STATE_SNIFF:
        return OTK_TRUNCATED;
    case OTK_PULL_STATE_MANIFEST:
        if (pull->end != 0 && pull->position < pull->end) {
            return OTK_CONNECTION_LOST;
        }
        return otk_pull_judge_manifest(pull, pull->position);
    case OTK_PULL_STATE_IMAGE:
        return end_image(pull);
    default:
        return OTK_HTTP_BAD_RESPONSE;
    }
}

static void count_failure(struct otk_pull *pull, enum otk_status status)
{
    pull->outcome = status;
    if (pull->is_open) {
        const uint32_t offset = otk_session_offset(pull->session);

        if (offset > pull->progress_offset && offset - pull->progress_offset >= OTK_SECTOR_SIZE) {
            pull->progress_offset = offset;
            pull->failure_count = 0;
        }
    }
    pull->failure_count++;
}

void otk_pull_end(struct otk_pull *pull, uint32_t now_ms, enum otk_status status)
{
    const bool is_redirected = pull->verdict == OTK_OK && otk_http_is_redirect(pull->head.status);
    enum otk_status verdict = pull->verdict;

    (void)now_ms; /* the pause before the next transfer begins when that is asked for */
    if (pull->state == OTK_PULL_STATE_FAILED) {
        return;
    }
    if (verdict == OTK_MORE) {
        verdict = status == OTK_CANCELLED ? OTK_CONNECTION_LOST : status;
        verdict = verdict == OTK_OK ? judge_end(pull) : verdict;
    }
    if (!is_redirected) {
        pull->redirect_count = 0;
    }
    pull->state = OTK_PULL_STATE_READY;
    if (verdict == OTK_OK) {
        return;
    }
    count_failure(pull, verdict);
    if (!otk_pull_is_retried(pull, verdict)) {
        otk_pull_fail(pull, verdict);
    }
}
