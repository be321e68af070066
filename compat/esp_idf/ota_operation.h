// SPDX-License-Identifier: Apache-2.0
/* OTA operations between esp_ota_begin and esp_ota_end. */
#ifndef COMPAT_ESP_IDF_OTA_OPERATION_H
#define COMPAT_ESP_IDF_OTA_OPERATION_H

/* Forget all operations, as a reset does; flash stays as it is. */
void otk_idf_operations_forget(void);

#endif
