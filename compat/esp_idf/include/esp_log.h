// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's log on a laptop: lines on standard output, "I (123) tag: message", milliseconds since the
 * boot. The tag's level decides at run time; everything but what LOG_LOCAL_LEVEL cuts off is compiled.
 *
 *     static const char *TAG = "app";
 *     ESP_LOGI(TAG, "update from %s", url);
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_LOG_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_LOG_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>

#include <sdkconfig.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_LOG_NONE,
    ESP_LOG_ERROR,
    ESP_LOG_WARN,
    ESP_LOG_INFO,
    ESP_LOG_DEBUG,
    ESP_LOG_VERBOSE,
    ESP_LOG_MAX
} esp_log_level_t;

#ifndef LOG_LOCAL_LEVEL
#define LOG_LOCAL_LEVEL CONFIG_LOG_MAXIMUM_LEVEL
#endif

/* What a tag may say; "*": all tags, also those that were set before. Beyond 32 tags of their own the
 * call has no effect. */
void esp_log_level_set(const char *tag, esp_log_level_t level);
esp_log_level_t esp_log_level_get(const char *tag);

/* Milliseconds since the boot. */
uint32_t esp_log_timestamp(void);

/* Print as printf does where the tag may say it. */
void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void esp_log_writev(esp_log_level_t level, const char *tag, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* 16 bytes a line, in hexadecimal. */
void esp_log_buffer_hex_internal(const char *tag, const void *buffer, uint16_t len,
                                 esp_log_level_t level);

#define ESP_LOG_LEVEL(level, tag, format, ...)                                            \
    esp_log_write((level), (tag), "%c (%" PRIu32 ") %s: " format "\n", "?EWIDV"[(level)], \
                  esp_log_timestamp(), (tag), ##__VA_ARGS__)

#define ESP_LOG_LEVEL_LOCAL(level, tag, format, ...)          \
    do {                                                      \
        if ((int)LOG_LOCAL_LEVEL >= (int)(level)) {           \
            ESP_LOG_LEVEL(level, tag, format, ##__VA_ARGS__); \
        }                                                     \
    } while (0)

#define ESP_LOGE(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_ERROR, tag, format, ##__VA_ARGS__)
#define ESP_LOGW(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_WARN, tag, format, ##__VA_ARGS__)
#define ESP_LOGI(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_INFO, tag, format, ##__VA_ARGS__)
#define ESP_LOGD(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_DEBUG, tag, format, ##__VA_ARGS__)
#define ESP_LOGV(tag, format, ...) ESP_LOG_LEVEL_LOCAL(ESP_LOG_VERBOSE, tag, format, ##__VA_ARGS__)

#define ESP_LOG_BUFFER_HEX_LEVEL(tag, buffer, len, level)                 \
    do {                                                                  \
        if ((int)LOG_LOCAL_LEVEL >= (int)(level)) {                       \
            esp_log_buffer_hex_internal((tag), (buffer), (len), (level)); \
        }                                                                 \
    } while (0)
#define ESP_LOG_BUFFER_HEX(tag, buffer, len) \
    ESP_LOG_BUFFER_HEX_LEVEL(tag, buffer, len, ESP_LOG_INFO)

#ifdef __cplusplus
}
#endif

#endif
