// SPDX-License-Identifier: Apache-2.0
/* The calls that ota_ops.json records, by name, through the public headers. */
#ifndef TEST_VECTORS_API_CALL_H
#define TEST_VECTORS_API_CALL_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "esp_ota_ops.h"

/* Handles that a vector numbers. */
#define API_HANDLE_COUNT 16

/* What a call gave back; which member counts is the vector's business. */
struct api_result {
    esp_err_t err; /* ESP_FAIL where the call returns none */
    const esp_partition_t *partition;
    bool truth;
    uint32_t number;
    uint8_t sha256[32];
    esp_app_desc_t app;
};

/*
 * Make a call of a vector.
 *
 * handles  API_HANDLE_COUNT of them, kept between calls
 * args     its arguments
 *
 * Returns  false for a name that is not known
 */
bool api_call(const char *name, const cJSON *args, esp_ota_handle_t *handles,
              struct api_result *result);

#endif
