// SPDX-License-Identifier: Apache-2.0
/*
 * The fields of the HTTP client's requests.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compat/esp_idf/http_client.h"

/* Where the field of that name hangs, or would. */
static struct otk_idf_http_field **find_field(struct esp_http_client *client, const char *key)
{
    struct otk_idf_http_field **link = &client->fields;

    while (*link && strcasecmp((*link)->key, key) != 0) {
        link = &(*link)->next;
    }
    return link;
}

static void drop_field(struct otk_idf_http_field **link)
{
    struct otk_idf_http_field *const field = *link;

    if (field) {
        *link = field->next;
        free(field->key);
        free(field->value);
        free(field);
    }
}

esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char *key,
                                     const char *value)
{
    struct otk_idf_http_field **link;
    struct otk_idf_http_field *field;

    if (!client || !key || key[0] == '\0' || strpbrk(key, "\r\n: ") ||
        (value && strpbrk(value, "\r\n"))) {
        return ESP_ERR_INVALID_ARG;
    }
    link = find_field(client, key);
    if (!value) {
        drop_field(link);
        return ESP_OK;
    }
    field = *link;
    if (field) {
        return otk_idf_http_keep(&field->value, value);
    }
    field = calloc(1, sizeof *field);
    if (!field) {
        return ESP_ERR_NO_MEM;
    }
    *link = field;
    if (otk_idf_http_keep(&field->key, key) != ESP_OK ||
        otk_idf_http_keep(&field->value, value) != ESP_OK) {
        drop_field(link);
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

esp_err_t esp_http_client_get_header(esp_http_client_handle_t client, const char *key, char **value)
{
    if (!client || !key || !value) {
        return ESP_ERR_INVALID_ARG;
    }
    *value = *find_field(client, key) ? (*find_field(client, key))->value : NULL;
    return ESP_OK;
}

esp_err_t esp_http_client_delete_header(esp_http_client_handle_t client, const char *key)
{
    return esp_http_client_set_header(client, key, NULL);
}

esp_err_t esp_http_client_delete_all_headers(esp_http_client_handle_t client)
{
    if (!client) {
        return ESP_ERR_INVALID_ARG;
    }
    while (client->fields) {
        drop_field(&client->fields);
    }
    return ESP_OK;
}
