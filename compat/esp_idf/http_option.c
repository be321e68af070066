// SPDX-License-Identifier: Apache-2.0
/*
 * What is set and asked between the requests of an HTTP client.
 */
#include <strings.h>

#include "compat/esp_idf/http_client.h"

esp_err_t esp_http_client_set_username(esp_http_client_handle_t client, const char *username)
{
    return client ? otk_idf_http_keep(&client->username, username) : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_set_password(esp_http_client_handle_t client, const char *password)
{
    return client ? otk_idf_http_keep(&client->password, password) : ESP_ERR_INVALID_ARG;
}

esp_err_t esp_http_client_get_username(esp_http_client_handle_t client, char **value)
{
    if (!client || !value) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = client->username;
    return ESP_OK;
}

esp_err_t esp_http_client_get_password(esp_http_client_handle_t client, char **value)
{
    if (!client || !value) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = client->password;
    return ESP_OK;
}

esp_err_t esp_http_client_set_authtype(esp_http_client_handle_t client,
                                       esp_http_client_auth_type_t auth_type)
{
    if (!client || (unsigned)auth_type > HTTP_AUTH_TYPE_DIGEST) {
        return ESP_ERR_INVALID_ARG;
    }
    client->auth_type = auth_type;
    return ESP_OK;
}

esp_err_t esp_http_client_get_user_data(esp_http_client_handle_t client, void **data)
{
    if (!client || !data) {
        return ESP_ERR_INVALID_ARG;
    }
    *data = client->config.user_data;
    return ESP_OK;
}

esp_err_t esp_http_client_set_user_data(esp_http_client_handle_t client, void *data)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.user_data = data;
    return ESP_OK;
}

esp_err_t esp_http_client_set_event_handler(esp_http_client_handle_t client,
                                            http_event_handle_cb event_handler)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.event_handler = event_handler;
    return ESP_OK;
}

esp_err_t esp_http_client_set_method(esp_http_client_handle_t client,
                                     esp_http_client_method_t method)
{
    if (!client || (unsigned)method >= HTTP_METHOD_MAX) {
        return ESP_ERR_INVALID_ARG;
    }
    client->config.method = method;
    return ESP_OK;
}

esp_err_t esp_http_client_set_timeout_ms(esp_http_client_handle_t client, int timeout_ms)
{
    if (!client || timeout_ms <= 0) {
        return ESP_ERR_INVALID_ARG;
    }
    client->timeout_ms = timeout_ms;
    return ESP_OK;
}

esp_err_t esp_http_client_reset_redirect_counter(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->repeat_count = 0;
    return ESP_OK;
}

int esp_http_client_get_errno(esp_http_client_handle_t client)
{
    return client ? client->error : 0;
}

esp_err_t esp_http_client_get_and_clear_last_tls_error(esp_http_client_handle_t client,
                                                       int *esp_tls_error_code, int *esp_tls_flags)
{
    esp_err_t error;

    if (!client) {
        return ESP_FAIL;
    }
    error = client->code == CURLE_OK ? ESP_OK : ESP_ERR_HTTP_CONNECT;
    if (esp_tls_error_code) {
        *esp_tls_error_code = (int)client->code;
    }
    if (esp_tls_flags) {
        *esp_tls_flags = client->certificate;
    }
    client->code = CURLE_OK;
    client->certificate = 0;
    return error;
}

int esp_http_client_get_status_code(esp_http_client_handle_t client)
{
    return client ? client->answer.status : 0;
}

int64_t esp_http_client_get_content_length(esp_http_client_handle_t client)
{
    return client ? client->answer.length : -1;
}

int64_t esp_http_client_get_content_range(esp_http_client_handle_t client)
{
    return client ? client->answer.whole_length : -1;
}

bool esp_http_client_is_chunked_response(esp_http_client_handle_t client)
{
    return client && client->answer.has_head && client->answer.length < 0;
}

bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client)
{
    return client && otk_idf_http_is_complete(client);
}

esp_http_client_transport_t esp_http_client_get_transport_type(esp_http_client_handle_t client)
{
    char *scheme = NULL;
    bool is_tls;

    if (!client) {
        return HTTP_TRANSPORT_UNKNOWN;
    }
    (void)curl_url_get(client->url, CURLUPART_SCHEME, &scheme, 0);
    is_tls = scheme && strcasecmp(scheme, "https") == 0;
    curl_free(scheme);
    return is_tls ? HTTP_TRANSPORT_OVER_SSL : HTTP_TRANSPORT_OVER_TCP;
}

esp_http_state_t esp_http_client_get_state(esp_http_client_handle_t client)
{
    return client ? client->state : HTTP_STATE_UNINIT;
}

bool esp_http_client_is_persistent_connection(esp_http_client_handle_t client)
{
    return client && client->answer.has_head && client->answer.is_kept_open;
}
