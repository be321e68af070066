// SPDX-License-Identifier: Apache-2.0
/* Mappings of partitions into memory; see esp_partition_mmap. */
#ifndef COMPAT_ESP_IDF_PARTITION_MAP_H
#define COMPAT_ESP_IDF_PARTITION_MAP_H

/* Give all mappings back. */
void otk_idf_unmap_all(void);

#endif
