// SPDX-License-Identifier: Apache-2.0
/* otakit flash create: a chip's whole content, from a table and what goes into its partitions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/chip.h"
#include "cli/chip_write.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/preset_option.h"
#include "cli/report.h"
#include "cli/table_file.h"
#include "cli/text.h"
#include "cli/value.h"
#include "host/csv.h"
#include "host/preset.h"
#include "otakit/format/image.h"

static const struct cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FLASH",
     .kind = CLI_FILE,
     .required = true,
     .help = "Where to write the flash file; - is standard output."},
    {.name = "size",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .required = true,
     .help = "The size of the chip: a power of two from 64K to 128MB."},
    {.name = "table",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "The partition table, as binary or as CSV."},
    CLI_PRESET_OPTION,
    {.name = "app",
     .value = "LABEL=IMAGE",
     .kind = CLI_TEXT,
     .repeats = true,
     .help = "Put an application into a slot. It must fit, and a bootloader must accept it."},
    {.name = "data",
     .value = "LABEL=FILE",
     .kind = CLI_TEXT,
     .repeats = true,
     .help = "Put a file into any partition, unchecked but for its size."},
    {.name = "bootloader",
     .value = "IMAGE",
     .kind = CLI_FILE,
     .help = "Put a bootloader where the chip that it names looks for one."},
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "Take applications that no bootloader would start, too."},
    {.name = "chip",
     .value = "NAME",
     .kind = CLI_CHIP,
     .help = "The chip that applications must be for. Default: the one each names."},
    CLI_CHIP_OPTIONS,
    {0},
};

static const struct cli_example examples[] = {
    {"otakit flash create -o device.flash --size 4MB --preset two-ota --app factory=app.bin",
     "A device as it leaves the factory."},
    {"otakit flash create -o device.flash --size 8MB --table partitions.csv --data nvs=nvs.bin",
     "A table of one's own, and settings."},
    {0},
};

/* Where the boot ROM of each chip looks; 0 for all others.
 * Source: ESP-IDF, bootloader/Kconfig.projbuild, BOOTLOADER_OFFSET_IN_FLASH. */
static uint32_t bootloader_offset(uint16_t chip_id)
{
    switch (chip_id) {
    case OTK_CHIP_ESP32:
    case OTK_CHIP_ESP32S2:
        return 0x1000;
    case OTK_CHIP_ESP32C5:
    case OTK_CHIP_ESP32P4:
    case OTK_CHIP_ESP32H4:
    case OTK_CHIP_ESP32S31:
        return 0x2000;
    default:
        return 0;
    }
}

/* The table named by --table or --preset. */
static int load_table(const struct cli_call *call, uint8_t table[OTK_TABLE_SIZE])
{
    const char *path = cli_text(call, "table");
    const char *preset = cli_text(call, "preset");
    const struct cli_error one = {.status = OTK_USAGE,
                                  .why = "name either a --table or a --preset",
                                  .hint = "otakit flash create --help"};
    uint8_t *data;
    uint32_t len;

    if ((path != NULL) == (preset != NULL)) {
        return cli_fail_with(call, &one, "flash create");
    }
    if (preset) {
        const char *csv = otk_preset_find(preset);
        const struct cli_table_input input = {
            .name = preset, .data = (const uint8_t *)csv, .len = (uint32_t)strlen(csv)};
        return cli_table_take(call, &input, table);
    }
    int exit_status = cli_file_read(call, path, &data, &len);
    if (exit_status == CLI_DONE) {
        const struct cli_table_input input = {
            .name = path, .data = data, .len = len, .offset = OTK_TABLE_OFFSET};
        exit_status = cli_table_take(call, &input, table);
        free(data);
    }
    return exit_status;
}

/* Name the partition that reaches beyond the chip. */
static int fail_layout(const struct cli_call *call, const struct cli_chip *chip,
                       enum otk_status status)
{
    const struct cli_partitions *partitions = &chip->partitions;
    char size[32];
    char why[96];
    const struct cli_error beyond = {
        .status = status, .why = why, .hint = "take a larger --size, or a smaller table"};

