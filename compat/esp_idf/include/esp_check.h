// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's checks that log and leave the function. The GOTO forms set the caller's `ret`.
 *
 *     ESP_RETURN_ON_ERROR(nvs_commit(handle), TAG, "commit failed");
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_CHECK_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_CHECK_H

#include <esp_err.h>
#include <esp_log.h>

#define ESP_RETURN_ON_ERROR(x, log_tag, format, ...)                                 \
    do {                                                                             \
        const esp_err_t otk_idf_error = (x);                                         \
        if (otk_idf_error != ESP_OK) {                                               \
            ESP_LOGE(log_tag, "%s(%d): " format, __func__, __LINE__, ##__VA_ARGS__); \
            return otk_idf_error;                                                    \
        }                                                                            \
    } while (0)

#define ESP_GOTO_ON_ERROR(x, goto_tag, log_tag, format, ...)                         \
    do {                                                                             \
        const esp_err_t otk_idf_error = (x);                                         \
        if (otk_idf_error != ESP_OK) {                                               \
            ESP_LOGE(log_tag, "%s(%d): " format, __func__, __LINE__, ##__VA_ARGS__); \
            ret = otk_idf_error;                                                     \
            goto goto_tag;                                                           \
        }                                                                            \
    } while (0)

#define ESP_RETURN_ON_FALSE(condition, error, log_tag, format, ...)                  \
    do {                                                                             \
        if (!(condition)) {                                                          \
            ESP_LOGE(log_tag, "%s(%d): " format, __func__, __LINE__, ##__VA_ARGS__); \
            return error;                                                            \
        }                                                                            \
    } while (0)

#define ESP_GOTO_ON_FALSE(condition, error, goto_tag, log_tag, format, ...)          \
    do {                                                                             \
        if (!(condition)) {                                                          \
            ESP_LOGE(log_tag, "%s(%d): " format, __func__, __LINE__, ##__VA_ARGS__); \
            ret = error;                                                             \
            goto goto_tag;                                                           \
        }                                                                            \
    } while (0)

#endif
