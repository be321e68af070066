// SPDX-License-Identifier: Apache-2.0
/*
 * A report on an image. The structure is walked here as far as it goes, since a tool shows broken
 * images too; whether the image is good is left to the verifier that devices use.
 */
#include "host/image_inspect.h"

#include <string.h>

#include "host/chip_map.h"
#include "host/sha256.h"
#include "host/signature_check.h"
#include "otakit/base/bytes.h"

/* Where an image stands that is judged on its own: like the first slot of most tables. */
#define USUAL_OFFSET 0x10000u

/* Where an ESP8266 has RAM for data, and RAM and flash for code; ends excluded. */
#define ESP8266_DATA_BEGIN 0x3FFE8000u
#define ESP8266_DATA_END   0x40000000u
#define ESP8266_CODE_BEGIN 0x40100000u
#define ESP8266_CODE_END   0x40300000u

static const char *kind_of(enum otk_region region, bool is_first_flash, bool has_entry)
{
    switch (region) {
    case OTK_REGION_PADDING:
        return "PADDING";
    case OTK_REGION_DROM:
        return "DROM";
    case OTK_REGION_IROM:
        return "IROM";
    case OTK_REGION_FLASH:
        return is_first_flash ? "DROM" : "IROM";
    case OTK_REGION_DRAM:
        return "DRAM";
    case OTK_REGION_IRAM:
        return "IRAM";
    case OTK_REGION_RAM:
        return has_entry ? "IRAM" : "DRAM";
    case OTK_REGION_RTC_DRAM:
        return "RTC_DRAM";
    case OTK_REGION_RTC_IRAM:
        return "RTC_IRAM";
    case OTK_REGION_RTC:
        return "RTC";
    case OTK_REGION_UNKNOWN:
    default:
        return "UNKNOWN";
    }
}

static void name_segments(struct otk_image_report *report)
{
    bool seen_flash = false;

    for (uint32_t i = 0; i < report->segment_count; i++) {
        struct otk_segment_report *const segment = &report->segments[i];
        const enum otk_region region = otk_chip_region(report->header.chip_id, segment->address);
        const uint32_t entry = report->header.entry_address;
        const bool has_entry = entry >= segment->address &&
                               entry - segment->address < segment->size;

        segment->kind = kind_of(region, !seen_flash, has_entry);
        seen_flash = seen_flash || region == OTK_REGION_FLASH;
    }
}

/* Note the segments there are. Returns the offset behind the last one; 0 if any is cut or absurd. */
static uint32_t walk_segments(const uint8_t *image, uint32_t len, struct otk_image_report *report)
{
    uint32_t offset = OTK_IMAGE_HEADER_SIZE;

    for (uint32_t i = 0; i < report->header.segment_count; i++) {
        struct otk_segment_header segment;

        if (i == OTK_IMAGE_SEGMENT_COUNT || !otk_range_fits(offset, OTK_SEGMENT_HEADER_SIZE, len)) {
            return 0;
        }
        otk_segment_header_decode(image + offset, &segment);
        offset += OTK_SEGMENT_HEADER_SIZE;
        report->segments[report->segment_count++] = (struct otk_segment_report){
            .address = segment.address, .size = segment.size, .offset = offset};
        if (!otk_range_fits(offset, segment.size, len)) {
            return 0;
        }
        offset += segment.size;
    }
    return offset;
}

static enum otk_check check_checksum(const uint8_t *image, const struct otk_image_report *report,
                                     uint32_t end)
{
    uint8_t checksum = OTK_IMAGE_CHECKSUM_SEED;

    for (uint32_t i = 0; i < report->segment_count; i++) {
        const uint8_t *const data = image + report->segments[i].offset;

        for (uint32_t j = 0; j < report->segments[i].size; j++) {
            checksum ^= data[j];
        }
    }
    return image[end - 1] == checksum ? OTK_CHECK_OK : OTK_CHECK_BAD;
}

/* Checksum, hash and length; they stand behind the segments. */
static void check_sums(const uint8_t *image, uint32_t len, uint32_t segments_end,
                       struct otk_image_report *report)
{
    const uint32_t unit = OTK_IMAGE_CHECKSUM_ALIGN;
    const uint32_t last_unit = segments_end / unit * unit;
    const uint32_t end = last_unit + unit;
    uint8_t digest[OTK_SHA256_SIZE];

