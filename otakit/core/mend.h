// SPDX-License-Identifier: Apache-2.0
/*
 * Putting in order what a power cut left of otadata. Part of otk_device_start.
 *
 * An erase that was cut off can leave an entry whose sequence number and CRC are whole while its
 * state, which the CRC does not cover, is not; and cells that read differently from time to time.
 * The bootloader starts such an entry as if it were confirmed, or not always.
 */
#ifndef OTAKIT_CORE_MEND_H
#define OTAKIT_CORE_MEND_H

#include "otakit/core/device.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Write a doubtful entry once more where it names the running application: VALID when all readings
 * say so, else PENDING_VERIFY, so that the application is on trial. Erase a doubtful entry that
 * names another one; it was about to be.
 *
 * Doubtful is an entry that does not read the same each time; an active one in a state that no one
 * writes; an active one with sequence number 0 that names another slot than the running one; and an
 * active one in state UNDEFINED whose sector does not read the same each time. An UNDEFINED in a
 * steady sector was written by a build without rollback, and stays.
 *
 * selection  as otk_selection_load; loaded again on success
 *
 * Returns  OTK_OK        in order
 *          OTK_FLASH_IO  the flash refused
 * Power loss: the running application boots, or, where its entry was being mended, the one before.
 */
OTK_MUST_USE enum otk_status otk_device_mend(const struct otk_device *device,
                                             struct otk_selection *selection);

#ifdef __cplusplus
}
#endif

#endif
