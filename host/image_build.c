// SPDX-License-Identifier: Apache-2.0
/*
 * Valid application images, made of four segments: DROM, DRAM, IRAM, IROM.
 *
 * A flash-mapped segment must lie at the same place of a 64 KiB page in the file and in memory;
 * application partitions start at such a page.
 */
#include "host/image_build.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/chip_map.h"
#include "host/sha256.h"
#include "otakit/base/bytes.h"

#define PAGE_SIZE     0x10000u
#define SEGMENT_COUNT 4u
#define DROM          0u
#define IRAM          2u
#define IROM          3u

/* Everything of an image that is not segment data: headers, checksum, hash. */
#define FRAME_SIZE \
    (OTK_IMAGE_HEADER_SIZE + SEGMENT_COUNT * OTK_SEGMENT_HEADER_SIZE + 1u + OTK_IMAGE_HASH_SIZE)

/* Bytes of RAM segments in a large image, and of any segment at least. */
#define RAM_SIZE   0x4000u
#define LEAST_SIZE 64u

/* Where RAM segments go: behind the start of RAM, which chips use for vectors and caches. */
#define DRAM_SKIP 0x10000u
#define IRAM_SKIP 0x4000u

/* Fields of the application description. Source: ESP-IDF, esp_app_desc.h. */
#define DESC_VERSION     16u
#define DESC_PROJECT     48u
#define DESC_TIME        80u
#define DESC_DATE        96u
#define DESC_IDF_VERSION 112u
#define DESC_ELF_SHA256  144u
#define DESC_MMU_PAGE    180u
#define DESC_NAME_SIZE   32u

struct plan {
    uint32_t sizes[SEGMENT_COUNT];     /* bytes of data */
    uint32_t offsets[SEGMENT_COUNT];   /* of the data in the image */
    uint32_t addresses[SEGMENT_COUNT]; /* in the chip */
    uint32_t len;                      /* of the image */
};

