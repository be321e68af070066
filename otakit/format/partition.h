// SPDX-License-Identifier: Apache-2.0
/*
 * Records of ESP-IDF's partition table.
 *
 * A table is at most 96 records of 32 bytes: entries, then usually one MD5
 * record over everything before it, then an end record of FF bytes. This file
 * knows single records; otakit/core/table.h knows what a whole table must be.
 * SPEC.md, "Partition table".
 *
 *     if (otk_partition_record_kind(record) == OTK_PARTITION_ENTRY)
 *         otk_partition_decode(record, &partition);
 */
#ifndef OTAKIT_FORMAT_PARTITION_H
#define OTAKIT_FORMAT_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where a table stands unless the project says otherwise.
 * Source: ESP-IDF, partition_table/Kconfig.projbuild, PARTITION_TABLE_OFFSET. */
#define OTK_TABLE_OFFSET 0x8000u

/* Bytes of the part of the table's sector that holds records, and of one record.
 * Source: ESP-IDF, esp_flash_partitions.h, ESP_PARTITION_TABLE_MAX_LEN. */
#define OTK_TABLE_SIZE            0xC00u
#define OTK_PARTITION_RECORD_SIZE 32u

/* First two bytes of an entry (AA 50) and of the MD5 record (EB EB), little endian.
 * Source: ESP-IDF, esp_flash_partitions.h. */
#define OTK_PARTITION_MAGIC     0x50AAu
#define OTK_PARTITION_MD5_MAGIC 0xEBEBu

/* Bytes of a label; one that fills them all has no NUL on flash. */
#define OTK_PARTITION_LABEL_SIZE 16u

/* Where the digest stands in the MD5 record. */
#define OTK_PARTITION_MD5_OFFSET 16u

/* Types and subtypes that otakit decides on. Source: ESP-IDF, esp_flash_partitions.h. */
#define OTK_TYPE_APP            0x00u
#define OTK_TYPE_DATA           0x01u
#define OTK_SUBTYPE_APP_FACTORY 0x00u
#define OTK_SUBTYPE_APP_OTA_0   0x10u
#define OTK_SUBTYPE_APP_TEST    0x20u
#define OTK_SUBTYPE_DATA_OTA    0x00u

/* Most OTA slots a table can name, ota_0 to ota_15. */
#define OTK_OTA_SLOT_COUNT 16u

/* Flags of an entry. Source: ESP-IDF, esp_flash_partitions.h. */
#define OTK_PARTITION_ENCRYPTED 0x1u
#define OTK_PARTITION_READONLY  0x2u

enum otk_partition_kind {
    OTK_PARTITION_ENTRY,  /* a partition */
    OTK_PARTITION_MD5,    /* the digest of all records before it */
    OTK_PARTITION_END,    /* the end of the table */
    OTK_PARTITION_UNKNOWN /* none of these: the table is damaged */
};

struct otk_partition {
    uint32_t offset; /* bytes from the start of flash */
    uint32_t size;   /* bytes */
    uint32_t flags;  /* OTK_PARTITION_ENCRYPTED, OTK_PARTITION_READONLY; others kept as they are */
    uint8_t type;
    uint8_t subtype;
    char label[OTK_PARTITION_LABEL_SIZE + 1]; /* NUL-terminated and NUL-padded */
};

/*
 * What a record is, judged as ESP-IDF's bootloader does.
 *
 * Returns  the kind; an end record needs FF in magic, type and subtype only
 */
enum otk_partition_kind otk_partition_record_kind(const uint8_t record[OTK_PARTITION_RECORD_SIZE]);

/* Read an entry record. Any 32 bytes give a partition; judge the kind first. */
void otk_partition_decode(const uint8_t record[OTK_PARTITION_RECORD_SIZE],
                          struct otk_partition *partition);

/* Write an entry record. Label bytes after the first NUL are written as NUL. */
void otk_partition_encode(const struct otk_partition *partition,
                          uint8_t record[OTK_PARTITION_RECORD_SIZE]);

/* Write the MD5 record for `digest`, the MD5 of all records before it. */
void otk_partition_encode_md5(const uint8_t digest[16], uint8_t record[OTK_PARTITION_RECORD_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
