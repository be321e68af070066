// SPDX-License-Identifier: Apache-2.0
/* Builds the inputs that the vector files describe in words. */
#include "test/vectors/recipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/core/table.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/partition.h"
#include "test/support/sample_image.h"
#include "test/vectors/json.h"

/* Segment sizes of a slot's usual content, and the last size that ends behind a slot's 64 KB. */
#define SIZES_HEAD 0x400, 0x100, 0x80
#define SIZE_LAST  0x200
#define SIZE_OVER  (0x10000 - 0x580 - 56)

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

static uint32_t build_sized(uint32_t seed, uint32_t last_size, uint32_t secure_version,
                            uint8_t *bytes)
{
    struct sample_image image = sample_image_standard(seed,
                                                      (const uint32_t[4]){SIZES_HEAD, last_size});

    image.secure_version = secure_version;
    return sample_image_build(&image, bytes);
}

/* Kinds that are a good image, but not the usual one; two of them do not carry the vector's secure
 * version. Returns 0 for other kinds. */
static uint32_t build_special(const char *kind, const char *label, uint32_t secure_version,
                              uint8_t *bytes)
{
    struct sample_image image = sample_image_standard(slot_seed(label),
                                                      (const uint32_t[4]){SIZES_HEAD, SIZE_LAST});

    if (strcmp(kind, "too_big") == 0) {
        return build_sized(image.seed, SIZE_OVER, secure_version, bytes);
    }
    if (strcmp(kind, "exact_fit") == 0) {
        return build_sized(image.seed, SIZE_OVER - 48, secure_version, bytes);
    }
    if (strcmp(kind, "wrong_slot") == 0) {
        return build_sized(slot_seed(strcmp(label, "ota_0") == 0 ? "ota_1" : "ota_0"), SIZE_LAST, 0,
                           bytes);
    }
    if (strcmp(kind, "wrong_chip") == 0) {
        image.chip_id = OTK_CHIP_ESP32C3;
        return sample_image_build(&image, bytes);
    }
    if (strcmp(kind, "no_hash") == 0) {
        image.has_hash = false;
        image.secure_version = secure_version;
        return sample_image_build(&image, bytes);
    }
    return 0;
}

uint32_t recipe_build_content(const char *kind, const char *label, uint32_t secure_version,
                              uint8_t *bytes)
{
    uint32_t len;

    if (strcmp(kind, "empty") == 0) {
        return 0;
    }
    if (strcmp(kind, "zeros") == 0) {
        memset(bytes, 0, 4096);
        return 4096;
    }
    len = build_special(kind, label, secure_version, bytes);
    if (len > 0) {
        return len;
    }
    len = build_sized(slot_seed(label), SIZE_LAST, secure_version, bytes);
    return damage(kind, bytes, len);
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
    if (otk_md5(table, len, digest) != OTK_OK) {
        fputs("otk_vectors: the MD5 of a table failed\n", stderr);
        exit(2);
    }
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
