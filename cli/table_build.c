// SPDX-License-Identifier: Apache-2.0
/* otakit table build: a partition CSV becomes the table that stands on flash. */
#include <stdlib.h>
#include <string.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/partitions.h"
#include "cli/preset_option.h"
#include "cli/report.h"
#include "cli/subtype_option.h"
#include "cli/text.h"
#include "host/csv.h"
#include "host/preset.h"

#define MEGABYTE 0x100000u

static const struct cli_operand operands[] = {
    {.name = "IN.csv",
     .kind = CLI_FILE,
     .optional = true,
     .help = "The partition CSV; - is standard input. Leave it out with --preset."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "OUT.bin",
     .kind = CLI_FILE,
     .required = true,
     .help = "Where to write the table; - is standard output."},
    CLI_PRESET_OPTION,
    {.name = "flash-size",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .help = "Refuse a table that does not fit a flash of this size: 1, 2, 4, 8, 16, 32, 64 or "
             "128MB."},
    {.name = "offset",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .help = "Where the table will stand on flash. Default 0x8000."},
    {.name = "no-md5", .kind = CLI_FLAG, .help = "Leave the MD5 record out."},
    {.name = "primary-bootloader-offset",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .help = "Where the bootloader stands; rows of type bootloader need it."},
    {.name = "recovery-bootloader-offset",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .help = "Where the recovery bootloader stands; its row needs it."},
    {.name = "secure",
     .value = "v1|v2",
     .kind = CLI_CHOICE,
     .choices = "v1|v2",
     .help = "Check app partitions for Secure Boot: with v1 their sizes are multiples of 64 KB."},
    CLI_SUBTYPE_OPTION,
    {.name = "no-verify",
     .kind = CLI_FLAG,
     .help = "Skip the checks of alignment, overlap, names, otadata and NVS."},
    {.name = "strict",
     .kind = CLI_FLAG,
     .help = "Refuse what ESP-IDF's tool accepts although it cannot work as meant: cut labels, "
             "gaps in the OTA slots, slots without otadata, and the like."},
    {0},
};

static const struct cli_example examples[] = {
    {"otakit table build partitions.csv -o partitions.bin", "Build a table."},
    {"otakit table build --preset two-ota --flash-size 4MB -o partitions.bin",
     "Factory and two OTA slots, checked against 4 MB."},
    {"otakit table build partitions.csv --strict -o /dev/null", "Only check a CSV."},
    {0},
};

static void warn(void *context, const char *message)
{
    cli_warn(context, "%s", message);
}

static void fill_options(struct cli_call *call, const char *const *extra_subtypes,
                         struct otk_csv_options *csv_options)
{
    const char *secure = cli_text(call, "secure");

    otk_csv_options_init(csv_options);
    csv_options->table_offset = cli_u32(call, "offset", (uint32_t)csv_options->table_offset);
    if (cli_has(call, "primary-bootloader-offset")) {
        csv_options->primary_bootloader_offset = cli_u32(call, "primary-bootloader-offset", 0);
    }
    if (cli_has(call, "recovery-bootloader-offset")) {
        csv_options->recovery_bootloader_offset = cli_u32(call, "recovery-bootloader-offset", 0);
    }
    if (secure) {
        csv_options->secure = strcmp(secure, "v1") == 0 ? OTK_CSV_SECURE_V1 : OTK_CSV_SECURE_V2;
    }
    csv_options->flash_size = cli_u32(call, "flash-size", 0);
    csv_options->no_md5 = cli_has(call, "no-md5");
    csv_options->no_verify = cli_has(call, "no-verify");
    csv_options->strict = cli_has(call, "strict");
    csv_options->extra_subtypes = extra_subtypes;
    csv_options->extra_subtype_count = cli_subtypes_count(extra_subtypes);
    csv_options->warn = warn;
    csv_options->warn_context = call;
}

static int finish(const struct cli_call *call, const uint8_t table[OTK_TABLE_SIZE])
{
    const char *output = cli_text(call, "output");
    struct cli_partitions partitions;
    const int exit_status = cli_file_write(call, output, table, OTK_TABLE_SIZE);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    cli_partitions_decode(table, &partitions);
    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cli_text_add_json(document, "output", output);
        cJSON_AddNumberToObject(document, "size", OTK_TABLE_SIZE);
        cJSON_AddNumberToObject(document, "partitions", (double)partitions.count);
        return cli_finish_json(call, document);
    }
    cli_remark(call, "%zu partitions written to %s", partitions.count,
               strcmp(output, "-") == 0 ? "standard output" : output);
    return CLI_DONE;
}

static int build(struct cli_call *call, const char *name, const void *csv, size_t len)
{
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_csv_options csv_options;
    struct otk_error error = {0};
    const struct cli_error is_binary = {.status = OTK_BAD_CSV,
                                        .why = "this is a binary table already",
                                        .hint = "otakit table show prints its CSV"};
    const char **extra_subtypes;
    const int exit_status = cli_subtypes_open(call, &extra_subtypes);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    fill_options(call, extra_subtypes, &csv_options);
    if (otk_csv_is_binary(csv, len)) {
        free(extra_subtypes);
        return cli_fail_with(call, &is_binary, "%s", name);
    }
    const enum otk_status status = otk_csv_build(csv, len, &csv_options, table, &error);
    free(extra_subtypes);
    if (status != OTK_OK) {
        const struct cli_error refusal = {.status = status,
                                          .why = error.message[0] ? error.message : NULL,
                                          .hint = error.hint[0] ? error.hint : NULL};
        return cli_fail_with(call, &refusal, "%s", name);
    }
    return finish(call, table);
}

/* The sizes that ESP-IDF's tool knows. */
static int check_flash_size(const struct cli_call *call)
{
    const uint64_t size = cli_u64(call, "flash-size", MEGABYTE);
    const bool is_power = size != 0 && (size & (size - 1)) == 0;
    const struct cli_error unknown = {.status = OTK_USAGE,
                                      .why = "no flash chip has that size",
                                      .hint = "1MB, 2MB, 4MB, 8MB, 16MB, 32MB, 64MB or 128MB"};

    if (is_power && size >= MEGABYTE && size <= 128 * MEGABYTE) {
        return CLI_DONE;
    }
    return cli_fail_with(call, &unknown, "--flash-size %s", cli_text(call, "flash-size"));
}

static int run(struct cli_call *call)
{
    const char *path = cli_operand(call, 0);
    const char *preset = cli_text(call, "preset");
    const struct cli_error one = {.status = OTK_USAGE,
                                  .why = "name either a CSV file or a --preset",
                                  .hint = "otakit table build --help"};
    uint8_t *csv;
    uint32_t len;
    int exit_status = cli_file_check_output(call, cli_text(call, "output"));

    if (exit_status == CLI_DONE) {
        exit_status = check_flash_size(call);
    }
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if ((path != NULL) == (preset != NULL)) {
        return cli_fail_with(call, &one, "table build");
    }
    if (preset) {
        const char *text = otk_preset_find(preset);
        return build(call, preset, text, strlen(text));
    }
    exit_status = cli_file_read(call, path, &csv, &len);
    if (exit_status == CLI_DONE) {
        exit_status = build(call, cli_file_input_name(path), csv, len);
        free(csv);
    }
    return exit_status;
}

const struct cli_command cli_table_build = {
    .path = "table build",
    .summary = "Build a partition table from a CSV",
    .description = "Writes the 3072 bytes that stand on flash at 0x8000, the same bytes as "
                   "ESP-IDF's gen_esp32part.py writes, and refuses what it refuses.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
