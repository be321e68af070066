// SPDX-License-Identifier: Apache-2.0
/*
 * The key-value store in memory and in its file.
 */
#include "compat/esp_idf/nvs_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_LINE "otakit nvs 1\n"

static bool is_at(const struct otk_idf_nvs_value *value, const char *space, const char *key)
{
    return strcmp(value->space, space) == 0 && strcmp(value->key, key) == 0;
}

const struct otk_idf_nvs_value *otk_idf_nvs_find(const struct otk_idf_nvs_store *store,
                                                 const char *space, const char *key)
{
    const struct otk_idf_nvs_value *value = store->first;

    while (value && !is_at(value, space, key)) {
        value = value->next;
    }
    return value;
}

esp_err_t otk_idf_nvs_put(struct otk_idf_nvs_store *store, const struct otk_idf_nvs_value *name,
                          const void *bytes, size_t len)
{
    struct otk_idf_nvs_value **link = &store->first;
    struct otk_idf_nvs_value *value = malloc(sizeof *value + len);

    if (!value) {
        return ESP_ERR_NO_MEM;
    }
    memcpy(value, name, sizeof *value);
    value->next = NULL;
    value->len = len;
    if (len > 0) {
        memcpy(value->bytes, bytes, len);
    }
    (void)otk_idf_nvs_remove(store, value->space, value->key);
    while (*link) {
        link = &(*link)->next;
    }
    *link = value;
    return ESP_OK;
}

bool otk_idf_nvs_remove(struct otk_idf_nvs_store *store, const char *space, const char *key)
{
    struct otk_idf_nvs_value **link = &store->first;
    bool any = false;

    while (*link) {
        struct otk_idf_nvs_value *const value = *link;
        const bool is_it = key ? is_at(value, space, key)
                               : strcmp(value->space, space) == 0 &&
                                     value->type != OTK_IDF_NVS_NAMESPACE;

        if (!is_it) {
            link = &value->next;
            continue;
        }
        *link = value->next;
        free(value);
        any = true;
    }
    return any;
}

void otk_idf_nvs_clear(struct otk_idf_nvs_store *store)
{
    while (store->first) {
        struct otk_idf_nvs_value *const value = store->first;

        store->first = value->next;
        free(value);
    }
}

static int digit_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *const place = digit ? strchr(digits, digit) : NULL;

    return place ? (int)(place - digits) : -1;
}

/* Whether exactly `len` bytes stand there, and the line ends. */
static bool decode_hex(const char *text, uint8_t *bytes, size_t len)
{
    size_t index;

    for (index = 0; index < len; index++) {
        const int high = digit_value(text[2u * index]);
        const int low = high < 0 ? -1 : digit_value(text[2u * index + 1u]);

        if (low < 0) {
            return false;
        }
        bytes[index] = (uint8_t)(high << 4 | low);
    }
    return strcmp(text + 2u * len, "\n") == 0;
}

/* Whether a value of that type can be so: who reads it relies on it. */
static bool is_good_value(unsigned type, const uint8_t *bytes, size_t len)
{
    switch (type) {
    case OTK_IDF_NVS_NAMESPACE:
        return len == 0;
    case OTK_IDF_NVS_STR:
        return len > 0 && memchr(bytes, 0, len) == bytes + len - 1u;
    case OTK_IDF_NVS_BLOB:
        return true;
    case OTK_IDF_NVS_U8:
    case OTK_IDF_NVS_U16:
    case OTK_IDF_NVS_U32:
    case OTK_IDF_NVS_U64:
    case OTK_IDF_NVS_I8:
    case OTK_IDF_NVS_I16:
    case OTK_IDF_NVS_I32:
    case OTK_IDF_NVS_I64:
        return len == (type & 0x0Fu);
    default:
        return false;
    }
}

/* "space key type hex"; the hex is missing where the value has no bytes. */
static esp_err_t load_line(struct otk_idf_nvs_store *store, const char *line)
{
    struct otk_idf_nvs_value name = {.next = NULL};
    int end = 0;
    size_t len;
    uint8_t *bytes;
    esp_err_t error = ESP_ERR_NVS_NO_FREE_PAGES;

    if (sscanf(line, "%15s %15s %u%n", name.space, name.key, &name.type, &end) != 3 ||
        line[end] != ' ') {
        return error;
    }
    line += end + 1;
    len = strlen(line) / 2u;
    bytes = malloc(len + 1u);
    if (!bytes) {
        return ESP_ERR_NO_MEM;
    }
    if (decode_hex(line, bytes, len) && is_good_value(name.type, bytes, len)) {
        error = otk_idf_nvs_put(store, &name, bytes, len);
    }
    free(bytes);
    return error;
}

esp_err_t otk_idf_nvs_load(struct otk_idf_nvs_store *store, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    esp_err_t error = ESP_OK;

    if (!file) {
        return errno == ENOENT ? ESP_OK : ESP_ERR_NVS_NO_FREE_PAGES;
    }
    if (getline(&line, &size, file) < 0 || strcmp(line, FIRST_LINE) != 0) {
        error = ESP_ERR_NVS_NO_FREE_PAGES;
    }
    while (error == ESP_OK && getline(&line, &size, file) >= 0) {
        error = load_line(store, line);
    }
    free(line);
    fclose(file);
    if (error != ESP_OK) {
        otk_idf_nvs_clear(store);
    }
    return error;
}

static void print_value(FILE *file, const struct otk_idf_nvs_value *value)
{
    size_t index;

    fprintf(file, "%s %s %u ", value->space, value->key, value->type);
    for (index = 0; index < value->len; index++) {
        fprintf(file, "%02x", value->bytes[index]);
    }
    fputc('\n', file);
}

esp_err_t otk_idf_nvs_save(const struct otk_idf_nvs_store *store, const char *path)
{
    const struct otk_idf_nvs_value *value;
    char *part;
    FILE *file;
    bool good = false;

    if (asprintf(&part, "%s.part", path) < 0) {
        return ESP_FAIL;
    }
    file = fopen(part, "w");
    if (file) {
        fputs(FIRST_LINE, file);
        for (value = store->first; value; value = value->next) {
            print_value(file, value);
        }
        good = !ferror(file);
        good &= fclose(file) == 0;
        good = good && rename(part, path) == 0;
    }
    if (file && !good) {
        (void)unlink(part);
    }
    free(part);
    return good ? ESP_OK : ESP_FAIL;
}
