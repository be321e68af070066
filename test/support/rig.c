// SPDX-License-Identifier: Apache-2.0
/* A small device for unit tests. */
#include "test/support/rig.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/otadata.h"
#include "otakit/format/partition.h"
#include "sim/nor_fault.h"

static void must(enum otk_status status)
{
    if (status != OTK_OK) {
        abort();
    }
}

static uint32_t put_entry(uint8_t *table, uint32_t len, uint8_t type, uint8_t subtype,
                          uint32_t offset, uint32_t size)
{
    struct otk_partition partition = {
        .type = type, .subtype = subtype, .offset = offset, .size = size, .label = "part"};

    otk_partition_encode(&partition, table + len);
    return len + OTK_PARTITION_RECORD_SIZE;
}

static void write_table(struct rig *rig, enum rig_layout layout)
{
    const int slots = layout == RIG_THREE ? 3 : 2;
    uint8_t table[OTK_TABLE_SIZE];
    uint8_t digest[OTK_MD5_SIZE];
    uint32_t offset = 0x10000;
    uint32_t len = 0;
    int slot;

    memset(table, 0xFF, sizeof table);
    len = put_entry(table, len, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, RIG_OTADATA, 0x2000);
    if (layout == RIG_FACTORY_AND_TWO) {
        len = put_entry(table, len, OTK_TYPE_APP, OTK_SUBTYPE_APP_FACTORY, offset, RIG_SLOT_SIZE);
        offset += RIG_SLOT_SIZE;
    }
    for (slot = 0; slot < slots; slot++, offset += RIG_SLOT_SIZE) {
        len = put_entry(table, len, OTK_TYPE_APP, (uint8_t)(OTK_SUBTYPE_APP_OTA_0 + (unsigned)slot),
                        offset, RIG_SLOT_SIZE);
    }
    must(otk_md5(table, len, digest));
    otk_partition_encode_md5(digest, table + len);
    otk_nor_fill(rig->nor, OTK_TABLE_OFFSET, table, sizeof table);
}

void rig_open_with(struct rig *rig, enum rig_layout layout, const struct otk_nor_config *config)
{
    memset(rig, 0, sizeof *rig);
    must(otk_nor_create(config, &rig->nor));
    rig->board.flash = otk_nor_flash(rig->nor);
    rig->board.chip_id = OTK_CHIP_ESP32;
    rig->board.revision = 100;
    write_table(rig, layout);
}

void rig_open(struct rig *rig, enum rig_layout layout)
{
    const struct otk_nor_config config = {.size = RIG_FLASH_SIZE};

    rig_open_with(rig, layout, &config);
}

void rig_close(struct rig *rig)
{
    otk_session_close(&rig->session);
    otk_nor_close(rig->nor);
}

void rig_seal_image(struct rig_image *image)
{
    struct otk_sha256 sha;
    const uint32_t end = image->len - OTK_IMAGE_HASH_SIZE;
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;
    uint32_t offset;

    for (offset = OTK_APP_DESC_OFFSET; offset < end - OTK_IMAGE_CHECKSUM_ALIGN; offset++) {
        checksum ^= image->bytes[offset];
    }
    image->bytes[end - 1] = checksum;
    must(otk_sha256_init(&sha));
    must(otk_sha256_update(&sha, image->bytes, end));
    must(otk_sha256_finish(&sha, image->bytes + end));
    must(otk_sha256_init(&sha));
    must(otk_sha256_update(&sha, image->bytes, image->len));
    must(otk_sha256_finish(&sha, image->sha256));
}

