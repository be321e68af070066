// SPDX-License-Identifier: Apache-2.0
/* Whole images and tables in flash, judged by otakit/core. */
#include "compat/esp_idf/image.h"

#include <string.h>

#include "compat/esp_idf/attached.h"
#include "compat/esp_idf/flash.h"
#include "otakit/base/bytes.h"
#include "otakit/core/table.h"
#include "otakit/core/verify.h"
#include "otakit/format/image.h"

/* The application's view of an image is the bytes in flash, on a machine that is little endian too. */
_Static_assert(sizeof(esp_image_header_t) == OTK_IMAGE_HEADER_SIZE, "as in flash");
_Static_assert(sizeof(esp_image_segment_header_t) == OTK_SEGMENT_HEADER_SIZE, "as in flash");
_Static_assert(sizeof(((esp_image_metadata_t *)0)->image_digest) == OTK_IMAGE_HASH_SIZE, "a hash");

/* Every chip's default. Source: ESP-IDF, soc/<chip>, SPI_FLASH_MMU_PAGE_SIZE. */
#define PAGE_SIZE 0x10000u

static esp_err_t image_error(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return ESP_OK;
    case OTK_INVALID_ARGUMENT:
        return ESP_ERR_INVALID_ARG;
    case OTK_WRONG_CHIP:
    case OTK_CHIP_REVISION:
    case OTK_CRYPTO:
        return ESP_FAIL;
    case OTK_FLASH_IO:
    case OTK_POWER_LOST:
        return ESP_ERR_IMAGE_FLASH_FAIL;
    default:
        return ESP_ERR_IMAGE_INVALID;
    }
}

static esp_err_t read_flash(uint32_t address, void *bytes, uint32_t len)
{
    return esp_flash_read(NULL, bytes, address, len) == ESP_OK ? ESP_OK : ESP_ERR_IMAGE_FLASH_FAIL;
}

/* Read a segment's header and say whether a segment can be so. */
static esp_err_t read_segment(uint32_t address, esp_image_segment_header_t *segment)
{
    const uint32_t data = address + OTK_SEGMENT_HEADER_SIZE;
    const esp_err_t err = read_flash(address, segment, sizeof *segment);

    if (err != ESP_OK) {
        return err;
    }
    if (segment->data_len % 4 != 0 || segment->data_len >= OTK_SEGMENT_SIZE_LIMIT) {
        return ESP_ERR_IMAGE_INVALID;
    }
    if (otk_segment_is_mapped(otk_idf_attached()->board->chip_id, segment->load_addr) &&
        (data - segment->load_addr) % PAGE_SIZE != 0) {
        return ESP_ERR_IMAGE_INVALID;
    }
    return ESP_OK;
}

static esp_err_t walk_segments(esp_image_metadata_t *data)
{
    uint32_t next = data->start_addr + OTK_IMAGE_HEADER_SIZE;

    if (data->image.segment_count > ESP_IMAGE_MAX_SEGMENTS) {
        return ESP_ERR_IMAGE_INVALID; /* ESP-IDF writes past the end of its array */
    }
    for (uint32_t i = 0; i < data->image.segment_count; i++) {
        const esp_err_t err = read_segment(next, &data->segments[i]);

        if (err != ESP_OK) {
            return err;
        }
        next += OTK_SEGMENT_HEADER_SIZE;
        data->segment_data[i] = next;
        next += data->segments[i].data_len;
    }
    if (next < data->start_addr) {
        return ESP_ERR_IMAGE_INVALID;
    }
    data->image_len = next - data->start_addr;
    return ESP_OK;
}

/* The application's version, if segment 0 begins with a description. */
static void note_secure_version(esp_image_metadata_t *data)
{
    uint8_t head[8];

    if (data->image.segment_count > 0 &&
        read_flash(data->segment_data[0], head, sizeof head) == ESP_OK &&
        otk_load_le32(head) == OTK_APP_DESC_MAGIC) {
        data->secure_version = otk_load_le32(head + 4);
    }
}

