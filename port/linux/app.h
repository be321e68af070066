// SPDX-License-Identifier: Apache-2.0
/*
 * The application of a virtual device, from its start to the reset that ends it.
 *
 * It is otakit's own loop: the image that boots is not executed, and --self-test says how it
 * behaves. All it knows it reads from flash.
 *
 *     end = otk_app_run(&machine, result.slot, reason, &history);
 *     if (end.reset)
 *         boot again, for end.reason;
 */
#ifndef PORT_LINUX_APP_H
#define PORT_LINUX_APP_H

#include <stdbool.h>

#include "otakit/core/device.h"
#include "port/linux/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the person beside the device remembers over a reset: the device itself does not. */
struct otk_app_history {
    int awaited_slot; /* that an update of this run selected, still undecided; or OTK_SLOT_NONE */
};

/* How an application ended. */
struct otk_app_end {
    bool reset;                   /* false: the run is over */
    enum otk_reset_reason reason; /* of the reset */
    int exit_status;              /* of the run */
};

/*
 * Run the application of `slot`: take stock, decide a trial, look for updates.
 *
 * reason   why the chip was reset before
 * history  brought up to date
 *
 * Returns  how it ended. Where the power was lost (otk_nor_is_powered), that counts instead.
 * Power loss: as otk_device_start, otk_session_write, otk_session_switch, otk_trial_confirm.
 */
OTK_MUST_USE struct otk_app_end otk_app_run(struct otk_machine *machine, int slot,
                                            enum otk_reset_reason reason,
                                            struct otk_app_history *history);

#ifdef __cplusplus
}
#endif

#endif
