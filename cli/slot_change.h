// SPDX-License-Identifier: Apache-2.0
/*
 * What slot switch, confirm, reject and reset have in common: open the flash file, start a device on
 * it, act, say what boots next.
 */
#ifndef OTAKIT_CLI_SLOT_CHANGE_H
#define OTAKIT_CLI_SLOT_CHANGE_H

#include "cli/board.h"
#include "cli/call.h"
#include "otakit/core/trial.h"

/* The act: changes otadata. Returns CLI_DONE, or the exit status of the failure, reported. */
typedef int cli_slot_act(const struct cli_call *call, const struct cli_chip *chip,
                         struct otk_device *device);

/* Run a command of that shape; its first operand is the flash file. Returns the exit status. */
int cli_slot_change(const struct cli_call *call, cli_slot_act *act);

#endif
