// SPDX-License-Identifier: Apache-2.0
/*
 * Sizes and error codes of the flash.
 *
 * Names: ESP-IDF v6.0.1, spi_flash/include/spi_flash_mmap.h, without the mapping of raw addresses:
 * esp_partition_mmap is what applications call.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_SPI_FLASH_MMAP_H
#define COMPAT_ESP_IDF_INCLUDE_SPI_FLASH_MMAP_H

#include "esp_err.h"

#define ESP_ERR_FLASH_OP_FAIL    (ESP_ERR_FLASH_BASE + 1)
#define ESP_ERR_FLASH_OP_TIMEOUT (ESP_ERR_FLASH_BASE + 2)

#define SPI_FLASH_SEC_SIZE      4096  /* bytes of a sector, the unit of erasing */
#define SPI_FLASH_MMU_PAGE_SIZE 65536 /* bytes of a page, the unit of mapping */

#endif
