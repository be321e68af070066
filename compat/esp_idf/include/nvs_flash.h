// SPDX-License-Identifier: Apache-2.0
/*
 * Start, end and erase the key-value store (nvs.h says where it lies).
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_NVS_FLASH_H
#define COMPAT_ESP_IDF_INCLUDE_NVS_FLASH_H

#include <esp_err.h>
#include <nvs.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Read the store; nothing where it was read before.
 *
 * Returns  ESP_OK, ESP_ERR_NVS_NO_FREE_PAGES: the file holds something else (erase it, as on a chip),
 *          ESP_ERR_NO_MEM
 */
esp_err_t nvs_flash_init(void);

/* Forget what was read; handles are no longer valid. Returns ESP_OK, or ESP_ERR_NVS_NOT_INITIALIZED. */
esp_err_t nvs_flash_deinit(void);

/* Erase all of it, and deinit. Returns ESP_OK, or ESP_FAIL: the file cannot be removed. */
esp_err_t nvs_flash_erase(void);

#ifdef __cplusplus
}
#endif

#endif
