// SPDX-License-Identifier: Apache-2.0
/* The version whose functions compat/esp_idf has. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_IDF_VERSION_H
#define TEST_ESPIDF_INCLUDE_ESP_IDF_VERSION_H

#define ESP_IDF_VERSION_VAL(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))
#define ESP_IDF_VERSION                          ESP_IDF_VERSION_VAL(6, 0, 1)

#endif
