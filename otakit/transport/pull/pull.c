// SPDX-License-Identifier: Apache-2.0
/* The life of a pull: what comes next, and how it ends. */
#include "otakit/transport/pull/pull.h"

#include "otakit/base/memory.h"
#include "otakit/transport/pull/pull_parts.h"

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value != 0 ? value : otherwise;
}

static void fill_defaults(struct otk_pull_config *config)
{
    config->attempt_limit = or_default(config->attempt_limit, OTK_PULL_ATTEMPT_LIMIT);
    config->redirect_limit = or_default(config->redirect_limit, OTK_PULL_REDIRECT_LIMIT);
    config->backoff_min_ms = or_default(config->backoff_min_ms, OTK_PULL_BACKOFF_MIN_MS);
    config->backoff_max_ms = or_default(config->backoff_max_ms, OTK_PULL_BACKOFF_MAX_MS);
    config->connect_timeout_ms = or_default(config->connect_timeout_ms,
                                            OTK_PULL_CONNECT_TIMEOUT_MS);
    config->stall_timeout_ms = or_default(config->stall_timeout_ms, OTK_PULL_STALL_TIMEOUT_MS);
}

/* Begin where the caller's URL points. */
static void start_over(struct otk_pull *pull)
{
    const uint32_t len = otk_text_length(pull->config.url, OTK_URL_SIZE - 1);

    memcpy(pull->start_url, pull->config.url, len);
    pull->start_url[len] = '\0';
    pull->has_foreign_start = false;
    pull->has_sha256 = pull->config.sha256 != NULL;
    pull->is_image = pull->config.kind == OTK_PULL_IMAGE ||
                     (pull->config.kind == OTK_PULL_ANY && pull->has_sha256);
    pull->announced = 0;
    if (pull->has_sha256) {
        memcpy(pull->sha256, pull->config.sha256, sizeof pull->sha256);
    }
    otk_pull_start_file(pull);
}

enum otk_status otk_pull_init(struct otk_pull *pull, const struct otk_pull_config *config,
                              struct otk_device *device, struct otk_session *session,
                              uint8_t buffer[OTK_SECTOR_SIZE], uint32_t now_ms)
{
    struct otk_url parts;

    if (otk_url_decode(otk_text(config->url, otk_text_length(config->url, OTK_URL_SIZE)), &parts) !=
        OTK_OK) {
        return OTK_BAD_URL;
    }
    if (!parts.is_secure && !config->allow_http) {
        return OTK_INSECURE_URL;
    }
    memset(pull, 0, sizeof *pull);
    pull->config = *config;
    fill_defaults(&pull->config);
    pull->device = device;
    pull->session = session;
    pull->buffer = buffer;
    pull->began_ms = now_ms;
    start_over(pull);
    return OTK_OK;
}

void otk_pull_start_file(struct otk_pull *pull)
{
    pull->state = OTK_PULL_STATE_READY;
    pull->validator[0] = '\0';
    pull->total = pull->announced;
    pull->open_end = 0;
    pull->failure_count = 0;
    pull->progress_offset = 0;
    pull->ranges_unusable = false;
    pull->running_is_checked = false;
}

void otk_pull_forget_file(struct otk_pull *pull)
{
    if (pull->is_open) {
        const enum otk_status status = otk_session_abort(pull->session, OTK_FILE_CHANGED);

        (void)status; /* the next session finds out whether the flash still works */
        pull->is_open = false;
    }
    pull->restart_count++;
    start_over(pull);
}

void otk_pull_fail(struct otk_pull *pull, enum otk_status status)
{
    if (pull->is_open) {
        otk_session_close(pull->session);
        pull->is_open = false;
    }
    pull->outcome = status;
    pull->state = OTK_PULL_STATE_FAILED;
}

enum otk_status otk_pull_open(struct otk_pull *pull)
{
    /* With a SHA-256 nothing else identifies the image. Without, its length belongs to what is
     * remembered, so it has to be the same in every attempt: as the server says, if it does. */
    const struct otk_session_request request = {
        .image_size = pull->has_sha256 ? pull->announced : pull->total,
        .sha256 = pull->has_sha256 ? pull->sha256 : NULL,
    };
    const enum otk_status status = otk_session_open(pull->session, pull->device, &request,
                                                    pull->buffer);

    pull->is_open = status == OTK_OK;
    if (pull->is_open && otk_session_offset(pull->session) > pull->progress_offset) {
        pull->progress_offset = otk_session_offset(pull->session);
    }
    return status;
}

bool otk_pull_can_range(const struct otk_pull *pull)
{
    return pull->is_open && !pull->ranges_unusable &&
           (pull->has_sha256 || pull->validator[0] != '\0');
}

static bool has_every_byte(const struct otk_pull *pull)
{
    struct otk_progress progress;

    if (!pull->is_open) {
        return false;
    }
    otk_session_progress(pull->session, &progress);
    return progress.state == OTK_SESSION_VERIFIED ||
           (pull->total != 0 && otk_session_offset(pull->session) == pull->total);
}

