// SPDX-License-Identifier: Apache-2.0
/* otakit slot switch: choose what boots next. */
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/slot_change.h"
#include "host/hint.h"
#include "otakit/core/slot.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is changed in place."},
    {.name = "LABEL", .kind = CLI_TEXT, .help = "The label of an OTA slot, or of factory."},
    {0},
};

static const struct cli_option options[] = {CLI_BOARD_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit slot switch device.flash ota_1", "Boot ota_1 next, on trial."},
    {"otakit slot switch device.flash factory", "Back to factory: otadata is erased."},
    {0},
};

static int act(const struct cli_call *call, const struct cli_chip *chip, struct otk_device *device)
{
    const char *label = cli_operand(call, 1);
    uint8_t scratch[OTK_SECTOR_SIZE];
    const struct otk_partition *partition;
    const int exit_status = cli_chip_find(call, chip, label, &partition);
    const struct cli_error no_slot = {.status = OTK_NO_SLOT,
                                      .why = "only factory and OTA slots can be chosen",
                                      .hint = "`otakit slot list` names the slots"};

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    const int slot = cli_chip_slot_of(partition);
    if (slot != OTK_SLOT_FACTORY && slot < 0) {
        return cli_fail_with(call, &no_slot, "%s", label);
    }
    const enum otk_status status = otk_slot_switch(device, slot, scratch);
    if (status == OTK_BAD_MAGIC && cli_chip_is_blank(chip, otk_layout_slot(&chip->layout, slot))) {
        const struct cli_error empty = {.status = status,
                                        .why = otk_status_text(OTK_SLOT_EMPTY),
                                        .hint = otk_status_hint(OTK_SLOT_EMPTY)};
        return cli_fail_with(call, &empty, "slot %s", label);
    }
    return status == OTK_OK ? CLI_DONE : cli_fail(call, status, "slot %s", label);
}

static int run(struct cli_call *call)
{
    return cli_slot_change(call, act);
}

const struct cli_command cli_slot_switch = {
    .path = "slot switch",
    .summary = "Choose the application that boots next",
    .description = "What esp_ota_set_boot_partition() does: the application is verified, then "
                   "otadata names it with state NEW, so that its first boot is a trial. Factory is "
                   "chosen by erasing otadata.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
