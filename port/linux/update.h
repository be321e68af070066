// SPDX-License-Identifier: Apache-2.0
/*
 * One update of a virtual device by HTTPS, told while it happens.
 *
 *     status = otk_update_pull(&machine, &device, &slot);
 *     if (status == OTK_OK)
 *         reset();
 */
#ifndef PORT_LINUX_UPDATE_H
#define PORT_LINUX_UPDATE_H

#include "otakit/core/device.h"
#include "port/linux/inbox.h"
#include "port/linux/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Fetch the image that the options name, install it, and select it.
 *
 * inbox  open; served while the download runs
 * slot   written on success only: the slot that the next reset boots
 *
 * Returns  OTK_OK           selected
 *          OTK_UP_TO_DATE   the image runs already; nothing was changed
 *          OTK_INTERRUPTED  Ctrl-C, or a reset is due; the next attempt continues
 *          OTK_POWER_LOST   see otk_nor_is_powered
 *          others           refused, and said so
 * Power loss: as otk_session_write and otk_session_switch.
 */
OTK_MUST_USE enum otk_status otk_update_pull(struct otk_machine *machine, struct otk_device *device,
                                             struct otk_inbox *inbox, int *slot);

#ifdef __cplusplus
}
#endif

#endif
