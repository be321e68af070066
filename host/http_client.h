// SPDX-License-Identifier: Apache-2.0
/*
 * Requests to one small server, a few at a time, for tools: libcurl with bounds on everything that
 * the other side decides. No proxy, no redirects, no cookies.
 *
 *     status = otk_http_open(&config, &http);
 *     exchange = otk_http_start(http, &request);
 *     while (!otk_http_is_done(exchange))
 *         otk_http_wait(http, 100);
 *     status = otk_http_result(exchange, &answer);    // answer lies in the exchange
 *     otk_http_release(exchange);
 *     otk_http_close(http);
 */
#ifndef OTAKIT_HOST_HTTP_CLIENT_H
#define OTAKIT_HOST_HTTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an answer's body at most; a longer one is an error. */
#define OTK_HTTP_BODY_SIZE 65536u

#define OTK_HTTP_FIELD_COUNT 4u

struct otk_http_config {
    const char *origin;   /* "http://host:port"; borrowed until close */
    const char *user;     /* for HTTP Basic, with password; borrowed until close */
    const char *password; /* NULL: none */
};

enum otk_http_method {
    OTK_HTTP_GET,
    OTK_HTTP_PUT,
    OTK_HTTP_POST,
    OTK_HTTP_FORM /* POST of the body as the file of a form, behind a field MD5 with its digest */
};

/* Borrowed until the exchange is released. */
struct otk_http_request {
    enum otk_http_method method;
    const char *path; /* with its query */
    const uint8_t *body;
    uint32_t body_len;
    const char *fields[OTK_HTTP_FIELD_COUNT]; /* "Name: value"; the rest NULL */
    uint32_t timeout_ms;                      /* for the connection, and without a byte */
};

struct otk_http_answer {
    uint32_t code;        /* 200 */
    const char *body;     /* NUL-terminated, control characters and all */
    uint32_t len;         /* bytes of it */
    const char *location; /* of a redirect; "" where there is none */
};

struct otk_http;
struct otk_http_exchange;

/*
 * Get ready. Nothing is sent.
 *
 * http  written on success only; end it with otk_http_close
 *
 * Returns  OTK_OK, OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_http_open(const struct otk_http_config *config,
                                           struct otk_http **http);

/* Begin a request; otk_http_wait moves it. Returns NULL where memory is short. */
struct otk_http_exchange *otk_http_start(struct otk_http *http,
                                         const struct otk_http_request *request);

/* Let all exchanges move, for `timeout_ms` at most. Returns earlier when something happened. */
void otk_http_wait(struct otk_http *http, uint32_t timeout_ms);

/* Whether the exchange is over, well or not. */
bool otk_http_is_done(const struct otk_http_exchange *exchange);

/* Bytes of the request's body that left this computer. */
uint32_t otk_http_sent(const struct otk_http_exchange *exchange);

/*
 * What came of an exchange that is over.
 *
 * answer  written on success only; lies in the exchange
 *
 * Returns  OTK_OK              there is an answer, whatever its code
 *          OTK_NAME_NOT_RESOLVED, OTK_CONNECT_REFUSED, OTK_CONNECT_TIMEOUT
 *                              there was no connection
 *          OTK_STALLED         nothing moved for timeout_ms
 *          OTK_CONNECTION_LOST it broke
 *          OTK_HTTP_BAD_RESPONSE  what came was no HTTP, or too much
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_http_result(const struct otk_http_exchange *exchange,
                                             struct otk_http_answer *answer);

/* Give up what is not over, and free it. NULL is allowed. */
void otk_http_release(struct otk_http_exchange *exchange);

/* Free everything; all exchanges are released. NULL is allowed. */
void otk_http_close(struct otk_http *http);

#ifdef __cplusplus
}
#endif

#endif
