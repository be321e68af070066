// SPDX-License-Identifier: Apache-2.0
/* otakit table show: what a table says, whether it comes as table, as CSV or inside a flash image. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/partitions.h"
#include "cli/report.h"
#include "cli/subtype_option.h"
#include "cli/table_file.h"
#include "host/csv.h"

static const struct cli_operand operands[] = {
    {.name = "FILE",
     .kind = CLI_FILE,
     .help = "A binary table, a partition CSV, or the content of a whole flash; - is standard "
             "input."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "offset",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .help = "FILE is the content of a flash, and its table stands there. Default for such a "
             "file: 0x8000."},
    CLI_SUBTYPE_OPTION,
    {0},
};

static const struct cli_example examples[] = {
    {"otakit table show partitions.bin", "Print the CSV of a table."},
    {"otakit table show dump.bin --offset 0x10000", "Read the table inside a flash dump."},
    {"otakit table show partitions.csv --json", "Where everything ends up, for a script."},
    {0},
};

static const char *md5_name(enum cli_md5 md5)
{
    switch (md5) {
    case CLI_MD5_OK:
        return "ok";
    case CLI_MD5_MISMATCH:
        return "mismatch";
    case CLI_MD5_ABSENT:
        break;
    }
    return "absent";
}

static int print_json(const struct cli_call *call, const struct cli_partitions *partitions)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *entries = cJSON_AddArrayToObject(document, "entries");

    for (size_t i = 0; i < partitions->count; i++) {
        cJSON_AddItemToArray(entries, cli_partition_json(&partitions->entries[i]));
    }
    cJSON_AddStringToObject(document, "md5", md5_name(partitions->md5));
    return cli_finish_json(call, document);
}

/* A label may hold bytes that steer a terminal. A file or pipe gets them as they are, to build from. */
static void disarm(char *csv)
{
    for (; *csv; csv++) {
        if (iscntrl((unsigned char)*csv) && *csv != '\n') {
            *csv = '?';
        }
    }
}

/* The entries alone, so that a wrong MD5 does not keep anybody from reading them. */
static int print_csv(const struct cli_call *call, const struct cli_table_input *input,
                     const struct cli_partitions *partitions)
{
    uint8_t table[OTK_TABLE_SIZE + OTK_PARTITION_RECORD_SIZE];
    struct otk_csv_options csv_options = *input->csv;
    struct otk_error error = {0};
    char *csv;

    memset(table, 0xFF, sizeof table);
    for (size_t i = 0; i < partitions->count; i++) {
        otk_partition_encode(&partitions->entries[i], table + i * OTK_PARTITION_RECORD_SIZE);
    }
    csv_options.no_verify = true;
    const enum otk_status status = otk_csv_write(table, sizeof table, &csv_options, &csv, &error);
    if (status != OTK_OK) {
        const struct cli_error refusal = {.status = status,
                                          .why = error.message[0] ? error.message : NULL};
        return cli_fail_with(call, &refusal, "%s", input->name);
    }
    if (isatty(STDOUT_FILENO)) {
        disarm(csv);
    }
    fputs(csv, stdout);
    free(csv);
    return CLI_DONE;
}

static int show(const struct cli_call *call, const struct cli_table_input *input,
                const uint8_t table[OTK_TABLE_SIZE])
{
    struct cli_partitions partitions;

    cli_partitions_decode(table, &partitions);
    if (partitions.status != OTK_OK) {
        return cli_fail(call, partitions.status, "%s", input->name);
    }
    if (partitions.md5 == CLI_MD5_MISMATCH) {
        cli_warn(call, "%s: %s", input->name, otk_status_text(OTK_BAD_MD5));
    }
    return call->json ? print_json(call, &partitions) : print_csv(call, input, &partitions);
}

static int run(struct cli_call *call)
{
    const char *path = cli_operand(call, 0);
    struct otk_csv_options csv_options;
    struct cli_table_input input = {
        .name = cli_file_input_name(path),
        .csv = &csv_options,
        .is_flash = cli_has(call, "offset"),
        .offset = cli_u32(call, "offset", OTK_TABLE_OFFSET),
    };
    uint8_t table[OTK_TABLE_SIZE];
    uint8_t *data = NULL;
    const char **extra_subtypes;
    int exit_status = cli_subtypes_open(call, &extra_subtypes);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    otk_csv_options_init(&csv_options);
    csv_options.extra_subtypes = extra_subtypes;
    csv_options.extra_subtype_count = cli_subtypes_count(extra_subtypes);
    exit_status = cli_file_read(call, path, &data, &input.len);
    input.data = data;
    if (exit_status == CLI_DONE) {
        exit_status = cli_table_take(call, &input, table);
    }
    if (exit_status == CLI_DONE) {
        exit_status = show(call, &input, table);
    }
    free(data);
    free(extra_subtypes);
    return exit_status;
}

const struct cli_command cli_table_show = {
    .path = "table show",
    .summary = "Show the partitions of a table",
    .description = "Prints a CSV that `otakit table build` accepts. With --json, entries with "
                   "label, type, subtype, offset, size and flags, and whether the MD5 is ok, "
                   "absent or a mismatch.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
