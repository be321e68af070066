// SPDX-License-Identifier: Apache-2.0
/* Whether the image that a manifest, or the caller, names is wanted at all. */
#include "otakit/format/manifest.h"

#include "otakit/base/memory.h"
#include "otakit/transport/pull/pull_parts.h"

/* A signed image is followed by padding and one sector of signature. */
#define SIGNATURE_ROOM (2u * OTK_SECTOR_SIZE)

static bool is_same(struct otk_text text, const char *word)
{
    return otk_text_length(word, text.len + 1) == text.len &&
           memcmp(text.chars, word, text.len) == 0;
}

static enum otk_status judge(const struct otk_device *device, const struct otk_manifest *manifest)
{
    const char *const chip = otk_chip_name(device->board.chip_id);
    const struct otk_policy *const policy = &device->policy;

    if (manifest->chip.len > 0 && chip && !otk_text_is(manifest->chip, chip)) {
        return OTK_WRONG_CHIP;
    }
    if (!device->has_app) {
        return OTK_OK;
    }
    if (policy->refuse_other_project && manifest->project.len > 0 &&
        !is_same(manifest->project, device->app.project)) {
        return OTK_WRONG_PROJECT;
    }
    if (policy->refuse_same_version && manifest->version.len > 0 &&
        is_same(manifest->version, device->app.version)) {
        return OTK_UP_TO_DATE;
    }
    return OTK_OK;
}

enum otk_status otk_pull_judge_manifest(struct otk_pull *pull, uint32_t len)
{
    struct otk_manifest manifest;
    struct otk_url parts;
    enum otk_status status;

    status = otk_manifest_decode((char *)pull->buffer, len, &manifest);
    if (status == OTK_OK) {
        status = judge(pull->device, &manifest);
    }
    if (status == OTK_OK) {
        status = otk_url_resolve(pull->url, manifest.firmware);
    }
    if (status == OTK_OK) {
        status = otk_url_decode(otk_text(pull->url, otk_text_length(pull->url, OTK_URL_SIZE)),
                                &parts);
    }
    if (status != OTK_OK) {
        return status;
    }
    if (!parts.is_secure && !pull->config.allow_http) {
        return OTK_INSECURE_URL;
    }
    /* What the caller knows weighs more than what the manifest says. */
    if (!pull->config.sha256) {
        memcpy(pull->sha256, manifest.sha256, sizeof pull->sha256);
        pull->has_sha256 = manifest.has_sha256;
    }
    memcpy(pull->start_url, pull->url, sizeof pull->start_url);
    pull->has_foreign_start = pull->left_origin;
    pull->announced = manifest.length;
    pull->is_image = true;
    otk_pull_start_file(pull);
    return OTK_OK;
}

/* The SHA-256 of `len` bytes from `offset` of the flash, read through the buffer. */
static enum otk_status hash_flash(struct otk_pull *pull, uint32_t offset, uint32_t len,
                                  uint8_t digest[OTK_SHA256_SIZE])
{
    const struct otk_flash *const flash = pull->device->board.flash;
    struct otk_sha256 sha;
    enum otk_status status = otk_sha256_init(&sha);

    while (status == OTK_OK && len > 0) {
        const uint32_t count = len < OTK_SECTOR_SIZE ? len : OTK_SECTOR_SIZE;

        status = flash->read(flash->context, offset, pull->buffer, count);
        if (status == OTK_OK) {
            status = otk_sha256_update(&sha, pull->buffer, count);
        }
        offset += count;
        len -= count;
    }
    if (status != OTK_OK) {
        otk_sha256_abort(&sha);
        return status;
    }
    return otk_sha256_finish(&sha, digest);
}

bool otk_pull_is_running(struct otk_pull *pull)
{
    const struct otk_device *const device = pull->device;
    const struct otk_area area = otk_layout_slot(&device->layout, device->running);
    const uint32_t measured = otk_image_measure(device->board.flash, area);
    const uint32_t len = pull->announced > 0 ? pull->announced : measured;
    uint8_t digest[OTK_SHA256_SIZE];

    if (measured == 0 || len < measured || len - measured > SIGNATURE_ROOM || len > area.size) {
        return false;
    }
    return hash_flash(pull, area.offset, len, digest) == OTK_OK &&
           memcmp(digest, pull->sha256, sizeof digest) == 0;
}
