// SPDX-License-Identifier: Apache-2.0
/*
 * Which device the esp_* functions of this process work on.
 *
 * ESP-IDF's functions have no argument for it, so it stands in a variable here; so do, each in its own
 * file, what ESP-IDF keeps in RAM as well: partitions, mappings and OTA operations.
 */
#include "compat/esp_idf/device.h"

#include <stddef.h>

#include "compat/esp_idf/attached.h"
#include "compat/esp_idf/flash.h"
#include "compat/esp_idf/include/esp_partition.h"
#include "compat/esp_idf/ota_operation.h"
#include "compat/esp_idf/partition_map.h"
#include "otakit/core/table.h"

static const struct otk_idf_device *attached;
static struct otk_area running; /* size 0: unknown */

static struct otk_area find_running(const struct otk_idf_device *device)
{
    uint8_t scratch[OTK_TABLE_SIZE];
    struct otk_layout layout;

    if (otk_layout_load(device->board->flash, otk_idf_table_offset(), scratch, &layout) != OTK_OK) {
        return (struct otk_area){0, 0};
    }
    return otk_layout_slot(&layout, device->running_slot);
}

void otk_idf_attach(const struct otk_idf_device *device)
{
    otk_idf_detach();
    attached = device;
    otk_idf_flash_attach(device->board->flash);
    running = find_running(device);
}

void otk_idf_detach(void)
{
    otk_idf_operations_forget();
    otk_idf_unmap_all();
    esp_partition_unload_all();
    otk_idf_flash_attach(NULL);
    attached = NULL;
    running.size = 0;
}

const struct otk_idf_device *otk_idf_attached(void)
{
    return attached;
}

uint32_t otk_idf_table_offset(void)
{
    const uint32_t offset = attached->board->table_offset;

    return offset ? offset : OTK_TABLE_OFFSET;
}

/* Source: ESP-IDF, bootloader/Kconfig.projbuild, BOOTLOADER_OFFSET_IN_FLASH. */
uint32_t otk_idf_bootloader_offset(void)
{
    switch (attached->board->chip_id) {
    case OTK_CHIP_ESP32:
    case OTK_CHIP_ESP32S2:
        return 0x1000;
    case OTK_CHIP_ESP32C5:
    case OTK_CHIP_ESP32P4:
    case OTK_CHIP_ESP32H4:
    case OTK_CHIP_ESP32S31:
        return 0x2000;
    default:
        return 0;
    }
}

bool otk_idf_running_address(uint32_t *address)
{
    *address = running.offset;
    return running.size != 0;
}
