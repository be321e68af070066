// SPDX-License-Identifier: Apache-2.0
/*
 * Requests of the HTTP client: step by step, and whole ones with redirects and authorization.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include <esp_log.h>

#include "compat/esp_idf/http_client.h"

/* Source: ESP-IDF, esp_http_client.c, DEFAULT_MAX_REDIRECT and DEFAULT_MAX_AUTH_RETRIES. */
#define MAX_REPEAT_COUNT 10

/* Bytes read at once where nobody looks at them. */
#define FLUSH_SIZE 2048

static const char TAG[] = "esp_http_client";

esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    if (write_len < 0) {
        ESP_LOGE(TAG, "a request's body in chunks is not supported: tell its length");
        return ESP_ERR_NOT_SUPPORTED;
    }
    return otk_idf_http_start(client, write_len);
}

static bool is_taken(const struct esp_http_client *client)
{
    return client->upload_len == 0;
}

int esp_http_client_write(esp_http_client_handle_t client, const char *buffer, int len)
{
    if (!client || !client->is_added || len < 0 || len > client->upload_rest) {
        return -1;
    }
    client->upload = buffer;
    client->upload_len = (size_t)len;
    if (client->is_upload_paused) {
        client->is_upload_paused = false;
        (void)curl_easy_pause(client->easy, CURLPAUSE_CONT);
    }
    if (!otk_idf_http_drive(client, is_taken) || !is_taken(client)) {
        client->upload_len = 0;
        return -1;
    }
    return len;
}

static bool has_head(const struct esp_http_client *client)
{
    return client->answer.has_head;
}

int64_t esp_http_client_fetch_headers(esp_http_client_handle_t client)
{
    if (!client || !client->is_added) {
        return ESP_FAIL;
    }
    if (!otk_idf_http_drive(client, has_head)) {
        ESP_LOGW(TAG, "no answer within %d ms", client->timeout_ms);
        return -ESP_ERR_HTTP_EAGAIN;
    }
    if (!has_head(client)) {
        client->error = ENOTCONN;
        ESP_LOGE(TAG, "no answer: %s", curl_easy_strerror(client->code));
        return ESP_FAIL;
    }
    client->state = HTTP_STATE_RES_ON_DATA_START;
    return client->answer.length > 0 ? client->answer.length : 0;
}

static bool has_data(const struct esp_http_client *client)
{
    return client->buffer_len > 0;
}

static size_t take(struct esp_http_client *client, char *buffer, size_t len)
{
    const size_t count = len < client->buffer_len ? len : client->buffer_len;

    memcpy(buffer, client->buffer + client->buffer_start, count);
    client->buffer_start += count;
    client->buffer_len -= count;
    client->answer.taken += (int64_t)count;
    return count;
}

/* What read says where not a single byte came. */
static int explain_nothing(struct esp_http_client *client, bool is_in_time)
{
    if (!is_in_time) {
        return -ESP_ERR_HTTP_EAGAIN;
    }
    if (otk_idf_http_is_complete(client)) {
        errno = 0;
        return 0;
    }
    client->error = ENOTCONN;
    ESP_LOGW(TAG, "the body ends early: %s", curl_easy_strerror(client->code));
    otk_idf_http_tell(client, HTTP_EVENT_ERROR, NULL, 0);
    errno = ENOTCONN;
    return 0;
}

int esp_http_client_read(esp_http_client_handle_t client, char *buffer, int len)
{
    int got = 0;

    if (!client || !buffer || len < 0 || !client->answer.has_head) {
        return ESP_FAIL;
    }
    while (got < len && !otk_idf_http_is_complete(client)) {
        bool is_in_time = true;

        if (!has_data(client) && !client->is_done) {
            otk_idf_http_resume(client);
            is_in_time = otk_idf_http_drive(client, has_data);
        }
        if (!has_data(client)) {
            return got > 0 ? got : explain_nothing(client, is_in_time);
        }
        got += (int)take(client, buffer + got, (size_t)(len - got));
    }
    errno = 0;
    return got;
}

int esp_http_client_read_response(esp_http_client_handle_t client, char *buffer, int len)
{
    int got = 0;

    while (got < len) {
        const int count = esp_http_client_read(client, buffer + got, len - got);

        if (count <= 0) {
            return got;
        }
        got += count;
    }
    return got;
}

esp_err_t esp_http_client_flush_response(esp_http_client_handle_t client, int *len)
{
    char buffer[FLUSH_SIZE];
    int got = 0;
    int count;

    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    do {
        count = esp_http_client_read(client, buffer, sizeof buffer);
        got += count > 0 ? count : 0;
    } while (count > 0);
    if (count < 0) {
        return ESP_FAIL;
    }
    if (len) {
        *len = got;
    }
    return ESP_OK;
}

