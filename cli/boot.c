// SPDX-License-Identifier: Apache-2.0
/* otakit boot: one reset, decided by the bootloader's rules. */
#include <stdio.h>

#include "cli/board.h"
#include "cli/call.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/otadata_view.h"
#include "cli/report.h"
#include "cli/text.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH",
     .kind = CLI_FILE,
     .help = "A flash file; its otadata changes as a reset changes it."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "dry-run", .kind = CLI_FLAG, .help = "Decide on a copy; the file stays as it is."},
    CLI_BOARD_OPTIONS,
    {0},
};

static const struct cli_example examples[] = {
    {"otakit boot device.flash --dry-run", "What would the next reset do?"},
    {"otakit boot device.flash --json | jq -r .booted", "Reset, and say what runs now."},
    {0},
};

static void add_label(cJSON *object, const char *name, const char *label)
{
    if (label) {
        cli_text_add_json(object, name, label);
    } else {
        cJSON_AddNullToObject(object, name);
    }
}

static cJSON *result_json(const struct cli_chip *chip, const struct otk_boot_result *result)
{
    cJSON *document = cJSON_CreateObject();
    const bool boots = result->slot != OTK_SLOT_NONE;

    add_label(document, "booted", cli_chip_slot_label(chip, result->slot));
    cJSON_AddNumberToObject(document, "image_length", boots ? result->image.len : 0);
    add_label(document, "selected", cli_chip_slot_label(chip, result->selected));
    cJSON *attempts = cJSON_AddArrayToObject(document, "attempts");
    for (uint32_t i = 0; i < result->attempt_count; i++) {
        cJSON *attempt = cJSON_CreateObject();
        add_label(attempt, "label", cli_chip_slot_label(chip, result->attempts[i].slot));
        cJSON_AddStringToObject(attempt, "status", otk_status_name(result->attempts[i].status));
        cJSON_AddItemToArray(attempts, attempt);
    }
    cJSON_AddItemToObject(document, "otadata", cli_otadata_json(chip));
    return document;
}

/* The bootloader only sees that no image starts there; a person can be told why. */
static const char *attempt_text(const struct cli_chip *chip, const struct otk_boot_attempt *attempt)
{
    const bool is_blank = attempt->status == OTK_BAD_MAGIC &&
                          cli_chip_is_blank(chip, otk_layout_slot(&chip->layout, attempt->slot));

    return otk_status_text(is_blank ? OTK_SLOT_EMPTY : attempt->status);
}

static void print_result(const struct cli_call *call, const struct cli_chip *chip,
                         const struct otk_boot_result *result)
{
    struct cli_columns columns;
    const char *selected = cli_chip_slot_label(chip, result->selected);

    cli_columns_init(&columns, 3, 0);
    for (uint32_t i = 0; i < result->attempt_count; i++) {
        const struct otk_boot_attempt *attempt = &result->attempts[i];
        const char *label = cli_chip_slot_label(chip, attempt->slot);
        const bool is_good = attempt->status == OTK_OK;
        cli_columns_add(&columns, is_good ? CLI_GREEN : CLI_RED,
                        (const char *[]){label ? label : "-", is_good ? "boots" : "refused",
                                         is_good ? "" : attempt_text(chip, attempt)});
    }
    printf("otadata selects %s\n", selected ? selected : "no OTA slot");
    cli_columns_print(call, &columns);
}

static int reset(const struct cli_call *call, struct cli_chip *chip)
{
    uint8_t scratch[OTK_SECTOR_SIZE];
    struct cli_board board;
    struct otk_boot_result result;
    const enum otk_status table_status = cli_chip_load(chip);

    cli_board_init(call, chip, &board);
    const enum otk_status status = otk_boot(&board.board, scratch, sizeof scratch, &result);
    cJSON *document = call->json ? result_json(chip, &result) : NULL;
    if (table_status != OTK_OK) {
        return cli_chip_fail_table(call, chip, table_status, document);
    }
    if (!call->json) {
        print_result(call, chip, &result);
    }
    if (status != OTK_OK) {
        const struct cli_error error = {.status = status};
        return cli_fail_in(call, &error, document, "%s", chip->path);
    }
    cli_board_tell_raised(call, &board);
    return call->json ? cli_finish_json(call, document) : CLI_DONE;
}

static int run(struct cli_call *call)
{
    struct cli_chip chip;
    const enum cli_chip_mode mode = cli_has(call, "dry-run") ? CLI_CHIP_COPY : CLI_CHIP_CHANGE;
    int exit_status = cli_chip_open_raw(call, cli_operand(call, 0), mode, &chip);

    if (exit_status == CLI_DONE) {
        exit_status = reset(call, &chip);
    }
    cli_chip_close(&chip);
    return exit_status;
}

const struct cli_command cli_boot = {
    .path = "boot",
    .summary = "Reset once, as the bootloader would",
    .description = "Does what ESP-IDF's bootloader with rollback does at a reset: an unconfirmed "
                   "trial is aborted, the slot is chosen from otadata, a first boot becomes a "
                   "trial, images are verified in its order until one is good. Exit status 1 when "
                   "nothing boots.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
