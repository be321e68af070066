// SPDX-License-Identifier: Apache-2.0
/* Reading, writing and erasing within the bounds of a partition. */
#include <stdint.h>

#include "compat/esp_idf/flash.h"
#include "compat/esp_idf/include/esp_partition.h"

/* Whether `size` bytes from `offset` lie in a partition; the two refusals have codes of their own. */
static esp_err_t check_range(const esp_partition_t *partition, size_t offset, size_t size)
{
    if (!partition || offset > partition->size) {
        return ESP_ERR_INVALID_ARG;
    }
    return size > partition->size - offset ? ESP_ERR_INVALID_SIZE : ESP_OK;
}

static esp_err_t check_change(const esp_partition_t *partition, size_t offset, size_t size)
{
    return partition && partition->readonly ? ESP_ERR_NOT_ALLOWED
                                            : check_range(partition, offset, size);
}

esp_err_t esp_partition_read_raw(const esp_partition_t *partition, size_t src_offset, void *dst,
                                 size_t size)
{
    const esp_err_t err = check_range(partition, src_offset, size);

    if (err != ESP_OK) {
        return err;
    }
    return esp_flash_read(partition->flash_chip, dst, partition->address + (uint32_t)src_offset,
                          (uint32_t)size);
}

/* The flash seam decrypts, so that nothing is left to do here. */
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size)
{
    return esp_partition_read_raw(partition, src_offset, dst, size);
}

esp_err_t esp_partition_write_raw(const esp_partition_t *partition, size_t dst_offset,
                                  const void *src, size_t size)
{
    const esp_err_t err = check_change(partition, dst_offset, size);

    if (err != ESP_OK) {
        return err;
    }
    return esp_flash_write(partition->flash_chip, src, partition->address + (uint32_t)dst_offset,
                           (uint32_t)size);
}

esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size)
{
    const esp_err_t err = check_change(partition, dst_offset, size);

    if (err != ESP_OK) {
        return err;
    }
    if (!partition->encrypted) {
        return esp_partition_write_raw(partition, dst_offset, src, size);
    }
    return esp_flash_write_encrypted(
        partition->flash_chip, partition->address + (uint32_t)dst_offset, src, (uint32_t)size);
}

esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size)
{
    const esp_err_t err = check_change(partition, offset, size);

    if (err != ESP_OK) {
        return err;
    }
    if (size % SPI_FLASH_SEC_SIZE != 0) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (offset % SPI_FLASH_SEC_SIZE != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    return esp_flash_erase_region(partition->flash_chip, partition->address + (uint32_t)offset,
                                  (uint32_t)size);
}

uint32_t esp_partition_get_main_flash_sector_size(void)
{
    return SPI_FLASH_SEC_SIZE;
}

/* A sector at a time, so that little memory does. */
static esp_err_t copy_bytes(const esp_partition_t *to, uint32_t to_offset,
                            const esp_partition_t *from, uint32_t from_offset, uint32_t size)
{
    uint8_t bytes[SPI_FLASH_SEC_SIZE];
    esp_err_t err = ESP_OK;

    while (err == ESP_OK && size > 0) {
        const uint32_t step = size < sizeof bytes ? size : (uint32_t)sizeof bytes;

        err = esp_partition_read(from, from_offset, bytes, step);
        if (err == ESP_OK) {
            err = esp_partition_write(to, to_offset, bytes, step);
        }
        from_offset += step;
        to_offset += step;
        size -= step;
    }
    return err;
}

esp_err_t esp_partition_copy(const esp_partition_t *dest_part, uint32_t dest_offset,
                             const esp_partition_t *src_part, uint32_t src_offset, size_t size)
{
    size_t erase_size = size;
    esp_err_t err;

    if (!dest_part || !src_part || dest_part == src_part) {
        return ESP_ERR_INVALID_ARG;
    }
    if (dest_offset > dest_part->size || src_offset > src_part->size) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (!otk_idf_is_main_flash(src_part->flash_chip)) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (size == SIZE_MAX) {
        size = src_part->size - src_offset;
        erase_size = dest_part->size - dest_offset;
    }
    if (size > src_part->size - src_offset || size > dest_part->size - dest_offset) {
        return ESP_ERR_INVALID_SIZE;
    }
    erase_size = (erase_size + SPI_FLASH_SEC_SIZE - 1) / SPI_FLASH_SEC_SIZE * SPI_FLASH_SEC_SIZE;
    err = esp_partition_erase_range(dest_part, dest_offset, erase_size);
    if (err != ESP_OK) {
        return err;
    }
    return copy_bytes(dest_part, dest_offset, src_part, src_offset, (uint32_t)size);
}
