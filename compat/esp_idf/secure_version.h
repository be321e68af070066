// SPDX-License-Identifier: Apache-2.0
/* The device's secure version, where it has one: eFuses that only grow. */
#ifndef COMPAT_ESP_IDF_SECURE_VERSION_H
#define COMPAT_ESP_IDF_SECURE_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/esp_idf/include/esp_err.h"

/* Whether the attached device has anti-rollback. */
bool otk_idf_has_secure_version(void);

/* Whether an application of this version may run; none may where the eFuses cannot be read. */
bool otk_idf_allows_secure_version(uint32_t version);

/*
 * Raise the device's version; a lower one changes nothing.
 *
 * Returns  ESP_OK
 *          ESP_FAIL  the eFuses refused
 * Power loss: as before, or raised.
 */
esp_err_t otk_idf_raise_secure_version(uint32_t version);

#endif
