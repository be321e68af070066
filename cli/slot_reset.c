// SPDX-License-Identifier: Apache-2.0
/* otakit slot reset: otadata becomes blank. */
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/slot_change.h"
#include "otakit/core/slot.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is changed in place."},
    {0},
};

static const struct cli_option options[] = {CLI_BOARD_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit slot reset device.flash", "Start over with factory."},
    {0},
};

static int act(const struct cli_call *call, const struct cli_chip *chip, struct otk_device *device)
{
    const enum otk_status status = otk_slot_reset(device);

    return status == OTK_OK ? CLI_DONE : cli_fail(call, status, "%s", chip->path);
}

static int run(struct cli_call *call)
{
    return cli_slot_change(call, act);
}

const struct cli_command cli_slot_reset = {
    .path = "slot reset",
    .summary = "Erase otadata",
    .description = "As otatool.py erase_otadata: factory boots next, or the first OTA slot where "
                   "there is no factory. The applications themselves stay.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
