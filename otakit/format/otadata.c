// SPDX-License-Identifier: Apache-2.0
/* One entry of otadata, byte by byte. */
#include "otakit/format/otadata.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* Where the fields stand. Source: ESP-IDF, esp_flash_partitions.h, esp_ota_select_entry_t. */
#define AT_SEQ   0
#define AT_LABEL 4
#define AT_STATE 24
#define AT_CRC   28

void otk_otadata_decode(const uint8_t bytes[OTK_OTADATA_SIZE], struct otk_otadata *entry)
{
    entry->seq = otk_load_le32(bytes + AT_SEQ);
    entry->state = otk_load_le32(bytes + AT_STATE);
    entry->crc = otk_load_le32(bytes + AT_CRC);
    memcpy(entry->label, bytes + AT_LABEL, OTK_OTADATA_LABEL_SIZE);
}

void otk_otadata_encode(const struct otk_otadata *entry, uint8_t bytes[OTK_OTADATA_SIZE])
{
    otk_store_le32(bytes + AT_SEQ, entry->seq);
    memcpy(bytes + AT_LABEL, entry->label, OTK_OTADATA_LABEL_SIZE);
    otk_store_le32(bytes + AT_STATE, entry->state);
    otk_store_le32(bytes + AT_CRC, entry->crc);
}

void otk_otadata_make(uint32_t seq, uint32_t state, struct otk_otadata *entry)
{
    entry->seq = seq;
    entry->state = state;
    entry->crc = otk_otadata_crc(seq);
    memset(entry->label, 0xFF, OTK_OTADATA_LABEL_SIZE);
}
