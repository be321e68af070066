// SPDX-License-Identifier: Apache-2.0
/*
 * Download an image over HTTP(S) into a session: the decisions, without sockets, threads or clock.
 *
 * The engine says what to request; whoever speaks HTTP performs it and hands back what arrives.
 * Redirects, retries, ranges, validators, limits and refusals are decided here, the same way on
 * every device.
 *
 *     otk_pull_init(&pull, &config, &device, &session, buffer, now_ms)
 *     while ((step = otk_pull_next(&pull, now_ms, random, &request)) != DONE, != FAILED)
 *         if (step == OTK_PULL_FETCH)
 *             wait until request.start_ms, send the request, then in this order:
 *             otk_pull_status, otk_pull_field..., otk_pull_head_end, otk_pull_body..., otk_pull_end
 *
 *              +-------------------- retry, range, redirect --------------------+
 *              v                                                                |
 *     start -> fetch -> head -> body --+--> manifest: judge it, fetch the image +
 *                                      +--> image: session --> verify --> done
 *
 * A URL may name an image or a manifest. Where nothing else says which, the first byte of the
 * answer does; with a SHA-256 it is an image.
 */
#ifndef OTAKIT_TRANSPORT_PULL_PULL_H
#define OTAKIT_TRANSPORT_PULL_PULL_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/session.h"
#include "otakit/format/http.h"
#include "otakit/format/text.h"
#include "otakit/format/url.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Limits where the configuration says 0. */
#define OTK_PULL_CONNECT_TIMEOUT_MS 15000u
#define OTK_PULL_STALL_TIMEOUT_MS   20000u
#define OTK_PULL_BACKOFF_MIN_MS     500u
#define OTK_PULL_BACKOFF_MAX_MS     60000u
#define OTK_PULL_ATTEMPT_LIMIT      8u
#define OTK_PULL_REDIRECT_LIMIT     8u

/* A server that sends less than this in one stall time-out has stalled, bytes. */
#define OTK_PULL_STALL_LEN 64u

/* A server that asks for a longer pause than this is left alone: the pull fails. */
#define OTK_PULL_RETRY_AFTER_LIMIT_S 300u

/* How often one pull begins again because the file changed on the server. */
#define OTK_PULL_RESTART_LIMIT 2u

/* Bytes that are rather read and ignored than skipped by another request. */
#define OTK_PULL_SKIP_LEN 65536u

/* Bytes of an uninteresting body that are read to keep the connection in use. */
#define OTK_PULL_DISCARD_LEN 16384u

/* A manifest has to fit the caller's sector. */
#define OTK_PULL_MANIFEST_SIZE OTK_SECTOR_SIZE

/* What a URL names. */
enum otk_pull_kind {
    OTK_PULL_ANY, /* an image where its SHA-256 is given, else whatever comes */
    OTK_PULL_IMAGE,
    OTK_PULL_MANIFEST
};

/* What to pull and within which limits. Zeros are the defaults above. */
struct otk_pull_config {
    const char *url; /* borrowed until the end */
    enum otk_pull_kind kind;
    const uint8_t *sha256;   /* 32 bytes over the image file, or NULL; borrowed until the end */
    bool allow_http;         /* follow http:// as well, redirects from https:// included */
    bool has_credentials;    /* the caller has some for the URL's own server */
    uint32_t attempt_limit;  /* transfers in a row that fail without progress */
    uint32_t redirect_limit; /* per file; 0: default */
    uint32_t backoff_min_ms; /* before the first retry; doubles with each, and is jittered */
    uint32_t backoff_max_ms;
    uint32_t connect_timeout_ms; /* for name, connection and TLS together */
    uint32_t stall_timeout_ms;   /* for the head, then for every OTK_PULL_STALL_LEN bytes */
    uint32_t total_timeout_ms;   /* for everything until the last byte, below 2^31; 0: none */
};

enum otk_pull_step {
    OTK_PULL_FETCH,  /* perform the request */
    OTK_PULL_VERIFY, /* call otk_pull_next again: the image is being verified piece by piece */
    OTK_PULL_DONE,   /* the session holds the verified image: otk_session_switch may follow */
    OTK_PULL_FAILED  /* otk_pull_outcome says why */
};

