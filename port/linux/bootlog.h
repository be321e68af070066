// SPDX-License-Identifier: Apache-2.0
/*
 * One boot of the virtual device, told while it happens: table, otadata, choice, refused images.
 *
 *     status = otk_bootlog_boot(&machine, OTK_RESET_POWER_ON, &result);
 *     if (status == OTK_OK)
 *         run(result.slot);
 */
#ifndef PORT_LINUX_BOOTLOG_H
#define PORT_LINUX_BOOTLOG_H

#include "otakit/core/boot.h"
#include "otakit/core/trial.h"
#include "port/linux/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Let the bootloader decide, and say what it saw and why it chose.
 *
 * result  always written
 *
 * Returns  as otk_boot
 * Power loss: as otk_boot.
 */
OTK_MUST_USE enum otk_status otk_bootlog_boot(struct otk_machine *machine,
                                              enum otk_reset_reason reason,
                                              struct otk_boot_result *result);

#ifdef __cplusplus
}
#endif

#endif
