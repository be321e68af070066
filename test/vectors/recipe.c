// SPDX-License-Identifier: Apache-2.0
/* Builds the inputs that the vector files describe in words. */
#include "test/vectors/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/core/table.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/image.h"
#include "otakit/format/partition.h"
#include "test/vectors/json.h"

/* Segment sizes of a slot's usual content, and the size that ends at a slot's 64 KB. */
#define SIZES_HEAD 0x400, 0x100, 0x80
#define SIZE_LAST  0x200
#define SIZE_OVER  (0x10000 - 0x580 - 56)

static void expect_ok(enum otk_status status)
{
    if (status != OTK_OK) {
        fprintf(stderr, "otk_vectors: building an input: %s\n", otk_status_text(status));
        exit(2);
    }
}

/* Pseudo-random bytes. */
static void fill(uint32_t seed, uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(seed >> 24);
    }
}

static void put_text(uint8_t *field, const char *text)
{
    memcpy(field, text, strlen(text));
}

static void put_app_desc(uint8_t *desc, const struct recipe_image *image)
{
    char version[16];

    memset(desc, 0, OTK_APP_DESC_SIZE);
    snprintf(version, sizeof(version), "1.0.%u", image->seed);
    otk_store_le32(desc, OTK_APP_DESC_MAGIC);
    otk_store_le32(desc + 4, image->secure_version);
    put_text(desc + 16, version);
    put_text(desc + 48, "vec");
    put_text(desc + 80, "12:00:00");
    put_text(desc + 96, "Jan  1 2026");
    put_text(desc + 112, "v6.0.1");
    otk_store_le16(desc + 178, 99);
}

static void put_header(uint8_t *bytes, const struct recipe_image *image)
{
    const struct otk_image_header header = {.magic = OTK_IMAGE_MAGIC,
                                            .segment_count = 4,
                                            .spi_mode = 2,
                                            .flash_size = 2,
                                            .entry_address = 0x40080000,
                                            .wp_pin = 0xEE,
                                            .chip_id = image->chip_id,
                                            .max_revision = 399,
                                            .hash_appended = image->has_hash};

    otk_image_header_encode(&header, bytes);
}

/* Checksum byte at the end of its 16-byte unit. Returns the new length. */
static uint32_t put_checksum(uint8_t *bytes, uint32_t len, uint8_t checksum)
{
    const uint32_t padding = 16 - len % 16;

    memset(bytes + len, 0, padding);
    bytes[len + padding - 1] = checksum;
    return len + padding;
}

static uint32_t put_hash(uint8_t *bytes, uint32_t len)
{
    struct otk_sha256 sha;

    expect_ok(otk_sha256_init(&sha));
    expect_ok(otk_sha256_update(&sha, bytes, len));
    expect_ok(otk_sha256_finish(&sha, bytes + len));
    return len + OTK_IMAGE_HASH_SIZE;
}

uint32_t recipe_image_size(const struct recipe_image *image)
{
    return image->sizes[0] + image->sizes[1] + image->sizes[2] + image->sizes[3] + 128;
}

uint32_t recipe_build_image(const struct recipe_image *image, uint8_t *bytes)
{
    static const uint32_t addresses[4] = {0x3F400020, 0x3FFB0000, 0x40080000, 0x400D0000};
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;
    uint32_t len = OTK_IMAGE_HEADER_SIZE;

    put_header(bytes, image);
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t size = image->sizes[i];
        const uint32_t skip = i == 0 ? OTK_APP_DESC_SIZE : 0;
        uint8_t *data = bytes + len + OTK_SEGMENT_HEADER_SIZE;

        len += OTK_SEGMENT_HEADER_SIZE;
        otk_store_le32(data - 8, addresses[i] + (i == 3 ? len % 0x10000 : 0));
        otk_store_le32(data - 4, size);
        if (i == 0) {
            put_app_desc(data, image);
        }
        fill(image->seed + 1000 * i, data + skip, size - skip);
        for (uint32_t k = 0; k < size; k++) {
            checksum ^= data[k];
        }
        len += size;
    }
    len = put_checksum(bytes, len, checksum);
    return image->has_hash ? put_hash(bytes, len) : len;
}

static uint32_t slot_seed(const char *label)
{
    if (strcmp(label, "factory") == 0) {
        return 90;
    }
    if (strcmp(label, "test") == 0) {
        return 91;
    }
    return (uint32_t)strtoul(label + strlen("ota_"), NULL, 10) + 1;
}

/* Kinds that are an image with one thing broken. */
static uint32_t damage(const char *kind, uint8_t *bytes, uint32_t len)
{
    if (strcmp(kind, "bad_magic") == 0) {
        bytes[0] = 0xE8;
    } else if (strcmp(kind, "bad_checksum") == 0) {
        bytes[32 + 256 + 10] ^= 1;
    } else if (strcmp(kind, "bad_hash") == 0) {
        bytes[len - 1] ^= 1;
    } else if (strcmp(kind, "bad_pad") == 0) {
        bytes[len - 34] ^= 0x55;
    } else if (strcmp(kind, "truncated") == 0) {
        memset(bytes + 0x300, 0xFF, len - 0x300);
    } else if (strcmp(kind, "cut_hash") == 0) {
        return len - 32;
    } else if (strcmp(kind, "valid") != 0) {
        return 0;
    }
    return len;
}

