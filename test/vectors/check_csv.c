// SPDX-License-Identifier: Apache-2.0
/* gen_esp32part.json: CSV to table and back, against what gen_esp32part.py did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/csv.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"

/* Most arguments of --extra-partition-subtypes that a vector gives. */
#define EXTRA_COUNT 16

/* One run of the tool: its input and its options. */
struct run {
    struct otk_csv_options options;
    const char *extras[EXTRA_COUNT];
    unsigned warning_count;
    uint8_t *input; /* owned */
    size_t input_len;
    bool is_refused; /* by the tool's own argument parser */
};

static void count_warning(void *context, const char *message)
{
    (void)message;
    (*(unsigned *)context)++;
}

/* A number in Python's notation; "010" is none. Anything else makes the tool refuse the call. */
static int64_t parse_number(struct run *run, const char *text)
{
    char *end;
    const int64_t value = strtoll(text, &end, 0);
    const bool is_octal = text[0] == '0' && text[1] >= '0' && text[1] <= '9';

    if (end == text || *end != '\0' || is_octal) {
        run->is_refused = true;
    }
    return value;
}

/* One of the sizes that the tool offers. */
static uint64_t parse_flash_size(struct run *run, const char *text)
{
    static const char *const choices[] = {"1MB",  "2MB",  "4MB",  "8MB",
                                          "16MB", "32MB", "64MB", "128MB"};

    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        if (strcmp(text, choices[i]) == 0) {
            return (uint64_t)1 << (20 + i);
        }
    }
    run->is_refused = true;
    return 0;
}

static enum otk_csv_secure parse_secure(struct run *run, const char *text)
{
    if (strcmp(text, "v1") == 0) {
        return OTK_CSV_SECURE_V1;
    }
    if (strcmp(text, "v2") != 0) {
        run->is_refused = true;
    }
    return OTK_CSV_SECURE_V2;
}

/* Options that stand alone. */
static bool set_flag(struct otk_csv_options *options, const char *name)
{
    if (strcmp(name, "--no-verify") == 0) {
        options->no_verify = true;
    } else if (strcmp(name, "--disable-md5sum") == 0) {
        options->no_md5 = true;
    } else {
        return strcmp(name, "--quiet") == 0;
    }
    return true;
}

/* Options with one value. */
static bool set_value(struct run *run, const char *name, const char *value)
{
    struct otk_csv_options *options = &run->options;

    if (strcmp(name, "--flash-size") == 0) {
        options->flash_size = parse_flash_size(run, value);
    } else if (strcmp(name, "--offset") == 0) {
        options->table_offset = parse_number(run, value);
    } else if (strcmp(name, "--primary-bootloader-offset") == 0) {
        options->primary_bootloader_offset = parse_number(run, value);
    } else if (strcmp(name, "--recovery-bootloader-offset") == 0) {
        options->recovery_bootloader_offset = parse_number(run, value);
    } else if (strcmp(name, "--secure") == 0) {
        options->secure = parse_secure(run, value);
    } else {
        return false;
    }
    return true;
}

/* Returns false for an argument that is not known here. */
static bool parse_arguments(struct run *run, const cJSON *arguments)
{
    struct otk_csv_options *options = &run->options;
    const int count = cJSON_GetArraySize(arguments);
    bool in_extras = false;

    for (int i = 0; i < count; i++) {
        const char *name = json_element_text(arguments, i);

        if (in_extras && name[0] != '-' && options->extra_subtype_count < EXTRA_COUNT) {
            run->extras[options->extra_subtype_count++] = name;
            continue;
        }
        in_extras = strcmp(name, "--extra-partition-subtypes") == 0;
        if (in_extras || set_flag(options, name)) {
            continue;
        }
        if (!set_value(run, name, json_element_text(arguments, ++i))) {
            return false;
        }
    }
    options->extra_subtypes = run->extras;
    return true;
}

/* The input as text, or as bytes padded with FF. */
static bool load_input(struct run *run, const cJSON *vector)
{
    const char *csv = json_text(vector, "csv", NULL);

    run->input_len = csv ? strlen(csv) : (size_t)json_number(vector, "in_len", 0);
    run->input = malloc(run->input_len + 1);
    if (!run->input) {
        return false;
    }
    memset(run->input, 0xFF, run->input_len);
    if (csv) {
        memcpy(run->input, csv, run->input_len);
    } else {
        json_hex(json_text(vector, "in_hex", ""), run->input, (uint32_t)run->input_len);
    }
    return true;
}

