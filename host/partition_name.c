// SPDX-License-Identifier: Apache-2.0
/* The words for partition types and subtypes. */
#include "host/partition_name.h"

#include "otakit/format/partition.h"

/* Source: ESP-IDF 6.0, esp_partition.h, esp_partition_subtype_t. */
static const struct otk_subtype_word words[] = {
    {"primary", OTK_TYPE_BOOTLOADER, 0x00},
    {"ota", OTK_TYPE_BOOTLOADER, 0x01},
    {"recovery", OTK_TYPE_BOOTLOADER, 0x02},
    {"primary", OTK_TYPE_PARTITION_TABLE, 0x00},
    {"ota", OTK_TYPE_PARTITION_TABLE, 0x01},
    {"factory", OTK_TYPE_APP, 0x00},
    {"test", OTK_TYPE_APP, 0x20},
    {"ota_0", OTK_TYPE_APP, 0x10},
    {"ota_1", OTK_TYPE_APP, 0x11},
    {"ota_2", OTK_TYPE_APP, 0x12},
    {"ota_3", OTK_TYPE_APP, 0x13},
    {"ota_4", OTK_TYPE_APP, 0x14},
    {"ota_5", OTK_TYPE_APP, 0x15},
    {"ota_6", OTK_TYPE_APP, 0x16},
    {"ota_7", OTK_TYPE_APP, 0x17},
    {"ota_8", OTK_TYPE_APP, 0x18},
    {"ota_9", OTK_TYPE_APP, 0x19},
    {"ota_10", OTK_TYPE_APP, 0x1A},
    {"ota_11", OTK_TYPE_APP, 0x1B},
    {"ota_12", OTK_TYPE_APP, 0x1C},
    {"ota_13", OTK_TYPE_APP, 0x1D},
    {"ota_14", OTK_TYPE_APP, 0x1E},
    {"ota_15", OTK_TYPE_APP, 0x1F},
    {"tee_0", OTK_TYPE_APP, 0x30},
    {"tee_1", OTK_TYPE_APP, 0x31},
    {"ota", OTK_TYPE_DATA, 0x00},
    {"phy", OTK_TYPE_DATA, 0x01},
    {"nvs", OTK_TYPE_DATA, 0x02},
    {"coredump", OTK_TYPE_DATA, 0x03},
    {"nvs_keys", OTK_TYPE_DATA, 0x04},
    {"efuse", OTK_TYPE_DATA, 0x05},
    {"undefined", OTK_TYPE_DATA, 0x06},
    {"esphttpd", OTK_TYPE_DATA, 0x80},
    {"fat", OTK_TYPE_DATA, 0x81},
    {"spiffs", OTK_TYPE_DATA, 0x82},
    {"littlefs", OTK_TYPE_DATA, 0x83},
    {"tee_ota", OTK_TYPE_DATA, 0x90},
};

#define WORD_COUNT (sizeof words / sizeof words[0])

const char *otk_partition_type_name(uint8_t type)
{
    static const char *const names[] = {"app", "data", "bootloader", "partition_table"};

    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}

const char *otk_partition_subtype_name(uint8_t type, uint8_t subtype)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (words[i].type == type && words[i].value == subtype) {
            return words[i].name;
        }
    }
    return NULL;
}

const struct otk_subtype_word *otk_partition_subtype_at(size_t index)
{
    return index < WORD_COUNT ? &words[index] : NULL;
}
