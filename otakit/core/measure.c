// SPDX-License-Identifier: Apache-2.0
/* The length that an image on flash claims for itself. */
#include "otakit/base/bytes.h"
#include "otakit/core/verify.h"

uint32_t otk_image_measure(const struct otk_flash *flash, struct otk_area area)
{
    uint8_t bytes[OTK_IMAGE_HEADER_SIZE];
    struct otk_image_header header;
    struct otk_segment_header segment;
    uint32_t len = OTK_IMAGE_HEADER_SIZE;
    uint32_t index;

    if (area.size < len || flash->read(flash->context, area.offset, bytes, len) != OTK_OK) {
        return 0;
    }
    otk_image_header_decode(bytes, &header);
    if (header.magic != OTK_IMAGE_MAGIC || header.segment_count > OTK_IMAGE_SEGMENT_COUNT) {
        return 0;
    }

    for (index = 0; index < header.segment_count; index++) {
        if (!otk_range_fits(len, OTK_SEGMENT_HEADER_SIZE, area.size) ||
            flash->read(flash->context, area.offset + len, bytes, OTK_SEGMENT_HEADER_SIZE) !=
                OTK_OK) {
            return 0;
        }
        otk_segment_header_decode(bytes, &segment);
        len += OTK_SEGMENT_HEADER_SIZE;
        if (!otk_range_fits(len, segment.size, area.size)) {
            return 0;
        }
        len += segment.size;
    }
    len = (len / OTK_IMAGE_CHECKSUM_ALIGN + 1) * OTK_IMAGE_CHECKSUM_ALIGN;
    if (header.hash_appended) {
        len += OTK_IMAGE_HASH_SIZE;
    }
    return len <= area.size ? len : 0;
}
