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

#ifdef __cplusplus
}
#endif

#endif
