// SPDX-License-Identifier: Apache-2.0
/*
 * One entry of otadata: which OTA slot to boot, and how far it is trusted.
 *
 * The otadata partition is two sectors with one 32-byte entry at the start of
 * each. SPEC.md, "otadata".
 *
 *     struct otk_otadata entry;
 *     otk_otadata_decode(bytes, &entry);
 *     if (otk_otadata_is_valid(&entry)) ...
 */
#ifndef OTAKIT_FORMAT_OTADATA_H
#define OTAKIT_FORMAT_OTADATA_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/crc32.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an entry. Source: ESP-IDF, esp_flash_partitions.h, esp_ota_select_entry_t. */
#define OTK_OTADATA_SIZE 32u

/* Bytes of the unused label inside an entry. */
#define OTK_OTADATA_LABEL_SIZE 20u

/* Sequence number of a blank entry; never a real one. */
#define OTK_OTADATA_SEQ_BLANK 0xFFFFFFFFu

/* How far an entry's slot is trusted. Source: ESP-IDF, esp_flash_partitions.h, esp_ota_img_states_t.
 * Flash can hold any other value too, which boots like UNDEFINED. */
#define OTK_STATE_NEW            0u          /* written by the update; never booted */
#define OTK_STATE_PENDING_VERIFY 1u          /* its first boot is in progress */
#define OTK_STATE_VALID          2u          /* confirmed */
#define OTK_STATE_INVALID        3u          /* the application declared it bad */
#define OTK_STATE_ABORTED        4u          /* reset before it was confirmed */
#define OTK_STATE_UNDEFINED      0xFFFFFFFFu /* written without rollback support */

struct otk_otadata {
    uint32_t seq;                          /* slot = (seq - 1) mod number of slots */
    uint32_t state;                        /* OTK_STATE_… */
    uint32_t crc;                          /* as stored */
    uint8_t label[OTK_OTADATA_LABEL_SIZE]; /* unused by ESP-IDF; kept when an entry is rewritten */
};

/* The CRC that belongs to `seq`: zlib's crc32 of its 4 bytes, started at 0xFFFFFFFF. */
static inline uint32_t otk_otadata_crc(uint32_t seq)
{
    return otk_crc32_le32(0xFFFFFFFFu, seq);
}

/* Read an entry; any 32 bytes give one. */
void otk_otadata_decode(const uint8_t bytes[OTK_OTADATA_SIZE], struct otk_otadata *entry);

/* Write an entry as it stands, its crc field included. */
void otk_otadata_encode(const struct otk_otadata *entry, uint8_t bytes[OTK_OTADATA_SIZE]);

/* A fresh entry: label FF, the CRC that belongs to `seq`. */
void otk_otadata_make(uint32_t seq, uint32_t state, struct otk_otadata *entry);

/* Whether the bootloader passes the entry over: blank, INVALID or ABORTED. The CRC is not looked at. */
static inline bool otk_otadata_is_unusable(const struct otk_otadata *entry)
{
    return entry->seq == OTK_OTADATA_SEQ_BLANK || entry->state == OTK_STATE_INVALID ||
           entry->state == OTK_STATE_ABORTED;
}

/* Whether the stored CRC belongs to the sequence number. */
static inline bool otk_otadata_has_good_crc(const struct otk_otadata *entry)
{
    return entry->crc == otk_otadata_crc(entry->seq);
}

/* Whether the entry can choose a slot: usable, and its CRC is right. */
static inline bool otk_otadata_is_valid(const struct otk_otadata *entry)
{
    return !otk_otadata_is_unusable(entry) && otk_otadata_has_good_crc(entry);
}

/* The state's name (NEW, PENDING_VERIFY, …); "UNDEFINED" for any other value. */
const char *otk_otadata_state_name(uint32_t state);

#ifdef __cplusplus
}
#endif

#endif
