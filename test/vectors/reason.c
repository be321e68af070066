// SPDX-License-Identifier: Apache-2.0
/* The oracle's words for why an image was refused, and ours. */
#include "test/vectors/reason.h"

#include <stddef.h>
#include <string.h>

struct reason {
    const char *text;
    enum otk_status status;
    bool in_body; /* found after the header */
};

static const struct reason reasons[] = {
    {"bad_magic", OTK_BAD_MAGIC, false},
    {"chip_id_mismatch", OTK_WRONG_CHIP, false},
    {"chip_rev_too_low", OTK_CHIP_REVISION, false},
    {"chip_rev_too_high", OTK_CHIP_REVISION, false},
    {"partition_size_over_16MB", OTK_INVALID_ARGUMENT, false},
    {"too_many_segments", OTK_TOO_MANY_SEGMENTS, false},
    {"unaligned_read", OTK_MISALIGNED, false},
    {"checksum_mismatch", OTK_BAD_CHECKSUM, true},
    {"hash_mismatch", OTK_BAD_HASH, true},
    {"image_exceeds_partition", OTK_TOO_BIG, true},
    {"read_past_flash_end", OTK_FLASH_IO, true},
    {"segment_len_invalid", OTK_BAD_SEGMENT, true},
    {"segment_map_misaligned", OTK_BAD_ADDRESS, true},
};

bool reason_agrees(const char *reason, enum otk_status status)
{
    if (!reason || strcmp(reason, "ok") == 0) {
        return status == OTK_OK;
    }
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (strcmp(reasons[i].text, reason) == 0) {
            return status == reasons[i].status || (reasons[i].in_body && status == OTK_TOO_BIG);
        }
    }
    /* A word that is not known here: refused is refused. */
    return status != OTK_OK;
}
