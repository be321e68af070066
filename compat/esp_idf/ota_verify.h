// SPDX-License-Identifier: Apache-2.0
/* What a partition's type demands of what is written for it. */
#ifndef COMPAT_ESP_IDF_OTA_VERIFY_H
#define COMPAT_ESP_IDF_OTA_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/esp_idf/include/esp_partition.h"

/* Whether what is for that partition may begin with these bytes, one at least. A table's magic word is
 * looked at if it is there; ESP-IDF reads beyond a single byte. */
bool otk_idf_may_begin_with(const esp_partition_t *final, const uint8_t *bytes, size_t size);

/*
 * Judge what stands in one partition by what it is for in the end. Data may be anything.
 *
 * Returns  ESP_OK
 *          ESP_ERR_OTA_VALIDATE_FAILED  it is not good
 *          others                       as esp_partition_read
 */
esp_err_t otk_idf_verify_staging(const esp_partition_t *staging, const esp_partition_t *final);

#endif
