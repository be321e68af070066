// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's HTTP client on a laptop, over libcurl: the part of its interface that update code uses.
 *
 * Types, numbers and return codes are those of ESP-IDF v6, esp_http_client.h. No field depends on the
 * configuration, so one library fits every application. Not here: asynchronous requests (is_async is
 * refused), hand-made chunks of a request, custom transports, hardware keys.
 *
 *     const esp_http_client_config_t config = {.url = "https://host/app.bin", .cert_pem = ca};
 *     esp_http_client_handle_t client = esp_http_client_init(&config);
 *     if (esp_http_client_open(client, 0) == ESP_OK && esp_http_client_fetch_headers(client) >= 0)
 *         while ((count = esp_http_client_read(client, buffer, sizeof buffer)) > 0) { ... }
 *     esp_http_client_cleanup(client);
 *
 * One task at a time may use a client.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_HTTP_CLIENT_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <esp_err.h>
#include <esp_event.h>
#include <sdkconfig.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DEFAULT_HTTP_BUF_SIZE 512

ESP_EVENT_DECLARE_BASE(ESP_HTTP_CLIENT_EVENT);

typedef struct esp_http_client *esp_http_client_handle_t;
typedef struct esp_http_client_event *esp_http_client_event_handle_t;

typedef enum {
    HTTP_EVENT_ERROR = 0,
    HTTP_EVENT_ON_CONNECTED, /* TCP and TLS stand, nothing is sent yet */
    HTTP_EVENT_HEADERS_SENT,
    HTTP_EVENT_HEADER_SENT = HTTP_EVENT_HEADERS_SENT,
    HTTP_EVENT_ON_HEADER, /* once per field of the answer */
    HTTP_EVENT_ON_HEADERS_COMPLETE,
    HTTP_EVENT_ON_STATUS_CODE,
    HTTP_EVENT_ON_DATA,
    HTTP_EVENT_ON_FINISH, /* at the end of esp_http_client_perform */
    HTTP_EVENT_DISCONNECTED,
    HTTP_EVENT_REDIRECT /* only where disable_auto_redirect is set */
} esp_http_client_event_id_t;

typedef struct esp_http_client_event {
    esp_http_client_event_id_t event_id;
    esp_http_client_handle_t client;
    void *data; /* of HTTP_EVENT_ON_DATA; borrowed for the call */
    int data_len;
    void *user_data;
    char *header_key; /* of HTTP_EVENT_ON_HEADER; borrowed for the call */
    char *header_value;
} esp_http_client_event_t;

/* What the event loop gets with ESP_HTTP_CLIENT_EVENT: these two, or the client alone. */
typedef struct esp_http_client_on_data {
    esp_http_client_handle_t client;
    int64_t data_process; /* bytes of the body so far */
} esp_http_client_on_data_t;

typedef struct esp_http_client_redirect_event_data {
    esp_http_client_handle_t client;
    int status_code;
} esp_http_client_redirect_event_data_t;

typedef enum {
    HTTP_TRANSPORT_UNKNOWN = 0,
    HTTP_TRANSPORT_OVER_TCP,
    HTTP_TRANSPORT_OVER_SSL
} esp_http_client_transport_t;

typedef enum {
    ESP_HTTP_CLIENT_TLS_VER_ANY = 0, /* 1.2 or 1.3 */
    ESP_HTTP_CLIENT_TLS_VER_TLS_1_2 = 1,
    ESP_HTTP_CLIENT_TLS_VER_TLS_1_3 = 2,
    ESP_HTTP_CLIENT_TLS_VER_MAX
} esp_http_client_proto_ver_t;

typedef esp_err_t (*http_event_handle_cb)(esp_http_client_event_t *event);

typedef enum {
    HTTP_METHOD_GET = 0,
    HTTP_METHOD_POST,
    HTTP_METHOD_PUT,
    HTTP_METHOD_PATCH,
    HTTP_METHOD_DELETE,
    HTTP_METHOD_HEAD,
    HTTP_METHOD_NOTIFY,
    HTTP_METHOD_SUBSCRIBE,
    HTTP_METHOD_UNSUBSCRIBE,
    HTTP_METHOD_OPTIONS,
    HTTP_METHOD_COPY,
    HTTP_METHOD_MOVE,
    HTTP_METHOD_LOCK,
    HTTP_METHOD_UNLOCK,
    HTTP_METHOD_PROPFIND,
    HTTP_METHOD_PROPPATCH,
    HTTP_METHOD_MKCOL,
    HTTP_METHOD_REPORT,
    HTTP_METHOD_MAX
} esp_http_client_method_t;

typedef enum {
    HTTP_AUTH_TYPE_NONE = 0,
    HTTP_AUTH_TYPE_BASIC,
    HTTP_AUTH_TYPE_DIGEST
} esp_http_client_auth_type_t;

