// SPDX-License-Identifier: Apache-2.0
/* What a device refuses before it erases anything. */
#include "otakit/core/device.h"

static bool is_same_text(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static enum otk_status check_policy(const struct otk_device *device, const struct otk_app_desc *app)
{
    const struct otk_policy *policy = &device->policy;

    if (!device->has_app) {
        return OTK_OK;
    }
    if (policy->refuse_other_project && !is_same_text(app->project, device->app.project)) {
        return OTK_WRONG_PROJECT;
    }
    if (policy->refuse_same_version && is_same_text(app->version, device->app.version)) {
        return OTK_SAME_VERSION;
    }
    if (policy->refuse_older_version &&
        otk_version_compare(app->version, device->app.version) < 0) {
        return OTK_OLDER_VERSION;
    }
    return OTK_OK;
}

static enum otk_status check_secure_version(const struct otk_board *board,
                                            const struct otk_app_desc *app)
{
    const struct otk_secure_version *store = board->secure_version;
    enum otk_status status;
    uint32_t least;

    if (!store) {
        return OTK_OK;
    }
    status = store->read(store->context, &least);
    if (status != OTK_OK) {
        return status;
    }
    return app->secure_version < least ? OTK_SECURE_VERSION : OTK_OK;
}

static enum otk_status check_app(const struct otk_device *device, const struct otk_app_desc *app)
{
    const enum otk_status status = check_policy(device, app);

    return status == OTK_OK ? check_secure_version(&device->board, app) : status;
}

enum otk_status otk_device_accepts(const struct otk_device *device,
                                   const uint8_t head[OTK_IMAGE_HEAD_SIZE])
{
    struct otk_image_header header;
    struct otk_segment_header segment;
    struct otk_app_desc app;
    enum otk_status status;

    otk_image_header_decode(head, &header);
    if (header.magic != OTK_IMAGE_MAGIC) {
        return OTK_BAD_MAGIC;
    }
    status = otk_image_header_fits_chip(&header, device->board.chip_id, device->board.revision);
    if (status != OTK_OK) {
        return status;
    }
    if (header.segment_count > OTK_IMAGE_SEGMENT_COUNT) {
        return OTK_TOO_MANY_SEGMENTS;
    }
    /* A bootloader has the same magic and chip; only an application has this description. Bytes
     * there that belong to no segment, or to several, describe nothing. */
    otk_segment_header_decode(head + OTK_IMAGE_HEADER_SIZE, &segment);
    if (header.segment_count == 0 || segment.size < OTK_APP_DESC_SIZE) {
        return OTK_NO_APP_DESC;
    }
    status = otk_app_desc_decode(head + OTK_APP_DESC_OFFSET, &app);
    if (status != OTK_OK) {
        return status;
    }
    return check_app(device, &app);
}

enum otk_status otk_device_accepts_app(const struct otk_device *device, uint16_t chip_id,
                                       const struct otk_app_desc *app)
{
    return chip_id == device->board.chip_id ? check_app(device, app) : OTK_WRONG_CHIP;
}