    cli_value_format_size(chip->flash->size, size, sizeof size);
    for (size_t i = 0; status == OTK_OUT_OF_RANGE && i < partitions->count; i++) {
        const struct otk_partition *partition = &partitions->entries[i];
        const uint64_t end = (uint64_t)partition->offset + partition->size;
        if (end > chip->flash->size) {
            snprintf(why, sizeof why, "it ends at 0x%llx, the flash at 0x%x (%s)",
                     (unsigned long long)end, chip->flash->size, size);
            return cli_fail_with(call, &beyond, "table: %s", partition->label);
        }
    }
    return cli_fail(call, status, "table");
}

/* A blank chip with the table on it. */
static int make_chip(const struct cli_call *call, struct cli_chip *chip)
{
    uint8_t table[OTK_TABLE_SIZE];
    const struct otk_nor_config config = {.size = cli_u32(call, "size", 0)};
    const struct cli_error bad_size = {.status = OTK_USAGE,
                                       .why = "no flash chip has that size",
                                       .hint = "a power of two from 64K to 128MB"};
    const int exit_status = load_table(call, table);
    enum otk_status status;

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if (config.size == 0 || otk_nor_create(&config, &chip->nor) != OTK_OK) {
        return cli_fail_with(call, &bad_size, "--size %s", cli_text(call, "size"));
    }
    chip->flash = otk_nor_flash(chip->nor);
    cli_chip_tolerate(chip->nor);
    chip->path = cli_text(call, "output");
    chip->table_offset = cli_u32(call, "table-offset", OTK_TABLE_OFFSET);
    if (chip->table_offset > chip->flash->size - OTK_SECTOR_SIZE ||
        chip->table_offset % OTK_SECTOR_SIZE != 0) {
        return cli_fail(call, OTK_MISALIGNED, "--table-offset");
    }
    cli_partitions_decode(table, &chip->partitions);
    status = otk_layout_decode(table, chip->flash->size, &chip->layout);
    if (status == OTK_OK) {
        status = chip->flash->write(chip->flash->context, chip->table_offset, table, sizeof table);
    }
    return status == OTK_OK ? CLI_DONE : fail_layout(call, chip, status);
}

/* Take LABEL=FILE apart. */
static int parse_assignment(const struct cli_call *call, const char *assignment,
                            char label[OTK_PARTITION_LABEL_SIZE + 1], const char **path)
{
    const char *separator = strchr(assignment, '=');
    const struct cli_error malformed = {.status = OTK_USAGE,
                                        .why = "it is written LABEL=FILE",
                                        .hint = "for example --app factory=app.bin"};

    if (!separator || separator == assignment || separator[1] == '\0' ||
        separator - assignment > (ptrdiff_t)OTK_PARTITION_LABEL_SIZE) {
        return cli_fail_with(call, &malformed, "%s", assignment);
    }
    snprintf(label, OTK_PARTITION_LABEL_SIZE + 1, "%.*s", (int)(separator - assignment),
             assignment);
    *path = separator + 1;
    return CLI_DONE;
}

static int fill_with(const struct cli_call *call, const struct cli_chip *chip,
                     const struct otk_partition *partition, const char *path, bool is_app)
{
    uint8_t *data;
    uint32_t len;
    int exit_status = cli_file_read(call, path, &data, &len);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    exit_status = is_app ? cli_chip_check_content(call, partition, path, data, len)
                         : cli_chip_check_size(call, partition, path, len);
    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_erase(call, chip, partition, len);
    }
    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_program(call, chip, partition, data, len);
    }
    free(data);
    return exit_status;
}