typedef enum {
    HTTP_ADDR_TYPE_UNSPEC = AF_UNSPEC,
    HTTP_ADDR_TYPE_INET = AF_INET,
    HTTP_ADDR_TYPE_INET6 = AF_INET6
} esp_http_client_addr_type_t;

typedef enum {
    HTTP_TLS_DYN_BUF_RX_STATIC = 1,
    HTTP_TLS_DYN_BUF_STRATEGY_MAX
} esp_http_client_tls_dyn_buf_strategy_t;

typedef enum {
    HTTP_STATE_UNINIT = 0,
    HTTP_STATE_INIT,
    HTTP_STATE_CONNECTING,
    HTTP_STATE_CONNECTED,
    HTTP_STATE_REQ_COMPLETE_HEADER,
    HTTP_STATE_REQ_COMPLETE_DATA,
    HTTP_STATE_RES_COMPLETE_HEADER,
    HTTP_STATE_RES_ON_DATA_START,
    HTTP_STATE_RES_COMPLETE_DATA,
    HTTP_STATE_CLOSE
} esp_http_state_t;

/* Zero is the default of every field. Texts are copied by esp_http_client_init; certificates and keys
 * are borrowed until esp_http_client_cleanup. */
typedef struct {
    const char *url;  /* overrides host, port, path and query */
    const char *host; /* where no url is given */
    int port;         /* 0: the transport's, 80 or 443 */
    const char *username;
    const char *password;
    esp_http_client_auth_type_t auth_type; /* BASIC is sent at once; DIGEST asks first */
    const char *path;
    const char *query;
    union {
        const char *cert_pem; /* certificate authorities to trust, in place of all others */
        const char *cert_der; /* one of them, binary; its length is cert_len */
    };
    size_t cert_len; /* bytes; 0: a text that ends with NUL */
    union {
        const char *client_cert_pem;
        const char *client_cert_der;
    };
    size_t client_cert_len;
    const char *client_key_pem;
    size_t client_key_len;
    const char *client_key_password;
    size_t client_key_password_len;
    esp_http_client_proto_ver_t tls_version;
    const char *user_agent; /* NULL: "ESP32 HTTP Client/1.0" */
    esp_http_client_method_t method;
    int timeout_ms; /* without any progress; 0: 5000 */
    bool disable_auto_redirect;
    int max_redirection_count;     /* 0: 10 */
    int max_authorization_retries; /* 0: 10; -1: none */
    http_event_handle_cb event_handler;
    esp_http_client_transport_t transport_type; /* where no url is given */
    int buffer_size;                            /* 0: DEFAULT_HTTP_BUF_SIZE */
    int buffer_size_tx;                         /* taken and not needed */
    void *user_data;
    bool is_async;                    /* refused */
    bool use_global_ca_store;         /* of esp_tls.h */
    bool skip_cert_common_name_check; /* any name on a certificate of a trusted authority will do */
    const char *common_name; /* the name that the certificate has to carry; NULL: the host */
    esp_err_t (*crt_bundle_attach)(void *conf); /* esp_crt_bundle_attach: the system's store */
    bool keep_alive_enable;
    int keep_alive_idle;      /* seconds; 0: 5 */
    int keep_alive_interval;  /* seconds; 0: 5 */
    int keep_alive_count;     /* taken; libcurl leaves the count to the system */
    struct ifreq *if_name;    /* interface to send from; NULL: any */
    const char **alpn_protos; /* taken; HTTP/1.1 is what is spoken */
    bool save_client_session; /* taken; libcurl keeps sessions by itself */
    esp_http_client_addr_type_t addr_type;
    esp_http_client_tls_dyn_buf_strategy_t tls_dyn_buf_strategy; /* taken and not needed */
} esp_http_client_config_t;

typedef enum {
    HttpStatus_Ok = 200,
    HttpStatus_PartialContent = 206,
    HttpStatus_MultipleChoices = 300,
    HttpStatus_MovedPermanently = 301,
    HttpStatus_Found = 302,
    HttpStatus_SeeOther = 303,
    HttpStatus_NotModified = 304,
    HttpStatus_TemporaryRedirect = 307,
    HttpStatus_PermanentRedirect = 308,
    HttpStatus_BadRequest = 400,
    HttpStatus_Unauthorized = 401,
    HttpStatus_Forbidden = 403,
    HttpStatus_NotFound = 404,
    HttpStatus_RangeNotSatisfiable = 416,
    HttpStatus_InternalError = 500
} HttpStatus_Code;

