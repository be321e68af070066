// SPDX-License-Identifier: Apache-2.0
/* otakit flash read: the content of one partition. */
#include "cli/call.h"
#include "cli/chip.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/report.h"
#include "cli/text.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file."},
    {.name = "LABEL", .kind = CLI_TEXT, .help = "The partition's label."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .kind = CLI_FILE,
     .required = true,
     .help = "Where to write the content; - is standard output."},
    CLI_CHIP_OPTIONS,
    {0},
};

static const struct cli_example examples[] = {
    {"otakit flash read device.flash nvs -o nvs.bin", "Keep a copy of the settings."},
    {"otakit flash read device.flash ota_0 -o - | otakit image info -", "What is in a slot?"},
    {0},
};

static int read_partition(const struct cli_call *call, const struct cli_chip *chip)
{
    const char *output = cli_text(call, "output");
    const struct otk_partition *partition;
    int exit_status = cli_chip_find(call, chip, cli_operand(call, 1), &partition);

    if (exit_status == CLI_DONE) {
        exit_status = cli_file_write(call, output, otk_nor_content(chip->nor) + partition->offset,
                                     partition->size);
    }
    if (exit_status != CLI_DONE || !call->json) {
        return exit_status;
    }
    cJSON *document = cJSON_CreateObject();
    cli_text_add_json(document, "output", output);
    cJSON_AddNumberToObject(document, "offset", partition->offset);
    cJSON_AddNumberToObject(document, "size", partition->size);
    return cli_finish_json(call, document);
}

static int run(struct cli_call *call)
{
    struct cli_chip chip = {0};
    int exit_status = cli_file_check_output(call, cli_text(call, "output"));

    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_open(call, cli_operand(call, 0), CLI_CHIP_COPY, &chip);
    }
    if (exit_status == CLI_DONE) {
        exit_status = read_partition(call, &chip);
    }
    cli_chip_close(&chip);
    return exit_status;
}

const struct cli_command cli_flash_read = {
    .path = "flash read",
    .summary = "Copy a partition out of a flash file",
    .description = "Writes the whole partition, erased bytes included.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
