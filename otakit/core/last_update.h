// SPDX-License-Identifier: Apache-2.0
/*
 * What became of the last update: read from its record, its entry and its journal.
 *
 *     struct otk_last_update last;
 *     if (otk_last_update(&device, &last) == OTK_OK && last.stage == OTK_STAGE_ROLLED_BACK)
 *         report(otk_status_text(last.status));
 */
#ifndef OTAKIT_CORE_LAST_UPDATE_H
#define OTAKIT_CORE_LAST_UPDATE_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far the last update got. Numbers stand in flash records. */
enum otk_update_stage {
    OTK_STAGE_NONE = 0,     /* no update is known */
    OTK_STAGE_WRITING = 1,  /* begun, not finished; can be continued */
    OTK_STAGE_FAILED = 2,   /* refused or cancelled before the switch */
    OTK_STAGE_SWITCHED = 3, /* selected; its first boot has not happened */
    OTK_STAGE_TRIAL = 4,    /* running, not confirmed */
    OTK_STAGE_CONFIRMED = 5,
    OTK_STAGE_REJECTED = 6,   /* its own verdict; the next reset boots the old one */
    OTK_STAGE_ROLLED_BACK = 7 /* the bootloader went back to the old one */
};

/* The stage as programs are told it: "none", "writing", "failed", "switched", "trial", "confirmed",
 * "rejected", "rolled_back"; "none" for any other number. */
const char *otk_update_stage_name(enum otk_update_stage stage);

/* The last update, as far as flash remembers it. */
struct otk_last_update {
    enum otk_update_stage stage;
    enum otk_status status;             /* OTK_OK, or why it went wrong */
    enum otk_reset_reason reset_reason; /* of the reset behind the last change of stage */
    int from_slot;                      /* OTK_SLOT_NONE where it is not known */
    int to_slot;
    uint32_t image_size; /* bytes; 0 where it is not known: from the first boot on, for which the
                          * bootloader wipes what stood behind its entry */
};

/*
 * What is known of the last update.
 *
 * Returns  OTK_OK        last_update is written; its stage may be OTK_STAGE_NONE
 *          OTK_NO_OTADATA, OTK_FLASH_IO
 */
OTK_MUST_USE enum otk_status otk_last_update(const struct otk_device *device,
                                             struct otk_last_update *last_update);

#ifdef __cplusplus
}
#endif

#endif