uint32_t recipe_build_content(const char *kind, const char *label, uint32_t secure_version,
                              uint8_t *bytes)
{
    struct recipe_image image = {.seed = slot_seed(label),
                                 .sizes = {SIZES_HEAD, SIZE_LAST},
                                 .secure_version = secure_version,
                                 .has_hash = true};

    if (strcmp(kind, "empty") == 0) {
        return 0;
    }
    if (strcmp(kind, "zeros") == 0) {
        memset(bytes, 0, 4096);
        return 4096;
    }
    if (strcmp(kind, "too_big") == 0) {
        image.sizes[3] = SIZE_OVER;
        return recipe_build_image(&image, bytes);
    }
    if (strcmp(kind, "exact_fit") == 0) {
        image.sizes[3] = SIZE_OVER - 48;
        return recipe_build_image(&image, bytes);
    }
    if (strcmp(kind, "no_hash") == 0) {
        image.has_hash = false;
        return recipe_build_image(&image, bytes);
    }
    /* These two do not carry the vector's secure version. */
    if (strcmp(kind, "wrong_chip") == 0) {
        image.chip_id = 5;
        image.secure_version = 0;
        return recipe_build_image(&image, bytes);
    }
    if (strcmp(kind, "wrong_slot") == 0) {
        image.seed = slot_seed(strcmp(label, "ota_0") == 0 ? "ota_1" : "ota_0");
        image.secure_version = 0;
        return recipe_build_image(&image, bytes);
    }
    return damage(kind, bytes, recipe_build_image(&image, bytes));
}

void recipe_put_table(struct ram_flash *ram, const cJSON *layout)
{
    uint8_t *table = ram->bytes + RECIPE_TABLE_OFFSET;
    uint8_t digest[OTK_MD5_SIZE];
    uint32_t len = 0;
    const cJSON *row;

    cJSON_ArrayForEach(row, layout)
    {
        struct otk_partition partition = {.type = (uint8_t)json_element(row, 0),
                                          .subtype = (uint8_t)json_element(row, 1),
                                          .offset = (uint32_t)json_element(row, 2),
                                          .size = (uint32_t)json_element(row, 3),
                                          .flags = (uint32_t)json_element(row, 5)};

        snprintf(partition.label, sizeof(partition.label), "%s", json_element_text(row, 4));
        otk_partition_encode(&partition, table + len);
        len += OTK_PARTITION_RECORD_SIZE;
    }
    expect_ok(otk_md5(table, len, digest));
    otk_partition_encode_md5(digest, table + len);
}

void recipe_put_otadata(struct ram_flash *ram, const cJSON *vector)
{
    json_hex(json_text(vector, "a", ""), ram->bytes + RECIPE_OTADATA_OFFSET, 32);
    json_hex(json_text(vector, "b", ""), ram->bytes + RECIPE_OTADATA_OFFSET + OTK_SECTOR_SIZE, 32);
}

/* Only the last application partition keeps what is longer than itself, and only where kinds are
 * plain words. */
static void put_slot(struct ram_flash *ram, const cJSON *row, const cJSON *slots, bool is_last)
{
    static uint8_t content[RECIPE_CONTENT_SIZE];
    const char *label = json_element_text(row, 4);
    const uint32_t offset = (uint32_t)json_element(row, 2);
    const uint32_t size = (uint32_t)json_element(row, 3);
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(slots, label);
    uint32_t len;

    if (!kind) {
        return;
    }
    if (cJSON_IsArray(kind)) {
        len = recipe_build_content(json_element_text(kind, 0), label,
                                   (uint32_t)json_element(kind, 1), content);
    } else {
        len = recipe_build_content(kind->valuestring, label, 0, content);
    }
    if (len > size && (!is_last || cJSON_IsArray(kind))) {
        len = size;
    }
    memcpy(ram->bytes + offset, content, len);
}

void recipe_put_slots(struct ram_flash *ram, const cJSON *layout, const cJSON *slots)
{
    const cJSON *last = NULL;
    const cJSON *row;

    cJSON_ArrayForEach(row, layout)
    {
        last = json_element(row, 0) == OTK_TYPE_APP ? row : last;
    }
    cJSON_ArrayForEach(row, layout)
    {
        if (json_element(row, 0) == OTK_TYPE_APP) {
            put_slot(ram, row, slots, row == last);
        }
    }
}

void recipe_slot_name(int slot, char name[16])
{
    if (slot == OTK_SLOT_FACTORY) {
        snprintf(name, 16, "factory");
    } else if (slot == OTK_SLOT_TEST) {
        snprintf(name, 16, "test");
    } else {
        snprintf(name, 16, "ota_%u", (unsigned)slot % 100);
    }
}