/* A CSV without its comment lines equals the lines of the array. */
static bool lines_equal(struct report *report, const char *csv, const cJSON *lines)
{
    const cJSON *line = lines ? lines->child : NULL;

    while (*csv) {
        const size_t len = strcspn(csv, "\n");

        if (csv[0] != '#') {
            if (!line || strlen(line->valuestring) != len ||
                memcmp(line->valuestring, csv, len) != 0) {
                return report_differs(report, "wrote \"%.*s\", expected \"%s\"", (int)len, csv,
                                      line ? line->valuestring : "(nothing)");
            }
            line = line->next;
        }
        csv += csv[len] ? len + 1 : len;
    }
    return !line || report_differs(report, "line \"%s\" is missing", line->valuestring);
}

/* From a table to CSV; `expected` is an array of lines, or null where the tool fails. */
static bool check_to_csv(struct report *report, const struct run *run, const uint8_t *table,
                         size_t len, const cJSON *expected)
{
    struct otk_error error = {.message = ""};
    char *csv = NULL;
    uint8_t unused[OTK_TABLE_SIZE];
    enum otk_status status;
    bool is_equal;

    /* The tool takes what does not start with an entry for a CSV. */
    status = otk_csv_is_binary(table, len)
                 ? otk_csv_write(table, len, &run->options, &csv, &error)
                 : otk_csv_build(table, len, &run->options, unused, &error);
    if (!cJSON_IsArray(expected)) {
        free(csv);
        return status != OTK_OK || report_differs(report, "a table is read that must not be");
    }
    if (!csv) {
        return report_differs(report, "reading the table: %s", error.message);
    }
    is_equal = lines_equal(report, csv, expected);
    free(csv);
    return is_equal;
}

static bool check_to_table(struct report *report, struct run *run, const cJSON *vector)
{
    struct otk_error error = {.message = ""};
    uint8_t expected[OTK_TABLE_SIZE];
    uint8_t table[OTK_TABLE_SIZE];
    const enum otk_status status = otk_csv_build(run->input, run->input_len, &run->options, table,
                                                 &error);

    if (json_number(vector, "rc", 0) != 0) {
        return status != OTK_OK || report_differs(report, "accepted, expected a refusal");
    }
    if (status != OTK_OK) {
        return report_differs(report, "refused: %s", error.message);
    }
    memset(expected, 0xFF, sizeof(expected));
    json_hex(json_text(vector, "out_hex", ""), expected, sizeof(expected));
    if (json_number(vector, "out_len", 0) != sizeof(table) ||
        memcmp(table, expected, sizeof(table)) != 0) {
        return report_differs(report, "the table's bytes differ");
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(vector, "warns")) !=
        (run->warning_count > 0)) {
        return report_differs(report, "%u warnings", run->warning_count);
    }
    return check_to_csv(report, run, table, sizeof(table),
                        cJSON_GetObjectItemCaseSensitive(vector, "csv_back"));
}

static bool check_one(struct report *report, struct run *run, const cJSON *vector)
{
    otk_csv_options_init(&run->options);
    run->options.warn = count_warning;
    run->options.warn_context = &run->warning_count;
    if (!parse_arguments(run, cJSON_GetObjectItemCaseSensitive(vector, "args"))) {
        return report_differs(report, "an argument is not known");
    }
    if (run->is_refused) {
        return json_number(vector, "rc", 0) != 0 ||
               report_differs(report, "the options are refused");
    }
    if (!load_input(run, vector)) {
        return report_differs(report, "no memory for the input");
    }
    if (strcmp(json_text(vector, "c", ""), "bin") == 0) {
        return check_to_csv(report, run, run->input, run->input_len,
                            cJSON_GetObjectItemCaseSensitive(vector, "out_csv"));
    }
    return check_to_table(report, run, vector);
}

void check_csv(const cJSON *root, struct report *report)
{
    const cJSON *vectors = cJSON_GetObjectItemCaseSensitive(root, "vectors");
    const cJSON *item;
    int index = 0;

    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "env"))
    {
        setenv(item->string, cJSON_IsString(item) ? item->valuestring : "", 1);
    }
    cJSON_ArrayForEach(item, vectors)
    {
        struct run run = {.input = NULL};

        if (check_one(report, &run, item)) {
            report_pass(report);
        } else {
            report_fail(report, index, json_text(item, "name", ""));
        }
        free(run.input);
        index++;
    }
}
