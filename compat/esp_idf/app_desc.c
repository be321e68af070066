// SPDX-License-Identifier: Apache-2.0
/* What applications and bootloaders say of themselves. */
#include "compat/esp_idf/include/esp_app_desc.h"

#include <stdio.h>
#include <string.h>

#include "compat/esp_idf/attached.h"
#include "compat/esp_idf/include/esp_ota_ops.h"
#include "otakit/format/image.h"

/* Digits of the ELF's hash that are told. Source: ESP-IDF, esp_app_format/Kconfig.projbuild,
 * APP_RETRIEVE_LEN_ELF_SHA. */
#define ELF_SHA_DIGITS 9u

_Static_assert(sizeof(esp_app_desc_t) == OTK_APP_DESC_SIZE, "as in flash");

const esp_app_desc_t *esp_app_get_description(void)
{
    static esp_app_desc_t running;

    if (esp_ota_get_partition_description(esp_ota_get_running_partition(), &running) != ESP_OK) {
        memset(&running, 0, sizeof running);
    }
    return &running;
}

int esp_app_get_elf_sha256(char *dst, size_t size)
{
    const esp_app_desc_t *app;
    char digits[ELF_SHA_DIGITS + 2];

    if (!dst || size < 2) {
        return 0;
    }
    app = esp_app_get_description();
    for (size_t i = 0; i < (ELF_SHA_DIGITS + 1) / 2; i++) {
        snprintf(digits + 2 * i, 3, "%02x", app->app_elf_sha256[i]);
    }
    digits[ELF_SHA_DIGITS] = 0;
    snprintf(dst, size, "%s", digits);
    return (int)strlen(dst) + 1;
}

esp_err_t esp_ota_get_partition_description(const esp_partition_t *partition,
                                            esp_app_desc_t *app_desc)
{
    esp_err_t err;

    if (!partition || !app_desc) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    err = esp_partition_read(partition, OTK_APP_DESC_OFFSET, app_desc, sizeof *app_desc);
    if (err != ESP_OK) {
        return err;
    }
    return app_desc->magic_word == ESP_APP_DESC_MAGIC_WORD ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t esp_ota_get_bootloader_description(const esp_partition_t *bootloader_partition,
                                             esp_bootloader_desc_t *desc)
{
    esp_partition_t place = {.flash_chip = NULL};
    esp_err_t err;

    if (!desc) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!bootloader_partition) {
        if (!otk_idf_attached()) {
            return ESP_ERR_INVALID_STATE;
        }
        place.address = otk_idf_bootloader_offset();
        place.size = otk_idf_table_offset() - place.address;
        bootloader_partition = &place;
    }
    err = esp_partition_read(bootloader_partition, OTK_APP_DESC_OFFSET, desc, sizeof *desc);
    if (err != ESP_OK) {
        return err;
    }
    return desc->magic_byte == ESP_BOOTLOADER_DESC_MAGIC_BYTE ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_err_t esp_ota_check_image_validity(esp_partition_type_t part_type,
                                       const esp_image_header_t *img_hdr,
                                       const esp_app_desc_t *app_desc)
{
    const struct otk_idf_device *device = otk_idf_attached();
    const esp_app_desc_t *running;
    struct otk_image_header header;

    if (!img_hdr ||
        (part_type != ESP_PARTITION_TYPE_APP && part_type != ESP_PARTITION_TYPE_BOOTLOADER)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!device) {
        return ESP_ERR_INVALID_STATE;
    }
    otk_image_header_decode((const uint8_t *)img_hdr, &header);
    if (part_type == ESP_PARTITION_TYPE_BOOTLOADER) {
        header.max_revision = 0;
    }
    if (otk_image_header_fits_chip(&header, device->board->chip_id, device->board->revision) !=
        OTK_OK) {
        return ESP_ERR_INVALID_VERSION;
    }
    if (part_type != ESP_PARTITION_TYPE_APP || !app_desc) {
        return ESP_OK;
    }
    running = esp_app_get_description();
    if (running->spi_flash_mode != 0 && app_desc->spi_flash_mode != 0 &&
        running->spi_flash_mode != app_desc->spi_flash_mode) {
        return ESP_ERR_OTA_SPI_MODE_MISMATCH;
    }
    return ESP_OK;
}
