// SPDX-License-Identifier: Apache-2.0
/*
 * NVS's interface over the key-value store.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nvs_flash.h>

#include "compat/esp_idf/nvs_store.h"
#include "compat/esp_idf/system.h"

/* Bytes; source: ESP-IDF, nvs_constants.h, Page::CHUNK_MAX_SIZE, and nvs.h, nvs_set_blob. */
#define TEXT_MAX 4000u
#define BLOB_MAX 508000u

struct handle {
    struct handle *next;
    nvs_handle_t number;
    nvs_open_mode_t mode;
    char space[NVS_NS_NAME_MAX_SIZE];
};

static struct {
    pthread_mutex_t mutex;
    bool is_ready;
    struct otk_idf_nvs_store store;
    struct handle *handles;
    nvs_handle_t last;
} nvs = {.mutex = PTHREAD_MUTEX_INITIALIZER};

esp_err_t nvs_flash_init(void)
{
    const char *path = otk_idf_system()->nvs_path;
    esp_err_t error = ESP_OK;

    pthread_mutex_lock(&nvs.mutex);
    if (!nvs.is_ready && path) {
        error = otk_idf_nvs_load(&nvs.store, path);
    }
    nvs.is_ready |= error == ESP_OK;
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

/* With the lock held. */
static void forget(void)
{
    while (nvs.handles) {
        struct handle *const handle = nvs.handles;

        nvs.handles = handle->next;
        free(handle);
    }
    otk_idf_nvs_clear(&nvs.store);
    nvs.is_ready = false;
}

esp_err_t nvs_flash_deinit(void)
{
    esp_err_t error;

    pthread_mutex_lock(&nvs.mutex);
    error = nvs.is_ready ? ESP_OK : ESP_ERR_NVS_NOT_INITIALIZED;
    forget();
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

esp_err_t nvs_flash_erase(void)
{
    const char *path = otk_idf_system()->nvs_path;
    bool good = true;

    pthread_mutex_lock(&nvs.mutex);
    forget();
    if (path) {
        good = unlink(path) == 0 || access(path, F_OK) != 0;
    }
    pthread_mutex_unlock(&nvs.mutex);
    return good ? ESP_OK : ESP_FAIL;
}

/* Names are words of the file, so no blanks in them. */
static esp_err_t check_name(const char *name, esp_err_t too_long)
{
    if (!name || name[0] == '\0' || strpbrk(name, " \t\r\n")) {
        return ESP_ERR_NVS_INVALID_NAME;
    }
    return strlen(name) < NVS_KEY_NAME_MAX_SIZE ? ESP_OK : too_long;
}

/* With the lock held, and nvs.is_ready. */
static esp_err_t make_space(const char *name)
{
    struct otk_idf_nvs_value space = {.key = "-", .type = OTK_IDF_NVS_NAMESPACE};
    const char *path = otk_idf_system()->nvs_path;
    esp_err_t error;

    strcpy(space.space, name);
    error = otk_idf_nvs_put(&nvs.store, &space, NULL, 0);
    return error == ESP_OK && path ? otk_idf_nvs_save(&nvs.store, path) : error;
}

/* With the lock held. */
static esp_err_t open_space(const char *name, nvs_open_mode_t mode, nvs_handle_t *out)
{
    struct handle *handle;
    esp_err_t error = ESP_OK;

    if (!nvs.is_ready) {
        return ESP_ERR_NVS_NOT_INITIALIZED;
    }
    if (!otk_idf_nvs_find(&nvs.store, name, "-")) {
        error = mode == NVS_READONLY ? ESP_ERR_NVS_NOT_FOUND : make_space(name);
    }
    if (error != ESP_OK) {
        return error;
    }
    handle = calloc(1, sizeof *handle);
    if (!handle) {
        return ESP_ERR_NO_MEM;
    }
    handle->number = ++nvs.last;
    handle->mode = mode;
    strcpy(handle->space, name);
    handle->next = nvs.handles;
    nvs.handles = handle;
    *out = handle->number;
    return ESP_OK;
}

esp_err_t nvs_open(const char *namespace_name, nvs_open_mode_t open_mode, nvs_handle_t *out_handle)
{
    esp_err_t error = check_name(namespace_name, ESP_ERR_NVS_INVALID_NAME);

    if (!out_handle) {
        return ESP_ERR_INVALID_ARG;
    }
    if (error != ESP_OK) {
        return error;
    }
    pthread_mutex_lock(&nvs.mutex);
    error = open_space(namespace_name, open_mode, out_handle);
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

esp_err_t nvs_open_from_partition(const char *part_name, const char *namespace_name,
                                  nvs_open_mode_t open_mode, nvs_handle_t *out_handle)
{
    if (!part_name || strcmp(part_name, NVS_DEFAULT_PART_NAME) != 0) {
        return ESP_ERR_NVS_PART_NOT_FOUND;
    }
    return nvs_open(namespace_name, open_mode, out_handle);
}

static const struct handle *find_handle(nvs_handle_t number)
{
    const struct handle *handle = nvs.handles;

    while (handle && handle->number != number) {
        handle = handle->next;
    }
    return handle;
}

void nvs_close(nvs_handle_t number)
{
    struct handle **link = &nvs.handles;

    pthread_mutex_lock(&nvs.mutex);
    while (*link && (*link)->number != number) {
        link = &(*link)->next;
    }
    if (*link) {
        struct handle *const handle = *link;

        *link = handle->next;
        free(handle);
    }
    pthread_mutex_unlock(&nvs.mutex);
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
    bool exists;

    pthread_mutex_lock(&nvs.mutex);
    exists = find_handle(handle) != NULL;
    pthread_mutex_unlock(&nvs.mutex);
    return exists ? ESP_OK : ESP_ERR_NVS_INVALID_HANDLE;
}

/* With the lock held: may this handle change something? */
static esp_err_t check_writer(const struct handle *handle)
{
    if (!handle) {
        return ESP_ERR_NVS_INVALID_HANDLE;
    }
    return handle->mode == NVS_READONLY ? ESP_ERR_NVS_READ_ONLY : ESP_OK;
}

static esp_err_t save(void)
{
    const char *path = otk_idf_system()->nvs_path;

    return path ? otk_idf_nvs_save(&nvs.store, path) : ESP_OK;
}

static esp_err_t set(nvs_handle_t number, const char *key, unsigned type, const void *bytes,
                     size_t len)
{
    struct otk_idf_nvs_value name = {.type = type};
    const struct handle *handle;
    esp_err_t error = check_name(key, ESP_ERR_NVS_KEY_TOO_LONG);

    if (error != ESP_OK) {
        return error;
    }
    pthread_mutex_lock(&nvs.mutex);
    handle = find_handle(number);
    error = check_writer(handle);
    if (error == ESP_OK) {
        strcpy(name.space, handle->space);
        strcpy(name.key, key);
        error = otk_idf_nvs_put(&nvs.store, &name, bytes, len);
    }
    if (error == ESP_OK) {
        error = save();
    }
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

/* With the lock held. */
static esp_err_t find(nvs_handle_t number, const char *key, unsigned type,
                      const struct otk_idf_nvs_value **value)
{
    const struct handle *const handle = find_handle(number);

    if (!handle) {
        return ESP_ERR_NVS_INVALID_HANDLE;
    }
    *value = key ? otk_idf_nvs_find(&nvs.store, handle->space, key) : NULL;
    return *value && (*value)->type == type ? ESP_OK : ESP_ERR_NVS_NOT_FOUND;
}

static esp_err_t get(nvs_handle_t number, const char *key, unsigned type, void *out, size_t *len)
{
    const struct otk_idf_nvs_value *value = NULL;
    esp_err_t error;

    if (!len) {
        return ESP_ERR_INVALID_ARG;
    }
    pthread_mutex_lock(&nvs.mutex);
    error = find(number, key, type, &value);
    if (error == ESP_OK && out && *len < value->len) {
        error = ESP_ERR_NVS_INVALID_LENGTH;
    }
    if (value && value->type == type) {
        *len = value->len;
    }
    if (error == ESP_OK && out) {
        memcpy(out, value->bytes, value->len);
    }
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

esp_err_t nvs_erase_key(nvs_handle_t number, const char *key)
{
    const struct handle *handle;
    esp_err_t error;

    pthread_mutex_lock(&nvs.mutex);
    handle = find_handle(number);
    error = check_writer(handle);
    if (error == ESP_OK) {
        error = key && otk_idf_nvs_remove(&nvs.store, handle->space, key) ? save()
                                                                          : ESP_ERR_NVS_NOT_FOUND;
    }
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

esp_err_t nvs_erase_all(nvs_handle_t number)
{
    const struct handle *handle;
    esp_err_t error;

    pthread_mutex_lock(&nvs.mutex);
    handle = find_handle(number);
    error = check_writer(handle);
    if (error == ESP_OK) {
        (void)otk_idf_nvs_remove(&nvs.store, handle->space, NULL);
        error = save();
    }
    pthread_mutex_unlock(&nvs.mutex);
    return error;
}

/* A number's setter and getter. */
#define DEFINE_NUMBER(name, c_type, type)                                                 \
    esp_err_t nvs_set_##name(nvs_handle_t handle, const char *key, c_type value)          \
    {                                                                                     \
        return set(handle, key, type, &value, sizeof value);                              \
    }                                                                                     \
    esp_err_t nvs_get_##name(nvs_handle_t handle, const char *key, c_type *out_value)     \
    {                                                                                     \
        size_t len = sizeof *out_value;                                                   \
                                                                                          \
        return out_value ? get(handle, key, type, out_value, &len) : ESP_ERR_INVALID_ARG; \
    }

DEFINE_NUMBER(i8, int8_t, OTK_IDF_NVS_I8)
DEFINE_NUMBER(u8, uint8_t, OTK_IDF_NVS_U8)
DEFINE_NUMBER(i16, int16_t, OTK_IDF_NVS_I16)
DEFINE_NUMBER(u16, uint16_t, OTK_IDF_NVS_U16)
DEFINE_NUMBER(i32, int32_t, OTK_IDF_NVS_I32)
DEFINE_NUMBER(u32, uint32_t, OTK_IDF_NVS_U32)
DEFINE_NUMBER(i64, int64_t, OTK_IDF_NVS_I64)
DEFINE_NUMBER(u64, uint64_t, OTK_IDF_NVS_U64)

esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value)
{
    const size_t len = value ? strlen(value) + 1u : 0;

    if (!value) {
        return ESP_ERR_INVALID_ARG;
    }
    return len > TEXT_MAX ? ESP_ERR_NVS_VALUE_TOO_LONG
                          : set(handle, key, OTK_IDF_NVS_STR, value, len);
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out_value, size_t *length)
{
    return get(handle, key, OTK_IDF_NVS_STR, out_value, length);
}

esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length)
{
    if (!value && length > 0) {
        return ESP_ERR_INVALID_ARG;
    }
    return length > BLOB_MAX ? ESP_ERR_NVS_VALUE_TOO_LONG
                             : set(handle, key, OTK_IDF_NVS_BLOB, value, length);
}

esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out_value, size_t *length)
{
    return get(handle, key, OTK_IDF_NVS_BLOB, out_value, length);
}
