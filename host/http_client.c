// SPDX-License-Identifier: Apache-2.0
/* Requests by libcurl's multi interface, so that a question can be asked while an upload runs. */
#include "host/http_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <mbedtls/md5.h>

/* A name or address that does not answer is not worth more. */
#define CONNECT_TIMEOUT_MAX_MS 10000u

/* Bytes a second, either way, below which nobody is at work any more: less than one sector in half a
 * minute. An answer that drips would else last for hours. */
#define SPEED_MIN 64L

#define MD5_SIZE      16u
#define LOCATION_SIZE 256u
#define URL_SIZE      2048u

struct otk_http {
    struct otk_http_config config;
    CURLM *multi;
};

struct otk_http_exchange {
    struct otk_http *http;
    const struct otk_http_request *request;
    CURL *easy;
    curl_mime *form;
    struct curl_slist *fields;
    bool is_done;
    CURLcode code;
    uint32_t offset; /* of the next byte of the body that libcurl asks for */
    uint32_t len;
    char location[LOCATION_SIZE];
    char body[OTK_HTTP_BODY_SIZE + 1];
};

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct otk_http_exchange *const exchange = context;
    const size_t len = size * count;

    if (len > OTK_HTTP_BODY_SIZE - exchange->len) {
        return 0; /* libcurl ends the transfer then */
    }
    memcpy(exchange->body + exchange->len, data, len);
    exchange->len += (uint32_t)len;
    return len;
}

static size_t give_body(char *data, size_t size, size_t count, void *context)
{
    struct otk_http_exchange *const exchange = context;
    const size_t rest = exchange->request->body_len - exchange->offset;
    const size_t room = size * count;
    const size_t len = rest < room ? rest : room;

    if (len > 0) {
        memcpy(data, exchange->request->body + exchange->offset, len);
        exchange->offset += (uint32_t)len;
    }
    return len;
}

static int seek_body(void *context, curl_off_t offset, int origin)
{
    struct otk_http_exchange *const exchange = context;

    if (origin != SEEK_SET || offset < 0 || offset > exchange->request->body_len) {
        return CURL_SEEKFUNC_FAIL;
    }
    exchange->offset = (uint32_t)offset;
    return CURL_SEEKFUNC_OK;
}

static bool add_field(struct otk_http_exchange *exchange, const char *line)
{
    struct curl_slist *const fields = curl_slist_append(exchange->fields, line);

    exchange->fields = fields ? fields : exchange->fields;
    return fields != NULL;
}

static bool set_fields(struct otk_http_exchange *exchange)
{
    const struct otk_http_request *const request = exchange->request;
    bool good = true;

    /* Servers of this size answer neither "100 Continue" nor 417; curl would wait a second. */
    good &= add_field(exchange, "Expect:");
    if (request->method == OTK_HTTP_POST) {
        good &= add_field(exchange, "Content-Type: application/octet-stream");
    }
    for (size_t i = 0; i < OTK_HTTP_FIELD_COUNT && request->fields[i]; i++) {
        good &= add_field(exchange, request->fields[i]);
    }
    return good &&
           curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->fields) == CURLE_OK;
}

static bool add_digest(struct otk_http_exchange *exchange)
{
    const struct otk_http_request *const request = exchange->request;
    curl_mimepart *const part = curl_mime_addpart(exchange->form);
    uint8_t digest[MD5_SIZE];
    char text[2 * MD5_SIZE + 1];

    if (!part || mbedtls_md5_ret(request->body, request->body_len, digest) != 0) {
        return false;
    }
    for (size_t i = 0; i < MD5_SIZE; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return curl_mime_name(part, "MD5") == CURLE_OK &&
           curl_mime_data(part, text, CURL_ZERO_TERMINATED) == CURLE_OK;
}

/* What the page of ElegantOTA sends; others take the first part that has a file name. */
static bool set_form(struct otk_http_exchange *exchange)
{
    curl_mimepart *file;

    exchange->form = curl_mime_init(exchange->easy);
    if (!exchange->form || !add_digest(exchange)) {
        return false;
    }
    file = curl_mime_addpart(exchange->form);
    return file && curl_mime_name(file, "firmware") == CURLE_OK &&
           curl_mime_filename(file, "firmware.bin") == CURLE_OK &&
           curl_mime_type(file, "application/octet-stream") == CURLE_OK &&
           curl_mime_data_cb(file, (curl_off_t)exchange->request->body_len, give_body, seek_body,
                             NULL, exchange) == CURLE_OK &&
           curl_easy_setopt(exchange->easy, CURLOPT_MIMEPOST, exchange->form) == CURLE_OK;
}

static bool set_body(struct otk_http_exchange *exchange)
{
    const struct otk_http_request *const request = exchange->request;
    const curl_off_t len = (curl_off_t)request->body_len;
    CURL *const easy = exchange->easy;
    bool good = true;

    if (request->method == OTK_HTTP_GET) {
        return true;
    }
    if (len > 0) {
        /* On a connection that was used before, curl would send everything twice when it breaks. */
        good &= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK;
    }
    if (request->method == OTK_HTTP_FORM) {
        return good && set_form(exchange);
    }
    if (request->method == OTK_HTTP_PUT) {
        good &= curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, len) == CURLE_OK;
    } else {
        good &= curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, len) == CURLE_OK;
    }
    good &= curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_READDATA, exchange) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek_body) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SEEKDATA, exchange) == CURLE_OK;
    return good;
}

static bool set_password(struct otk_http_exchange *exchange)
{
    const struct otk_http_config *const config = &exchange->http->config;
    CURL *const easy = exchange->easy;

    return !config->password ||
           (curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_USERNAME, config->user) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_PASSWORD, config->password) == CURLE_OK);
}

