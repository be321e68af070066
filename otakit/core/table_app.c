// SPDX-License-Identifier: Apache-2.0
/* The partition table as ESP-IDF's application side (esp_partition) judges it. */
#include "otakit/base/memory.h"
#include "otakit/core/table.h"
#include "otakit/crypto/digest.h"

enum otk_status otk_table_decode_app(const uint8_t *table, uint32_t len, uint32_t *entry_count)
{
    uint8_t digest[OTK_MD5_SIZE];
    const uint8_t *record = table;
    enum otk_status status;

    while (len >= OTK_PARTITION_RECORD_SIZE &&
           otk_partition_record_kind(record) == OTK_PARTITION_ENTRY) {
        record += OTK_PARTITION_RECORD_SIZE;
        len -= OTK_PARTITION_RECORD_SIZE;
    }
    if (len < OTK_PARTITION_RECORD_SIZE || otk_partition_record_kind(record) != OTK_PARTITION_MD5) {
        return OTK_NO_MD5;
    }
    status = otk_md5(table, (uint32_t)(record - table), digest);
    if (status != OTK_OK) {
        return status;
    }
    if (memcmp(digest, record + OTK_PARTITION_MD5_OFFSET, sizeof(digest)) != 0) {
        return OTK_BAD_MD5;
    }
    if (record == table) {
        return OTK_NO_TABLE;
    }
    *entry_count = (uint32_t)(record - table) / OTK_PARTITION_RECORD_SIZE;
    return OTK_OK;
}
