// SPDX-License-Identifier: Apache-2.0
/*
 * Of the eFuses: the secure version of anti-rollback, which the attached device keeps.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_EFUSE_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_EFUSE_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the secure version; 0 where the device has no anti-rollback. */
uint32_t esp_efuse_read_secure_version(void);

/* Whether an application of that version may run. */
bool esp_efuse_check_secure_version(uint32_t secure_version);

/* Returns ESP_OK (also where it is as high already), ESP_ERR_NOT_SUPPORTED without anti-rollback,
 * ESP_FAIL. Power loss: the old version or the new one. */
esp_err_t esp_efuse_update_secure_version(uint32_t secure_version);

#ifdef __cplusplus
}
#endif

#endif
