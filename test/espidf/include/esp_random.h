// SPDX-License-Identifier: Apache-2.0
/* Random numbers. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_RANDOM_H
#define TEST_ESPIDF_INCLUDE_ESP_RANDOM_H

#include <stdint.h>

uint32_t esp_random(void);

#endif