static int fill_partition(const struct cli_call *call, const struct cli_chip *chip,
                          const char *assignment, bool is_app)
{
    char label[OTK_PARTITION_LABEL_SIZE + 1];
    const char *path = NULL;
    const struct cli_error no_app = {.status = OTK_USAGE,
                                     .why = "the partition is no application slot",
                                     .hint = "use --data for it"};
    const struct otk_partition *partition;
    int exit_status = parse_assignment(call, assignment, label, &path);

    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_find(call, chip, label, &partition);
    }
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if (is_app && cli_chip_slot_of(partition) == OTK_SLOT_NONE) {
        return cli_fail_with(call, &no_app, "%s", label);
    }
    return fill_with(call, chip, partition, path, is_app);
}

static int fill_all(const struct cli_call *call, const struct cli_chip *chip, const char *option,
                    bool is_app)
{
    const char *assignment;

    for (size_t i = 0; (assignment = cli_text_at(call, option, i)); i++) {
        const int exit_status = fill_partition(call, chip, assignment, is_app);
        if (exit_status != CLI_DONE) {
            return exit_status;
        }
    }
    return CLI_DONE;
}

static int add_bootloader(const struct cli_call *call, const struct cli_chip *chip)
{
    const char *path = cli_text(call, "bootloader");
    struct otk_image_header header;
    uint8_t *data;
    uint32_t len;

    if (!path) {
        return CLI_DONE;
    }
    int exit_status = cli_file_read(call, path, &data, &len);
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if (len < OTK_IMAGE_HEADER_SIZE || data[0] != OTK_IMAGE_MAGIC) {
        free(data);
        return cli_fail(call, OTK_BAD_MAGIC, "%s", path);
    }
    otk_image_header_decode(data, &header);
    const uint32_t offset = bootloader_offset(header.chip_id);
    if (offset >= chip->table_offset) {
        free(data);
        return cli_fail(call, OTK_NO_SPACE, "%s below the table at 0x%x", path, chip->table_offset);
    }
    const struct otk_partition place = {
        .offset = offset, .size = chip->table_offset - offset, .label = "bootloader", .type = 2};
    exit_status = cli_chip_check_size(call, &place, path, len);
    if (exit_status == CLI_DONE) {
        exit_status = cli_chip_program(call, chip, &place, data, len);
    }
    free(data);
    return exit_status;
}

static int finish(const struct cli_call *call, const struct cli_chip *chip)
{
    char size[32];
    const int exit_status = cli_file_write(call, chip->path, otk_nor_content(chip->nor),
                                           chip->flash->size);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cli_text_add_json(document, "output", chip->path);
        cJSON_AddNumberToObject(document, "size", chip->flash->size);
        return cli_finish_json(call, document);
    }
    cli_value_format_size(chip->flash->size, size, sizeof size);
    cli_remark(call, "%s: %s, %zu partitions", chip->path, size, chip->partitions.count);
    return CLI_DONE;
}

static int run(struct cli_call *call)
{
    struct cli_chip chip = {0};
    int lock = -1;
    int exit_status = cli_file_check_output(call, cli_text(call, "output"));

    if (exit_status == CLI_DONE) {
        exit_status = cli_file_lock(call, cli_text(call, "output"), &lock);
    }
    if (exit_status == CLI_DONE) {
        exit_status = make_chip(call, &chip);
    }
    if (exit_status == CLI_DONE) {
        exit_status = add_bootloader(call, &chip);
    }
    if (exit_status == CLI_DONE) {
        exit_status = fill_all(call, &chip, "app", true);
    }
    if (exit_status == CLI_DONE) {
        exit_status = fill_all(call, &chip, "data", false);
    }
    if (exit_status == CLI_DONE) {
        exit_status = finish(call, &chip);
    }
    if (lock >= 0) {
        close(lock);
    }
    cli_chip_close(&chip);
    return exit_status;
}

const struct cli_command cli_flash_create = {
    .path = "flash create",
    .summary = "Make a flash file",
    .description = "A flash file is the raw content of the chip: written to hardware byte for "
                   "byte, it is that device. Whatever no partition covers is erased.",
    .options = options,
    .examples = examples,
    .run = run,
};
