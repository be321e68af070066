// SPDX-License-Identifier: Apache-2.0
/*
 * One GET by esp_http_client: connection, head, body, end.
 *
 * The client parses a head in pieces, and knows its status only behind it, while the engine wants the
 * status first: so the fields that matter are kept until then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "port/espidf/pull_client.h"
#include "port/espidf/transport.h"
#include "port/espidf/uptime.h"

/* How long a read waits before we look at the clock, and let the flash get ahead. The client logs a
 * warning each time that it waits for a head in vain. */
#define HEAD_LOOK_MS 1000
#define BODY_LOOK_MS 200

#define RECEIVE_SIZE 2048 /* bytes that the client reads at once */
#define REQUEST_SIZE 512  /* bytes of a request beside its URL */
#define RANGE_SIZE   24u  /* "bytes=4294967295-" */

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static void keep_text(struct otk_pull_fields *fields, const char *text, uint32_t len)
{
    memcpy(fields->chars + fields->len, text, len);
    fields->chars[fields->len + len] = '\0';
    fields->len += len + 1u;
}

/* One that does not fit is too long for any use. */
static void keep(struct otk_pull_fields *fields, const char *name, const char *value)
{
    const uint32_t name_len = (uint32_t)strlen(name);
    const uint32_t value_len = (uint32_t)strlen(value);
    const uint32_t room = OTK_PULL_FIELDS_SIZE - fields->len;

    if (name_len < room && value_len < room - name_len - 1u) {
        keep_text(fields, name, name_len);
        keep_text(fields, value, value_len);
    }
}

static esp_err_t on_event(esp_http_client_event_t *event)
{
    struct otk_pull_client *const client = event->user_data;

    switch (event->event_id) {
    case HTTP_EVENT_ON_HEADER:
        keep(&client->fields, event->header_key, event->header_value);
        break;
    case HTTP_EVENT_ERROR:
    case HTTP_EVENT_DISCONNECTED:
        if (client->trouble == OTK_OK) {
            client->trouble = otk_pull_error(event);
        }
        break;
    default:
        break;
    }
    return ESP_OK;
}

static esp_http_client_handle_t open_http(struct otk_pull_client *client,
                                          const struct otk_pull_request *request)
{
    const struct otk_espidf_pull_config *const options = client->config;
    const esp_http_client_config_t config = {
        .url = request->url,
        .cert_pem = options->ca_pem,
        .crt_bundle_attach = options->ca_pem ? NULL : options->crt_bundle_attach,
        .user_agent = "otakit",
        .timeout_ms = (int)request->connect_timeout_ms,
        .disable_auto_redirect = true,
        .max_authorization_retries = -1,
        .event_handler = on_event,
        .buffer_size = RECEIVE_SIZE,
        .buffer_size_tx = (int)strlen(request->url) + REQUEST_SIZE,
        .user_data = client,
    };

    return esp_http_client_init(&config);
}

static esp_err_t set_fields(esp_http_client_handle_t http, const struct otk_pull_client *client,
                            const struct otk_pull_request *request)
{
    char range[RANGE_SIZE];
    esp_err_t error = esp_http_client_set_header(http, "Accept-Encoding", "identity");

    if (error == ESP_OK && request->offset > 0) {
        snprintf(range, sizeof range, "bytes=%u-", (unsigned)request->offset);
        error = esp_http_client_set_header(http, "Range", range);
    }
    if (error == ESP_OK && request->if_range[0]) {
        error = esp_http_client_set_header(http, "If-Range", request->if_range);
    }
    if (error == ESP_OK && request->send_credentials && client->config->authorization) {
        error = esp_http_client_set_header(http, "Authorization", client->config->authorization);
    }
    return error;
}

/* Nothing arrived: look at the clock, at the other transports, and let the flash get ahead. Returns
 * OTK_OK, or OTK_CANCELLED. */
static enum otk_status use_idle_time(struct otk_pull_client *client)
{
    enum otk_status status;

    otk_pull_client_enter(client);
    if (client->updater->wants_reset) {
        otk_pull_stop(&client->pull, OTK_CANCELLED);
    }
    status = otk_pull_tick(&client->pull, otk_uptime_ms());
    if (status == OTK_OK) {
        status = otk_pull_idle(&client->pull);
    }
    otk_pull_client_leave(client);
    return status == OTK_MORE ? OTK_OK : status;
}

