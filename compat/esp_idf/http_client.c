// SPDX-License-Identifier: Apache-2.0
/*
 * The life of an HTTP client, and where it goes.
 */
#include "compat/esp_idf/http_client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <esp_log.h>

/* Milliseconds; source: ESP-IDF, esp_http_client.c, DEFAULT_TIMEOUT_MS. */
#define TIMEOUT_MS 5000

static const char TAG[] = "esp_http_client";

ESP_EVENT_DEFINE_BASE(ESP_HTTP_CLIENT_EVENT);

static void start_libcurl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

esp_err_t otk_idf_http_keep(char **kept, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy) {
        return ESP_ERR_NO_MEM;
    }
    free(*kept);
    *kept = copy;
    return ESP_OK;
}

/* The URL out of the configuration's pieces. */
static bool build_url(CURLU *url, const esp_http_client_config_t *config)
{
    const bool is_tls = config->transport_type == HTTP_TRANSPORT_OVER_SSL;
    const char *path = config->path ? config->path : "/";
    char port[16];
    bool good = true;

    good &= curl_url_set(url, CURLUPART_SCHEME, is_tls ? "https" : "http", 0) == CURLUE_OK;
    good &= curl_url_set(url, CURLUPART_HOST, config->host, 0) == CURLUE_OK;
    good &= curl_url_set(url, CURLUPART_PATH, path, 0) == CURLUE_OK;
    if (config->port != 0) {
        snprintf(port, sizeof port, "%d", config->port);
        good &= curl_url_set(url, CURLUPART_PORT, port, 0) == CURLUE_OK;
    }
    if (config->query) {
        good &= curl_url_set(url, CURLUPART_QUERY, config->query, 0) == CURLUE_OK;
    }
    return good;
}

static bool is_http(CURLU *url)
{
    char *scheme = NULL;
    bool is;

    (void)curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
    is = scheme && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(scheme);
    return is;
}

/* Credentials in a URL are the client's, and not sent to where a redirect leads. */
static esp_err_t move_credentials(struct esp_http_client *client)
{
    char *user = NULL;
    char *password = NULL;
    esp_err_t error = ESP_OK;

    (void)curl_url_get(client->url, CURLUPART_USER, &user, CURLU_URLDECODE);
    (void)curl_url_get(client->url, CURLUPART_PASSWORD, &password, CURLU_URLDECODE);
    if (user) {
        error = otk_idf_http_keep(&client->username, user);
    }
    if (password && error == ESP_OK) {
        error = otk_idf_http_keep(&client->password, password);
    }
    curl_free(user);
    curl_free(password);
    (void)curl_url_set(client->url, CURLUPART_USER, NULL, 0);
    (void)curl_url_set(client->url, CURLUPART_PASSWORD, NULL, 0);
    return error;
}

static bool set_first_url(struct esp_http_client *client, const esp_http_client_config_t *config)
{
    bool good;

    if (!config->url && !config->host) {
        ESP_LOGE(TAG, "config should have either URL or host & path");
        return false;
    }
    good = config->url ? curl_url_set(client->url, CURLUPART_URL, config->url, 0) == CURLUE_OK
                       : build_url(client->url, config);
    if (!good || !is_http(client->url)) {
        ESP_LOGE(TAG, "the URL is malformed: %s", config->url ? config->url : config->host);
        return false;
    }
    return move_credentials(client) == ESP_OK;
}

static bool fill(struct esp_http_client *client, const esp_http_client_config_t *config)
{
    client->config = *config;
    client->config.url = NULL;
    client->config.host = NULL;
    client->config.path = NULL;
    client->config.query = NULL;
    client->config.username = NULL;
    client->config.password = NULL;
    client->config.user_agent = NULL;
    client->config.common_name = NULL;
    client->auth_type = config->auth_type;
    client->timeout_ms = config->timeout_ms > 0 ? config->timeout_ms : TIMEOUT_MS;
    client->state = HTTP_STATE_INIT;
    otk_idf_http_forget(client);
    client->easy = curl_easy_init();
    client->url = curl_url();
    client->buffer = malloc(OTK_IDF_HTTP_BUFFER_SIZE);
    return client->easy && client->url && client->buffer &&
           otk_idf_http_keep(&client->username, config->username) == ESP_OK &&
           otk_idf_http_keep(&client->password, config->password) == ESP_OK &&
           otk_idf_http_keep(&client->user_agent, config->user_agent) == ESP_OK &&
           otk_idf_http_keep(&client->common_name, config->common_name) == ESP_OK &&
           set_first_url(client, config);
}

esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct esp_http_client *client;

    if (!config) {
        return NULL;
    }
    if (config->is_async) {
        ESP_LOGE(TAG, "is_async is not supported");
        return NULL;
    }
    pthread_once(&once, start_libcurl);
    client = calloc(1, sizeof *client);
    if (client && !fill(client, config)) {
        (void)esp_http_client_cleanup(client);
        return NULL;
    }
    return client;
}

esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_FAIL;
    }
    otk_idf_http_stop(client, false);
    (void)esp_http_client_delete_all_headers(client);
    curl_slist_free_all(client->lines);
    curl_easy_cleanup(client->easy);
    curl_url_cleanup(client->url);
    free(client->buffer);
    free(client->username);
    free(client->password);
    free(client->user_agent);
    free(client->common_name);
    free(client);
    return ESP_OK;
}

esp_err_t esp_http_client_close(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    otk_idf_http_stop(client, false);
    return ESP_OK;
}

esp_err_t esp_http_client_cancel_request(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!client->is_added) {
        return ESP_ERR_INVALID_STATE;
    }
    client->is_cancelled = true;
    return ESP_OK;
}

esp_err_t esp_http_client_clear_response_buffer(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    client->buffer_start = 0;
    client->buffer_len = 0;
    return ESP_OK;
}

esp_err_t esp_http_client_set_url(esp_http_client_handle_t client, const char *url)
{
    CURLU *next;

    if (!client || !url) {
        return ESP_ERR_INVALID_ARG;
    }
    next = curl_url_dup(client->url);
    if (!next) {
        return ESP_ERR_NO_MEM;
    }
    if (curl_url_set(next, CURLUPART_URL, url, 0) != CURLUE_OK || !is_http(next)) {
        ESP_LOGE(TAG, "the URL is malformed: %s", url);
        curl_url_cleanup(next);
        return ESP_ERR_INVALID_ARG;
    }
    curl_url_cleanup(client->url);
    client->url = next;
    return move_credentials(client);
}

esp_err_t esp_http_client_get_url(esp_http_client_handle_t client, char *url, const int len)
{
    char *text = NULL;
    bool fits;

    if (!client || !url || len <= 0) {
        return ESP_ERR_INVALID_ARG;
    }
    (void)curl_url_get(client->url, CURLUPART_URL, &text, 0);
    fits = text && strlen(text) < (size_t)len;
    if (fits) {
        memcpy(url, text, strlen(text) + 1u);
    }
    curl_free(text);
    return fits ? ESP_OK : ESP_FAIL;
}

esp_err_t esp_http_client_set_post_field(esp_http_client_handle_t client, const char *data, int len)
{
    char *type = NULL;

    if (!client || len < 0 || (len > 0 && !data)) {
        return ESP_ERR_INVALID_ARG;
    }
    client->post_data = data;
    client->post_len = len;
    if (len > 0 && client->config.method == HTTP_METHOD_GET) {
        client->config.method = HTTP_METHOD_POST;
    }
    (void)esp_http_client_get_header(client, "Content-Type", &type);
    if (len > 0 && !type) {
        return esp_http_client_set_header(client, "Content-Type",
                                          "application/x-www-form-urlencoded");
    }
    return ESP_OK;
}

int esp_http_client_get_post_field(esp_http_client_handle_t client, char **data)
{
    if (!client || !data || !client->post_data) {
        return 0;
    }
    *data = (char *)(uintptr_t)client->post_data;
    return client->post_len;
}
