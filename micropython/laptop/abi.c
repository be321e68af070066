// SPDX-License-Identifier: Apache-2.0
/* The device as a flat interface. */
#include "micropython/laptop/abi.h"

#include <stdbool.h>

#include "micropython/laptop/laptop.h"
#include "micropython/laptop/ota.h"
#include "micropython/laptop/partition.h"
#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* The one device of the process: an interface of numbers has no place for a handle. */
static struct otk_laptop laptop;
static enum otk_status boot_status;
static bool is_booted;

int32_t otk_mpy_boot(uint32_t size, uint32_t cut_after)
{
    if (!is_booted) {
        is_booted = true;
        boot_status = otk_laptop_boot(&laptop, size, cut_after);
    }
    return (int32_t)boot_status;
}

const char *otk_mpy_status_text(int32_t status)
{
    switch ((enum otk_status)status) {
    case OTK_NOT_FOUND:
        return "there is no such file";
    case OTK_BUSY:
        return "another device is running on it";
    case OTK_BAD_FORMAT:
        return "its size is no flash chip's: a power of two, 64 KB to 128 MB";
    default:
        return otk_status_text((enum otk_status)status);
    }
}

const char *otk_mpy_error_name(int32_t error)
{
    return otk_esp_error_name(error);
}

int32_t otk_mpy_get(int32_t which)
{
    return which == OTK_MPY_BOOT ? otk_laptop_boot_partition(&laptop)
                                 : otk_laptop_running_partition(&laptop);
}

int32_t otk_mpy_find(int32_t from, int32_t type, int32_t subtype, const char *label)
{
    return otk_laptop_find(&laptop, from, type, subtype, label);
}

int32_t otk_mpy_next_update(int32_t index)
{
    return otk_laptop_next_update(&laptop, index);
}

int32_t otk_mpy_info(int32_t index, uint8_t *info)
{
    const struct otk_partition *partition;

    if (index < 0 || index >= laptop.partition_count) {
        return OTK_ESP_ERR_INVALID_ARG;
    }
    partition = &laptop.partitions[index];
    otk_store_le32(info, partition->type);
    otk_store_le32(info + 4, partition->subtype);
    otk_store_le32(info + 8, partition->offset);
    otk_store_le32(info + 12, partition->size);
    /* Flash encryption is off, and then no partition counts as encrypted, whatever its flag says.
     * Source: ESP-IDF, esp_partition's partition.c, is_partition_encrypted. */
    otk_store_le32(info + 16, 0);
    memcpy(info + 20, partition->label, sizeof partition->label);
    return OTK_ESP_OK;
}

int32_t otk_mpy_read(int32_t index, uint32_t offset, void *data, uint32_t len)
{
    return otk_laptop_read(&laptop, index, offset, data, len);
}

int32_t otk_mpy_write(int32_t index, uint32_t offset, const void *data, uint32_t len)
{
    return otk_laptop_write(&laptop, index, offset, data, len);
}

int32_t otk_mpy_erase(int32_t index, uint32_t offset, uint32_t len)
{
    return otk_laptop_erase(&laptop, index, offset, len);
}

int32_t otk_mpy_change(int32_t index, uint32_t offset, const void *data, uint32_t len)
{
    return otk_laptop_change(&laptop, index, offset, data, len);
}

int32_t otk_mpy_set_boot(int32_t index)
{
    return otk_laptop_set_boot(&laptop, index);
}

int32_t otk_mpy_mark_valid(void)
{
    return otk_laptop_mark_valid(&laptop);
}
