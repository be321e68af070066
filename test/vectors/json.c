// SPDX-License-Identifier: Apache-2.0
/* Short ways into a parsed vector file. */
#include "test/vectors/json.h"

#include <stdio.h>

int64_t json_number(const cJSON *object, const char *key, int64_t fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : fallback;
}

int64_t json_element(const cJSON *array, int index)
{
    const cJSON *item = cJSON_GetArrayItem(array, index);

    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : 0;
}

const char *json_text(const cJSON *object, const char *key, const char *fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsString(item) ? item->valuestring : fallback;
}

const char *json_element_text(const cJSON *array, int index)
{
    const cJSON *item = cJSON_GetArrayItem(array, index);

    return cJSON_IsString(item) ? item->valuestring : "";
}

uint32_t json_hex(const char *hex, uint8_t *bytes, uint32_t bytes_size)
{
    uint32_t len = 0;
    unsigned value;

    while (len < bytes_size && sscanf(hex + 2 * (size_t)len, "%2x", &value) == 1) {
        bytes[len++] = (uint8_t)value;
    }
    return len;
}