static uint32_t round_up(uint32_t value, uint32_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* Divide the bytes among the segments; what the payload does not need goes where code goes. */
static enum otk_status plan_sizes(const struct otk_image_spec *spec, struct plan *plan)
{
    const uint32_t payload_len = spec->payload ? spec->payload_len : 0;
    const uint32_t least = OTK_APP_DESC_SIZE + round_up(payload_len, 4) + 3 * LEAST_SIZE;
    uint32_t size = spec->size ? spec->size : OTK_IMAGE_DEFAULT_SIZE;
    uint32_t rest;

    if (!spec->size && spec->payload) {
        size = FRAME_SIZE + least;
    }
    size = round_up(size, OTK_IMAGE_CHECKSUM_ALIGN);
    if (size < OTK_IMAGE_LEAST_SIZE && spec->size) {
        return OTK_NO_SPACE;
    }
    size = size < OTK_IMAGE_LEAST_SIZE ? OTK_IMAGE_LEAST_SIZE : size;
    if (size < FRAME_SIZE + least) {
        return OTK_NO_SPACE;
    }
    rest = (size - FRAME_SIZE) / 4 * 4 - least;
    plan->sizes[DROM] = OTK_APP_DESC_SIZE + round_up(payload_len, 4);
    for (uint32_t i = 1; i < SEGMENT_COUNT; i++) {
        plan->sizes[i] = LEAST_SIZE;
    }
    if (!spec->payload) {
        const uint32_t share = rest / 16 * 4;
        const uint32_t ram = share / 2 < RAM_SIZE ? share / 2 / 4 * 4 : RAM_SIZE;

        plan->sizes[DROM] += share;
        plan->sizes[1] += ram;
        plan->sizes[IRAM] += ram;
        rest -= share + 2 * ram;
    }
    plan->sizes[IROM] += rest;
    plan->len = size;
    return OTK_OK;
}

static enum otk_status plan_addresses(uint16_t chip_id, struct plan *plan)
{
    static const enum otk_region regions[SEGMENT_COUNT] = {OTK_REGION_DROM, OTK_REGION_DRAM,
                                                           OTK_REGION_IRAM, OTK_REGION_IROM};
    static const uint32_t skips[SEGMENT_COUNT] = {0, DRAM_SKIP, IRAM_SKIP, 0};
    uint32_t offset = OTK_IMAGE_HEADER_SIZE;

    for (uint32_t i = 0; i < SEGMENT_COUNT; i++) {
        const struct otk_chip_range *const range = otk_chip_range(chip_id, regions[i]);
        uint32_t start;

        if (!range) {
            return OTK_INVALID_ARGUMENT;
        }
        offset += OTK_SEGMENT_HEADER_SIZE;
        start = range->begin + skips[i];
        if (i == IROM && range->region == OTK_REGION_FLASH) {
            start += round_up(plan->sizes[DROM] + plan->offsets[DROM], PAGE_SIZE);
        }
        start += i == DROM || i == IROM ? offset % PAGE_SIZE : 0;
        if (start > range->end || plan->sizes[i] > range->end - start) {
            return OTK_TOO_BIG;
        }
        plan->addresses[i] = start;
        plan->offsets[i] = offset;
        offset += plan->sizes[i];
    }
    return OTK_OK;
}

/* Marsaglia's xorshift; a byte a step. */
static void fill(uint8_t *bytes, uint32_t len, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 0x9E3779B9u;

    state = state ? state : 1;
    for (uint32_t i = 0; i < len; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

static void put_data(const struct otk_image_spec *spec, const struct plan *plan, uint8_t *image)
{
    for (uint32_t i = 0; i < SEGMENT_COUNT; i++) {
        uint8_t *const head = image + plan->offsets[i] - OTK_SEGMENT_HEADER_SIZE;

        otk_store_le32(head, plan->addresses[i]);
        otk_store_le32(head + 4, plan->sizes[i]);
        fill(image + plan->offsets[i], plan->sizes[i], spec->seed + i * 0x01000193u);
    }
    if (spec->payload) {
        memset(image + plan->offsets[DROM], 0, plan->sizes[DROM]);
        memcpy(image + plan->offsets[DROM] + OTK_APP_DESC_SIZE, spec->payload, spec->payload_len);
    }
}

/* The ELF file's SHA-256 tells builds apart; there is no ELF file, but the data do that too. */
static enum otk_status put_app_desc(const struct otk_image_spec *spec, const struct plan *plan,
                                    uint8_t *image)
{
    uint8_t *const desc = image + plan->offsets[DROM];
    uint8_t digest[OTK_SHA256_SIZE];
    enum otk_status status;

    memset(desc, 0, OTK_APP_DESC_SIZE);
    otk_store_le32(desc, OTK_APP_DESC_MAGIC);
    otk_store_le32(desc + 4, spec->secure_version);
    memcpy(desc + DESC_VERSION, spec->version, strlen(spec->version));
    memcpy(desc + DESC_PROJECT, spec->project, strlen(spec->project));
    memcpy(desc + DESC_TIME, "12:00:00", 8);
    memcpy(desc + DESC_DATE, "Jan  1 2026", 11);
    memcpy(desc + DESC_IDF_VERSION, "otakit", 6);
    desc[DESC_MMU_PAGE] = 16; /* log2 of the page size */
    status = otk_host_sha256(image, plan->len, digest);
    if (status == OTK_OK) {
        memcpy(desc + DESC_ELF_SHA256, digest, sizeof digest);
    }
    return status;
}

static void put_header(const struct otk_image_spec *spec, const struct plan *plan, uint8_t *image)
{
    const struct otk_image_header header = {
        .magic = OTK_IMAGE_MAGIC,
        .segment_count = SEGMENT_COUNT,
        .spi_mode = 2,   /* DIO */
        .flash_size = 2, /* 4 MB */
        .wp_pin = 0xEE,  /* as eFuses say */
        .entry_address = plan->addresses[IRAM],
        .chip_id = spec->chip_id,
        .max_revision = 0xFFFF,
        .hash_appended = 1,
    };

    otk_image_header_encode(&header, image);
}

static enum otk_status seal(const struct plan *plan, uint8_t *image)
{
    const uint32_t hashed = plan->len - OTK_IMAGE_HASH_SIZE;
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;

    for (uint32_t i = 0; i < SEGMENT_COUNT; i++) {
        for (uint32_t j = 0; j < plan->sizes[i]; j++) {
            checksum ^= image[plan->offsets[i] + j];
        }
    }
    image[hashed - 1] = checksum;
    return otk_host_sha256(image, hashed, image + hashed);
}

static bool is_name(const char *name)
{
    return name && strlen(name) < DESC_NAME_SIZE;
}

enum otk_status otk_image_build(const struct otk_image_spec *spec, uint8_t **image, uint32_t *len)
{
    struct plan plan = {.len = 0};
    uint8_t *bytes;
    enum otk_status status;

    if (!is_name(spec->project) || !is_name(spec->version)) {
        return OTK_INVALID_ARGUMENT;
    }
    if (spec->size > OTK_IMAGE_SIZE_LIMIT ||
        (spec->payload && spec->payload_len > OTK_IMAGE_SIZE_LIMIT)) {
        return OTK_TOO_BIG;
    }
    status = plan_sizes(spec, &plan);
    if (status == OTK_OK) {
        status = plan_addresses(spec->chip_id, &plan);
    }
    if (status != OTK_OK) {
        return status;
    }
    if (plan.len > OTK_IMAGE_SIZE_LIMIT) {
        return OTK_TOO_BIG;
    }
    bytes = calloc(1, plan.len);
    if (!bytes) {
        return OTK_NO_MEMORY;
    }
    put_data(spec, &plan, bytes);
    put_header(spec, &plan, bytes);
    status = put_app_desc(spec, &plan, bytes);
    if (status == OTK_OK) {
        status = seal(&plan, bytes);
    }
    if (status != OTK_OK) {
        free(bytes);
        return status;
    }
    *image = bytes;
    *len = plan.len;
    return OTK_OK;
}

/* Letters and digits alone, in lower case: "ESP32-C3" is "esp32c3". */
static bool is_chip_name(const char *text, const char *name)
{
    for (; *text; text++) {
        const char letter = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;

        if (letter == '-' || letter == '_') {
            continue;
        }
        if (letter != *name) {
            return false;
        }
        name++;
    }
    return !*name;
}

enum otk_status otk_chip_find(const char *name, uint16_t *chip_id)
{
    static const uint16_t chip_ids[] = {
#define CHIP_ID(symbol, id, text) id,
        OTK_CHIP_LIST(CHIP_ID)
#undef CHIP_ID
    };

    for (size_t i = 0; i < sizeof chip_ids / sizeof chip_ids[0]; i++) {
        if (is_chip_name(name, otk_chip_name(chip_ids[i]))) {
            *chip_id = chip_ids[i];
            return OTK_OK;
        }
    }
    return OTK_NOT_FOUND;
}
