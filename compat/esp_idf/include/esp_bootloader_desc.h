// SPDX-License-Identifier: Apache-2.0
/*
 * What a second-stage bootloader says of itself.
 *
 * Layout and names: ESP-IDF v6.0.1, esp_bootloader_format/include/esp_bootloader_desc.h. Read one with
 * esp_ota_get_bootloader_description.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_BOOTLOADER_DESC_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_BOOTLOADER_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_BOOTLOADER_DESC_MAGIC_BYTE 80

/* 80 bytes at the start of the bootloader's first segment. */
typedef struct {
    uint8_t magic_byte; /* ESP_BOOTLOADER_DESC_MAGIC_BYTE */
    uint8_t reserved[2];
    uint8_t secure_version;
    uint32_t version;
    char idf_ver[32];
    char date_time[24];
    uint8_t reserved2[16];
} esp_bootloader_desc_t;

#ifdef __cplusplus
static_assert(sizeof(esp_bootloader_desc_t) == 80, "80 bytes in flash");
#else
_Static_assert(sizeof(esp_bootloader_desc_t) == 80, "80 bytes in flash");
#endif

#ifdef __cplusplus
}
#endif

#endif
