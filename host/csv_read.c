// SPDX-License-Identifier: Apache-2.0
/* Reading the rows of a CSV. */
#include <stdlib.h>

#include "host/csv_rows.h"
#include "host/partition_name.h"
#include "host/span.h"

#define COLUMN_COUNT 6 /* name, type, subtype, offset, size, flags */

static enum otk_status read_flags(struct otk_span field, struct otk_csv_row *row,
                                  const struct otk_csv_context *context)
{
    struct otk_span flag;
    bool more = true;

    while (otk_span_next_part(&field, &more, ':', &flag)) {
        if (otk_span_equals(flag, "encrypted")) {
            row->flags |= OTK_PARTITION_ENCRYPTED;
        } else if (otk_span_equals(flag, "readonly")) {
            row->flags |= OTK_PARTITION_READONLY;
        } else if (flag.len) {
            otk_error_set(context->error, row->line, "the flags column holds an unknown flag");
            otk_error_hint(context->error, "flags are encrypted and readonly, in lower case, "
                                           "separated by a colon without blanks");
            return OTK_BAD_CSV;
        }
    }
    return OTK_OK;
}

/* The offset of a row whose place an option gives; OTK_NOT_FOUND if it is not such a row. */
static enum otk_status read_fixed_offset(struct otk_csv_row *row,
                                         const struct otk_csv_context *context)
{
    const struct otk_csv_options *const options = context->options;
    const bool is_recovery = row->type == OTK_TYPE_BOOTLOADER &&
                             row->subtype ==
                                 otk_csv_words_value(context->words, row->type, "recovery");
    int64_t offset = options->recovery_bootloader_offset;

    if (otk_csv_row_is_fixed(row, context->words)) {
        offset = row->type == OTK_TYPE_BOOTLOADER ? options->primary_bootloader_offset
                                                  : options->table_offset;
    } else if (!is_recovery) {
        return OTK_NOT_FOUND;
    }
    if (offset == OTK_CSV_NO_OFFSET) {
        otk_error_set(context->error, row->line, "the offset of the %s bootloader is not known",
                      is_recovery ? "recovery" : "primary");
        otk_error_hint(context->error, "give --%s-bootloader-offset",
                       is_recovery ? "recovery" : "primary");
        return OTK_BAD_CSV;
    }
    row->offset = offset;
    row->has_offset = true;
    return OTK_OK;
}

static enum otk_status read_offset(struct otk_span field, struct otk_csv_row *row,
                                   const struct otk_csv_context *context)
{
    const enum otk_status status = read_fixed_offset(row, context);

    if (status != OTK_NOT_FOUND) {
        return status;
    }
    row->has_offset = field.len != 0;
    if (!row->has_offset) {
        return OTK_OK;
    }
    return otk_csv_words_number(field, row->line, &row->offset, context->error);
}

static enum otk_status read_size(struct otk_span field, struct otk_csv_row *row,
                                 const struct otk_csv_context *context)
{
    const struct otk_csv_options *const options = context->options;

    if (row->type == OTK_TYPE_BOOTLOADER) {
        if (options->primary_bootloader_offset == OTK_CSV_NO_OFFSET) {
            otk_error_set(context->error, row->line,
                          "the size of a bootloader partition is not known");
            otk_error_hint(context->error, "give --primary-bootloader-offset");
            return OTK_BAD_CSV;
        }
        row->size = options->table_offset - options->primary_bootloader_offset;
        return OTK_OK;
    }
    if (row->type == OTK_TYPE_PARTITION_TABLE) {
        row->size = 0x1000;
        return OTK_OK;
    }
    if (!field.len) {
        otk_error_set(context->error, row->line, "the size is empty");
        otk_error_hint(context->error, "write the size in the fifth column, for example 24K or 1M");
        return OTK_BAD_CSV;
    }
    return otk_csv_words_number(field, row->line, &row->size, context->error);
}