/* One segment of read-only data that fills the image but for 16 bytes of padding and the hash. */
void rig_make_image(struct rig_image *image, const char *version, uint32_t size, uint32_t seed)
{
    const struct otk_image_header header = {
        .magic = OTK_IMAGE_MAGIC,
        .segment_count = 1,
        .spi_mode = 2,
        .flash_size = 2,
        .entry_address = 0x40080000,
        .chip_id = OTK_CHIP_ESP32,
        .hash_appended = 1,
    };
    uint8_t *const desc = image->bytes + OTK_APP_DESC_OFFSET;
    uint32_t offset;

    assert(size <= sizeof image->bytes && size >= 512);
    image->len = size / 16 * 16;
    memset(image->bytes, 0, sizeof image->bytes);
    otk_image_header_encode(&header, image->bytes);
    otk_store_le32(image->bytes + 24, 0x3F400020);
    otk_store_le32(image->bytes + 28, image->len - OTK_APP_DESC_OFFSET - 16 - 32);
    otk_store_le32(desc, OTK_APP_DESC_MAGIC);
    strcpy((char *)desc + 16, version);
    strcpy((char *)desc + 48, "rig");
    otk_store_le32(desc + 144, seed);
    for (offset = OTK_IMAGE_HEAD_SIZE; offset < image->len - 48; offset++) {
        seed = seed * 1664525u + 1013904223u;
        image->bytes[offset] = (uint8_t)(seed >> 24);
    }
    rig_seal_image(image);
}

uint32_t rig_slot_offset(const struct rig *rig, int slot)
{
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_layout layout;

    memcpy(table, otk_nor_content(rig->nor) + OTK_TABLE_OFFSET, sizeof table);
    must(otk_layout_decode(table, rig->board.flash->size, &layout));
    return otk_layout_slot(&layout, slot).offset;
}

void rig_install(struct rig *rig, int slot, const struct rig_image *image)
{
    const uint32_t offset = rig_slot_offset(rig, slot);
    uint8_t *const blank = malloc(RIG_SLOT_SIZE);

    memset(blank, 0xFF, RIG_SLOT_SIZE);
    memcpy(blank, image->bytes, image->len);
    otk_nor_fill(rig->nor, offset, blank, RIG_SLOT_SIZE);
    free(blank);
}

int rig_reset(struct rig *rig)
{
    otk_session_close(&rig->session);
    otk_nor_power_on(rig->nor);
    if (otk_boot(&rig->board, rig->scratch, sizeof rig->scratch, &rig->boot) != OTK_OK) {
        return OTK_SLOT_NONE;
    }
    must(otk_device_start(&rig->device, &rig->board, rig->boot.slot, OTK_RESET_SOFTWARE,
                          rig->scratch));
    return rig->boot.slot;
}

bool rig_slot_holds(const struct rig *rig, int slot, const struct rig_image *image)
{
    return memcmp(otk_nor_content(rig->nor) + rig_slot_offset(rig, slot), image->bytes,
                  image->len) == 0;
}

enum otk_status rig_send(struct rig *rig, const struct rig_image *image, uint32_t chunk)
{
    const struct otk_session_request request = {.image_size = image->len, .sha256 = image->sha256};
    enum otk_status status;
    uint32_t offset;

    status = otk_session_open(&rig->session, &rig->device, &request, rig->buffer);
    if (status != OTK_OK) {
        return status;
    }
    for (offset = otk_session_offset(&rig->session); offset < image->len; offset += chunk) {
        const uint32_t rest = image->len - offset;

        status = otk_session_write(&rig->session, offset, image->bytes + offset,
                                   rest < chunk ? rest : chunk);
        if (status != OTK_OK) {
            return status;
        }
    }
    do {
        status = otk_session_finish(&rig->session);
    } while (status == OTK_MORE);
    return status;
}

int rig_update(struct rig *rig, const struct rig_image *image)
{
    must(rig_send(rig, image, 1000));
    must(otk_session_switch(&rig->session));
    return rig_reset(rig);
}

uint32_t rig_state(const struct rig *rig, int index)
{
    struct otk_otadata entry;

    otk_otadata_decode(otk_nor_content(rig->nor) + RIG_OTADATA + (uint32_t)index * OTK_SECTOR_SIZE,
                       &entry);
    return entry.state;
}
