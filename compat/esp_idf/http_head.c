// SPDX-License-Identifier: Apache-2.0
/*
 * The head of an answer, line by line, and the events that belong to it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat/esp_idf/http_client.h"

/* Bytes of a field line that events carry; longer ones are cut. */
#define LINE_SIZE 4096u

void otk_idf_http_forget(struct esp_http_client *client)
{
    client->answer = (struct otk_idf_http_answer){.length = -1, .whole_length = -1};
    client->buffer_start = 0;
    client->buffer_len = 0;
}

/* "bytes 0-0/12345" tells the whole; "bytes 0-0/" followed by an asterisk does not. */
static int64_t read_whole_length(const char *value)
{
    const char *slash = strchr(value, '/');
    char *end;
    long long number;

    if (!slash || slash[1] < '0' || slash[1] > '9') {
        return -1;
    }
    number = strtoll(slash + 1, &end, 10);
    return *end == '\0' ? number : -1;
}

static void keep_value(char kept[OTK_IDF_HTTP_VALUE_SIZE], const char *value)
{
    const size_t len = strlen(value);

    /* One that is cut would be followed to somewhere else. */
    if (len < OTK_IDF_HTTP_VALUE_SIZE) {
        memcpy(kept, value, len + 1u);
    }
}

/* Of several challenges the one that can be answered best. */
static void keep_challenge(char kept[OTK_IDF_HTTP_VALUE_SIZE], const char *value)
{
    if (kept[0] == '\0' || strncasecmp(value, "Digest", 6) == 0) {
        keep_value(kept, value);
    }
}

static void note_field(struct otk_idf_http_answer *answer, const char *key, const char *value)
{
    if (strcasecmp(key, "Content-Length") == 0) {
        char *end;
        const long long length = strtoll(value, &end, 10);

        answer->length = *end == '\0' && length >= 0 && !answer->is_chunked ? length : -1;
    } else if (strcasecmp(key, "Transfer-Encoding") == 0) {
        answer->is_chunked = true;
        answer->length = -1;
    } else if (strcasecmp(key, "Content-Range") == 0) {
        answer->whole_length = read_whole_length(value);
    } else if (strcasecmp(key, "Location") == 0) {
        keep_value(answer->location, value);
    } else if (strcasecmp(key, "WWW-Authenticate") == 0) {
        keep_challenge(answer->authenticate, value);
    } else if (strcasecmp(key, "Connection") == 0) {
        answer->is_kept_open = strcasecmp(value, "close") != 0;
    }
}

static void tell_field(struct esp_http_client *client, char *key, char *value)
{
    esp_http_client_event_t event = {
        .event_id = HTTP_EVENT_ON_HEADER,
        .client = client,
        .user_data = client->config.user_data,
        .header_key = key,
        .header_value = value,
    };

    if (client->config.event_handler) {
        (void)client->config.event_handler(&event);
    }
}

static void read_field(struct esp_http_client *client, char *line)
{
    char *value = strchr(line, ':');
    size_t len;

    if (!value) {
        return;
    }
    *value++ = '\0';
    value += strspn(value, " \t");
    len = strlen(value);
    while (len > 0 && strchr(" \t\r\n", value[len - 1u])) {
        value[--len] = '\0';
    }
    note_field(&client->answer, line, value);
    tell_field(client, line, value);
}

/* libcurl answers a 401 by itself where it knows the credentials: then another head follows. */
static bool is_last_head(const struct esp_http_client *client)
{
    const int status = client->answer.status;

    if (status == HttpStatus_Unauthorized) {
        return client->auth_type != HTTP_AUTH_TYPE_DIGEST;
    }
    return status >= HttpStatus_Ok;
}

static void end_head(struct esp_http_client *client)
{
    if (!is_last_head(client)) {
        return;
    }
    client->answer.has_head = true;
    client->state = HTTP_STATE_RES_COMPLETE_HEADER;
    otk_idf_http_tell(client, HTTP_EVENT_ON_HEADERS_COMPLETE, NULL, 0);
}

void otk_idf_http_read_line(struct esp_http_client *client, const char *line, size_t len)
{
    char copy[LINE_SIZE];
    const size_t kept = len < sizeof copy ? len : sizeof copy - 1u;

    if (client->answer.has_head) {
        return; /* a trailer: it changes nothing any more */
    }
    memcpy(copy, line, kept);
    copy[kept] = '\0';
    if (strncmp(copy, "HTTP/", 5) == 0) {
        const char *status = strchr(copy, ' ');

        otk_idf_http_forget(client);
        client->answer.status = status ? atoi(status) : 0;
        client->answer.is_kept_open = strncmp(copy, "HTTP/1.0", 8) != 0;
        if (client->answer.status >= HttpStatus_Ok) {
            otk_idf_http_tell(client, HTTP_EVENT_ON_STATUS_CODE, NULL, 0);
        }
    } else if (copy[0] == '\r' || copy[0] == '\n') {
        end_head(client);
    } else {
        read_field(client, copy);
    }
}
