// SPDX-License-Identifier: Apache-2.0
/*
 * Response heads: what may follow from each.
 *
 *   200  the whole file: from its start, bytes that are on flash already being passed over
 *   206  the rest of the file: only from where it was asked for, and only of the same file
 *   3xx  another place; credentials stay behind when the server changes
 *   416  all bytes are there already, or the file became shorter
 *   else a refusal
 */
#include "otakit/base/memory.h"
#include "otakit/transport/pull/pull_parts.h"

void otk_pull_status(struct otk_pull *pull, uint32_t now_ms, uint16_t status)
{
    (void)now_ms; /* the head as a whole has one time-out, which began with the request */
    otk_http_head_init(&pull->head, status);
    pull->is_delimited = false;
    pull->has_location = false;
    pull->state = OTK_PULL_STATE_HEAD;
}

void otk_pull_field(struct otk_pull *pull, struct otk_text name, struct otk_text value)
{
    if (pull->state != OTK_PULL_STATE_HEAD) {
        return; /* a trailer */
    }
    if (otk_text_is(name, "Location") && otk_http_is_redirect(pull->head.status)) {
        if (pull->has_location || otk_url_resolve(pull->url, value) != OTK_OK) {
            pull->verdict = OTK_BAD_URL;
        }
        pull->has_location = true;
        return;
    }
    if (otk_text_is(name, "Content-Length") || otk_text_is(name, "Transfer-Encoding")) {
        pull->is_delimited = true;
    }
    otk_http_head_field(&pull->head, name, value);
}

/* Read a body that does not matter, to keep the connection; close it where that takes too long. */
static enum otk_status discard(struct otk_pull *pull, enum otk_status verdict)
{
    pull->verdict = verdict;
    pull->position = 0;
    pull->state = OTK_PULL_STATE_DISCARD;
    return pull->is_delimited && pull->head.length <= OTK_PULL_DISCARD_LEN ? OTK_OK : OTK_CANCELLED;
}

static enum otk_status follow_redirect(struct otk_pull *pull)
{
    const struct otk_text url = otk_text(pull->url, otk_text_length(pull->url, OTK_URL_SIZE));
    const char *const first = pull->config.url;
    struct otk_url parts;

    if (pull->verdict != OTK_MORE) {
        return discard(pull, pull->verdict);
    }
    if (!pull->has_location || otk_url_decode(url, &parts) != OTK_OK) {
        return discard(pull, OTK_HTTP_BAD_RESPONSE);
    }
    if (!parts.is_secure && !pull->config.allow_http) {
        return discard(pull, OTK_INSECURE_URL);
    }
    if (pull->redirect_count == pull->config.redirect_limit) {
        return discard(pull, OTK_HTTP_TOO_MANY_REDIRECTS);
    }
    pull->redirect_count++;
    /* Once away, always away: another server must not send us back with credentials. */
    if (!otk_url_is_same_origin(url, otk_text(first, otk_text_length(first, OTK_URL_SIZE)))) {
        pull->left_origin = true;
    }
    return discard(pull, OTK_OK);
}

/* The server has another file than the one that was begun. */
static enum otk_status file_changed(struct otk_pull *pull)
{
    otk_pull_forget_file(pull);
    return otk_pull_decide(pull, OTK_FILE_CHANGED);
}

/* A 416 does not always say how long the file is; without, the file is asked for as a whole. */
static enum otk_status judge_unsatisfiable(struct otk_pull *pull)
{
    const struct otk_http_head *const head = &pull->head;

    if (pull->requested == 0) {
        return discard(pull, OTK_HTTP_CLIENT_ERROR);
    }
    if (!head->has_range || !head->range.has_total || head->range.total > pull->requested) {
        pull->ranges_unusable = true;
        return discard(pull, OTK_HTTP_BAD_RANGE);
    }
    if (head->range.total < pull->requested ||
        (pull->total != 0 && pull->total != head->range.total)) {
        return file_changed(pull);
    }
    pull->total = head->range.total;
    return discard(pull, OTK_OK);
}

static bool is_bad_range(const struct otk_pull *pull)
{
    const struct otk_http_head *const head = &pull->head;
    const struct otk_http_range *const range = &head->range;

    return head->is_encoded || !head->has_range || !range->has_bytes ||
           range->first != pull->requested ||
           (head->has_length && head->length - 1 != range->last - range->first);
}

