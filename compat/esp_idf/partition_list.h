// SPDX-License-Identifier: Apache-2.0
/* The list behind esp_partition_find: what the table names, and what was registered. */
#ifndef COMPAT_ESP_IDF_PARTITION_LIST_H
#define COMPAT_ESP_IDF_PARTITION_LIST_H

#include "compat/esp_idf/include/esp_partition.h"

/*
 * The app partition that an address of the main flash lies in.
 *
 * Returns  NULL where there is none, or no table
 */
const esp_partition_t *otk_idf_partition_at(uint32_t address);

#endif
