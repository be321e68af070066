// SPDX-License-Identifier: Apache-2.0
/*
 * One transfer of the HTTP client: libcurl's callbacks on one side, waiting on the other.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <esp_log.h>

#include "compat/esp_idf/http_client.h"

/* What a device of ESP-IDF calls itself. Source: esp_http_client.c, DEFAULT_USER_AGENT. */
#define USER_AGENT "ESP32 HTTP Client/1.0"

/* Seconds; source: esp_http_client.h, keep_alive_idle and keep_alive_interval. */
#define KEEP_ALIVE_S 5

/* A wait is looked up from at least that often, milliseconds: another task may cancel. */
#define POLL_MS 200

static const char TAG[] = "esp_http_client";

/* In the order of esp_http_client_method_t. */
static const char *const methods[] = {"GET",       "POST",   "PUT",       "PATCH",       "DELETE",
                                      "HEAD",      "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "OPTIONS",
                                      "COPY",      "MOVE",   "LOCK",      "UNLOCK",      "PROPFIND",
                                      "PROPPATCH", "MKCOL",  "REPORT"};

_Static_assert(sizeof methods / sizeof methods[0] == HTTP_METHOD_MAX, "a name for each method");

/* To the event loop. Nobody has to have made one. */
static void post(struct esp_http_client *client, esp_http_client_event_id_t id)
{
    const esp_http_client_on_data_t data = {
        .client = client,
        .data_process = client->answer.taken + (int64_t)client->buffer_len,
    };
    const esp_http_client_redirect_event_data_t redirect = {
        .client = client,
        .status_code = client->answer.status,
    };

    if (id == HTTP_EVENT_ON_DATA) {
        (void)esp_event_post(ESP_HTTP_CLIENT_EVENT, (int32_t)id, &data, sizeof data, 0);
    } else if (id == HTTP_EVENT_REDIRECT) {
        (void)esp_event_post(ESP_HTTP_CLIENT_EVENT, (int32_t)id, &redirect, sizeof redirect, 0);
    } else {
        (void)esp_event_post(ESP_HTTP_CLIENT_EVENT, (int32_t)id, &client, sizeof client, 0);
    }
}

void otk_idf_http_tell(struct esp_http_client *client, esp_http_client_event_id_t id, void *data,
                       int len)
{
    esp_http_client_event_t event = {
        .event_id = id,
        .client = client,
        .data = data,
        .data_len = len,
        .user_data = client->config.user_data,
    };

    if (client->config.event_handler) {
        (void)client->config.event_handler(&event);
    }
    post(client, id);
}

static size_t on_line(char *data, size_t size, size_t count, void *context)
{
    otk_idf_http_read_line(context, data, size * count);
    return size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct esp_http_client *const client = context;
    const size_t len = size * count;

    if (!client->answer.has_head) {
        return len; /* of a 401 that libcurl answers by itself */
    }
    if (client->buffer_len == 0) {
        client->buffer_start = 0;
    }
    if (len > OTK_IDF_HTTP_BUFFER_SIZE - client->buffer_start - client->buffer_len) {
        client->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(client->buffer + client->buffer_start + client->buffer_len, data, len);
    client->buffer_len += len;
    client->state = HTTP_STATE_RES_ON_DATA_START;
    otk_idf_http_tell(client, HTTP_EVENT_ON_DATA, data, (int)len);
    return len;
}

static size_t on_upload(char *data, size_t size, size_t count, void *context)
{
    struct esp_http_client *const client = context;
    const size_t room = size * count;
    const size_t len = client->upload_len < room ? client->upload_len : room;

    if (client->upload_rest == 0) {
        return 0;
    }
    if (len == 0) {
        client->is_upload_paused = true;
        return CURL_READFUNC_PAUSE;
    }
    memcpy(data, client->upload, len);
    client->upload += len;
    client->upload_len -= len;
    client->upload_rest -= (int64_t)len;
    return len;
}

/* The connection stands, and the request goes out next. */
static int on_connected(void *context, char *peer, char *own, int peer_port, int own_port)
{
    struct esp_http_client *const client = context;

    (void)peer;
    (void)own;
    (void)peer_port;
    (void)own_port;
    client->state = HTTP_STATE_CONNECTED;
    otk_idf_http_tell(client, HTTP_EVENT_ON_CONNECTED, NULL, 0);
    return CURL_PREREQFUNC_OK;
}

static bool add_line(struct esp_http_client *client, const char *key, const char *value)
{
    struct curl_slist *lines;
    char *line;

    /* libcurl sends a field without a value where a semicolon stands for the colon. */
    if (asprintf(&line, value[0] ? "%s: %s" : "%s;", key, value) < 0) {
        return false;
    }
    lines = curl_slist_append(client->lines, line);
    free(line);
    if (lines) {
        client->lines = lines;
    }
    return lines != NULL;
}

static bool set_fields(struct esp_http_client *client)
{
    bool good;

    curl_slist_free_all(client->lines);
    client->lines = curl_slist_append(NULL, "Expect:"); /* never ask before a body is sent */
    good = client->lines != NULL;
    for (const struct otk_idf_http_field *field = client->fields; field; field = field->next) {
        good &= add_line(client, field->key, field->value);
    }
    return good && curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, client->lines) == CURLE_OK;
}

