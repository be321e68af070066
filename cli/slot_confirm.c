// SPDX-License-Identifier: Apache-2.0
/* otakit slot confirm: the application on trial is good. */
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/slot_change.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is changed in place."},
    {0},
};

static const struct cli_option options[] = {CLI_BOARD_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit slot confirm device.flash", "Keep the new application."},
    {0},
};

static int act(const struct cli_call *call, const struct cli_chip *chip, struct otk_device *device)
{
    const enum otk_status status = otk_trial_confirm(device);

    return status == OTK_OK ? CLI_DONE : cli_fail(call, status, "%s", chip->path);
}

static int run(struct cli_call *call)
{
    return cli_slot_change(call, act);
}

const struct cli_command cli_slot_confirm = {
    .path = "slot confirm",
    .summary = "Mark the selected application VALID",
    .description = "What esp_ota_mark_app_valid_cancel_rollback() does in the running application: "
                   "its otadata entry becomes VALID, and no reset goes back to the old one any "
                   "more.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