/* Source: ESP-IDF, esp_http_client.h, ESP_ERR_HTTP_BASE and following. */
#define ESP_ERR_HTTP_BASE                  0x7000
#define ESP_ERR_HTTP_MAX_REDIRECT          (ESP_ERR_HTTP_BASE + 1)
#define ESP_ERR_HTTP_CONNECT               (ESP_ERR_HTTP_BASE + 2)
#define ESP_ERR_HTTP_WRITE_DATA            (ESP_ERR_HTTP_BASE + 3)
#define ESP_ERR_HTTP_FETCH_HEADER          (ESP_ERR_HTTP_BASE + 4)
#define ESP_ERR_HTTP_INVALID_TRANSPORT     (ESP_ERR_HTTP_BASE + 5)
#define ESP_ERR_HTTP_CONNECTING            (ESP_ERR_HTTP_BASE + 6)
#define ESP_ERR_HTTP_EAGAIN                (ESP_ERR_HTTP_BASE + 7)
#define ESP_ERR_HTTP_CONNECTION_CLOSED     (ESP_ERR_HTTP_BASE + 8)
#define ESP_ERR_HTTP_NOT_MODIFIED          (ESP_ERR_HTTP_BASE + 9)
#define ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE (ESP_ERR_HTTP_BASE + 10)
#define ESP_ERR_HTTP_READ_TIMEOUT          (ESP_ERR_HTTP_BASE + 11)
#define ESP_ERR_HTTP_INCOMPLETE_DATA       (ESP_ERR_HTTP_BASE + 12)
#define ESP_ERR_HTTP_REDIRECT_DOWNGRADE    (ESP_ERR_HTTP_BASE + 13)

/* Returns a client, or NULL: no URL and no host, a malformed one, is_async, or no memory. What was
 * wrong is logged. */
esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t *config);

/*
 * One whole request: connect, send, follow redirects, answer 401, receive. The body goes to the event
 * handler only.
 *
 * Returns  ESP_OK                          an answer came, whatever its status
 *          ESP_ERR_INVALID_ARG             client is NULL
 *          ESP_ERR_HTTP_CONNECT            no connection, or a certificate that is not trusted
 *          ESP_ERR_HTTP_WRITE_DATA, ESP_ERR_HTTP_FETCH_HEADER
 *          ESP_ERR_HTTP_EAGAIN             no answer within timeout_ms
 *          ESP_ERR_HTTP_MAX_REDIRECT       more redirects than allowed
 *          ESP_ERR_HTTP_REDIRECT_DOWNGRADE from https to something else
 *          ESP_ERR_HTTP_READ_TIMEOUT, ESP_ERR_HTTP_CONNECTION_CLOSED  the body is not complete
 */
esp_err_t esp_http_client_perform(esp_http_client_handle_t client);

/* Give up the request of another task. Returns ESP_OK, or ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_STATE
 * where none runs. */
esp_err_t esp_http_client_cancel_request(esp_http_client_handle_t client);

/* The URL of the next request, absolute or relative to the last. Returns ESP_OK, ESP_ERR_INVALID_ARG,
 * ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_set_url(esp_http_client_handle_t client, const char *url);

/* The body of the next requests; `data` is borrowed as long. Makes a GET a POST, with the content type
 * of a form where no other is set. Returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_set_post_field(esp_http_client_handle_t client, const char *data,
                                         int len);

/* Returns the length of the body that set_post_field gave, and the body. */
int esp_http_client_get_post_field(esp_http_client_handle_t client, char **data);

/* A field of the next requests; a NULL value takes it away. Returns ESP_OK, ESP_ERR_INVALID_ARG (also
 * for a line break in it), ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char *key,
                                     const char *value);

/* What set_header gave, or NULL. Returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_get_header(esp_http_client_handle_t client, const char *key,
                                     char **value);

/* Returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_delete_header(esp_http_client_handle_t client, const char *key);
esp_err_t esp_http_client_delete_all_headers(esp_http_client_handle_t client);

/* Credentials of the next requests. Each returns ESP_OK, ESP_ERR_INVALID_ARG or ESP_ERR_NO_MEM. */
esp_err_t esp_http_client_set_username(esp_http_client_handle_t client, const char *username);
esp_err_t esp_http_client_set_password(esp_http_client_handle_t client, const char *password);
esp_err_t esp_http_client_set_authtype(esp_http_client_handle_t client,
                                       esp_http_client_auth_type_t auth_type);
esp_err_t esp_http_client_get_username(esp_http_client_handle_t client, char **value);
esp_err_t esp_http_client_get_password(esp_http_client_handle_t client, char **value);