static enum otk_status judge_partial(struct otk_pull *pull)
{
    const struct otk_http_range *const range = &pull->head.range;

    if (pull->requested == 0) {
        return otk_pull_decide(pull, OTK_HTTP_BAD_RESPONSE);
    }
    if (is_bad_range(pull)) {
        pull->ranges_unusable = true;
        return otk_pull_decide(pull, OTK_HTTP_BAD_RANGE);
    }
    if (!otk_http_head_matches(&pull->head, pull->validator) ||
        (range->has_total && pull->total != 0 && pull->total != range->total)) {
        return file_changed(pull);
    }
    pull->position = range->first;
    pull->end = range->last + 1;
    pull->is_delimited = true;
    pull->total = range->has_total ? range->total : pull->total;
    pull->state = OTK_PULL_STATE_IMAGE;
    return OTK_OK;
}

static enum otk_status judge_whole(struct otk_pull *pull)
{
    const struct otk_http_head *const head = &pull->head;
    const bool is_changed = !otk_http_head_matches(head, pull->validator) ||
                            (head->has_length && pull->total != 0 && pull->total != head->length);

    if (is_changed && (pull->is_open || pull->announced > 0)) {
        return file_changed(pull);
    }
    /* The same file although a part was asked for: the server does not know ranges. */
    if (pull->requested > 0 || head->refuses_ranges) {
        pull->ranges_unusable = true;
    }
    pull->position = 0;
    pull->end = head->has_length ? head->length : 0;
    pull->total = head->has_length ? head->length : pull->announced;
    pull->state = pull->is_image && pull->is_open ? OTK_PULL_STATE_IMAGE : OTK_PULL_STATE_SNIFF;
    return OTK_OK;
}

/* Refuse what cannot fit before a byte of it is read. */
static bool exceeds_slot(const struct otk_pull *pull)
{
    struct otk_progress progress;

    if (!pull->is_open) {
        return false; /* otk_session_open will see */
    }
    otk_session_progress(pull->session, &progress);
    return pull->total > otk_layout_slot(&pull->device->layout, progress.slot).size;
}

static enum otk_status judge_file(struct otk_pull *pull)
{
    struct otk_http_head *const head = &pull->head;
    const char *validator;
    enum otk_status status;

    if (head->is_too_long) {
        return otk_pull_decide(pull, OTK_TOO_BIG);
    }
    if (head->is_encoded && head->status == 200) {
        return otk_pull_decide(pull, OTK_HTTP_COMPRESSED);
    }
    if (head->is_malformed && head->status == 200) {
        return otk_pull_decide(pull, OTK_HTTP_BAD_RESPONSE);
    }
    status = head->status == 206 ? judge_partial(pull) : judge_whole(pull);
    if (status != OTK_OK) {
        return status;
    }
    if (exceeds_slot(pull)) {
        return otk_pull_decide(pull, OTK_TOO_BIG);
    }
    validator = otk_http_head_validator(head);
    if (validator[0] != '\0') {
        memcpy(pull->validator, validator, otk_text_length(validator, OTK_HTTP_ETAG_SIZE) + 1);
    }
    return OTK_OK;
}

enum otk_status otk_pull_head_end(struct otk_pull *pull, uint32_t now_ms)
{
    const uint16_t status = pull->head.status;
    const uint32_t retry_after_s = otk_http_head_retry_after_s(&pull->head);

    if (pull->verdict != OTK_MORE && !otk_http_is_redirect(status)) {
        return OTK_CANCELLED;
    }
    pull->window_ms = now_ms;
    pull->window_len = 0;
    if (status == 200 || status == 206) {
        return judge_file(pull);
    }
    if (otk_http_is_redirect(status)) {
        return follow_redirect(pull);
    }
    if (status == 416) {
        return judge_unsatisfiable(pull);
    }
    pull->retry_after_ms = retry_after_s <= OTK_PULL_RETRY_AFTER_LIMIT_S ? retry_after_s * 1000
                                                                         : UINT32_MAX;
    return discard(pull, otk_http_refusal(status));
}
