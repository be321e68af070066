// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of the pull engine share among themselves. Not for use outside.
 *
 * pull.c says what to do next; pull_head.c judges response heads; pull_body.c takes bodies and
 * ends; pull_manifest.c judges manifests and the running image; pull_retry.c knows which failures
 * pass. A transfer is judged by setting `verdict`; only pull.c and pull_end turn it into a state.
 */
#ifndef OTAKIT_TRANSPORT_PULL_PULL_PARTS_H
#define OTAKIT_TRANSPORT_PULL_PULL_PARTS_H

#include "otakit/transport/pull/pull.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Milliseconds from `since` to `now`; 0 where `since` is still to come. */
static inline uint32_t otk_pull_elapsed(uint32_t now_ms, uint32_t since_ms)
{
    const uint32_t elapsed = now_ms - since_ms;

    return elapsed < 0x80000000u ? elapsed : 0;
}

/* Whether the time for the whole pull is over. */
static inline bool otk_pull_is_overdue(const struct otk_pull *pull, uint32_t now_ms)
{
    return pull->config.total_timeout_ms != 0 &&
           otk_pull_elapsed(now_ms, pull->began_ms) >= pull->config.total_timeout_ms;
}

/* Decide the transfer before its end: it is to be closed. OTK_OK: and the next one is to be made.
 * Returns OTK_CANCELLED. */
OTK_MUST_USE enum otk_status otk_pull_decide(struct otk_pull *pull, enum otk_status verdict);

/* Go to FAILED and leave the session. */
void otk_pull_fail(struct otk_pull *pull, enum otk_status status);

/* Begin a file at start_url. */
void otk_pull_start_file(struct otk_pull *pull);

/* Open the session for the image. Returns as otk_session_open. */
OTK_MUST_USE enum otk_status otk_pull_open(struct otk_pull *pull);

/* Forget what is known of the file, because the server has another one now. */
void otk_pull_forget_file(struct otk_pull *pull);

/* Whether what is on flash may be continued in the middle of the file. */
bool otk_pull_can_range(const struct otk_pull *pull);

/* Whether the device runs the image with this SHA-256 already. Reads it through the buffer. */
bool otk_pull_is_running(struct otk_pull *pull);

/* Judge the manifest of `len` bytes in the buffer. Returns OTK_OK when start_url, sha256 and
 * announced are those of the image to fetch; OTK_UP_TO_DATE, OTK_BAD_MANIFEST, OTK_WRONG_CHIP,
 * OTK_WRONG_PROJECT, OTK_BAD_URL, OTK_INSECURE_URL. */
OTK_MUST_USE enum otk_status otk_pull_judge_manifest(struct otk_pull *pull, uint32_t len);

/* Milliseconds to wait before the transfer that follows `failure_count` failures. */
uint32_t otk_pull_backoff_ms(const struct otk_pull *pull, uint32_t random);

/* Whether the failure of a transfer is worth another one. */
bool otk_pull_is_retried(const struct otk_pull *pull, enum otk_status status);

#ifdef __cplusplus
}
#endif

#endif
