// SPDX-License-Identifier: Apache-2.0
/*
 * The flash chip itself, as far as applications that update themselves look at it.
 *
 * Names: ESP-IDF v6.0.1, spi_flash/include/esp_flash.h and hal/esp_flash_err.h.
 *
 *     uint32_t size;
 *     ESP_ERROR_CHECK(esp_flash_get_size(NULL, &size));
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_FLASH_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_FLASH_H

#include <stdint.h>

#include "esp_err.h"
#include "spi_flash_mmap.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_ERR_FLASH_NOT_INITIALISED  (ESP_ERR_FLASH_BASE + 3)
#define ESP_ERR_FLASH_UNSUPPORTED_HOST (ESP_ERR_FLASH_BASE + 4)
#define ESP_ERR_FLASH_UNSUPPORTED_CHIP (ESP_ERR_FLASH_BASE + 5)
#define ESP_ERR_FLASH_PROTECTED        (ESP_ERR_FLASH_BASE + 6)

typedef struct esp_flash_t esp_flash_t;

/* The chip that the application runs from: the attached device's. Wherever a chip is asked for, NULL
 * means this one too. */
extern esp_flash_t *esp_flash_default_chip;

/*
 * The size of a chip in bytes.
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    out_size is NULL
 *          ESP_ERR_INVALID_STATE  no device is attached
 */
esp_err_t esp_flash_get_size(esp_flash_t *chip, uint32_t *out_size);

/*
 * Read bytes as they stand in flash.
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    buffer is NULL, or the range leaves the chip
 *          ESP_ERR_INVALID_STATE  no device is attached
 *          ESP_ERR_FLASH_OP_FAIL  the flash refused
 */
esp_err_t esp_flash_read(esp_flash_t *chip, void *buffer, uint32_t address, uint32_t length);

/*
 * Write bytes, of any alignment; bits that are 0 stay 0.
 *
 * Returns  as esp_flash_read, and
 *          ESP_ERR_INVALID_ARG  the range touches bootloader, table or running application (on a
 *                               chip the program would end there)
 *          ESP_ERR_NOT_ALLOWED  it touches a partition that is read-only
 * Power loss: some of the bytes are written.
 */
esp_err_t esp_flash_write(esp_flash_t *chip, const void *buffer, uint32_t address, uint32_t length);

/*
 * Write bytes to be encrypted by the chip.
 *
 * address, length  multiples of 16
 *
 * Returns  as esp_flash_write, and
 *          ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_SIZE  against the alignment
 *          ESP_ERR_NOT_SUPPORTED                      not the device's own flash
 * Power loss: some of the bytes are written.
 */
esp_err_t esp_flash_write_encrypted(esp_flash_t *chip, uint32_t address, const void *buffer,
                                    uint32_t length);

/*
 * Erase sectors.
 *
 * start, len  multiples of SPI_FLASH_SEC_SIZE
 *
 * Returns  as esp_flash_write, also ESP_ERR_INVALID_ARG against the alignment
 * Power loss: some of the sectors are erased; of the one in work any bit may be set.
 */
esp_err_t esp_flash_erase_region(esp_flash_t *chip, uint32_t start, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif
