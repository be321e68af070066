// SPDX-License-Identifier: Apache-2.0
/* Short ways into a parsed vector file. A missing or mistyped key gives the fallback. */
#ifndef TEST_VECTORS_JSON_H
#define TEST_VECTORS_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

/* The number under `key`, or `fallback`. */
int64_t json_number(const cJSON *object, const char *key, int64_t fallback);

/* Element `index` of an array of numbers; 0 where there is none. */
int64_t json_element(const cJSON *array, int index);

/* The string under `key`, or `fallback`. */
const char *json_text(const cJSON *object, const char *key, const char *fallback);

/* The string at `index` of an array; "" where there is none. */
const char *json_element_text(const cJSON *array, int index);

/*
 * Decode hexadecimal digits.
 *
 * bytes_size  bytes that `bytes` holds; digits beyond are ignored
 *
 * Returns  bytes written
 */
uint32_t json_hex(const char *hex, uint8_t *bytes, uint32_t bytes_size);

#endif