    report->checksum = OTK_CHECK_BAD;
    report->hash = report->header.hash_appended ? OTK_CHECK_BAD : OTK_CHECK_ABSENT;
    if (!segments_end || len - last_unit < unit) {
        return;
    }
    report->checksum = check_checksum(image, report, end);
    if (!report->header.hash_appended) {
        report->len = end;
        return;
    }
    if (len - end < OTK_IMAGE_HASH_SIZE) {
        return;
    }
    report->len = end + OTK_IMAGE_HASH_SIZE;
    if (otk_host_sha256(image, end, digest) == OTK_OK &&
        memcmp(digest, image + end, sizeof digest) == 0) {
        report->hash = OTK_CHECK_OK;
    }
}

static void find_app_desc(const uint8_t *image, uint32_t len, struct otk_image_report *report)
{
    if (report->segment_count && report->segments[0].size >= OTK_APP_DESC_SIZE &&
        otk_range_fits(OTK_APP_DESC_OFFSET, OTK_APP_DESC_SIZE, len)) {
        report->has_app = otk_app_desc_decode(image + OTK_APP_DESC_OFFSET, &report->app) == OTK_OK;
    }
}

static void check_signatures(const uint8_t *image, uint32_t len, struct otk_image_report *report)
{
    const uint8_t *const sector = otk_signature_sector(image, len, report->len);

    for (uint32_t i = 0; sector && i < OTK_SIGNATURE_BLOCK_COUNT; i++) {
        struct otk_signature_report *const found = &report->signatures[report->signature_count];
        struct otk_signature signature;

        if (otk_signature_at(sector, i, &signature) != OTK_OK) {
            continue;
        }
        found->scheme = signature.scheme;
        found->status = otk_signature_judge(&signature, image, (uint32_t)(sector - image),
                                            &found->digest);
        if (otk_host_sha256(signature.key, signature.key_len, found->key_digest) == OTK_OK) {
            report->signature_count++;
        }
    }
}

/* An ESP8266's header has 8 bytes, so its first segment's address stands where an ESP32's header
 * has pins. Entry and segment must lie in that chip's RAM or flash. */
static bool has_esp8266_shape(const uint8_t *image)
{
    const uint32_t entry = otk_load_le32(image + 4);
    const uint32_t address = otk_load_le32(image + 8);
    const bool is_data = address >= ESP8266_DATA_BEGIN && address < ESP8266_DATA_END;
    const bool is_code = address >= ESP8266_CODE_BEGIN && address < ESP8266_CODE_END;

    return entry >= ESP8266_CODE_BEGIN && entry < ESP8266_CODE_END && (is_data || is_code);
}

static struct otk_image_target usual_target(const struct otk_image_report *report)
{
    const bool is_known = report->has_header && otk_chip_name(report->header.chip_id);

    return (struct otk_image_target){
        .area = {.offset = USUAL_OFFSET, .size = OTK_IMAGE_SIZE_LIMIT},
        .chip_id = is_known ? report->header.chip_id : (uint16_t)OTK_CHIP_INVALID,
        .revision = report->header.min_revision,
    };
}

static enum otk_status judge(const uint8_t *image, uint32_t len,
                             const struct otk_image_target *target)
{
    struct otk_verifier verifier;
    enum otk_status seen;
    enum otk_status verdict;

    otk_verifier_init(&verifier, target);
    seen = otk_verifier_update(&verifier, image, len);
    verdict = otk_verifier_finish(&verifier, NULL);
    return seen == OTK_OK ? verdict : seen;
}

void otk_image_inspect(const uint8_t *image, uint32_t len, const struct otk_image_target *target,
                       struct otk_image_report *report)
{
    struct otk_image_target usual;

    memset(report, 0, sizeof *report);
    report->checksum = OTK_CHECK_BAD;
    if (len >= OTK_IMAGE_HEADER_SIZE && image[0] == OTK_IMAGE_MAGIC) {
        report->has_header = true;
        otk_image_header_decode(image, &report->header);
        check_sums(image, len, walk_segments(image, len, report), report);
        name_segments(report);
        find_app_desc(image, len, report);
        check_signatures(image, len, report);
    }
    usual = usual_target(report);
    report->status = judge(image, len, target ? target : &usual);
    if (report->has_header && report->status != OTK_OK && has_esp8266_shape(image)) {
        report->is_esp8266 = true;
        report->status = OTK_WRONG_CHIP;
    }
}
