// SPDX-License-Identifier: Apache-2.0
/* What the chip says of itself. */
#include "port/espidf/board.h"

#include <esp_chip_info.h>
#include <esp_ota_ops.h>
#include <esp_system.h>
#include <sdkconfig.h>

static uint16_t revision(void)
{
    esp_chip_info_t info;

    esp_chip_info(&info);
    return info.revision;
}

struct otk_board otk_espidf_board(const struct otk_flash *flash)
{
    return (struct otk_board){
        .flash = flash,
        .secure_version = otk_espidf_secure_version(),
        .table_offset = CONFIG_PARTITION_TABLE_OFFSET,
        .chip_id = CONFIG_IDF_FIRMWARE_CHIP_ID,
        .revision = revision(),
    };
}

int otk_espidf_running_slot(void)
{
    const esp_partition_subtype_t subtype = esp_ota_get_running_partition()->subtype;

    if (subtype == ESP_PARTITION_SUBTYPE_APP_FACTORY) {
        return OTK_SLOT_FACTORY;
    }
    return subtype == ESP_PARTITION_SUBTYPE_APP_TEST
               ? OTK_SLOT_TEST
               : (int)subtype - (int)ESP_PARTITION_SUBTYPE_APP_OTA_MIN;
}

enum otk_reset_reason otk_espidf_reset_reason(void)
{
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
        return OTK_RESET_POWER_ON;
    case ESP_RST_EXT:
        return OTK_RESET_EXTERNAL;
    case ESP_RST_SW:
        return OTK_RESET_SOFTWARE;
    case ESP_RST_PANIC:
        return OTK_RESET_PANIC;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return OTK_RESET_WATCHDOG;
    case ESP_RST_BROWNOUT:
        return OTK_RESET_BROWNOUT;
    default:
        return OTK_RESET_UNKNOWN;
    }
}
