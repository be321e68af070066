// SPDX-License-Identifier: Apache-2.0
/* What the functions here ask about the attached device again and again. */
#ifndef COMPAT_ESP_IDF_ATTACHED_H
#define COMPAT_ESP_IDF_ATTACHED_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/esp_idf/device.h"

/* Where its partition table stands, bytes from the start of flash. A device is attached. */
uint32_t otk_idf_table_offset(void);

/* Where its bootloader begins, likewise. A device is attached. */
uint32_t otk_idf_bootloader_offset(void);

/* Where its running application begins, likewise. False where its table, as the bootloader reads it,
 * names no such slot. */
bool otk_idf_running_address(uint32_t *address);

#endif
