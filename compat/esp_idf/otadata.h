// SPDX-License-Identifier: Apache-2.0
/*
 * otadata as esp_ota_ops.c of ESP-IDF reads and writes it.
 *
 * otakit/core/otadata.h does the same for otakit's own sessions, where the order of writes is chosen so
 * that no power cut loses an entry. Here the effects are ESP-IDF's, the unsafe ones too.
 *
 *     struct otk_idf_otadata otadata;
 *     if (!otk_idf_otadata_read(&otadata))
 *         return ESP_ERR_NOT_FOUND;
 */
#ifndef COMPAT_ESP_IDF_OTADATA_H
#define COMPAT_ESP_IDF_OTADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/esp_idf/include/esp_partition.h"
#include "otakit/format/otadata.h"

struct otk_idf_otadata {
    const esp_partition_t *partition;
    struct otk_otadata entries[2];
    int active;          /* the entry that decides, or -1 */
    uint32_t slot_count; /* consecutive OTA slots from ota_0 */
};

/* Read both entries, the second one also where the partition ends before it (as ESP-IDF does). False
 * where there is no otadata partition, or it cannot be read. */
bool otk_idf_otadata_read(struct otk_idf_otadata *otadata);

/* The OTA slot that an entry's number stands for, whatever its state; slot_count is not 0. */
uint32_t otk_idf_otadata_slot(const struct otk_idf_otadata *otadata, int index);

/* The partition of that slot, or NULL. */
const esp_partition_t *otk_idf_otadata_partition(const struct otk_idf_otadata *otadata, int index);

/*
 * The sequence number that ESP-IDF writes to go from one to a slot: counting up from the slot's least
 * number in steps of slot_count, modulo 2^32, the first one that is not below `seq`.
 *
 * next  written on success only; near 2^32 it may be one that means another slot
 *
 * Returns  false where there is none: ESP-IDF counts for ever
 */
bool otk_idf_next_seq(uint32_t seq, uint32_t slot, uint32_t slot_count, uint32_t *next);

/*
 * Erase a sector and write its entry, with the CRC that belongs to its number.
 *
 * Returns  as esp_partition_erase_range and esp_partition_write
 * Power loss: the entry is gone or torn (then its CRC does not match), or complete.
 */
esp_err_t otk_idf_otadata_write(struct otk_idf_otadata *otadata, int index);

/* The OTA slot partition of a number, or NULL. */
const esp_partition_t *otk_idf_ota_slot(uint32_t slot);

/* Whether a partition is an OTA slot; NULL is none. */
bool otk_idf_is_ota_slot(const esp_partition_t *partition);

#endif
