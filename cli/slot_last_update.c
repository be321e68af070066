// SPDX-License-Identifier: Apache-2.0
/* otakit slot last-update: what flash remembers of the last update. */
#include <stdio.h>

#include "cli/board.h"
#include "cli/call.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/text.h"
#include "otakit/core/last_update.h"

#define SIZE_NOTE_SIZE 32u

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is only read."},
    {0},
};

static const struct cli_option options[] = {CLI_BOARD_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit slot last-update device.flash", "What became of the last update?"},
    {"otakit slot last-update device.flash --json | jq -r .stage", "Only how far it got."},
    {0},
};

static void add_slot(cJSON *document, const char *name, const struct cli_chip *chip, int slot)
{
    const char *label = cli_chip_slot_label(chip, slot);

    if (label) {
        cli_text_add_json(document, name, label);
    } else {
        cJSON_AddNullToObject(document, name);
    }
}

static cJSON *last_update_json(const struct cli_chip *chip, const struct otk_last_update *last)
{
    cJSON *document = cJSON_CreateObject();

    cJSON_AddStringToObject(document, "stage", otk_update_stage_name(last->stage));
    cJSON_AddStringToObject(document, "status", otk_status_name(last->status));
    cJSON_AddStringToObject(document, "reset_reason", otk_reset_reason_name(last->reset_reason));
    add_slot(document, "from", chip, last->from_slot);
    add_slot(document, "to", chip, last->to_slot);
    if (last->image_size) {
        cJSON_AddNumberToObject(document, "image_size", last->image_size);
    } else {
        cJSON_AddNullToObject(document, "image_size");
    }
    return document;
}

/* The label of a slot, fit for terminals. */
static void name_slot(const struct cli_chip *chip, int slot, char *name, size_t size)
{
    const char *label = cli_chip_slot_label(chip, slot);

    cli_text_clean(label ? label : "an unknown slot", name, size);
}

static void print_failure(const struct otk_last_update *last, const char *to, const char *from)
{
    const char *why = otk_status_text(last->status);

    switch (last->stage) {
    case OTK_STAGE_FAILED:
        printf("the last update, into %s, failed: %s", to, why);
        break;
    case OTK_STAGE_REJECTED:
        printf("%s was rejected: %s; the next reset goes back to %s", to, why, from);
        break;
    default:
        printf("%s was rolled back to %s: %s", to, from, why);
        break;
    }
    if (last->reset_reason != OTK_RESET_UNKNOWN) {
        printf(" (reset: %s)", otk_reset_reason_name(last->reset_reason));
    }
    printf("\n");
}

static void print_text(const struct cli_chip *chip, const struct otk_last_update *last)
{
    char from[2 * OTK_PARTITION_LABEL_SIZE];
    char to[2 * OTK_PARTITION_LABEL_SIZE];
    char size[SIZE_NOTE_SIZE] = "";

    name_slot(chip, last->from_slot, from, sizeof from);
    name_slot(chip, last->to_slot, to, sizeof to);
    if (last->image_size) {
        snprintf(size, sizeof size, " (%u bytes)", last->image_size);
    }
    switch (last->stage) {
    case OTK_STAGE_NONE:
        printf("no update is known\n");
        break;
    case OTK_STAGE_WRITING:
        printf("an update into %s%s is unfinished: it continues where it stopped\n", to, size);
        break;
    case OTK_STAGE_SWITCHED:
        printf("%s%s is chosen: its first boot, on trial, comes with the next reset\n", to, size);
        break;
    case OTK_STAGE_TRIAL:
        printf("%s is on trial: a reset before it is confirmed goes back to %s\n", to, from);
        break;
    case OTK_STAGE_CONFIRMED:
        printf("%s is confirmed; %s ran before it\n", to, from);
        break;
    default:
        print_failure(last, to, from);
        break;
    }
}

static int show(const struct cli_call *call, const struct cli_chip *chip)
{
    struct cli_board board;
    struct otk_device device;
    struct otk_last_update last;

    cli_board_init(call, chip, &board);
    const int exit_status = cli_board_start(call, chip, &board, &device);
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    const enum otk_status status = otk_last_update(&device, &last);
    if (status != OTK_OK) {
        return cli_fail(call, status, "%s", chip->path);
    }
    if (call->json) {
        return cli_finish_json(call, last_update_json(chip, &last));
    }
    print_text(chip, &last);
    return CLI_DONE;
}

static int run(struct cli_call *call)
{
    struct cli_chip chip;
    int exit_status = cli_chip_open(call, cli_operand(call, 0), CLI_CHIP_COPY, &chip);

    if (exit_status == CLI_DONE) {
        exit_status = show(call, &chip);
    }
    cli_chip_close(&chip);
    return exit_status;
}

const struct cli_command cli_slot_last_update = {
    .path = "slot last-update",
    .summary = "Say what became of the last update",
    .description = "What an application asks after a reset to report it: how far the last update "
                   "got, from which slot to which, and why it went wrong if it did. An update that "
                   "was begun and not finished continues where it stopped.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