/* Fill in what the headers say. */
static esp_err_t walk(const esp_partition_pos_t *part, esp_image_metadata_t *data)
{
    esp_err_t err;

    memset(data, 0, sizeof *data);
    data->start_addr = part->offset;
    data->mmu_page_size = PAGE_SIZE;
    err = read_flash(part->offset, &data->image, sizeof data->image);
    if (err == ESP_OK) {
        err = walk_segments(data);
    }
    if (err != ESP_OK) {
        return err;
    }
    data->image_len = (data->image_len / OTK_IMAGE_CHECKSUM_ALIGN + 1) * OTK_IMAGE_CHECKSUM_ALIGN;
    if (data->image.hash_appended) {
        err = read_flash(data->start_addr + data->image_len, data->image_digest,
                         OTK_IMAGE_HASH_SIZE);
        data->image_len += OTK_IMAGE_HASH_SIZE;
    }
    if (err == ESP_OK && data->image_len > part->size) {
        err = ESP_ERR_IMAGE_INVALID;
    }
    if (err == ESP_OK) {
        note_secure_version(data);
    }
    return err;
}

esp_err_t otk_idf_verify_image(const esp_partition_pos_t *part, bool is_bootloader,
                               esp_image_metadata_t *data)
{
    const struct otk_idf_device *device = otk_idf_attached();
    uint8_t scratch[OTK_SECTOR_SIZE];
    struct otk_image_target target;
    esp_err_t err;

    if (!part || !data) {
        return ESP_ERR_INVALID_ARG;
    }
    memset(data, 0, sizeof *data);
    if (!device) {
        return ESP_ERR_INVALID_STATE;
    }
    target = (struct otk_image_target){
        .area = {.offset = part->offset, .size = part->size},
        .chip_id = device->board->chip_id,
        .revision = device->board->revision,
        .ignore_hash = is_bootloader,
        .ignore_max_revision = is_bootloader,
    };
    err = image_error(
        otk_image_verify(device->board->flash, &target, scratch, sizeof scratch, NULL));
    if (err == ESP_OK) {
        err = walk(part, data);
    }
    if (err != ESP_OK) {
        memset(data, 0, sizeof *data);
    }
    return err;
}

esp_err_t esp_image_verify(esp_image_load_mode_t mode, const esp_partition_pos_t *part,
                           esp_image_metadata_t *data)
{
    const bool is_bootloader = part && otk_idf_attached() &&
                               part->offset == otk_idf_bootloader_offset();

    (void)mode; /* nothing is printed in either */
    return otk_idf_verify_image(part, is_bootloader, data);
}

esp_err_t esp_image_get_metadata(const esp_partition_pos_t *part, esp_image_metadata_t *metadata)
{
    esp_err_t err;

    if (!part || !metadata || part->size > OTK_IMAGE_SIZE_LIMIT) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!otk_idf_attached()) {
        return ESP_ERR_INVALID_STATE;
    }
    err = walk(part, metadata);
    if (err != ESP_OK) {
        memset(metadata, 0, sizeof *metadata);
    }
    return err;
}

int esp_image_get_flash_size(esp_image_flash_size_t app_flash_size)
{
    return (unsigned)app_flash_size < ESP_IMAGE_FLASH_SIZE_MAX ? 0x100000 << app_flash_size : 0;
}

esp_err_t esp_partition_table_verify(const esp_partition_info_t *partition_table, bool log_errors,
                                     int *num_partitions)
{
    const struct otk_idf_device *device = otk_idf_attached();
    const uint8_t *records = (const uint8_t *)partition_table;
    struct otk_layout layout;
    enum otk_status status;
    uint32_t count;

    (void)log_errors;
    if (!device) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!partition_table || !num_partitions) {
        return ESP_ERR_INVALID_ARG;
    }
    *num_partitions = 0;
    status = otk_layout_decode(records, device->board->flash->size, &layout);
    if (status != OTK_OK) {
        return status == OTK_OUT_OF_RANGE ? ESP_ERR_INVALID_SIZE : ESP_ERR_INVALID_STATE;
    }
    /* The MD5 record is none of them, wherever it stands. */
    for (count = 0; count < layout.record_count; count++) {
        if (otk_partition_record_kind(records + count * OTK_PARTITION_RECORD_SIZE) ==
            OTK_PARTITION_ENTRY) {
            (*num_partitions)++;
        }
    }
    return ESP_OK;
}
