// SPDX-License-Identifier: Apache-2.0
/*
 * struct otk_flash over esp_partition.
 *
 * Encrypted partitions: erased bytes would be decrypted to noise, and otakit must see them as erased.
 * So the raw bytes are read as well, and where a whole unit of them is 0xFF, 0xFF is what stands there.
 */
#include "port/espidf/flash.h"

#include <string.h>

#include <esp_efuse.h>
#include <esp_flash.h>
#include <esp_flash_encrypt.h>
#include <esp_idf_version.h>
#include <esp_ota_ops.h>
#include <esp_partition.h>

#include "port/espidf/patience.h"

/* Raw bytes that are looked at together; on the stack. */
#define RAW_SIZE 256u

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
#define IS_ENCRYPTED esp_efuse_is_flash_encryption_enabled
#else
#define IS_ENCRYPTED esp_flash_encryption_enabled
#endif

static const struct otk_place *find(const struct otk_espidf_flash *flash, uint32_t offset,
                                    uint32_t len)
{
    return otk_places_find(flash->places, flash->place_count, offset, len);
}

static enum otk_status status_of(esp_err_t error)
{
    return error == ESP_OK ? OTK_OK : OTK_FLASH_IO;
}

/* offset: in the partition. */
static esp_err_t show_erased(const esp_partition_t *partition, uint32_t offset, uint8_t *data,
                             uint32_t len)
{
    uint8_t raw[RAW_SIZE];
    uint32_t done = 0;

    while (done < len) {
        const uint32_t lead = (offset + done) % OTK_PLACES_UNIT;
        const uint32_t room = RAW_SIZE - lead;
        const uint32_t part = len - done < room ? len - done : room;
        const uint32_t raw_len = (lead + part + OTK_PLACES_UNIT - 1u) & ~(OTK_PLACES_UNIT - 1u);
        const esp_err_t error = esp_partition_read_raw(partition, offset + done - lead, raw,
                                                       raw_len);

        if (error != ESP_OK) {
            return error;
        }
        otk_places_show_erased(data + done, part, raw, lead);
        done += part;
    }
    return ESP_OK;
}

/* Outside of every partition stands the partition table. */
static enum otk_status read_outside(const struct otk_espidf_flash *flash, uint32_t offset,
                                    void *data, uint32_t len)
{
    if (otk_places_touch(flash->places, flash->place_count, offset, len)) {
        return OTK_FLASH_IO;
    }
    return status_of(flash->is_encrypted ? esp_flash_read_encrypted(NULL, offset, data, len)
                                         : esp_flash_read(NULL, data, offset, len));
}

static enum otk_status read_flash(void *context, uint32_t offset, void *data, uint32_t len)
{
    const struct otk_espidf_flash *const flash = context;
    const struct otk_place *const place = find(flash, offset, len);
    const esp_partition_t *partition;
    esp_err_t error;

    if (!place) {
        return read_outside(flash, offset, data, len);
    }
    partition = place->partition;
    error = esp_partition_read(partition, offset - place->offset, data, len);
    if (error == ESP_OK && partition->encrypted) {
        error = show_erased(partition, offset - place->offset, data, len);
    }
    return status_of(error);
}

static enum otk_status write_flash(void *context, uint32_t offset, const void *data, uint32_t len)
{
    const struct otk_place *const place = find(context, offset, len);

    if (!place || place->is_locked) {
        return OTK_FLASH_IO;
    }
    return status_of(esp_partition_write(place->partition, offset - place->offset, data, len));
}

/* Block by block, with a breath behind each. */
static enum otk_status erase_flash(void *context, uint32_t offset, uint32_t len)
{
    const struct otk_espidf_flash *const flash = context;
    const struct otk_place *const place = find(flash, offset, len);
    const uint32_t block_size = flash->flash.block_size;
    uint32_t done = 0;

    if (!place || place->is_locked) {
        return OTK_FLASH_IO;
    }
    while (done < len) {
        const uint32_t room = block_size - (offset + done) % block_size;
        const uint32_t part = len - done < room ? len - done : room;

        if (esp_partition_erase_range(place->partition, offset + done - place->offset, part) !=
            ESP_OK) {
            return OTK_FLASH_IO;
        }
        done += part;
        otk_patience();
    }
    return OTK_OK;
}

static void add(struct otk_espidf_flash *flash, const esp_partition_t *partition)
{
    const bool is_running = partition->address == esp_ota_get_running_partition()->address;
    const bool is_ota = partition->type == ESP_PARTITION_TYPE_DATA ||
                        (partition->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MIN &&
                         partition->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MAX);

    if (partition->flash_chip != esp_flash_default_chip ||
        flash->place_count == OTK_ESPIDF_PLACE_COUNT) {
        return;
    }
    flash->places[flash->place_count++] = (struct otk_place){
        .offset = partition->address,
        .size = partition->size,
        .partition = partition,
        .is_locked = is_running || !is_ota,
    };
    if (partition->encrypted) {
        flash->flash.write_align = OTK_PLACES_UNIT;
    }
}

static void add_all(struct otk_espidf_flash *flash, esp_partition_type_t type,
                    esp_partition_subtype_t subtype)
{
    esp_partition_iterator_t found = esp_partition_find(type, subtype, NULL);

    while (found) {
        add(flash, esp_partition_get(found));
        found = esp_partition_next(found); /* releases it at the end */
    }
}

esp_err_t otk_espidf_flash_open(struct otk_espidf_flash *flash, uint32_t block_size)
{
    uint32_t size;
    const esp_err_t error = esp_flash_get_size(NULL, &size);

    if (error != ESP_OK) {
        return error;
    }
    memset(flash, 0, sizeof *flash);
    flash->flash = (struct otk_flash){.context = flash,
                                      .size = size,
                                      .block_size = block_size,
                                      .write_align = 4,
                                      .read = read_flash,
                                      .write = write_flash,
                                      .erase = erase_flash};
    flash->is_encrypted = IS_ENCRYPTED();
    add_all(flash, ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_OTA);
    add_all(flash, ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY);
    return ESP_OK;
}
