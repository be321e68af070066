// SPDX-License-Identifier: Apache-2.0
/*
 * The version of ESP-IDF whose names and behaviour stand here, for code that asks.
 *
 *     #if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 4, 0)
 *
 * Names: ESP-IDF v6.0.1, esp_common/include/esp_idf_version.h.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_IDF_VERSION_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_IDF_VERSION_H

#define ESP_IDF_VERSION_MAJOR 6
#define ESP_IDF_VERSION_MINOR 0
#define ESP_IDF_VERSION_PATCH 1

#define ESP_IDF_VERSION_VAL(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))
#define ESP_IDF_VERSION \
    ESP_IDF_VERSION_VAL(ESP_IDF_VERSION_MAJOR, ESP_IDF_VERSION_MINOR, ESP_IDF_VERSION_PATCH)

#endif