static bool starts_with(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

esp_err_t esp_http_client_add_auth(esp_http_client_handle_t client)
{
    const int configured = client ? client->config.max_authorization_retries : 0;
    const int most = configured == -1 ? 0 : configured ? configured : MAX_REPEAT_COUNT;

    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    if (client->repeat_count >= most) {
        ESP_LOGE(TAG, "the server refuses the credentials (%d attempts)", client->repeat_count);
        return ESP_FAIL;
    }
    client->repeat_count++;
    if (starts_with(client->answer.authenticate, "Digest")) {
        client->auth_type = HTTP_AUTH_TYPE_DIGEST;
    } else if (starts_with(client->answer.authenticate, "Basic")) {
        client->auth_type = HTTP_AUTH_TYPE_BASIC;
    } else {
        client->auth_type = HTTP_AUTH_TYPE_NONE;
        ESP_LOGE(TAG, "the server wants an authorization that is not supported: \"%s\"",
                 client->answer.authenticate);
        return ESP_ERR_NOT_SUPPORTED;
    }
    return ESP_OK;
}

static char *part_of(CURLU *url, CURLUPart part)
{
    char *text = NULL;

    (void)curl_url_get(url, part, &text, CURLU_DEFAULT_PORT);
    return text;
}

static bool is_same(CURLU *one, CURLU *other, CURLUPart part)
{
    char *first = part_of(one, part);
    char *second = part_of(other, part);
    const bool same = first && second && strcasecmp(first, second) == 0;

    curl_free(first);
    curl_free(second);
    return same;
}

static bool is_https(CURLU *url)
{
    char *scheme = part_of(url, CURLUPART_SCHEME);
    const bool is = scheme && strcasecmp(scheme, "https") == 0;

    curl_free(scheme);
    return is;
}

esp_err_t esp_http_client_set_redirection(esp_http_client_handle_t client)
{
    CURLU *next;

    if (!client || client->answer.location[0] == '\0') {
        return ESP_ERR_INVALID_ARG;
    }
    next = curl_url_dup(client->url);
    if (!next) {
        return ESP_ERR_NO_MEM;
    }
    if (curl_url_set(next, CURLUPART_URL, client->answer.location, 0) != CURLUE_OK) {
        curl_url_cleanup(next);
        return ESP_ERR_INVALID_ARG;
    }
    if (is_https(client->url) && !is_https(next)) {
        ESP_LOGE(TAG, "redirected from https to %s", client->answer.location);
        curl_url_cleanup(next);
        return ESP_ERR_HTTP_REDIRECT_DOWNGRADE;
    }
    if (!is_same(client->url, next, CURLUPART_HOST) ||
        !is_same(client->url, next, CURLUPART_PORT)) {
        client->auth_type = HTTP_AUTH_TYPE_NONE;
        (void)esp_http_client_delete_header(client, "Authorization");
    }
    curl_url_cleanup(client->url);
    client->url = next;
    client->repeat_count++;
    return ESP_OK;
}

static bool is_redirect(int status)
{
    return status == HttpStatus_MovedPermanently || status == HttpStatus_Found ||
           status == HttpStatus_SeeOther || status == HttpStatus_TemporaryRedirect ||
           status == HttpStatus_PermanentRedirect;
}

/* What an answer asks for. `again` says whether the request has to be repeated. */
static esp_err_t obey(struct esp_http_client *client, bool *again)
{
    const int configured = client->config.max_redirection_count;
    const int status = client->answer.status;
    esp_err_t error = ESP_OK;

    *again = false;
    if (status >= HttpStatus_Ok && status < HttpStatus_MultipleChoices) {
        client->repeat_count = 0;
        return ESP_OK;
    }
    if (is_redirect(status) && client->config.disable_auto_redirect) {
        otk_idf_http_tell(client, HTTP_EVENT_REDIRECT, NULL, 0);
        return ESP_OK;
    }
    if (is_redirect(status) &&
        client->repeat_count >= (configured ? configured : MAX_REPEAT_COUNT)) {
        ESP_LOGE(TAG, "redirected too often (%d times)", client->repeat_count);
        return ESP_ERR_HTTP_MAX_REDIRECT;
    }
    if (is_redirect(status)) {
        error = esp_http_client_set_redirection(client);
        *again = error == ESP_OK;
    } else if (status == HttpStatus_Unauthorized && client->username) {
        error = esp_http_client_add_auth(client);
        *again = error == ESP_OK;
    }
    return error;
}

/* Send the request with the body of set_post_field, and wait for the answer's head. */
static esp_err_t ask(struct esp_http_client *client)
{
    esp_err_t error = otk_idf_http_start(client, client->post_len);
    int64_t length;

    if (error != ESP_OK) {
        return error;
    }
    if (client->post_len > 0 &&
        esp_http_client_write(client, client->post_data, client->post_len) < 0) {
        return ESP_ERR_HTTP_WRITE_DATA;
    }
    length = esp_http_client_fetch_headers(client);
    if (length == -ESP_ERR_HTTP_EAGAIN) {
        return ESP_ERR_HTTP_EAGAIN;
    }
    return length < 0 ? ESP_ERR_HTTP_FETCH_HEADER : ESP_OK;
}

static esp_err_t receive(struct esp_http_client *client)
{
    char buffer[FLUSH_SIZE];
    int count;

    do {
        count = esp_http_client_read(client, buffer, sizeof buffer);
    } while (count > 0);
    if (count == -ESP_ERR_HTTP_EAGAIN) {
        return ESP_ERR_HTTP_READ_TIMEOUT;
    }
    return count == 0 && otk_idf_http_is_complete(client) ? ESP_OK : ESP_ERR_HTTP_CONNECTION_CLOSED;
}

static bool is_done(const struct esp_http_client *client)
{
    return client->is_done;
}

esp_err_t esp_http_client_perform(esp_http_client_handle_t client)
{
    esp_err_t error;
    bool again = false;

    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    do {
        error = ask(client);
        if (error == ESP_OK) {
            error = obey(client, &again);
        }
        if (error == ESP_OK) {
            error = receive(client);
        }
    } while (error == ESP_OK && again);
    if (error != ESP_OK) {
        otk_idf_http_tell(client, HTTP_EVENT_ERROR, NULL, 0);
        otk_idf_http_stop(client, false);
        return error;
    }
    client->state = HTTP_STATE_RES_COMPLETE_DATA;
    otk_idf_http_tell(client, HTTP_EVENT_ON_FINISH, NULL, 0);
    (void)otk_idf_http_drive(client, is_done);
    otk_idf_http_stop(client, client->answer.is_kept_open);
    return ESP_OK;
}
