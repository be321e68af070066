// SPDX-License-Identifier: Apache-2.0
/* Names of the esp_err_t numbers. */
#include "micropython/laptop/error.h"

const char *otk_esp_error_name(int32_t error)
{
    switch (error) {
#define OTK_ESP_ERROR_CASE(name, number) \
    case number:                         \
        return "ESP_" #name;
        OTK_ESP_ERROR_LIST(OTK_ESP_ERROR_CASE)
#undef OTK_ESP_ERROR_CASE
    default:
        return "UNKNOWN ERROR";
    }
}