/* Before a request for an image: is it wanted at all, and how much of it is there already? */
static enum otk_status prepare_image(struct otk_pull *pull)
{
    if (pull->has_sha256 && !pull->running_is_checked) {
        if (otk_pull_is_running(pull)) {
            return OTK_UP_TO_DATE;
        }
        pull->running_is_checked = true;
    }
    if (pull->is_open && !pull->has_sha256 && !otk_pull_can_range(pull) &&
        pull->validator[0] == '\0') {
        /* Nothing but the image's head can tell that the file is still the same: look at it again. */
        otk_session_close(pull->session);
        pull->is_open = false;
    }
    return pull->has_sha256 && !pull->is_open ? otk_pull_open(pull) : OTK_OK;
}

static enum otk_pull_step make_request(struct otk_pull *pull, uint32_t now_ms, uint32_t random,
                                       struct otk_pull_request *request)
{
    const uint32_t backoff_ms = otk_pull_backoff_ms(pull, random);

    /* There is no use in waiting for a time that will not be there any more. */
    if (otk_pull_is_overdue(pull, now_ms + backoff_ms)) {
        otk_pull_fail(pull, pull->failure_count > 0 ? pull->outcome : OTK_TIMEOUT);
        return OTK_PULL_FAILED;
    }
    if (pull->redirect_count == 0) {
        memcpy(pull->url, pull->start_url, sizeof pull->url);
        pull->left_origin = pull->has_foreign_start ||
                            !otk_url_is_same_origin(
                                otk_text(pull->url, otk_text_length(pull->url, OTK_URL_SIZE)),
                                otk_text(pull->config.url,
                                         otk_text_length(pull->config.url, OTK_URL_SIZE)));
    }
    pull->requested = otk_pull_can_range(pull) ? otk_session_offset(pull->session) : 0;
    pull->verdict = OTK_MORE;
    pull->retry_after_ms = 0;
    pull->window_ms = now_ms + backoff_ms;
    pull->window_len = 0;
    pull->state = OTK_PULL_STATE_CONNECTING;

    request->url = pull->url;
    request->start_ms = now_ms + backoff_ms;
    request->offset = pull->requested;
    request->if_range = pull->requested > 0 ? pull->validator : "";
    request->send_credentials = pull->config.has_credentials && !pull->left_origin;
    request->connect_timeout_ms = pull->config.connect_timeout_ms;
    request->attempt = pull->failure_count + 1;
    request->last_failure = pull->failure_count > 0 ? pull->outcome : OTK_OK;
    return OTK_PULL_FETCH;
}

static enum otk_pull_step finish(struct otk_pull *pull)
{
    const enum otk_status status = otk_session_finish(pull->session);

    if (status == OTK_MORE) {
        return OTK_PULL_VERIFY;
    }
    if (status != OTK_OK) {
        otk_pull_fail(pull, status);
        return OTK_PULL_FAILED;
    }
    pull->outcome = OTK_OK;
    pull->state = OTK_PULL_STATE_DONE;
    return OTK_PULL_DONE;
}

static enum otk_pull_step next_transfer(struct otk_pull *pull, uint32_t now_ms, uint32_t random,
                                        struct otk_pull_request *request)
{
    enum otk_status status = OTK_OK;

    if (pull->is_image && !has_every_byte(pull)) {
        status = prepare_image(pull);
    }
    if (status != OTK_OK) {
        otk_pull_fail(pull, status);
        return OTK_PULL_FAILED;
    }
    if (has_every_byte(pull)) {
        pull->state = OTK_PULL_STATE_COMPLETE;
        return OTK_PULL_VERIFY;
    }
    return make_request(pull, now_ms, random, request);
}

enum otk_pull_step otk_pull_next(struct otk_pull *pull, uint32_t now_ms, uint32_t random,
                                 struct otk_pull_request *request)
{
    switch (pull->state) {
    case OTK_PULL_STATE_READY:
        return next_transfer(pull, now_ms, random, request);
    case OTK_PULL_STATE_COMPLETE:
        return finish(pull);
    case OTK_PULL_STATE_DONE:
        return OTK_PULL_DONE;
    case OTK_PULL_STATE_FAILED:
        return OTK_PULL_FAILED;
    default:
        otk_pull_fail(pull, OTK_INVALID_ARGUMENT); /* called during a transfer */
        return OTK_PULL_FAILED;
    }
}

void otk_pull_stop(struct otk_pull *pull, enum otk_status status)
{
    if (pull->state != OTK_PULL_STATE_DONE && pull->state != OTK_PULL_STATE_FAILED) {
        otk_pull_fail(pull, status);
    }
}

enum otk_status otk_pull_outcome(const struct otk_pull *pull)
{
    return pull->outcome;
}
