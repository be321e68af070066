// SPDX-License-Identifier: Apache-2.0
/* The flash chip as applications see it: any alignment, some places forbidden. */
#include "compat/esp_idf/flash.h"

#include <stdbool.h>
#include <string.h>

#include "compat/esp_idf/device.h"
#include "compat/esp_idf/include/esp_flash_partitions.h"
#include "otakit/base/bytes.h"

/* Most that a flash may demand; otakit/core/flash.h. */
#define WRITE_ALIGN_MAX 32u

static struct esp_flash_t main_flash;
static bool is_boot_area_allowed;

esp_flash_t *esp_flash_default_chip = &main_flash;

const struct otk_flash *otk_idf_flash(const esp_flash_t *chip)
{
    return chip ? chip->flash : main_flash.flash;
}

bool otk_idf_is_main_flash(const esp_flash_t *chip)
{
    return !chip || chip == &main_flash;
}

esp_err_t otk_idf_flash_error(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return ESP_OK;
    case OTK_NO_MEMORY:
        return ESP_ERR_NO_MEM;
    default:
        return ESP_ERR_FLASH_OP_FAIL;
    }
}

void otk_idf_flash_allow_boot_area(void)
{
    is_boot_area_allowed = true;
}

void otk_idf_flash_attach(const struct otk_flash *flash)
{
    main_flash.flash = flash;
    is_boot_area_allowed = false;
}

esp_err_t esp_flash_get_size(esp_flash_t *chip, uint32_t *out_size)
{
    const struct otk_flash *flash = otk_idf_flash(chip);

    if (!flash) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!out_size) {
        return ESP_ERR_INVALID_ARG;
    }
    *out_size = flash->size;
    return ESP_OK;
}

esp_err_t esp_flash_read(esp_flash_t *chip, void *buffer, uint32_t address, uint32_t length)
{
    const struct otk_flash *flash = otk_idf_flash(chip);

    if (!flash) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!buffer || !otk_range_fits(address, length, flash->size)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (length == 0) {
        return ESP_OK;
    }
    return otk_idf_flash_error(flash->read(flash->context, address, buffer, length));
}

/* The rules of writing; ESP-IDF ends the program where this says ESP_ERR_INVALID_ARG. */
static esp_err_t check_write(const esp_flash_t *chip, uint32_t address, uint32_t length)
{
    if (!otk_idf_is_main_flash(chip)) {
        return ESP_OK;
    }
    if (!esp_partition_is_flash_region_writable(address, length)) {
        return ESP_ERR_NOT_ALLOWED;
    }
    if (!is_boot_area_allowed && !esp_partition_main_flash_region_safe(address, length)) {
        return ESP_ERR_INVALID_ARG;
    }
    return ESP_OK;
}

/* Write some bytes of one unit of write_align; the others keep what they hold. */
static enum otk_status write_in_unit(const struct otk_flash *flash, uint32_t address,
                                     const uint8_t *bytes, uint32_t len)
{
    const uint32_t offset = address % flash->write_align;
    uint8_t unit[WRITE_ALIGN_MAX];
    const enum otk_status status = flash->read(flash->context, address - offset, unit,
                                               flash->write_align);

    if (status != OTK_OK) {
        return status;
    }
    memcpy(unit + offset, bytes, len);
    return flash->write(flash->context, address - offset, unit, flash->write_align);
}

static enum otk_status write_any(const struct otk_flash *flash, uint32_t address,
                                 const uint8_t *bytes, uint32_t len)
{
    const uint32_t align = flash->write_align;

    while (len > 0) {
        const bool is_aligned = address % align == 0 && len >= align;
        uint32_t step = is_aligned ? len - len % align : align - address % align;
        enum otk_status status;

        if (step > len) {
            step = len;
        }
        status = is_aligned ? flash->write(flash->context, address, bytes, step)
                            : write_in_unit(flash, address, bytes, step);
        if (status != OTK_OK) {
            return status;
        }
        address += step;
        bytes += step;
        len -= step;
    }
    return OTK_OK;
}

esp_err_t esp_flash_write(esp_flash_t *chip, const void *buffer, uint32_t address, uint32_t length)
{
    const struct otk_flash *flash = otk_idf_flash(chip);
    esp_err_t err;

    if (!flash) {
        return ESP_ERR_INVALID_STATE;
    }
    err = check_write(chip, address, length);
    if (err != ESP_OK) {
        return err;
    }
    if (!buffer || !otk_range_fits(address, length, flash->size)) {
        return ESP_ERR_INVALID_ARG;
    }
    return otk_idf_flash_error(write_any(flash, address, buffer, length));
}

esp_err_t esp_flash_erase_region(esp_flash_t *chip, uint32_t start, uint32_t len)
{
    const struct otk_flash *flash = otk_idf_flash(chip);
    esp_err_t err;

    if (!flash) {
        return ESP_ERR_INVALID_STATE;
    }
    err = check_write(chip, start, len);
    if (err != ESP_OK) {
        return err;
    }
    if (!otk_range_fits(start, len, flash->size) || start % OTK_SECTOR_SIZE != 0 ||
        len % OTK_SECTOR_SIZE != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (len == 0) {
        return ESP_OK;
    }
    return otk_idf_flash_error(flash->erase(flash->context, start, len));
}

esp_err_t esp_flash_write_encrypted(esp_flash_t *chip, uint32_t address, const void *buffer,
                                    uint32_t length)
{
    const struct otk_flash *flash = otk_idf_flash(chip);

    if (!flash) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!otk_idf_is_main_flash(chip)) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (address % 16 != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (length % 16 != 0) {
        return ESP_ERR_INVALID_SIZE;
    }
    return esp_flash_write(chip, buffer, address, length);
}
