// SPDX-License-Identifier: Apache-2.0
/* The chip. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_CHIP_INFO_H
#define TEST_ESPIDF_INCLUDE_ESP_CHIP_INFO_H

#include <stdint.h>

typedef struct {
    uint16_t revision;
} esp_chip_info_t;

void esp_chip_info(esp_chip_info_t *info);

#endif
