// SPDX-License-Identifier: Apache-2.0
/* Random numbers. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_RANDOM_H
#define TEST_ESPIDF_INCLUDE_ESP_RANDOM_H

#include <stddef.h>
#include <stdint.h>

uint32_t esp_random(void);
void esp_fill_random(void *buffer, size_t len);

#endif