static enum otk_status hand_over_head(struct otk_pull_client *client, int http_status)
{
    const struct otk_pull_fields *const fields = &client->fields;
    enum otk_status status;

    otk_pull_client_enter(client);
    otk_pull_status(&client->pull, otk_uptime_ms(), (uint16_t)http_status);
    for (uint32_t offset = 0; offset < fields->len;) {
        const struct otk_text name = text_of(fields->chars + offset);
        const struct otk_text value = text_of(fields->chars + offset + name.len + 1u);

        otk_pull_field(&client->pull, name, value);
        offset += name.len + value.len + 2u;
    }
    status = otk_pull_head_end(&client->pull, otk_uptime_ms());
    otk_pull_client_leave(client);
    return status;
}

/* Returns OTK_OK, OTK_CANCELLED, or why the connection broke. */
static enum otk_status take_head(struct otk_pull_client *client, esp_http_client_handle_t http)
{
    enum otk_status status = OTK_OK;
    int64_t len;

    do {
        len = esp_http_client_fetch_headers(http);
        if (len == -ESP_ERR_HTTP_EAGAIN) {
            status = use_idle_time(client);
        }
    } while (status == OTK_OK && len == -ESP_ERR_HTTP_EAGAIN);
    if (status != OTK_OK) {
        return status;
    }
    if (len < 0) {
        return OTK_CONNECTION_LOST;
    }
    return hand_over_head(client, esp_http_client_get_status_code(http));
}

static enum otk_status hand_over(struct otk_pull_client *client, uint32_t len)
{
    enum otk_status status;

    otk_pull_client_enter(client);
    if (client->updater->wants_reset) {
        otk_pull_stop(&client->pull, OTK_CANCELLED);
    }
    status = otk_pull_body(&client->pull, otk_uptime_ms(), (const uint8_t *)client->piece, len);
    otk_pull_client_leave(client);
    otk_pull_client_tell(client);
    return status;
}

/* Returns OTK_OK, OTK_CANCELLED, or why the connection broke. */
static enum otk_status take_body(struct otk_pull_client *client, esp_http_client_handle_t http)
{
    enum otk_status status = OTK_OK;

    while (status == OTK_OK) {
        const int len = esp_http_client_read(http, client->piece, sizeof client->piece);

        if (len == -ESP_ERR_HTTP_EAGAIN) {
            status = use_idle_time(client);
        } else if (len > 0) {
            status = hand_over(client, (uint32_t)len);
        } else {
            return len == 0 && esp_http_client_is_complete_data_received(http)
                       ? OTK_OK
                       : OTK_CONNECTION_LOST;
        }
    }
    return status;
}

/* Returns OTK_OK, OTK_CANCELLED, or why the connection broke. */
static enum otk_status transfer(struct otk_pull_client *client, esp_http_client_handle_t http,
                                const struct otk_pull_request *request)
{
    enum otk_status status;

    if (set_fields(http, client, request) != ESP_OK) {
        return OTK_CONNECTION_LOST;
    }
    if (esp_http_client_open(http, 0) != ESP_OK) {
        return OTK_CONNECT_REFUSED;
    }
    (void)esp_http_client_set_timeout_ms(http, HEAD_LOOK_MS);
    status = take_head(client, http);
    if (status != OTK_OK) {
        return status;
    }
    (void)esp_http_client_set_timeout_ms(http, BODY_LOOK_MS);
    return take_body(client, http);
}

void otk_pull_client_fetch(struct otk_pull_client *client, const struct otk_pull_request *request)
{
    esp_http_client_handle_t http = open_http(client, request);
    enum otk_status status = OTK_CONNECTION_LOST; /* no memory, for example: it may pass */

    client->fields.len = 0;
    client->trouble = OTK_OK;
    if (http) {
        status = transfer(client, http, request);
        (void)esp_http_client_cleanup(http);
    }
    if (status != OTK_OK && status != OTK_CANCELLED && client->trouble != OTK_OK) {
        status = client->trouble;
    }
    otk_pull_client_enter(client);
    otk_pull_end(&client->pull, otk_uptime_ms(), status);
    otk_pull_client_leave(client);
}