/* Each returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_get_user_data(esp_http_client_handle_t client, void **data);
esp_err_t esp_http_client_set_user_data(esp_http_client_handle_t client, void *data);
esp_err_t esp_http_client_set_event_handler(esp_http_client_handle_t client,
                                            http_event_handle_cb event_handler);
esp_err_t esp_http_client_set_method(esp_http_client_handle_t client,
                                     esp_http_client_method_t method);
esp_err_t esp_http_client_set_timeout_ms(esp_http_client_handle_t client, int timeout_ms);

/* The errno that belongs to the last failure, 0: none. */
int esp_http_client_get_errno(esp_http_client_handle_t client);

/*
 * What TLS objected to, and forget it.
 *
 * esp_tls_error_code  libcurl's number; may be NULL
 * esp_tls_flags       OpenSSL's verdict about the certificate, 0: none; may be NULL
 *
 * Returns  ESP_FAIL where client is NULL, ESP_OK where nothing failed, ESP_ERR_HTTP_CONNECT otherwise
 */
esp_err_t esp_http_client_get_and_clear_last_tls_error(esp_http_client_handle_t client,
                                                       int *esp_tls_error_code, int *esp_tls_flags);

/*
 * Connect and send the head of a request.
 *
 * write_len  bytes of the body that esp_http_client_write will send; 0: none; below 0: refused
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED, ESP_ERR_HTTP_CONNECT, ESP_ERR_NO_MEM
 */
esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len);

/* Send a piece of the body. Returns its length, or -1. */
int esp_http_client_write(esp_http_client_handle_t client, const char *buffer, int len);

/* Wait for the head of the answer. Returns the length of its body, 0 where that is not known;
 * ESP_FAIL (-1), or -ESP_ERR_HTTP_EAGAIN after timeout_ms. */
int64_t esp_http_client_fetch_headers(esp_http_client_handle_t client);

/* Whether the answer does not tell its length. */
bool esp_http_client_is_chunked_response(esp_http_client_handle_t client);

/*
 * Fill a buffer from the body; less comes only at its end, or after timeout_ms without progress.
 *
 * Returns  bytes; 0: nothing more comes (esp_http_client_is_complete_data_received says whether
 *          that is the end; errno is ENOTCONN where the server hung up), ESP_FAIL (-1),
 *          or -ESP_ERR_HTTP_EAGAIN: nothing came within timeout_ms
 */
int esp_http_client_read(esp_http_client_handle_t client, char *buffer, int len);

/* The same, as often as something comes. Returns bytes; 0: nothing came, whatever the reason. */
int esp_http_client_read_response(esp_http_client_handle_t client, char *buffer, int len);

/* Read the rest of the body and throw it away. Returns ESP_OK, ESP_FAIL, ESP_ERR_INVALID_ARG; `len`,
 * where not NULL, gets how much it was. */
esp_err_t esp_http_client_flush_response(esp_http_client_handle_t client, int *len);

/* Status of the last answer; 0: there was none. */
int esp_http_client_get_status_code(esp_http_client_handle_t client);

/* Length of the answer's body; -1: it did not say. */
int64_t esp_http_client_get_content_length(esp_http_client_handle_t client);

/* Length of the whole of which the answer is a part, by Content-Range; -1: it did not say. */
int64_t esp_http_client_get_content_range(esp_http_client_handle_t client);

/* Whether all of the body has been read. */
bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client);

/* Close the connection; the client can open another. Returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_close(esp_http_client_handle_t client);

/* Forget what of an answer was received and not read. Returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_clear_response_buffer(esp_http_client_handle_t client);

/* End a client. Returns ESP_OK, or ESP_FAIL where it is NULL. */
esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client);

esp_http_client_transport_t esp_http_client_get_transport_type(esp_http_client_handle_t client);

/*
 * Take the answer's Location for the next request. Credentials stay behind where the host changes.
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_ARG (there is none, or it is malformed),
 *          ESP_ERR_HTTP_REDIRECT_DOWNGRADE (from https to something else), ESP_ERR_NO_MEM
 */
esp_err_t esp_http_client_set_redirection(esp_http_client_handle_t client);

/* Returns ESP_OK or ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_reset_redirect_counter(esp_http_client_handle_t client);

/* Answer a 401 with the next request, as its WWW-Authenticate asks. Returns ESP_OK,
 * ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED (no such field, or neither Basic nor Digest),
 * ESP_FAIL (tried too often). */
esp_err_t esp_http_client_add_auth(esp_http_client_handle_t client);

/* The URL of the next request. Returns ESP_OK, ESP_FAIL where it does not fit, ESP_ERR_INVALID_ARG. */
esp_err_t esp_http_client_get_url(esp_http_client_handle_t client, char *url, const int len);

esp_http_state_t esp_http_client_get_state(esp_http_client_handle_t client);

/* Whether the server keeps the connection open behind the last answer. */
bool esp_http_client_is_persistent_connection(esp_http_client_handle_t client);

#ifdef __cplusplus
}
#endif

#endif
