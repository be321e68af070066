// SPDX-License-Identifier: Apache-2.0
/*
 * Error codes of ESP-IDF, their names, and the checks around calls.
 *
 * Names and numbers: ESP-IDF v6.0.1, esp_common/include/esp_err.h. Each further header brings its own.
 *
 *     ESP_ERROR_CHECK(esp_ota_set_boot_partition(partition));
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_ERR_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_ERR_H

/* ESP-IDF's header brings these along, and applications rely on it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int esp_err_t;

#define ESP_OK   0
#define ESP_FAIL -1

#define ESP_ERR_NO_MEM           0x101
#define ESP_ERR_INVALID_ARG      0x102
#define ESP_ERR_INVALID_STATE    0x103
#define ESP_ERR_INVALID_SIZE     0x104
#define ESP_ERR_NOT_FOUND        0x105
#define ESP_ERR_NOT_SUPPORTED    0x106
#define ESP_ERR_TIMEOUT          0x107
#define ESP_ERR_INVALID_RESPONSE 0x108
#define ESP_ERR_INVALID_CRC      0x109
#define ESP_ERR_INVALID_VERSION  0x10A
#define ESP_ERR_INVALID_MAC      0x10B
#define ESP_ERR_NOT_FINISHED     0x10C
#define ESP_ERR_NOT_ALLOWED      0x10D

#define ESP_ERR_WIFI_BASE      0x3000
#define ESP_ERR_MESH_BASE      0x4000
#define ESP_ERR_FLASH_BASE     0x6000
#define ESP_ERR_HW_CRYPTO_BASE 0xC000
#define ESP_ERR_MEMPROT_BASE   0xD000

/* The name of a code ("ESP_ERR_NOT_FOUND"); "ERROR" for one that is not known. */
const char *esp_err_to_name(esp_err_t code);

/*
 * The same in a buffer of the caller; a code that is not known is given by its number.
 *
 * buf     `buflen` bytes; a longer text is cut
 *
 * Returns  buf
 */
const char *esp_err_to_name_r(esp_err_t code, char *buf, size_t buflen);

/* Behind the macros below: say on stderr which expression failed where, unless code is ESP_OK. */
esp_err_t otk_idf_report_error(esp_err_t code, const char *file, int line, const char *function,
                               const char *expression);

/* End the program if the expression is not ESP_OK. */
#define ESP_ERROR_CHECK(x)                                                           \
    do {                                                                             \
        if (otk_idf_report_error((x), __FILE__, __LINE__, __func__, #x) != ESP_OK) { \
            abort();                                                                 \
        }                                                                            \
    } while (0)

/* Complain if the expression is not ESP_OK; its value is the code. */
#define ESP_ERROR_CHECK_WITHOUT_ABORT(x) otk_idf_report_error((x), __FILE__, __LINE__, __func__, #x)

#ifdef __cplusplus
}
#endif

#endif
