// SPDX-License-Identifier: Apache-2.0
/*
 * The esp_err_t numbers that esp32.Partition shows: OSError carries the number negated.
 * Source: ESP-IDF, esp_err.h, esp_ota_ops.h, esp_flash_err.h.
 */
#ifndef MICROPYTHON_LAPTOP_ERROR_H
#define MICROPYTHON_LAPTOP_ERROR_H

#include <stdint.h>

#define OTK_ESP_ERROR_LIST(X)          \
    X(OK, 0)                           \
    X(FAIL, -1)                        \
    X(ERR_INVALID_ARG, 0x102)          \
    X(ERR_INVALID_STATE, 0x103)        \
    X(ERR_INVALID_SIZE, 0x104)         \
    X(ERR_NOT_FOUND, 0x105)            \
    X(ERR_NOT_ALLOWED, 0x10D)          \
    X(ERR_OTA_VALIDATE_FAILED, 0x1503) \
    X(ERR_FLASH_OP_FAIL, 0x6001)

enum otk_esp_error {
#define OTK_ESP_ERROR_ENUMERATOR(name, number) OTK_ESP_##name = number,
    OTK_ESP_ERROR_LIST(OTK_ESP_ERROR_ENUMERATOR)
#undef OTK_ESP_ERROR_ENUMERATOR
};

/*
 * The error's name as ESP-IDF's esp_err_to_name gives it.
 *
 * Returns  a constant string; "UNKNOWN ERROR" for a number that is not in the list
 */
const char *otk_esp_error_name(int32_t error);

#endif
