// SPDX-License-Identifier: Apache-2.0
/*
 * The requests of an HTTPS update: which part of the image is asked for, and what an answer means.
 */
#include <inttypes.h>
#include <stdio.h>

#include <esp_log.h>

#include "compat/esp_idf/https_ota.h"

static const char TAG[] = "esp_https_ota";

/* Ask for `first` to `last`; last below 0: to the end. */
static esp_err_t set_range(struct otk_idf_https_ota *ota, int first, int last)
{
    char range[48];

    if (last < 0) {
        snprintf(range, sizeof range, "bytes=%d-", first);
    } else {
        snprintf(range, sizeof range, "bytes=%d-%d", first, last);
    }
    return esp_http_client_set_header(ota->client, "Range", range);
}

/* The part behind what is written, of the whole that the server has. */
static esp_err_t set_next_range(struct otk_idf_https_ota *ota)
{
    const int before = ota->config.enc_img_header_size;
    const int first = ota->written + (ota->written > 0 ? before : 0);
    const int end = ota->image_len + before;

    if (end - first > ota->request_max) {
        return set_range(ota, first, first + ota->request_max - 1);
    }
    if (first == 0) {
        return esp_http_client_delete_header(ota->client, "Range");
    }
    return set_range(ota, first, -1);
}

static bool is_redirect(int status)
{
    return status == HttpStatus_MovedPermanently || status == HttpStatus_Found ||
           status == HttpStatus_SeeOther || status == HttpStatus_TemporaryRedirect ||
           status == HttpStatus_PermanentRedirect;
}

static esp_err_t follow(struct otk_idf_https_ota *ota)
{
    esp_err_t error;

    if (ota->redirect_count >= ota->redirect_max) {
        ESP_LOGE(TAG, "redirected too often (%d times)", ota->redirect_count);
        return ESP_ERR_HTTP_MAX_REDIRECT;
    }
    ota->redirect_count++;
    error = esp_http_client_set_redirection(ota->client);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "URL redirection failed: %s", esp_err_to_name(error));
    }
    return error;
}

/* What an answer means. `again`: the request has to be repeated as the client now is. */
static esp_err_t judge(struct otk_idf_https_ota *ota, int status, bool *again)
{
    const bool wants_part = ota->config.ota_resumption && !ota->config.partial_http_download;

    *again = is_redirect(status) || status == HttpStatus_Unauthorized;
    if (is_redirect(status)) {
        return follow(ota);
    }
    if (status == HttpStatus_Unauthorized) {
        return esp_http_client_add_auth(ota->client);
    }
    if (status == HttpStatus_NotModified) {
        ESP_LOGI(TAG, "the image has not changed (304)");
        return ESP_ERR_HTTP_NOT_MODIFIED;
    }
    if (status == HttpStatus_RangeNotSatisfiable) {
        ESP_LOGI(TAG, "the server has no such part of the image (416)");
        return ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE;
    }
    if (status >= HttpStatus_BadRequest) {
        ESP_LOGE(TAG, "the server answers %d", status);
        return ESP_FAIL;
    }
    if (wants_part && status != HttpStatus_PartialContent) {
        ESP_LOGW(TAG, "the server ignores Range (%d)", status);
        return ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE;
    }
    return ESP_OK;
}

/* One request with the body that the client has, and the head of its answer. */
static esp_err_t request(struct otk_idf_https_ota *ota)
{
    char *body = NULL;
    const int body_len = esp_http_client_get_post_field(ota->client, &body);
    esp_err_t error = esp_http_client_open(ota->client, body_len);
    int64_t length;

    if (error != ESP_OK) {
        ESP_LOGE(TAG, "Failed to open HTTP connection: %s", esp_err_to_name(error));
        return error;
    }
    if (body_len > 0 && esp_http_client_write(ota->client, body, body_len) < 0) {
        ESP_LOGE(TAG, "the request's body could not be sent");
        return ESP_FAIL;
    }
    length = esp_http_client_fetch_headers(ota->client);
    return length < 0 ? (esp_err_t)length : ESP_OK;
}