/* A GET to perform. Always send "Accept-Encoding: identity". */
struct otk_pull_request {
    const char *url;             /* valid until otk_pull_status */
    uint32_t start_ms;           /* not before this time; has passed where nothing is to wait for */
    uint32_t offset;             /* not 0: "Range: bytes=OFFSET-" */
    const char *if_range;        /* not "": "If-Range: ..."; valid as `url` */
    bool send_credentials;       /* false: this server must not see them */
    uint32_t connect_timeout_ms; /* for name, connection and TLS together */
    uint32_t attempt;            /* 1, or more where transfers failed in a row */
    enum otk_status last_failure; /* why the transfer before this one failed; OTK_OK: it did not */
};

/* Where a pull stands. Private to the engine. */
enum otk_pull_state {
    OTK_PULL_STATE_READY,      /* the next request can be made */
    OTK_PULL_STATE_CONNECTING, /* a request was handed out; nothing came back yet */
    OTK_PULL_STATE_HEAD,       /* fields are arriving */
    OTK_PULL_STATE_SNIFF,      /* the first byte of the body tells what it is */
    OTK_PULL_STATE_MANIFEST,   /* the body is collected in `buffer` */
    OTK_PULL_STATE_IMAGE,      /* the body goes to the session */
    OTK_PULL_STATE_DISCARD,    /* the body is of no interest */
    OTK_PULL_STATE_COMPLETE,   /* every byte was handed over */
    OTK_PULL_STATE_DONE,
    OTK_PULL_STATE_FAILED
};

/* A pull in progress. Borrow no field; ask the functions below. */
struct otk_pull {
    struct otk_pull_config config; /* defaults filled in */
    struct otk_device *device;
    struct otk_session *session;
    uint8_t *buffer;
    enum otk_pull_state state;
    enum otk_status verdict; /* on the transfer, before its end; OTK_MORE: none yet */
    enum otk_status outcome; /* why the last transfer failed, or the pull */
    bool is_image;           /* known to be one, not a manifest */
    bool has_sha256;         /* `sha256` is what the image must have */
    bool is_open;            /* the session is */
    bool is_delimited;       /* the end of the body can be told from a lost connection */
    bool has_location;       /* the redirect says where to */
    bool left_origin;        /* credentials are not for this server */
    bool has_foreign_start;  /* another server than the caller's chose start_url */
    bool ranges_unusable;    /* the server answered one wrongly */
    bool running_is_checked; /* it is not the image that is wanted */
    uint32_t began_ms;
    uint32_t window_ms;       /* start of the stall window */
    uint32_t window_len;      /* body bytes that came in it */
    uint32_t requested;       /* offset that the request asks for */
    uint32_t position;        /* of the next body byte in the file, or in the manifest */
    uint32_t end;             /* of this body in the file; 0: not known */
    uint32_t total;           /* bytes of the file; 0: not known */
    uint32_t open_end;        /* where a body without length ended before */
    uint32_t announced;       /* bytes of the file as the manifest says; 0: not said */
    uint32_t retry_after_ms;  /* what the server asked for */
    uint32_t failure_count;   /* transfers in a row that failed without progress */
    uint32_t progress_offset; /* the session's, when failures were last counted from 0 */
    uint32_t redirect_count;
    uint32_t restart_count;
    uint8_t sha256[32];
    struct otk_http_head head;
    char validator[OTK_HTTP_ETAG_SIZE]; /* of the file being pulled; "": none */
    char start_url[OTK_URL_SIZE];       /* where retries begin */
    char url[OTK_URL_SIZE];             /* of the request, behind redirects */
};

/*
 * Begin.
 *
 * config   copied
 * device   borrowed until the end; its session must be closed
 * session  storage; holds the verified image after OTK_PULL_DONE, closed after OTK_PULL_FAILED
 * buffer   one sector, borrowed like the session
 * now_ms   any clock that wraps at 2^32
 *
 * Returns  OTK_OK            otk_pull_next says what to do
 *          OTK_BAD_URL       config->url is malformed
 *          OTK_INSECURE_URL  it is http, and allow_http is not set
 */
