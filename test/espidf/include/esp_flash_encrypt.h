// SPDX-License-Identifier: Apache-2.0
/* A chip that does not encrypt. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_FLASH_ENCRYPT_H
#define TEST_ESPIDF_INCLUDE_ESP_FLASH_ENCRYPT_H

#include <stdbool.h>

#include <esp_flash.h>

bool esp_flash_encryption_enabled(void);
bool esp_efuse_is_flash_encryption_enabled(void);
esp_err_t esp_flash_read_encrypted(esp_flash_t *chip, uint32_t address, void *buffer,
                                   uint32_t length);

#endif
