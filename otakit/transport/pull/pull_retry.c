// SPDX-License-Identifier: Apache-2.0
/*
 * Which failures pass, and how long to wait for that.
 *
 * Retried: whatever a network, a busy server or a swap of files on it can cause. Everything else
 * would only fail again: a wrong CA, a missing file, an image that is refused.
 */
#include "otakit/transport/pull/pull_parts.h"

static const enum otk_status transient[] = {
    OTK_NAME_NOT_RESOLVED, OTK_CONNECT_REFUSED, OTK_CONNECT_TIMEOUT,
    OTK_STALLED,           OTK_CONNECTION_LOST, OTK_TLS_FAILED,
    OTK_HTTP_BAD_RANGE,    OTK_FILE_CHANGED,    OTK_HTTP_SERVER_ERROR,
};

bool otk_pull_is_transient(enum otk_status status)
{
    for (uint32_t index = 0; index < sizeof transient / sizeof transient[0]; index++) {
        if (transient[index] == status) {
            return true;
        }
    }
    return false;
}

bool otk_pull_is_retried(const struct otk_pull *pull, enum otk_status status)
{
    if (status == OTK_FILE_CHANGED && pull->restart_count > OTK_PULL_RESTART_LIMIT) {
        return false;
    }
    if (pull->retry_after_ms > OTK_PULL_RETRY_AFTER_LIMIT_S * 1000u ||
        pull->failure_count >= pull->config.attempt_limit) {
        return false;
    }
    if (status == OTK_HTTP_SERVER_ERROR || status == OTK_HTTP_CLIENT_ERROR) {
        return otk_http_is_transient(pull->head.status);
    }
    return otk_pull_is_transient(status);
}

uint32_t otk_pull_backoff_ms(const struct otk_pull *pull, uint32_t random)
{
    const uint32_t limit_ms = pull->config.backoff_max_ms;
    uint32_t backoff_ms = pull->config.backoff_min_ms;

    if (pull->failure_count == 0) {
        return 0;
    }
    for (uint32_t count = 1; count < pull->failure_count && backoff_ms < limit_ms; count++) {
        backoff_ms = backoff_ms > limit_ms / 2 ? limit_ms : backoff_ms * 2;
    }
    backoff_ms = backoff_ms < limit_ms ? backoff_ms : limit_ms;
    /* Between half and all of it, so that devices that failed together do not return together. */
    backoff_ms = backoff_ms / 2 + random % (backoff_ms - backoff_ms / 2 + 1);
    return backoff_ms > pull->retry_after_ms ? backoff_ms : pull->retry_after_ms;
}
