// SPDX-License-Identifier: Apache-2.0
/* The rules of gen_esp32part.py on partitions and tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/csv_rows.h"
#include "host/partition_name.h"

#define NVS_LEAST_SIZE 0x3000 /* bytes that a writable NVS needs */
#define OTADATA_SIZE   0x2000 /* bytes: two sectors */

static void warn(const struct otk_csv_context *context, const char *message, const char *name)
{
    char text[160];

    if (!context->options->warn) {
        return;
    }
    snprintf(text, sizeof text, "partition '%.32s' %s", name, message);
    context->options->warn(context->options->warn_context, text);
}

/* The number of the type with this name; -1 if there is none. */
static int type_of_name(const char *name)
{
    for (uint8_t type = 0; otk_partition_type_name(type); type++) {
        if (strcmp(name, otk_partition_type_name(type)) == 0) {
            return type;
        }
    }
    return -1;
}

static void warn_of_name(const struct otk_csv_row *row, const struct otk_csv_context *context)
{
    const int type = type_of_name(row->name);

    if (strlen(row->name) != row->name_len) {
        return; /* no word has a NUL in it */
    }
    if (type >= 0 && type != row->type) {
        warn(context, "has the name of a type that is not its own", row->name);
    }
    if (otk_csv_words_has(context->words, row->name) &&
        otk_csv_words_value(context->words, row->type, row->name) != row->subtype) {
        warn(context, "has the name of a subtype that is not its own", row->name);
    }
}