OTK_MUST_USE enum otk_status otk_pull_init(struct otk_pull *pull,
                                           const struct otk_pull_config *config,
                                           struct otk_device *device, struct otk_session *session,
                                           uint8_t buffer[OTK_SECTOR_SIZE], uint32_t now_ms);

/*
 * What to do next. Not while a transfer is in progress.
 *
 * random   any number; spreads retries of many devices
 * request  written where the answer is OTK_PULL_FETCH
 *
 * Returns  the step
 * Power loss: as otk_session_write and otk_session_finish.
 * Blocks as those do; once per pull with a known SHA-256 for reading the running image.
 */
enum otk_pull_step otk_pull_next(struct otk_pull *pull, uint32_t now_ms, uint32_t random,
                                 struct otk_pull_request *request);

/* The status line of the final response (not 1xx) has come. */
void otk_pull_status(struct otk_pull *pull, uint32_t now_ms, uint16_t status);

/* A header field of it, borrowed for the call. Blanks around the value are allowed. */
void otk_pull_field(struct otk_pull *pull, struct otk_text name, struct otk_text value);

/*
 * The head is complete.
 *
 * Returns  OTK_OK         go on: hand over the body
 *          OTK_CANCELLED  close the transfer now, then call otk_pull_end
 */
OTK_MUST_USE enum otk_status otk_pull_head_end(struct otk_pull *pull, uint32_t now_ms);

/*
 * Body bytes, freed of chunks.
 *
 * Returns  OTK_OK         taken, go on
 *          OTK_CANCELLED  close the transfer now, then call otk_pull_end
 * Power loss: as otk_session_write. Blocks as that does.
 */
OTK_MUST_USE enum otk_status otk_pull_body(struct otk_pull *pull, uint32_t now_ms,
                                           const uint8_t *data, uint32_t len);

/*
 * Look at the clock; to be called at least every second while nothing arrives.
 *
 * Returns  OTK_OK         the transfer is within its limits
 *          OTK_CANCELLED  close the transfer now, then call otk_pull_end
 */
OTK_MUST_USE enum otk_status otk_pull_tick(struct otk_pull *pull, uint32_t now_ms);

/*
 * Nothing arrives: let the flash get ahead meanwhile.
 *
 * Returns  OTK_OK         nothing to do now
 *          OTK_MORE       something was done, there may be more
 *          OTK_CANCELLED  the flash failed: close the transfer now, then call otk_pull_end
 * Power loss and blocking: as otk_session_poll.
 */
OTK_MUST_USE enum otk_status otk_pull_idle(struct otk_pull *pull);

/*
 * The transfer is over.
 *
 * status  OTK_OK: the response came completely; OTK_CANCELLED: closed because the engine asked;
 *         else why it broke: OTK_NAME_NOT_RESOLVED, OTK_CONNECT_REFUSED, OTK_CONNECT_TIMEOUT,
 *         OTK_CONNECTION_LOST, OTK_TLS_..., OTK_HTTP_BAD_RESPONSE
 */
void otk_pull_end(struct otk_pull *pull, uint32_t now_ms, enum otk_status status);

/*
 * Give up. What is on flash stays there for a later pull of the same image. Does nothing after
 * OTK_PULL_DONE or OTK_PULL_FAILED.
 *
 * status  becomes the outcome
 */
void otk_pull_stop(struct otk_pull *pull, enum otk_status status);

/*
 * Why the pull failed.
 *
 * Returns  OTK_OK          after OTK_PULL_DONE
 *          OTK_UP_TO_DATE  the device runs this image, or by policy this version, already
 *          others          any status of network, manifest, session and verification
 */
OTK_MUST_USE enum otk_status otk_pull_outcome(const struct otk_pull *pull);

/* Whether trying again later, without any change on either side, may help. */
bool otk_pull_is_transient(enum otk_status status);

#ifdef __cplusplus
}
#endif

#endif