static bool set_method(struct esp_http_client *client, int body_len)
{
    const esp_http_client_method_t method = client->config.method;
    CURL *const easy = client->easy;

    if (method == HTTP_METHOD_HEAD) {
        return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
    }
    if (body_len > 0) {
        bool good = curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;

        good &= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_len) ==
                CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_upload) == CURLE_OK;
        good &= curl_easy_setopt(easy, CURLOPT_READDATA, client) == CURLE_OK;
        return good && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, methods[method]) == CURLE_OK;
    }
    if (method == HTTP_METHOD_GET) {
        return true;
    }
    return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, methods[method]) == CURLE_OK;
}

static bool set_credentials(struct esp_http_client *client)
{
    const long types[] = {CURLAUTH_NONE, CURLAUTH_BASIC, CURLAUTH_DIGEST};
    CURL *const easy = client->easy;
    bool good = true;

    if (client->auth_type == HTTP_AUTH_TYPE_NONE || !client->username) {
        return true;
    }
    good &= curl_easy_setopt(easy, CURLOPT_HTTPAUTH, types[client->auth_type]) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_USERNAME, client->username) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PASSWORD, client->password ? client->password : "") ==
            CURLE_OK;
    return good;
}

static bool set_connection(struct esp_http_client *client)
{
    const esp_http_client_config_t *const config = &client->config;
    const long idle = config->keep_alive_idle ? config->keep_alive_idle : KEEP_ALIVE_S;
    const long interval = config->keep_alive_interval ? config->keep_alive_interval : KEEP_ALIVE_S;
    CURL *const easy = client->easy;
    bool good = true;

    good &= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)client->timeout_ms) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, config->keep_alive_enable ? 1L : 0L) ==
            CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, idle) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, interval) == CURLE_OK;
    if (config->if_name) {
        char name[IFNAMSIZ + 4];

        snprintf(name, sizeof name, "if!%.*s", IFNAMSIZ, config->if_name->ifr_name);
        good &= curl_easy_setopt(easy, CURLOPT_INTERFACE, name) == CURLE_OK;
    }
    if (config->addr_type != HTTP_ADDR_TYPE_UNSPEC) {
        const long version = config->addr_type == HTTP_ADDR_TYPE_INET ? CURL_IPRESOLVE_V4
                                                                      : CURL_IPRESOLVE_V6;

        good &= curl_easy_setopt(easy, CURLOPT_IPRESOLVE, version) == CURLE_OK;
    }
    return good;
}

static bool set_transfer(struct esp_http_client *client)
{
    const char *const agent = client->user_agent ? client->user_agent : USER_AGENT;
    CURL *const easy = client->easy;
    bool good = true;

    good &= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_CURLU, client->url) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK; /* a device knows none */
    good &= curl_easy_setopt(easy, CURLOPT_USERAGENT, agent) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_HEADERDATA, client) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_WRITEDATA, client) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_PREREQDATA, client) == CURLE_OK;
    return good;
}

static void reset_transfer(struct esp_http_client *client, int body_len)
{
    otk_idf_http_stop(client, true);
    otk_idf_http_forget(client);
    client->is_done = false;
    client->is_paused = false;
    client->is_cancelled = false;
    client->is_upload_paused = false;
    client->code = CURLE_OK;
    client->certificate = 0;
    client->error = 0;
    client->upload = NULL;
    client->upload_len = 0;
    client->upload_rest = body_len;
    client->state = HTTP_STATE_CONNECTING;
}

static bool is_connected(const struct esp_http_client *client)
{
    return client->state >= HTTP_STATE_CONNECTED;
}