static esp_err_t connect_server(struct otk_idf_https_ota *ota)
{
    bool again = false;
    esp_err_t error;

    do {
        error = request(ota);
        if (error == ESP_OK) {
            error = judge(ota, esp_http_client_get_status_code(ota->client), &again);
        }
        if (error == ESP_OK && again) {
            (void)esp_http_client_flush_response(ota->client, NULL);
        }
    } while (error == ESP_OK && again);
    return error;
}

/* Ask for the first byte only, where the server knows no HEAD; tells the size of the whole. */
static esp_err_t learn_size_by_get(struct otk_idf_https_ota *ota)
{
    esp_http_client_handle_t client = ota->client;
    bool again;
    esp_err_t error;
    int status;

    (void)esp_http_client_set_method(client, HTTP_METHOD_GET);
    (void)set_range(ota, 0, 0);
    error = esp_http_client_perform(client);
    if (error != ESP_OK) {
        return error;
    }
    status = esp_http_client_get_status_code(client);
    (void)esp_http_client_delete_header(client, "Range");
    if (status == HttpStatus_PartialContent) {
        ota->image_len = (int)esp_http_client_get_content_range(client);
        return ESP_OK;
    }
    if (status == HttpStatus_Ok) {
        ota->image_len = (int)esp_http_client_get_content_length(client);
        return ESP_OK;
    }
    error = judge(ota, status, &again);
    return error == ESP_OK ? ESP_FAIL : error;
}

static esp_err_t learn_size(struct otk_idf_https_ota *ota)
{
    esp_http_client_handle_t client = ota->client;
    esp_err_t error;
    int status;

    (void)esp_http_client_set_method(client, HTTP_METHOD_HEAD);
    error = esp_http_client_perform(client);
    status = esp_http_client_get_status_code(client);
    if (error == ESP_OK && status == HttpStatus_NotModified) {
        error = ESP_ERR_HTTP_NOT_MODIFIED;
    } else if (error == ESP_OK && status == HttpStatus_Ok) {
        ota->image_len = (int)esp_http_client_get_content_length(client);
    } else if (error == ESP_OK) {
        ESP_LOGD(TAG, "HEAD is answered by %d: asking for the first byte instead", status);
        error = learn_size_by_get(ota);
    }
    (void)esp_http_client_set_method(client, HTTP_METHOD_GET);
    if (error != ESP_OK) {
        return error;
    }
    if (ota->image_len < 0) {
        ESP_LOGE(TAG, "the server does not tell the length of the image");
        return ESP_FAIL;
    }
    ota->image_len -= ota->config.enc_img_header_size;
    return ESP_OK;
}

/* As if nothing had been written before. */
static esp_err_t start_over(struct otk_idf_https_ota *ota)
{
    ESP_LOGI(TAG, "the update cannot be resumed: it starts again at zero");
    ota->config.ota_resumption = false;
    ota->written = 0;
    if (ota->config.partial_http_download) {
        (void)set_next_range(ota);
    } else {
        (void)esp_http_client_delete_header(ota->client, "Range");
    }
    (void)esp_http_client_close(ota->client);
    return connect_server(ota);
}

esp_err_t otk_idf_https_ota_ask(struct otk_idf_https_ota *ota)
{
    esp_err_t error = ESP_OK;

    if (ota->config.partial_http_download) {
        error = learn_size(ota);
        if (error == ESP_OK) {
            error = set_next_range(ota);
        }
    } else if (ota->config.ota_resumption) {
        /* Also at zero: it shows early whether the server knows ranges at all. */
        error = set_range(ota, ota->written, -1);
    }
    if (error != ESP_OK) {
        return error;
    }
    error = connect_server(ota);
    if (error == ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE && ota->config.ota_resumption) {
        error = start_over(ota);
    }
    if (error == ESP_OK && !ota->config.partial_http_download) {
        const int64_t length = esp_http_client_get_content_length(ota->client);

        ota->image_len = length < 0 ? -1 : (int)length - ota->config.enc_img_header_size;
    }
    return error;
}

esp_err_t otk_idf_https_ota_ask_next(struct otk_idf_https_ota *ota)
{
    esp_err_t error;

    if (!esp_http_client_is_persistent_connection(ota->client)) {
        (void)esp_http_client_close(ota->client);
    }
    error = set_next_range(ota);
    return error == ESP_OK ? connect_server(ota) : error;
}
