// SPDX-License-Identifier: Apache-2.0
/*
 * otk_vectors DIR: run every vector file of a directory.
 *
 * Prints one line per file and the sum as last line; mismatches are explained on stderr.
 * Exit status: 0 all match, 1 some do not, 2 used wrongly or a file cannot be read.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/vectors/checks.h"

struct vector_file {
    const char *name;
    void (*check)(const cJSON *root, struct report *report);
    const char *note; /* what is skipped, and why */
};

static const struct vector_file files[] = {
    {"anti_rollback.json", check_anti_rollback, ""},
    {"boot_flow.json", check_boot_flow, ""},
    {"gen_esp32part.json", check_csv, ""},
    {"image_verify.json", check_image, ""},
    {"ota_ops.json", check_ota_ops, "power cuts after a counted operation: see ./dev powercut"},
    {"otadata_select.json", check_select, ""},
    {"partition_table.json", check_table, ""},
};

static const struct vector_file *find_file(const char *name)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (strcmp(files[i].name, name) == 0) {
            return &files[i];
        }
    }
    return NULL;
}

/* The whole file as a string to free, or NULL. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;

    if (!file) {
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
        rewind(file);
        text = calloc(1, (size_t)size + 1);
        if (text && fread(text, 1, (size_t)size, file) != (size_t)size) {
            free(text);
            text = NULL;
        }
    }
    fclose(file);
    return text;
}

static cJSON *read_json(const char *directory, const char *name)
{
    char path[4096];
    char *text;
    cJSON *root;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    text = read_text(path);
    root = text ? cJSON_Parse(text) : NULL;
    free(text);
    return root;
}

static void print_line(const char *name, const struct report *report, const char *note)
{
    printf("%s: %u passed, %u failed", name, report->passed, report->failed);
    if (report->skipped > 0) {
        printf(", %u skipped", report->skipped);
    }
    if (report->skipped > 0 && note[0] != 0) {
        printf(" (%s)", note);
    }
    putchar('\n');
}

/* Run one file into `sum`. Returns false when it cannot be read. */
static bool run_file(const char *directory, const char *name, struct report *sum)
{
    const struct vector_file *file = find_file(name);
    struct report report = {.file = name};
    cJSON *root;

    if (!file) {
        report.skipped = 1;
        print_line(name, &report, "unknown file");
        sum->skipped++;
        return true;
    }
    root = read_json(directory, name);
    if (!root) {
        fprintf(stderr, "otk_vectors: error: %s/%s: not readable as JSON\n", directory, name);
        return false;
    }
    file->check(root, &report);
    cJSON_Delete(root);
    print_line(name, &report, file->note);
    fflush(stdout);
    sum->passed += report.passed;
    sum->failed += report.failed;
    sum->skipped += report.skipped;
    return true;
}

static int is_json(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".json") == 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    struct report sum = {0};
    bool readable = true;
    int count;

    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: otk_vectors DIR\n", stderr);
        return 2;
    }
    count = scandir(argv[1], &entries, is_json, alphasort);
    if (count <= 0) {
        fprintf(stderr, "otk_vectors: error: %s: holds no vector files\n", argv[1]);
        free(entries);
        return 2;
    }
    for (int i = 0; i < count; i++) {
        readable = run_file(argv[1], entries[i]->d_name, &sum) && readable;
        free(entries[i]);
    }
    free(entries);
    if (sum.skipped > 0) {
        printf("%u skipped\n", sum.skipped);
    }
    printf("%u passed, %u failed\n", sum.passed, sum.failed);
    if (!readable) {
        return 2;
    }
    return sum.failed > 0 ? 1 : 0;
}
