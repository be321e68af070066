// SPDX-License-Identifier: Apache-2.0
/* otakit flash erase: make a partition blank. */
#include "cli/call.h"
#include "cli/chip.h"
#include "cli/chip_write.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/text.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is changed in place."},
    {.name = "LABEL", .kind = CLI_TEXT, .help = "The partition's label."},
    {0},
};

static const struct cli_option options[] = {CLI_CHIP_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit flash erase device.flash nvs", "Forget all settings."},
    {0},
};

static int erase_partition(const struct cli_call *call, const struct cli_chip *chip)
{
    const struct otk_partition *partition;
    int exit_status = cli_chip_find(call, chip, cli_operand(call, 1), &partition);

    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_erase(call, chip, partition, partition->size);
    }
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cli_text_add_json(document, "label", partition->label);
        cJSON_AddNumberToObject(document, "offset", partition->offset);
        cJSON_AddNumberToObject(document, "erased", partition->size);
        return cli_finish_json(call, document);
    }
    cli_remark(call, "%s: erased", partition->label);
    return CLI_DONE;
}

static int run(struct cli_call *call)
{
    struct cli_chip chip = {0};
    int exit_status = cli_chip_open(call, cli_operand(call, 0), CLI_CHIP_CHANGE, &chip);

    if (exit_status == CLI_DONE) {
        exit_status = erase_partition(call, &chip);
    }
    cli_chip_close(&chip);
    return exit_status;
}

const struct cli_command cli_flash_erase = {
    .path = "flash erase",
    .summary = "Erase a partition of a flash file",
    .description = "Every byte of the partition becomes FF.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
