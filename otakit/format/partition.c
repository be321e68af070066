// SPDX-License-Identifier: Apache-2.0
/* Records of the partition table, byte by byte. */
#include "otakit/format/partition.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* Where the fields of an entry stand. Source: ESP-IDF, esp_flash_partitions.h, esp_partition_info_t. */
#define AT_TYPE    2
#define AT_SUBTYPE 3
#define AT_OFFSET  4
#define AT_SIZE    8
#define AT_LABEL   12
#define AT_FLAGS   28

/* Magic of the end record: erased flash. */
#define END_MAGIC 0xFFFFu

enum otk_partition_kind otk_partition_record_kind(const uint8_t record[OTK_PARTITION_RECORD_SIZE])
{
    const uint16_t magic = otk_load_le16(record);

    if (magic == OTK_PARTITION_MAGIC) {
        return OTK_PARTITION_ENTRY;
    }
    if (magic == OTK_PARTITION_MD5_MAGIC) {
        return OTK_PARTITION_MD5;
    }
    if (magic == END_MAGIC && record[AT_TYPE] == 0xFF && record[AT_SUBTYPE] == 0xFF) {
        return OTK_PARTITION_END;
    }
    return OTK_PARTITION_UNKNOWN;
}

void otk_partition_decode(const uint8_t record[OTK_PARTITION_RECORD_SIZE],
                          struct otk_partition *partition)
{
    uint32_t len = 0;

    partition->type = record[AT_TYPE];
    partition->subtype = record[AT_SUBTYPE];
    partition->offset = otk_load_le32(record + AT_OFFSET);
    partition->size = otk_load_le32(record + AT_SIZE);
    partition->flags = otk_load_le32(record + AT_FLAGS);
    while (len < OTK_PARTITION_LABEL_SIZE && record[AT_LABEL + len] != 0) {
        len++;
    }
    memset(partition->label, 0, sizeof(partition->label));
    memcpy(partition->label, record + AT_LABEL, len);
}

void otk_partition_encode(const struct otk_partition *partition,
                          uint8_t record[OTK_PARTITION_RECORD_SIZE])
{
    uint32_t len = 0;

    while (len < OTK_PARTITION_LABEL_SIZE && partition->label[len] != 0) {
        len++;
    }
    memset(record, 0, OTK_PARTITION_RECORD_SIZE);
    otk_store_le16(record, OTK_PARTITION_MAGIC);
    record[AT_TYPE] = partition->type;
    record[AT_SUBTYPE] = partition->subtype;
    otk_store_le32(record + AT_OFFSET, partition->offset);
    otk_store_le32(record + AT_SIZE, partition->size);
    memcpy(record + AT_LABEL, partition->label, len);
    otk_store_le32(record + AT_FLAGS, partition->flags);
}

void otk_partition_encode_md5(const uint8_t digest[16], uint8_t record[OTK_PARTITION_RECORD_SIZE])
{
    memset(record, 0xFF, OTK_PARTITION_MD5_OFFSET);
    otk_store_le16(record, OTK_PARTITION_MD5_MAGIC);
    memcpy(record + OTK_PARTITION_MD5_OFFSET, digest, 16);
}
