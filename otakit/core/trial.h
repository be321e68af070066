// SPDX-License-Identifier: Apache-2.0
/*
 * After the reset: is this application on trial, and what becomes of it.
 *
 *     status = otk_device_start(&device, &board, running, reset_reason, scratch);
 *     if (otk_trial_is_pending(&device))
 *         status = self_test_passes() ? otk_trial_confirm(&device)
 *                                     : otk_trial_reject(&device, OTK_SELF_TEST_FAILED);
 */
#ifndef OTAKIT_CORE_TRIAL_H
#define OTAKIT_CORE_TRIAL_H

#include <stdbool.h>
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

/* The last update, as far as flash remembers it. */
struct otk_last_update {
    enum otk_update_stage stage;
    enum otk_status status;             /* OTK_OK, or why it went wrong */
    enum otk_reset_reason reset_reason; /* of the reset behind the last change of stage */
    int from_slot;                      /* OTK_SLOT_NONE where it is not known */
    int to_slot;
    uint32_t image_size; /* bytes; 0 where it is not known */
};

/* Whether the running application still has to be confirmed: its entry is active and PENDING_VERIFY.
 * False as well when otadata cannot be read. */
bool otk_trial_is_pending(const struct otk_device *device);

/*
 * The new application is good: its entry becomes VALID, and the device's secure version is raised to
 * its own where there is a store.
 *
 * Returns  OTK_OK           confirmed, or it was confirmed before
 *          OTK_NOT_PENDING  otadata does not name the running application
 *          OTK_NO_OTADATA   there is no otadata
 *          OTK_FLASH_IO     the flash refused
 * Power loss: the old application boots, or the new one, confirmed.
 */
OTK_MUST_USE enum otk_status otk_trial_confirm(struct otk_device *device);

/*
 * The new application is bad: its entry becomes INVALID. Reset afterwards; the old one boots.
 *
 * reason   kept in the last-update record
 * scratch  one sector; the image to go back to is verified through it
 *
 * Returns  OTK_OK           the next reset goes back
 *          OTK_NOT_PENDING  otadata does not name the running application
 *          OTK_NO_ROLLBACK  there is nothing good to go back to; nothing changed
 *          OTK_NO_OTADATA, OTK_FLASH_IO
 * Power loss: the old application boots in every case.
 */
OTK_MUST_USE enum otk_status otk_trial_reject(struct otk_device *device, enum otk_status reason,
                                              uint8_t scratch[OTK_SECTOR_SIZE]);

/*
 * Select a slot by hand, as esp_ota_set_boot_partition: the image is verified, the factory
 * application is chosen by erasing otadata.
 *
 * slot     OTA number or OTK_SLOT_FACTORY
 * scratch  one sector; the image is verified through it
 *
 * Returns  OTK_OK              the next reset boots it; an OTA slot on trial
 *          OTK_NO_SLOT         there is no such slot
 *          OTK_SECURE_VERSION  its secure version is too low
 *          OTK_BUSY            a session is open
 *          OTK_NO_OTADATA, OTK_FLASH_IO; others as otk_image_verify
 * Power loss: the application selected before boots, or the new choice. Choosing factory: the
 * selected application, the older of the two, or factory.
 */
OTK_MUST_USE enum otk_status otk_slot_switch(struct otk_device *device, int slot,
                                             uint8_t scratch[OTK_SECTOR_SIZE]);

/*
 * Erase otadata, as `otatool.py erase_otadata`: factory boots, or ota_0 where there is none. An
 * update in progress is forgotten.
 *
 * Returns  OTK_OK        erased
 *          OTK_BUSY      a session is open
 *          OTK_NO_OTADATA, OTK_FLASH_IO
 * Power loss: the selected application boots, or the older one of the two entries, or as after success.
 */
OTK_MUST_USE enum otk_status otk_slot_reset(struct otk_device *device);

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
