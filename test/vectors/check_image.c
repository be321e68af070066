// SPDX-License-Identifier: Apache-2.0
/* image_verify.json: images, from flash and streamed in pieces of several sizes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat/esp_idf/device.h"
#include "esp_image_format.h"
#include "otakit/core/verify.h"
#include "test/support/ram_flash.h"
#include "test/support/sample_image.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"
#include "test/vectors/reason.h"

/* ESP-IDF's numbers. Source: ESP-IDF, esp_err.h and esp_image_format.h. */
#define ERR_FAIL          (-1)
#define ERR_INVALID_ARG   258
#define ERR_IMAGE_INVALID 0x2002

/* Where the oracle's chip has its bootloader: that image's hash and greatest revision are not
 * looked at. */
#define BOOTLOADER_OFFSET 0x1000

static int64_t image_error(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return 0;
    case OTK_WRONG_CHIP:
    case OTK_CHIP_REVISION:
    case OTK_MISALIGNED:
        return ERR_FAIL;
    case OTK_INVALID_ARGUMENT:
        return ERR_INVALID_ARG;
    default:
        return ERR_IMAGE_INVALID;
    }
}

static bool put_recipe(struct ram_flash *ram, uint32_t offset, const cJSON *recipe)
{
    const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(recipe, "std_image");
    const cJSON *sizes = cJSON_GetObjectItemCaseSensitive(parameters, "sizes");
    struct sample_image image;
    uint32_t lens[4];
    uint8_t *bytes;
    uint32_t len;

    for (int i = 0; i < 4; i++) {
        lens[i] = (uint32_t)json_element(sizes, i);
    }
    image = sample_image_standard((uint32_t)json_number(parameters, "seed", 0), lens);
    image.has_hash = json_number(parameters, "hash", 1) != 0;
    bytes = malloc(sample_image_size(&image));
    if (!bytes) {
        return false;
    }
    len = sample_image_build(&image, bytes);
    if (offset <= ram->size && len <= ram->size - offset) {
        memcpy(ram->bytes + offset, bytes, len);
    }
    free(bytes);
    return true;
}

static bool put_image(struct ram_flash *ram, uint32_t offset, const cJSON *vector)
{
    const cJSON *recipe = cJSON_GetObjectItemCaseSensitive(vector, "recipe");

    ram_flash_reset(ram, (uint32_t)json_number(vector, "chip_size", 0x400000));
    if (recipe) {
        return put_recipe(ram, offset, recipe);
    }
    if (offset < ram->size) {
        json_hex(json_text(vector, "image", ""), ram->bytes + offset, ram->size - offset);
    }
    return true;
}

static bool check_verdict(struct report *report, enum otk_status status,
                          const struct otk_image_info *info, const cJSON *vector)
{
    const char *reason = json_text(vector, "reason", NULL);
    const int64_t expected = json_number(vector, "err", 0);
    uint8_t digest[OTK_SHA256_SIZE] = {0};
    const bool is_judged = !reason || strcmp(reason, "read_past_flash_end") != 0;

    if (!reason_agrees(reason, status) || (is_judged && image_error(status) != expected)) {
        return report_differs(report, "%s, expected %d %s", otk_status_name(status), (int)expected,
                              reason ? reason : "");
    }
    if (status != OTK_OK) {
        return true;
    }
    json_hex(json_text(vector, "digest", ""), digest, sizeof(digest));
    if (info->len != json_number(vector, "len", -1) ||
        memcmp(info->sha256, digest, sizeof(digest)) != 0) {
        return report_differs(report, "%u bytes or digest differ", info->len);
    }
    return true;
}

/* The same bytes handed over `step` at a time. */
static enum otk_status stream(const struct ram_flash *ram, const struct otk_image_target *target,
                              uint32_t step, struct otk_image_info *info)
{
    struct otk_verifier verifier;
    uint32_t offset = target->area.offset;
    enum otk_status status = OTK_OK;

    otk_verifier_init(&verifier, target);
    while (status == OTK_OK && offset < ram->size && !otk_verifier_is_done(&verifier)) {
        const uint32_t len = step < ram->size - offset ? step : ram->size - offset;

        status = otk_verifier_update(&verifier, ram->bytes + offset, len);
        offset += len;
    }
    return otk_verifier_finish(&verifier, info);
}