static bool set_limits(struct otk_http_exchange *exchange)
{
    const uint32_t timeout_ms = exchange->request->timeout_ms;
    const uint32_t connect_ms = timeout_ms < CONNECT_TIMEOUT_MAX_MS ? timeout_ms
                                                                    : CONNECT_TIMEOUT_MAX_MS;
    CURL *const easy = exchange->easy;
    bool good = true;

    good &= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SPEED_MIN) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, ((long)timeout_ms + 999) / 1000) ==
            CURLE_OK;
    if (exchange->request->body_len == 0) {
        good &= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK;
    }
    good &= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
    return good;
}

static bool set_up(struct otk_http_exchange *exchange)
{
    CURL *const easy = exchange->easy;
    char url[URL_SIZE];
    const int len = snprintf(url, sizeof url, "%s%s", exchange->http->config.origin,
                             exchange->request->path);
    bool good = len > 0 && (size_t)len < sizeof url;

    good = good && curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
    good = good && curl_easy_setopt(easy, CURLOPT_USERAGENT, "otakit") == CURLE_OK;
    good = good && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
    good = good && curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) == CURLE_OK;
    good = good && curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) == CURLE_OK;
    return good && set_limits(exchange) && set_password(exchange) && set_fields(exchange) &&
           set_body(exchange);
}

enum otk_status otk_http_open(const struct otk_http_config *config, struct otk_http **http)
{
    struct otk_http *const made = calloc(1, sizeof *made);

    if (!made) {
        return OTK_NO_MEMORY;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    made->config = *config;
    made->multi = curl_multi_init();
    /* Small servers take few connections; more than one that rests is greedy. */
    if (!made->multi || curl_multi_setopt(made->multi, CURLMOPT_MAXCONNECTS, 1L) != CURLM_OK) {
        otk_http_close(made);
        return OTK_NO_MEMORY;
    }
    *http = made;
    return OTK_OK;
}

struct otk_http_exchange *otk_http_start(struct otk_http *http,
                                         const struct otk_http_request *request)
{
    struct otk_http_exchange *const exchange = calloc(1, sizeof *exchange);

    if (!exchange) {
        return NULL;
    }
    exchange->http = http;
    exchange->request = request;
    exchange->easy = curl_easy_init();
    if (!exchange->easy || !set_up(exchange) ||
        curl_multi_add_handle(http->multi, exchange->easy) != CURLM_OK) {
        otk_http_release(exchange);
        return NULL;
    }
    return exchange;
}

static void note(CURL *easy, CURLcode code)
{
    char *private = NULL;
    char *location = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &location);
    struct otk_http_exchange *const exchange = (struct otk_http_exchange *)(void *)private;
    exchange->is_done = true;
    exchange->code = code;
    snprintf(exchange->location, sizeof exchange->location, "%s", location ? location : "");
}

void otk_http_wait(struct otk_http *http, uint32_t timeout_ms)
{
    const CURLMsg *message;
    int running;
    int rest;

    curl_multi_perform(http->multi, &running);
    if (running > 0) {
        curl_multi_poll(http->multi, NULL, 0, (int)timeout_ms, NULL);
        curl_multi_perform(http->multi, &running);
    }
    while ((message = curl_multi_info_read(http->multi, &rest))) {
        if (message->msg == CURLMSG_DONE) {
            note(message->easy_handle, message->data.result);
        }
    }
}

bool otk_http_is_done(const struct otk_http_exchange *exchange)
{
    return exchange->is_done;
}

uint32_t otk_http_sent(const struct otk_http_exchange *exchange)
{
    curl_off_t sent = 0;

    curl_easy_getinfo(exchange->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return sent > 0 ? (uint32_t)sent : 0;
}

static bool was_connected(const struct otk_http_exchange *exchange)
{
    curl_off_t ready_us = 0;

    /* Not the time of connecting, which is none on a connection that was used before. */
    curl_easy_getinfo(exchange->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    return ready_us > 0;
}

static enum otk_status status_of(const struct otk_http_exchange *exchange)
{
    long error_number = 0;

    switch (exchange->code) {
    case CURLE_OK:
        return OTK_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
        return OTK_NAME_NOT_RESOLVED;
    case CURLE_COULDNT_CONNECT:
        curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &error_number);
        return error_number == ECONNREFUSED ? OTK_CONNECT_REFUSED : OTK_CONNECT_TIMEOUT;
    case CURLE_OPERATION_TIMEDOUT:
        return was_connected(exchange) ? OTK_STALLED : OTK_CONNECT_TIMEOUT;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return OTK_CONNECTION_LOST;
    case CURLE_OUT_OF_MEMORY:
        return OTK_NO_MEMORY;
    default:
        return OTK_HTTP_BAD_RESPONSE;
    }
}

enum otk_status otk_http_result(const struct otk_http_exchange *exchange,
                                struct otk_http_answer *answer)
{
    const enum otk_status status = status_of(exchange);
    long code = 0;

    if (status != OTK_OK) {
        return status;
    }
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &code);
    *answer = (struct otk_http_answer){
        .code = (uint32_t)code,
        .body = exchange->body,
        .len = exchange->len,
        .location = exchange->location,
    };
    return OTK_OK;
}

void otk_http_release(struct otk_http_exchange *exchange)
{
    if (!exchange) {
        return;
    }
    if (exchange->easy) {
        curl_multi_remove_handle(exchange->http->multi, exchange->easy);
        curl_easy_cleanup(exchange->easy);
    }
    curl_mime_free(exchange->form);
    curl_slist_free_all(exchange->fields);
    free(exchange);
}

void otk_http_close(struct otk_http *http)
{
    if (!http) {
        return;
    }
    if (http->multi) {
        curl_multi_cleanup(http->multi);
    }
    free(http);
    curl_global_cleanup();
}
