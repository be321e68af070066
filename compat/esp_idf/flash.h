// SPDX-License-Identifier: Apache-2.0
/*
 * The flash under esp_flash.h and esp_partition.h: which chip a handle means, and which places the
 * application must not write.
 *
 *     const struct otk_flash *flash = otk_idf_flash(partition->flash_chip);
 *     if (!flash)
 *         return ESP_ERR_INVALID_STATE;
 */
#ifndef COMPAT_ESP_IDF_FLASH_H
#define COMPAT_ESP_IDF_FLASH_H

#include <stdbool.h>

#include "compat/esp_idf/include/esp_flash.h"
#include "otakit/core/flash.h"

/* The flash of a chip (NULL: the device's own), or NULL where no device is attached. */
const struct otk_flash *otk_idf_flash(const esp_flash_t *chip);

/* Whether a chip (or NULL) is the device's own. */
bool otk_idf_is_main_flash(const esp_flash_t *chip);

/* ESP_OK, ESP_ERR_NO_MEM, or ESP_ERR_FLASH_OP_FAIL for whatever else a flash says. */
esp_err_t otk_idf_flash_error(enum otk_status status);

/* Bootloader and partition table may be written from here on, until the next attach: an OTA operation
 * that is for one of them has begun. */
void otk_idf_flash_allow_boot_area(void);

/* Make this the main flash; NULL: there is none. Bootloader and partition table are protected again. */
void otk_idf_flash_attach(const struct otk_flash *flash);

#endif
