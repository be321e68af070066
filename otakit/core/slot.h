// SPDX-License-Identifier: Apache-2.0
/*
 * Slots by hand: would one boot, select one, start over.
 *
 *     status = otk_slot_switch(&device, 1, scratch);      // ota_1 at the next reset, on trial
 */
#ifndef OTAKIT_CORE_SLOT_H
#define OTAKIT_CORE_SLOT_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The slot that the device came from: the one that the entry beside the active one names, else
 * factory.
 *
 * Returns  OTA number, OTK_SLOT_FACTORY, or OTK_SLOT_NONE
 */
int otk_slot_before(const struct otk_device *device, const struct otk_selection *selection);

/*
 * The slot that an update goes to: the OTA slot behind the running one, round robin.
 *
 * Returns  OTA number; OTK_SLOT_NONE where there is no other than the running one
 */
int otk_slot_for_update(const struct otk_device *device);

/*
 * Whether the bootloader would start what is in a slot.
 *
 * slot     OTA number, OTK_SLOT_FACTORY or OTK_SLOT_TEST
 * scratch  one sector; the image is verified through it
 *
 * Returns  OTK_OK              it would
 *          OTK_NO_SLOT         there is no such slot
 *          OTK_SECURE_VERSION  its secure version is too low
 *          others              as otk_image_verify
 */
OTK_MUST_USE enum otk_status otk_slot_check(const struct otk_device *device, int slot,
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
 *          OTK_BUSY            a session is open, or the slot's update is unfinished: a session
 *                              for the same image continues it, otk_slot_reset forgets it
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

#ifdef __cplusplus
}
#endif

#endif
