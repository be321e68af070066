// SPDX-License-Identifier: Apache-2.0
/* otakit flash write: erase a partition and program a file into it. */
#include <stdlib.h>

#include "cli/board.h"
#include "cli/call.h"
#include "cli/chip.h"
#include "cli/chip_write.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/value.h"

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is changed in place."},
    {.name = "LABEL", .kind = CLI_TEXT, .help = "The partition's label."},
    {.name = "FILE", .kind = CLI_FILE, .help = "What to write; - is standard input."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "Write into an application slot even what no bootloader would start."},
    {.name = "chip",
     .value = "NAME",
     .kind = CLI_CHIP,
     .help = "The chip that an application must be for. Default: the one it names."},
    CLI_CHIP_OPTIONS,
    {0},
};

static const struct cli_example examples[] = {
    {"otakit flash write device.flash ota_1 app.bin", "Put an application into a slot."},
    {"otakit slot switch device.flash ota_1", "And choose it, on trial, for the next boot."},
    {0},
};

static int finish(const struct cli_call *call, const struct otk_partition *partition, uint32_t len)
{
    char size[32];

    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cli_text_add_json(document, "label", partition->label);
        cJSON_AddNumberToObject(document, "offset", partition->offset);
        cJSON_AddNumberToObject(document, "written", len);
        return cli_finish_json(call, document);
    }
    cli_value_format_size(len, size, sizeof size);
    cli_remark(call, "%s: %s written at 0x%x", partition->label, size, partition->offset);
    return CLI_DONE;
}

/* Possible, but hardly meant: a device has one chip. */
static void warn_of_chip(const struct cli_call *call, const struct cli_chip *chip,
                         const struct otk_partition *partition, const uint8_t *data, uint32_t len)
{
    const int slot = cli_chip_slot_of(partition);
    struct otk_image_header header;
    uint16_t chip_id;
    char image_chip[24];
    char flash_chip[24];

    if (slot == OTK_SLOT_NONE || len < OTK_IMAGE_HEADER_SIZE || data[0] != OTK_IMAGE_MAGIC ||
        !cli_board_find_chip(chip, slot, &chip_id)) {
        return;
    }
    otk_image_header_decode(data, &header);
    if (header.chip_id == chip_id) {
        return;
    }
    cli_value_format_chip(header.chip_id, image_chip, sizeof image_chip);
    cli_value_format_chip(chip_id, flash_chip, sizeof flash_chip);
    cli_warn(call, "the image is for %s, the other applications in the flash are for %s",
             image_chip, flash_chip);
}

static int write_partition(const struct cli_call *call, const struct cli_chip *chip,
                           const uint8_t *data, uint32_t len)
{
    const struct otk_partition *partition;
    const char *name = cli_file_input_name(cli_operand(call, 2));
    int exit_status = cli_chip_find(call, chip, cli_operand(call, 1), &partition);

    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_check_content(call, partition, name, data, len);
    }
    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_erase(call, chip, partition, partition->size);
    }
    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_program(call, chip, partition, data, len);
    }
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    warn_of_chip(call, chip, partition, data, len);
    return finish(call, partition, len);
}

static int run(struct cli_call *call)
{
    struct cli_chip chip = {0};
    uint8_t *data;
    uint32_t len;
    int exit_status = cli_file_read(call, cli_operand(call, 2), &data, &len);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    exit_status = cli_chip_open(call, cli_operand(call, 0), CLI_CHIP_CHANGE, &chip);
    if (exit_status == CLI_DONE) {
        exit_status = write_partition(call, &chip, data, len);
    }
    cli_chip_close(&chip);
    free(data);
    return exit_status;
}

const struct cli_command cli_flash_write = {
    .path = "flash write",
    .summary = "Write a file into a partition of a flash file",
    .description = "Erases the whole partition and programs the file from its start. The flash "
                   "file is locked meanwhile. An application is checked first: it must fit and be "
                   "accepted by a bootloader.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