static enum otk_status verify_alignment(const struct otk_csv_row *row,
                                        const struct otk_csv_context *context)
{
    const int64_t alignment = otk_csv_offset_alignment(row->type);
    const int64_t unit = context->options->secure == OTK_CSV_SECURE_V1 ? 0x10000 : 0x1000;

    if (row->offset & (alignment - 1)) {
        otk_error_set(context->error, row->line,
                      "offset 0x%llx of partition '%.32s' is not a multiple of 0x%llx",
                      (long long)row->offset, row->name, (long long)alignment);
        otk_error_hint(context->error, "leave the offset empty to have it chosen");
        return OTK_BAD_CSV;
    }
    if (row->type == OTK_TYPE_APP && (row->size & (unit - 1))) {
        otk_error_set(context->error, row->line,
                      "size 0x%llx of app partition '%.32s' is not a multiple of 0x%llx",
                      (long long)row->size, row->name, (long long)unit);
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}

static enum otk_status verify_data(const struct otk_csv_row *row,
                                   const struct otk_csv_context *context)
{
    const struct otk_csv_words *const words = context->words;
    const bool readonly = row->flags & OTK_PARTITION_READONLY;

    if (row->type != OTK_TYPE_DATA) {
        return OTK_OK;
    }
    if (readonly && (row->subtype == otk_csv_words_value(words, row->type, "ota") ||
                     row->subtype == otk_csv_words_value(words, row->type, "coredump"))) {
        otk_error_set(context->error, row->line,
                      "partition '%.32s' is written at run time and cannot be readonly", row->name);
        otk_error_hint(context->error, "remove the flag");
        return OTK_BAD_CSV;
    }
    if (!readonly && row->size < NVS_LEAST_SIZE &&
        row->subtype == otk_csv_words_value(words, row->type, "nvs")) {
        otk_error_set(context->error, row->line,
                      "NVS partition '%.32s' of 0x%llx bytes is too small to be written", row->name,
                      (long long)row->size);
        otk_error_hint(context->error, "make it at least 12K, or flag it readonly");
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}

static enum otk_status verify_partitions(const struct otk_csv_rows *rows,
                                         const struct otk_csv_context *context)
{
    enum otk_status status = OTK_OK;

    for (size_t i = 0; i < rows->count && status == OTK_OK; i++) {
        status = verify_alignment(&rows->entries[i], context);
        if (status == OTK_OK) {
            warn_of_name(&rows->entries[i], context);
            status = verify_data(&rows->entries[i], context);
        }
    }
    return status;
}

static int compare_names(const void *a, const void *b)
{
    const struct otk_csv_row *const left = *(const struct otk_csv_row *const *)a;
    const struct otk_csv_row *const right = *(const struct otk_csv_row *const *)b;
    const size_t common = left->name_len < right->name_len ? left->name_len : right->name_len;
    const int order = memcmp(left->name, right->name, common);

    return order ? order : (left->name_len > right->name_len) - (left->name_len < right->name_len);
}

/* By offset; rows at the same offset stay in file order. */
static int compare_offsets(const void *a, const void *b)
{
    const struct otk_csv_row *const left = *(const struct otk_csv_row *const *)a;
    const struct otk_csv_row *const right = *(const struct otk_csv_row *const *)b;

    if (left->offset != right->offset) {
        return left->offset < right->offset ? -1 : 1;
    }
    return left < right ? -1 : left > right;
}

static enum otk_status verify_names(const struct otk_csv_row **sorted, size_t count,
                                    const struct otk_csv_context *context)
{
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 1; i < count; i++) {
        if (compare_names(&sorted[i - 1], &sorted[i]) == 0) {
            otk_error_set(context->error, sorted[i]->line, "two partitions are named '%.32s'",
                          sorted[i]->name);
            otk_error_hint(context->error, "give every partition a name of its own");
            return OTK_BAD_CSV;
        }
    }
    return OTK_OK;
}

static enum otk_status verify_overlap(const struct otk_csv_row **sorted, size_t count,
                                      const struct otk_csv_context *context)
{
    const int64_t first_free = context->options->table_offset + 0x1000;

    qsort(sorted, count, sizeof *sorted, compare_offsets);
    for (size_t i = 0; i < count; i++) {
        const struct otk_csv_row *const row = sorted[i];
        const struct otk_csv_row *const before = i ? sorted[i - 1] : NULL;

        if (row->offset < first_free && !otk_csv_row_is_fixed(row, context->words)) {
            otk_error_set(context->error, row->line,
                          "partition '%.32s' at 0x%llx lies below 0x%llx", row->name,
                          (long long)row->offset, (long long)first_free);
            return OTK_BAD_CSV;
        }
        if (before && row->offset < before->offset + before->size) {
            otk_error_set(context->error, row->line,
                          "partition '%.32s' at 0x%llx overlaps '%.32s' at 0x%llx to 0x%llx",
                          row->name, (long long)row->offset, before->name,
                          (long long)before->offset,
                          (long long)(before->offset + before->size - 1));
            return OTK_BAD_CSV;
        }
    }
    return OTK_OK;
}

/* At most one partition of a data subtype, and of two sectors. */
static enum otk_status verify_otadata(const struct otk_csv_rows *rows, const char *word,
                                      const struct otk_csv_context *context)
{
    const int64_t subtype = otk_csv_words_value(context->words, OTK_TYPE_DATA, word);
    const struct otk_csv_row *found = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        const struct otk_csv_row *const row = &rows->entries[i];

        if (row->type != OTK_TYPE_DATA || row->subtype != subtype) {
            continue;
        }
        if (found) {
            otk_error_set(context->error, row->line, "there are two partitions of type data/%s",
                          word);
            return OTK_BAD_CSV;
        }
        found = row;
    }
    if (found && found->size != OTADATA_SIZE) {
        otk_error_set(context->error, found->line,
                      "data/%s partition '%.32s' must have 0x2000 bytes", word, found->name);
        otk_error_hint(context->error, "write 8K in the size column");
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}

static enum otk_status verify_table(const struct otk_csv_rows *rows,
                                    const struct otk_csv_context *context)
{
    const struct otk_csv_row **const sorted = calloc(rows->count + 1, sizeof *sorted);
    enum otk_status status;

    if (!sorted) {
        return OTK_NO_MEMORY;
    }
    for (size_t i = 0; i < rows->count; i++) {
        sorted[i] = &rows->entries[i];
    }
    status = verify_names(sorted, rows->count, context);
    if (status == OTK_OK) {
        status = verify_overlap(sorted, rows->count, context);
    }
    free(sorted);
    if (status == OTK_OK) {
        status = verify_otadata(rows, "ota", context);
    }
    if (status == OTK_OK) {
        status = verify_otadata(rows, "tee_ota", context);
    }
    return status;
}

/* The end of the partition that starts last is taken for the end of the table. */
static enum otk_status verify_flash_size(const struct otk_csv_rows *rows,
                                         const struct otk_csv_context *context)
{
    const struct otk_csv_row *last = NULL;
    const uint64_t flash_size = context->options->flash_size;

    for (size_t i = 0; i < rows->count; i++) {
        if (!last || rows->entries[i].offset > last->offset) {
            last = &rows->entries[i];
        }
    }
    if (!flash_size || !last || last->offset + last->size <= (int64_t)flash_size) {
        return OTK_OK;
    }
    otk_error_set(context->error, last->line,
                  "the partitions end at 0x%llx, but the flash has 0x%llx bytes",
                  (long long)(last->offset + last->size), (long long)flash_size);
    otk_error_hint(context->error, "make partitions smaller, or name a larger --flash-size");
    return OTK_BAD_CSV;
}

enum otk_status otk_csv_rows_verify(const struct otk_csv_rows *rows,
                                    const struct otk_csv_context *context)
{
    if (!context->options->no_verify) {
        enum otk_status status = verify_partitions(rows, context);

        if (status == OTK_OK) {
            status = verify_table(rows, context);
        }
        if (status != OTK_OK) {
            return status;
        }
    }
    return verify_flash_size(rows, context);
}
