// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's key-value store on a laptop. Names, numbers and limits: ESP-IDF v6, nvs.h.
 *
 * What is stored lies in a text file beside the flash file ("device.flash.nvs"), not in the flash file:
 * it is not NVS's own format, a partition "nvs" stays untouched, and a cut of the power never hits it.
 * Every call that changes something has it on disk when it returns. Not here: iterators, statistics,
 * encryption, partitions other than "nvs".
 *
 *     nvs_handle_t handle;
 *     ESP_ERROR_CHECK(nvs_open("app", NVS_READWRITE, &handle));
 *     nvs_set_u32(handle, "boots", 3);
 *     nvs_commit(handle);
 *     nvs_close(handle);
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_NVS_H
#define COMPAT_ESP_IDF_INCLUDE_NVS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <esp_err.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t nvs_handle_t;

/* Source: ESP-IDF, nvs.h, ESP_ERR_NVS_BASE and following. */
#define ESP_ERR_NVS_BASE              0x1100
#define ESP_ERR_NVS_NOT_INITIALIZED   (ESP_ERR_NVS_BASE + 0x01)
#define ESP_ERR_NVS_NOT_FOUND         (ESP_ERR_NVS_BASE + 0x02)
#define ESP_ERR_NVS_TYPE_MISMATCH     (ESP_ERR_NVS_BASE + 0x03)
#define ESP_ERR_NVS_READ_ONLY         (ESP_ERR_NVS_BASE + 0x04)
#define ESP_ERR_NVS_NOT_ENOUGH_SPACE  (ESP_ERR_NVS_BASE + 0x05)
#define ESP_ERR_NVS_INVALID_NAME      (ESP_ERR_NVS_BASE + 0x06)
#define ESP_ERR_NVS_INVALID_HANDLE    (ESP_ERR_NVS_BASE + 0x07)
#define ESP_ERR_NVS_REMOVE_FAILED     (ESP_ERR_NVS_BASE + 0x08)
#define ESP_ERR_NVS_KEY_TOO_LONG      (ESP_ERR_NVS_BASE + 0x09)
#define ESP_ERR_NVS_PAGE_FULL         (ESP_ERR_NVS_BASE + 0x0a)
#define ESP_ERR_NVS_INVALID_STATE     (ESP_ERR_NVS_BASE + 0x0b)
#define ESP_ERR_NVS_INVALID_LENGTH    (ESP_ERR_NVS_BASE + 0x0c)
#define ESP_ERR_NVS_NO_FREE_PAGES     (ESP_ERR_NVS_BASE + 0x0d)
#define ESP_ERR_NVS_VALUE_TOO_LONG    (ESP_ERR_NVS_BASE + 0x0e)
#define ESP_ERR_NVS_PART_NOT_FOUND    (ESP_ERR_NVS_BASE + 0x0f)
#define ESP_ERR_NVS_NEW_VERSION_FOUND (ESP_ERR_NVS_BASE + 0x10)

#define NVS_DEFAULT_PART_NAME "nvs"

/* Bytes of a name with its NUL. */
#define NVS_KEY_NAME_MAX_SIZE 16
#define NVS_NS_NAME_MAX_SIZE  NVS_KEY_NAME_MAX_SIZE

typedef enum { NVS_READONLY, NVS_READWRITE } nvs_open_mode_t;

/*
 * Open a namespace; one that does not exist is made where it may be written.
 *
 * Returns  ESP_OK
 *          ESP_ERR_NVS_NOT_INITIALIZED  nvs_flash_init was not called
 *          ESP_ERR_NVS_NOT_FOUND        it does not exist, and the mode is NVS_READONLY
 *          ESP_ERR_NVS_INVALID_NAME, ESP_ERR_INVALID_ARG, ESP_ERR_NO_MEM
 */
esp_err_t nvs_open(const char *namespace_name, nvs_open_mode_t open_mode, nvs_handle_t *out_handle);

/* The same of a partition. Returns also ESP_ERR_NVS_PART_NOT_FOUND: it is not called "nvs". */
esp_err_t nvs_open_from_partition(const char *part_name, const char *namespace_name,
                                  nvs_open_mode_t open_mode, nvs_handle_t *out_handle);

/*
 * Store a value under a key, whatever was there before.
 *
 * Returns  ESP_OK, ESP_ERR_NVS_INVALID_HANDLE, ESP_ERR_NVS_READ_ONLY, ESP_ERR_NVS_INVALID_NAME,
 *          ESP_ERR_NVS_KEY_TOO_LONG, ESP_ERR_NVS_VALUE_TOO_LONG (a text above 4000 bytes with its NUL, a
 *          blob above 508000), ESP_ERR_NO_MEM, ESP_FAIL: the file cannot be written
 */
esp_err_t nvs_set_i8(nvs_handle_t handle, const char *key, int8_t value);
esp_err_t nvs_set_u8(nvs_handle_t handle, const char *key, uint8_t value);
esp_err_t nvs_set_i16(nvs_handle_t handle, const char *key, int16_t value);
esp_err_t nvs_set_u16(nvs_handle_t handle, const char *key, uint16_t value);
esp_err_t nvs_set_i32(nvs_handle_t handle, const char *key, int32_t value);
esp_err_t nvs_set_u32(nvs_handle_t handle, const char *key, uint32_t value);
esp_err_t nvs_set_i64(nvs_handle_t handle, const char *key, int64_t value);
esp_err_t nvs_set_u64(nvs_handle_t handle, const char *key, uint64_t value);
esp_err_t nvs_set_str(nvs_handle_t handle, const char *key, const char *value);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *value, size_t length);

/*
 * Get the value under a key; written on success only.
 *
 * Returns  ESP_OK, ESP_ERR_NVS_INVALID_HANDLE, ESP_ERR_NVS_NOT_FOUND (also where it has another type),
 *          ESP_ERR_NVS_INVALID_LENGTH: a text or blob does not fit
 */
esp_err_t nvs_get_i8(nvs_handle_t handle, const char *key, int8_t *out_value);
esp_err_t nvs_get_u8(nvs_handle_t handle, const char *key, uint8_t *out_value);
esp_err_t nvs_get_i16(nvs_handle_t handle, const char *key, int16_t *out_value);
esp_err_t nvs_get_u16(nvs_handle_t handle, const char *key, uint16_t *out_value);
esp_err_t nvs_get_i32(nvs_handle_t handle, const char *key, int32_t *out_value);
esp_err_t nvs_get_u32(nvs_handle_t handle, const char *key, uint32_t *out_value);
esp_err_t nvs_get_i64(nvs_handle_t handle, const char *key, int64_t *out_value);
esp_err_t nvs_get_u64(nvs_handle_t handle, const char *key, uint64_t *out_value);

/* `length`: room in, length out (of a text with its NUL). With out_value NULL it is only told. */
esp_err_t nvs_get_str(nvs_handle_t handle, const char *key, char *out_value, size_t *length);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *out_value, size_t *length);

/* Return as nvs_set_u8; the first also ESP_ERR_NVS_NOT_FOUND. */
esp_err_t nvs_erase_key(nvs_handle_t handle, const char *key);
esp_err_t nvs_erase_all(nvs_handle_t handle);

/* Returns ESP_OK or ESP_ERR_NVS_INVALID_HANDLE. */
esp_err_t nvs_commit(nvs_handle_t handle);

void nvs_close(nvs_handle_t handle);

#ifdef __cplusplus
}
#endif

#endif