static enum otk_status read_fields(const struct otk_span fields[COLUMN_COUNT],
                                   struct otk_csv_row *row, const struct otk_csv_context *context)
{
    enum otk_status status = otk_csv_words_type(fields[1], row->line, &row->type, context->error);

    if (status == OTK_OK) {
        status = otk_csv_words_subtype(context->words, row->type, fields[2], row->line,
                                       &row->subtype, context->error);
    }
    if (status == OTK_OK) {
        status = read_offset(fields[3], row, context);
    }
    if (status == OTK_OK) {
        status = read_size(fields[4], row, context);
    }
    if (status == OTK_OK) {
        status = read_flags(fields[5], row, context);
    }
    return status;
}

static enum otk_status read_row(struct otk_span line, uint32_t line_number,
                                struct otk_csv_rows *rows, const struct otk_csv_context *context)
{
    struct otk_span fields[COLUMN_COUNT] = {{NULL, 0}};
    struct otk_csv_row row = {.line = line_number};
    bool more = true;
    enum otk_status status;

    for (size_t i = 0; i < COLUMN_COUNT && otk_span_next_part(&line, &more, ',', &fields[i]); i++) {
        fields[i] = otk_span_strip(fields[i]);
    }
    row.has_extra = more;
    status = read_fields(fields, &row, context);
    if (status != OTK_OK) {
        return status;
    }
    status = otk_unicode_encode(fields[0], &row.name, &row.name_len);
    if (status == OTK_BAD_FORMAT) {
        otk_error_set(context->error, line_number, "the label is not valid Unicode");
        return OTK_BAD_CSV;
    }
    if (status == OTK_OK) {
        status = otk_csv_rows_add(rows, &row);
    }
    if (status != OTK_OK) {
        free(row.name);
    }
    return status;
}

static enum otk_status refuse_variable(struct otk_span name, uint32_t line_number,
                                       const struct otk_csv_context *context)
{
    char *text;
    size_t len;

    if (otk_unicode_encode(name, &text, &len) != OTK_OK) {
        return OTK_NO_MEMORY;
    }
    otk_error_set(context->error, line_number, "the environment has no variable '%.64s'", text);
    free(text);
    return OTK_BAD_CSV;
}

static enum otk_status read_line(struct otk_span line, uint32_t line_number,
                                 struct otk_csv_rows *rows, const struct otk_csv_context *context)
{
    struct otk_span name;
    struct otk_span text;
    uint32_t *points;
    size_t count;
    enum otk_status status = otk_span_expand(line, &points, &count);

    if (status != OTK_OK) {
        return status;
    }
    text = (struct otk_span){points, count};
    if (otk_span_starts_with_variable(text, &name)) {
        status = refuse_variable(name, line_number, context);
    } else {
        text = otk_span_strip(text);
        if (text.len && text.points[0] != '#') {
            status = read_row(text, line_number, rows, context);
        }
    }
    free(points);
    return status;
}

enum otk_status otk_csv_rows_read(struct otk_csv_rows *rows, const void *csv, size_t len,
                                  const struct otk_csv_context *context)
{
    uint32_t line_number = 0;
    struct otk_span line;
    struct otk_span rest;
    uint32_t *points;
    size_t count;
    enum otk_status status = otk_unicode_decode_file(csv, len, &points, &count);

    if (status == OTK_BAD_FORMAT) {
        otk_error_set(context->error, 0,
                      "the CSV is neither UTF-8 nor UTF-16 with a byte-order mark");
        otk_error_hint(context->error, "save it as UTF-8; a binary table starts with AA 50");
        return OTK_BAD_CSV;
    }
    if (status != OTK_OK) {
        return status;
    }
    rest = (struct otk_span){points, count};
    while (status == OTK_OK && otk_span_next_line(&rest, &line)) {
        status = read_line(line, ++line_number, rows, context);
    }
    free(points);
    return status == OTK_OK ? otk_csv_rows_place(rows, context) : status;
}
