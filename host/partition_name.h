// SPDX-License-Identifier: Apache-2.0
/*
 * The words that stand for partition types and subtypes in a CSV.
 *
 *     const char *subtype = otk_partition_subtype_name(OTK_TYPE_APP, 0x10);   // "ota_0"
 */
#ifndef OTAKIT_HOST_PARTITION_NAME_H
#define OTAKIT_HOST_PARTITION_NAME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Types beside app and data. Source: ESP-IDF, esp_partition.h, esp_partition_type_t. */
#define OTK_TYPE_BOOTLOADER      0x02u
#define OTK_TYPE_PARTITION_TABLE 0x03u

/* One subtype's word. */
struct otk_subtype_word {
    const char *name;
    uint8_t type;
    uint8_t value;
};

/* The word of a type ("app", "data", "bootloader", "partition_table"); NULL where there is none. */
const char *otk_partition_type_name(uint8_t type);

/* The word of a subtype, without those a project adds itself; NULL where there is none. */
const char *otk_partition_subtype_name(uint8_t type, uint8_t subtype);

/* The word at `index` in ESP-IDF's order, from 0; NULL behind the last one. */
const struct otk_subtype_word *otk_partition_subtype_at(size_t index);

#ifdef __cplusplus
}
#endif

#endif
