// SPDX-License-Identifier: Apache-2.0
/*
 * The HTTP client from inside: what it is, and the transfer below its interface.
 *
 * The caller's thread drives libcurl: nothing moves between two calls. What arrives is kept in a buffer
 * that read empties; when it is full libcurl is paused, and the server with it.
 */
#ifndef COMPAT_ESP_IDF_HTTP_CLIENT_H
#define COMPAT_ESP_IDF_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>
#include <esp_http_client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that libcurl hands over at most in one piece. */
#define OTK_IDF_HTTP_BUFFER_SIZE CURL_MAX_WRITE_SIZE

/* Bytes of an answer's field value that is remembered. */
#define OTK_IDF_HTTP_VALUE_SIZE 2048u

/* A field of the request. */
struct otk_idf_http_field {
    struct otk_idf_http_field *next;
    char *key;
    char *value;
};

/* The answer, from its status line to the last byte of its body. */
struct otk_idf_http_answer {
    int status;                                 /* 0: none yet */
    int64_t length;                             /* of the body; -1: not told */
    bool is_chunked;                            /* then Content-Length means nothing */
    int64_t whole_length;                       /* by Content-Range; -1: not told */
    bool has_head;                              /* all of it has come */
    bool is_kept_open;                          /* the server does not close behind it */
    char location[OTK_IDF_HTTP_VALUE_SIZE];     /* "": none */
    char authenticate[OTK_IDF_HTTP_VALUE_SIZE]; /* WWW-Authenticate; "": none */
    int64_t taken;                              /* bytes of the body that read has handed out */
};

struct esp_http_client {
    esp_http_client_config_t config; /* its texts are NULL: they live below */
    CURLU *url;
    char *username;
    char *password;
    char *user_agent;
    char *common_name;
    esp_http_client_auth_type_t auth_type;
    struct otk_idf_http_field *fields;
    const char *post_data; /* borrowed */
    int post_len;
    int repeat_count; /* redirects and authorizations since the last good answer */
    int timeout_ms;

    CURL *easy;
    CURLM *multi; /* keeps the connection; NULL: closed */
    struct curl_slist *lines;
    bool is_added;  /* easy is in multi */
    bool is_paused; /* libcurl holds a piece that did not fit */
    bool is_cancelled;
    bool is_done; /* libcurl has ended the transfer, with: */
    CURLcode code;
    int certificate; /* OpenSSL's last objection, or X509_V_OK */
    int error;       /* errno */
    esp_http_state_t state;
    struct otk_idf_http_answer answer;

    uint8_t *buffer; /* OTK_IDF_HTTP_BUFFER_SIZE bytes */
    size_t buffer_start;
    size_t buffer_len;

    const char *upload; /* the piece of the request's body that is being sent */
    size_t upload_len;
    int64_t upload_rest; /* bytes that esp_http_client_write still has to bring */
    bool is_upload_paused;
};

/* Replace a text that is the client's; NULL is a value. Returns ESP_OK or ESP_ERR_NO_MEM. */
esp_err_t otk_idf_http_keep(char **kept, const char *text);

/* Tell the event handler and the event loop. */
void otk_idf_http_tell(struct esp_http_client *client, esp_http_client_event_id_t event, void *data,
                       int len);

/*
 * Begin a request: all options, and up to the moment when it goes out.
 *
 * body_len  bytes of its body that will be written
 *
 * Returns  ESP_OK, ESP_ERR_NO_MEM, ESP_ERR_HTTP_CONNECT
 */
esp_err_t otk_idf_http_start(struct esp_http_client *client, int body_len);

/*
 * Let libcurl work until `is_over` says so, the transfer is done, or nothing has moved for timeout_ms.
 *
 * Returns  false: timeout
 */
bool otk_idf_http_drive(struct esp_http_client *client,
                        bool (*is_over)(const struct esp_http_client *client));

/* Let libcurl go on where it was paused for want of room. */
void otk_idf_http_resume(struct esp_http_client *client);

/* End the transfer; the connection stays where `keep` is set and the server agrees. */
void otk_idf_http_stop(struct esp_http_client *client, bool keep);

/* Whether nothing of the body is missing, and all of it was read. */
bool otk_idf_http_is_complete(const struct esp_http_client *client);

/* What the answer was: forget it. */
void otk_idf_http_forget(struct esp_http_client *client);

/* Note a line of an answer's head, as libcurl hands it over. `len` with its line end. */
void otk_idf_http_read_line(struct esp_http_client *client, const char *line, size_t len);

/* Everything about trust. Returns ESP_OK, ESP_ERR_NO_MEM, ESP_ERR_HTTP_CONNECT: there is nothing to
 * trust, or the certificate cannot be read. */
esp_err_t otk_idf_http_set_trust(struct esp_http_client *client);

#ifdef __cplusplus
}
#endif

#endif