/* What an application's build says: [error, reason, length]. Reads past the chip and, which an
 * application may do, unaligned ones have no error number to agree on. */
static bool check_app_side(struct report *report, const char *what, const cJSON *expected,
                           esp_err_t err, uint32_t len)
{
    const char *reason = json_element_text(expected, 1);

    if (!expected || strcmp(reason, "read_past_flash_end") == 0 ||
        strcmp(reason, "unaligned_read") == 0) {
        return true;
    }
    if (err != json_element(expected, 0) || (err == ESP_OK && len != json_element(expected, 2))) {
        return report_differs(report, "%s: %s, %u bytes, expected %d %s", what,
                              esp_err_to_name(err), len, (int)json_element(expected, 0), reason);
    }
    return true;
}

/* The same through esp_image_format.h. */
static bool check_functions(struct report *report, const struct otk_board *board,
                            const esp_partition_pos_t *place, const cJSON *vector)
{
    const cJSON *app = cJSON_GetObjectItemCaseSensitive(vector, "app");
    const cJSON *meta = cJSON_GetObjectItemCaseSensitive(vector, "meta");
    const struct otk_idf_device device = {.board = board, .running_slot = OTK_SLOT_NONE};
    esp_image_metadata_t data;
    esp_err_t err;
    bool agrees;

    otk_idf_attach(&device);
    err = esp_image_verify(ESP_IMAGE_VERIFY, place, &data);
    agrees = check_app_side(report, "esp_image_verify", app, err, data.image_len);
    if (agrees && !app && (err == ESP_OK) != (json_number(vector, "err", 0) == 0)) {
        agrees = report_differs(report, "esp_image_verify: %s", esp_err_to_name(err));
    }
    err = esp_image_get_metadata(place, &data);
    agrees = agrees && check_app_side(report, "esp_image_get_metadata", meta, err, data.image_len);
    otk_idf_detach();
    return agrees;
}

static bool check_one(struct report *report, struct ram_flash *ram, const cJSON *vector)
{
    static const uint32_t steps[] = {1, 13, 4096, 0x400000};
    static uint8_t scratch[OTK_SECTOR_SIZE];
    const uint32_t offset = (uint32_t)json_number(vector, "off", 0);
    const struct otk_image_target target = {
        .area = {offset, (uint32_t)json_number(vector, "part_size", 0)},
        .revision = (uint16_t)json_number(vector, "chip_rev", 0),
        .ignore_hash = offset == BOOTLOADER_OFFSET,
        .ignore_max_revision = offset == BOOTLOADER_OFFSET};
    struct otk_image_info info = {0};
    enum otk_status status;
    struct otk_flash flash;

    if (!put_image(ram, offset, vector)) {
        return report_differs(report, "no memory for the image");
    }
    flash = ram_flash_seam(ram);
    status = otk_image_verify(&flash, &target, scratch, sizeof(scratch), &info);
    if (!check_verdict(report, status, &info, vector)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const enum otk_status streamed = stream(ram, &target, steps[i], &info);

        /* Reading past the chip is an error, a stream that ends is incomplete. */
        if (streamed != status && !(status == OTK_FLASH_IO && streamed == OTK_INCOMPLETE)) {
            return report_differs(report, "%s when streamed by %u, %s from flash",
                                  otk_status_name(streamed), steps[i], otk_status_name(status));
        }
    }
    return check_functions(
        report, &(struct otk_board){.flash = &flash, .revision = target.revision},
        &(esp_partition_pos_t){.offset = offset, .size = target.area.size}, vector);
}

void check_image(const cJSON *root, struct report *report)
{
    const cJSON *vectors = cJSON_GetObjectItemCaseSensitive(root, "vectors");
    struct ram_flash ram = {0};
    const cJSON *vector;
    int index = 0;

    cJSON_ArrayForEach(vector, vectors)
    {
        if (check_one(report, &ram, vector)) {
            report_pass(report);
        } else {
            report_fail(report, index, json_text(vector, "name", ""));
        }
        index++;
    }
    ram_flash_free(&ram);
}
