// SPDX-License-Identifier: Apache-2.0
/* otakit slot reject: the application on trial is bad. */
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/slot_change.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is changed in place."},
    {0},
};

static const struct cli_option options[] = {CLI_BOARD_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit slot reject device.flash", "Go back to the old application."},
    {0},
};

static int act(const struct cli_call *call, const struct cli_chip *chip, struct otk_device *device)
{
    uint8_t scratch[OTK_SECTOR_SIZE];
    const enum otk_status status = otk_trial_reject(device, OTK_CANCELLED, scratch);

    return status == OTK_OK ? CLI_DONE : cli_fail(call, status, "%s", chip->path);
}

static int run(struct cli_call *call)
{
    return cli_slot_change(call, act);
}

const struct cli_command cli_slot_reject = {
    .path = "slot reject",
    .summary = "Mark the selected application INVALID and go back",
    .description = "What esp_ota_mark_app_invalid_rollback() does in the running application: its "
                   "otadata entry becomes INVALID, and the next reset boots the other one. Refused "
                   "where there is no good application to go back to.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
