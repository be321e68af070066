// SPDX-License-Identifier: Apache-2.0
/*
 * The records of partition table and otadata as they stand in flash.
 *
 * Layout and names: ESP-IDF v6.0.1, bootloader_support/include/esp_flash_partitions.h. otakit's own
 * code decodes them with otakit/format; these structures are for applications.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_FLASH_PARTITIONS_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_FLASH_PARTITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"
#include "sdkconfig.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_PARTITION_MAGIC     0x50AA
#define ESP_PARTITION_MAGIC_MD5 0xEBEB

#define PART_TYPE_APP                        0x00
#define PART_SUBTYPE_FACTORY                 0x00
#define PART_SUBTYPE_OTA_FLAG                0x10
#define PART_SUBTYPE_OTA_MASK                0x0f
#define PART_SUBTYPE_TEST                    0x20
#define PART_SUBTYPE_TEE_0                   0x30
#define PART_SUBTYPE_TEE_1                   0x31
#define PART_TYPE_DATA                       0x01
#define PART_SUBTYPE_DATA_OTA                0x00
#define PART_SUBTYPE_DATA_RF                 0x01
#define PART_SUBTYPE_DATA_WIFI               0x02
#define PART_SUBTYPE_DATA_NVS_KEYS           0x04
#define PART_SUBTYPE_DATA_EFUSE_EM           0x05
#define PART_SUBTYPE_DATA_TEE_OTA            0x90
#define PART_TYPE_BOOTLOADER                 0x02
#define PART_SUBTYPE_BOOTLOADER_PRIMARY      0x00
#define PART_SUBTYPE_BOOTLOADER_OTA          0x01
#define PART_SUBTYPE_BOOTLOADER_RECOVERY     0x02
#define PART_TYPE_PARTITION_TABLE            0x03
#define PART_SUBTYPE_PARTITION_TABLE_PRIMARY 0x00
#define PART_SUBTYPE_PARTITION_TABLE_OTA     0x01
#define PART_TYPE_END                        0xff
#define PART_SUBTYPE_END                     0xff

#define PART_FLAG_ENCRYPTED (1 << 0)
#define PART_FLAG_READONLY  (1 << 1)

#define ESP_PARTITION_MD5_OFFSET 16

/* Where the bootloader lies depends on the chip: sdkconfig.h says it. */
#define ESP_BOOTLOADER_OFFSET         CONFIG_BOOTLOADER_OFFSET_IN_FLASH
#define ESP_PRIMARY_BOOTLOADER_OFFSET CONFIG_BOOTLOADER_OFFSET_IN_FLASH

/* Where the table of most projects stands, and its size. The functions here use the attached device's
 * offset. */
#define ESP_PARTITION_TABLE_OFFSET      0x8000
#define ESP_PARTITION_TABLE_SIZE        0x1000
#define ESP_PARTITION_TABLE_MAX_LEN     0xC00
#define ESP_PARTITION_TABLE_MAX_ENTRIES (ESP_PARTITION_TABLE_MAX_LEN / sizeof(esp_partition_info_t))

/* How far an application is trusted; any other value may stand in flash too. */
typedef enum {
    ESP_OTA_IMG_NEW = 0x0U,
    ESP_OTA_IMG_PENDING_VERIFY = 0x1U,
    ESP_OTA_IMG_VALID = 0x2U,
    ESP_OTA_IMG_INVALID = 0x3U,
    ESP_OTA_IMG_ABORTED = 0x4U,
    ESP_OTA_IMG_UNDEFINED = 0xFFFFFFFFU
} esp_ota_img_states_t;

/* The start of each otadata sector. */
typedef struct {
    uint32_t ota_seq;
    uint8_t seq_label[20];
    uint32_t ota_state;
    uint32_t crc; /* of ota_seq */
} esp_ota_select_entry_t;

typedef struct {
    uint32_t offset; /* bytes from the start of flash */
    uint32_t size;   /* bytes */
} esp_partition_pos_t;

/* A record of the partition table. */
typedef struct {
    uint16_t magic; /* ESP_PARTITION_MAGIC */
    uint8_t type;
    uint8_t subtype;
    esp_partition_pos_t pos;
    uint8_t label[16]; /* without a NUL where it fills the field */
    uint32_t flags;
} esp_partition_info_t;

/*
 * Judge a table as the bootloader does.
 *
 * partition_table  ESP_PARTITION_TABLE_MAX_LEN bytes
 * log_errors       looked at by nobody here
 * num_partitions   records before the end, without the MD5 record
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_SIZE   an entry lies outside the chip
 *          ESP_ERR_INVALID_STATE  a damaged table, or no device is attached
 */
esp_err_t esp_partition_table_verify(const esp_partition_info_t *partition_table, bool log_errors,
                                     int *num_partitions);

/* Whether no read-only partition has a byte in this range of the main flash. */
bool esp_partition_is_flash_region_writable(size_t addr, size_t size);

/* Whether the range touches neither bootloader nor table nor the running application. */
bool esp_partition_main_flash_region_safe(size_t addr, size_t size);

#ifdef __cplusplus
}
#endif

#endif