static void tell_refusal(struct esp_http_client *client)
{
    long error = 0;

    (void)curl_easy_getinfo(client->easy, CURLINFO_OS_ERRNO, &error);
    client->error = (int)error;
    if (client->certificate != 0) {
        ESP_LOGE(TAG, "the server's certificate is not trusted (%s)",
                 curl_easy_strerror(client->code));
    } else if (client->code == CURLE_PEER_FAILED_VERIFICATION) {
        ESP_LOGE(TAG, "the server's certificate is trusted, but not for the name in this URL");
    } else {
        ESP_LOGE(TAG, "no connection: %s", curl_easy_strerror(client->code));
    }
    otk_idf_http_tell(client, HTTP_EVENT_ERROR, NULL, 0);
}

esp_err_t otk_idf_http_start(struct esp_http_client *client, int body_len)
{
    esp_err_t error;

    reset_transfer(client, body_len);
    if (!client->multi) {
        client->multi = curl_multi_init();
    }
    curl_easy_reset(client->easy);
    if (!client->multi || !set_transfer(client) || !set_connection(client) ||
        !set_method(client, body_len) || !set_credentials(client) || !set_fields(client)) {
        return ESP_ERR_NO_MEM;
    }
    error = otk_idf_http_set_trust(client);
    if (error != ESP_OK) {
        return error;
    }
    if (curl_multi_add_handle(client->multi, client->easy) != CURLM_OK) {
        return ESP_ERR_NO_MEM;
    }
    client->is_added = true;
    if (!otk_idf_http_drive(client, is_connected)) {
        client->code = CURLE_OPERATION_TIMEDOUT;
    }
    if (!is_connected(client)) {
        tell_refusal(client);
        otk_idf_http_stop(client, false);
        return ESP_ERR_HTTP_CONNECT;
    }
    client->state = HTTP_STATE_REQ_COMPLETE_HEADER;
    otk_idf_http_tell(client, HTTP_EVENT_HEADERS_SENT, NULL, 0);
    return ESP_OK;
}

static void note_end(struct esp_http_client *client)
{
    int rest;
    const CURLMsg *message = curl_multi_info_read(client->multi, &rest);

    client->is_done = true;
    client->code = message ? message->data.result : CURLE_OUT_OF_MEMORY;
    if (client->code == CURLE_OK && client->answer.status >= HttpStatus_Ok) {
        client->answer.has_head = true;
    }
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* Whatever changes when a byte has moved. */
static uint64_t measure_progress(const struct esp_http_client *client)
{
    return (uint64_t)client->buffer_len + (uint64_t)client->answer.status +
           (uint64_t)client->answer.taken + (uint64_t)client->state + (uint64_t)client->upload_rest;
}

bool otk_idf_http_drive(struct esp_http_client *client,
                        bool (*is_over)(const struct esp_http_client *client))
{
    uint64_t progress = measure_progress(client);
    uint64_t since_ms = now_ms();
    int running = 1;

    while (!client->is_done && !is_over(client)) {
        if (client->is_cancelled || curl_multi_perform(client->multi, &running) != CURLM_OK) {
            client->is_done = true;
            client->code = CURLE_ABORTED_BY_CALLBACK;
        } else if (running == 0) {
            note_end(client);
        } else if (!is_over(client)) {
            if (now_ms() - since_ms >= (uint64_t)client->timeout_ms) {
                return false;
            }
            (void)curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
        }
        if (measure_progress(client) != progress) {
            progress = measure_progress(client);
            since_ms = now_ms();
        }
    }
    return true;
}

void otk_idf_http_resume(struct esp_http_client *client)
{
    if (client->is_paused && client->buffer_len == 0) {
        client->is_paused = false;
        (void)curl_easy_pause(client->easy, CURLPAUSE_CONT);
    }
}

void otk_idf_http_stop(struct esp_http_client *client, bool keep)
{
    if (client->is_added) {
        curl_multi_remove_handle(client->multi, client->easy);
        client->is_added = false;
    }
    if (!keep && client->multi) {
        curl_multi_cleanup(client->multi);
        client->multi = NULL;
        if (client->state >= HTTP_STATE_CONNECTED) {
            otk_idf_http_tell(client, HTTP_EVENT_DISCONNECTED, NULL, 0);
        }
        client->state = HTTP_STATE_INIT;
    }
}

bool otk_idf_http_is_complete(const struct esp_http_client *client)
{
    const struct otk_idf_http_answer *const answer = &client->answer;

    if (answer->length >= 0 && answer->taken >= answer->length) {
        return answer->has_head;
    }
    return client->is_done && client->code == CURLE_OK && answer->has_head &&
           client->buffer_len == 0;
}
