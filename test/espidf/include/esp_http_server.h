// SPDX-License-Identifier: Apache-2.0
/*
 * The part of ESP-IDF's web server that the component uses, with its ways: one task for all
 * connections, a body that the handler reads, requests that another task may finish.
 */
#ifndef TEST_ESPIDF_INCLUDE_ESP_HTTP_SERVER_H
#define TEST_ESPIDF_INCLUDE_ESP_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <esp_err.h>

#define HTTPD_SOCK_ERR_FAIL    (-1)
#define HTTPD_SOCK_ERR_TIMEOUT (-3)
#define HTTPD_MAX_URI_LEN      512

/* Source of the numbers: http_parser.h of the nodejs project. */
typedef enum http_method {
    HTTP_DELETE = 0,
    HTTP_GET = 1,
    HTTP_HEAD = 2,
    HTTP_POST = 3,
    HTTP_PUT = 4
} httpd_method_t;

typedef enum { HTTPD_405_METHOD_NOT_ALLOWED = 4 } httpd_err_code_t;

typedef void *httpd_handle_t;

typedef struct httpd_req {
    httpd_handle_t handle;
    int method;
    char uri[HTTPD_MAX_URI_LEN + 1];
    size_t content_len;
    void *aux;
} httpd_req_t;

typedef bool (*httpd_uri_match_func_t)(const char *reference, const char *uri, size_t len);
typedef esp_err_t (*httpd_err_handler_func_t)(httpd_req_t *request, httpd_err_code_t error);
typedef void (*httpd_work_fn_t)(void *arg);

typedef struct {
    const char *uri;
    httpd_method_t method;
    esp_err_t (*handler)(httpd_req_t *request);
} httpd_uri_t;

typedef struct {
    unsigned task_priority;
    size_t stack_size;
    uint16_t server_port;
    uint16_t max_open_sockets;
    bool lru_purge_enable;
    uint16_t recv_wait_timeout;
    httpd_uri_match_func_t uri_match_fn;
} httpd_config_t;

#define HTTPD_DEFAULT_CONFIG() ((httpd_config_t){.server_port = 80})

esp_err_t httpd_start(httpd_handle_t *handle, const httpd_config_t *config);
esp_err_t httpd_stop(httpd_handle_t handle);
esp_err_t httpd_register_uri_handler(httpd_handle_t handle, const httpd_uri_t *uri);
esp_err_t httpd_register_err_handler(httpd_handle_t handle, httpd_err_code_t error,
                                     httpd_err_handler_func_t handler);
bool httpd_uri_match_wildcard(const char *reference, const char *uri, size_t len);
esp_err_t httpd_req_get_hdr_value_str(httpd_req_t *request, const char *field, char *value,
                                      size_t size);
int httpd_req_recv(httpd_req_t *request, char *buffer, size_t len);
int httpd_send(httpd_req_t *request, const char *bytes, size_t len);
int httpd_req_to_sockfd(httpd_req_t *request);
esp_err_t httpd_req_async_handler_begin(httpd_req_t *request, httpd_req_t **copy);
esp_err_t httpd_req_async_handler_complete(httpd_req_t *copy);
esp_err_t httpd_queue_work(httpd_handle_t handle, httpd_work_fn_t work, void *arg);

#endif
