// SPDX-License-Identifier: Apache-2.0
/* CSV to binary table and back: the steps in order. */
#include "host/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/csv_rows.h"
#include "host/partition_name.h"
#include "otakit/crypto/digest.h"

#define LABEL_OFFSET 12u /* of the label in an entry record */

/* Room for everything of a CSV line but the label. */
#define LINE_TAIL_SIZE 160u

static const char csv_head[] = "# ESP-IDF Partition Table\n"
                               "# Name, Type, SubType, Offset, Size, Flags\n";

void otk_csv_options_init(struct otk_csv_options *options)
{
    *options = (struct otk_csv_options){
        .table_offset = OTK_TABLE_OFFSET,
        .primary_bootloader_offset = OTK_CSV_NO_OFFSET,
        .recovery_bootloader_offset = OTK_CSV_NO_OFFSET,
    };
}

bool otk_csv_is_binary(const void *data, size_t len)
{
    return len >= 2 && memcmp(data, "\xAA\x50", 2) == 0;
}

static bool fits(int64_t value, int64_t limit)
{
    return value >= 0 && value <= limit;
}

static enum otk_status pack_row(const struct otk_csv_row *row,
                                uint8_t record[OTK_PARTITION_RECORD_SIZE], struct otk_error *error)
{
    struct otk_partition partition = {.flags = row->flags};
    const size_t label_len = row->name_len < OTK_PARTITION_LABEL_SIZE ? row->name_len
                                                                      : OTK_PARTITION_LABEL_SIZE;

    if (!fits(row->type, UINT8_MAX) || !fits(row->subtype, UINT8_MAX)) {
        otk_error_set(error, row->line, "type and subtype of '%.32s' must be 0 to 255", row->name);
        return OTK_BAD_CSV;
    }
    if (!fits(row->offset, UINT32_MAX) || !fits(row->size, UINT32_MAX)) {
        otk_error_set(error, row->line, "offset and size of '%.32s' must be 0 to 0xffffffff",
                      row->name);
        return OTK_BAD_CSV;
    }
    partition.type = (uint8_t)row->type;
    partition.subtype = (uint8_t)row->subtype;
    partition.offset = (uint32_t)row->offset;
    partition.size = (uint32_t)row->size;
    otk_partition_encode(&partition, record);
    /* Past the encoder, which would stop at a NUL inside the label. */
    memcpy(record + LABEL_OFFSET, row->name, label_len);
    return OTK_OK;
}

/* An end record must fit behind entries and MD5. */
static enum otk_status check_count(const struct otk_csv_rows *rows,
                                   const struct otk_csv_context *context)
{
    const size_t most = OTK_TABLE_SIZE / OTK_PARTITION_RECORD_SIZE - 1u -
                        (context->options->no_md5 ? 0u : 1u);

    if (rows->count > most) {
        otk_error_set(context->error, 0, "%zu partitions are more than the %zu a table can hold",
                      rows->count, most);
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}

static enum otk_status pack(const struct otk_csv_rows *rows, const struct otk_csv_context *context,
                            uint8_t table[OTK_TABLE_SIZE])
{
    const size_t used = rows->count * OTK_PARTITION_RECORD_SIZE;
    uint8_t digest[OTK_MD5_SIZE];
    enum otk_status status = check_count(rows, context);

    if (status == OTK_OK) {
        memset(table, 0xFF, OTK_TABLE_SIZE);
    }
    for (size_t i = 0; i < rows->count && status == OTK_OK; i++) {
        status = pack_row(&rows->entries[i], table + i * OTK_PARTITION_RECORD_SIZE, context->error);
    }
    if (status != OTK_OK || context->options->no_md5) {
        return status;
    }
    status = otk_md5(table, (uint32_t)used, digest);
    if (status == OTK_OK) {
        otk_partition_encode_md5(digest, table + used);
    }
    return status;
}

static enum otk_status check_options(const struct otk_csv_context *context)
{
    const struct otk_csv_options *const options = context->options;

    if (options->primary_bootloader_offset == OTK_CSV_NO_OFFSET ||
        options->primary_bootloader_offset < options->table_offset) {
        return OTK_OK;
    }
    otk_error_set(context->error, 0, "the primary bootloader does not lie below the table");
    otk_error_hint(context->error, "check --primary-bootloader-offset and --offset");
    return OTK_BAD_CSV;
}

static enum otk_status build(const void *csv, size_t len, const struct otk_csv_context *context,
                             uint8_t packed[OTK_TABLE_SIZE])
{
    struct otk_csv_rows rows = {NULL, 0, 0};
    enum otk_status status = otk_csv_rows_read(&rows, csv, len, context);

    if (status == OTK_OK) {
        status = otk_csv_rows_verify(&rows, context);
    }
    if (status == OTK_OK && context->options->strict) {
        status = otk_csv_rows_verify_strictly(&rows, context);
    }
    if (status == OTK_OK) {
        status = pack(&rows, context, packed);
    }
    otk_csv_rows_close(&rows);
    return status;
}

/* Options and words, for either direction. `words` is to be closed on success only. */
static enum otk_status open_context(struct otk_csv_context *context, struct otk_csv_words *words)
{
    enum otk_status status = check_options(context);

    if (status == OTK_OK) {
        status = otk_csv_words_open(words, context->options, context->error);
    }
    return status;
}

/* A failure that is not the input's fault has no message yet. */
static enum otk_status explain(enum otk_status status, struct otk_error *error)
{
    if (status == OTK_NO_MEMORY || status == OTK_CRYPTO) {
        otk_error_set(error, 0, "%s", otk_status_text(status));
    }
    return status;
}

enum otk_status otk_csv_build(const void *csv, size_t len, const struct otk_csv_options *options,
                              uint8_t table[OTK_TABLE_SIZE], struct otk_error *error)
{
    struct otk_csv_options defaults;
    struct otk_csv_words words;
    struct otk_csv_context context = {options ? options : &defaults, &words, error};
    uint8_t packed[OTK_TABLE_SIZE];
    enum otk_status status;

    otk_csv_options_init(&defaults);
    status = open_context(&context, &words);
    if (status == OTK_OK) {
        status = build(csv, len, &context, packed);
        otk_csv_words_close(&words);
    }
    if (status == OTK_OK) {
        memcpy(table, packed, sizeof packed);
    }
    return explain(status, error);
}

static void format_size(int64_t size, char text[24])
{
    if (size % 0x100000 == 0) {
        snprintf(text, 24, "%lldM", (long long)size / 0x100000);
    } else if (size % 0x400 == 0) {
        snprintf(text, 24, "%lldK", (long long)size / 0x400);
    } else {
        snprintf(text, 24, "0x%llx", (long long)size);
    }
}

static void format_number(int64_t number, const char *name, char text[8])
{
    if (!name) {
        snprintf(text, 8, "%u", (unsigned)(number & 0xFF));
    }
}

/* The line of a row behind its label. */
static int format_tail(const struct otk_csv_row *row, const struct otk_csv_words *words,
                       char tail[LINE_TAIL_SIZE])
{
    static const char *const flags[] = {"", "encrypted", "readonly", "encrypted:readonly"};
    const char *const type_name = otk_partition_type_name((uint8_t)row->type);
    const char *const subtype_name = otk_csv_words_name(words, row->type, row->subtype);
    char type[8];
    char subtype[8];
    char size[24];

    format_number(row->type, type_name, type);
    format_number(row->subtype, subtype_name, subtype);
    format_size(row->size, size);
    return snprintf(tail, LINE_TAIL_SIZE, ",%s,%s,0x%llx,%s,%s\n", type_name ? type_name : type,
                    subtype_name ? subtype_name : subtype, (long long)row->offset, size,
                    flags[row->flags & 3]);
}

static enum otk_status format_rows(const struct otk_csv_rows *rows,
                                   const struct otk_csv_words *words, char **csv)
{
    const size_t line_size = OTK_PARTITION_LABEL_SIZE + LINE_TAIL_SIZE;
    char *const text = malloc(sizeof csv_head + rows->count * line_size);
    size_t used = sizeof csv_head - 1;

    if (!text) {
        return OTK_NO_MEMORY;
    }
    memcpy(text, csv_head, sizeof csv_head);
    for (size_t i = 0; i < rows->count; i++) {
        const struct otk_csv_row *const row = &rows->entries[i];

        memcpy(text + used, row->name, row->name_len);
        used += row->name_len;
        used += (size_t)format_tail(row, words, text + used);
    }
    *csv = text;
    return OTK_OK;
}

enum otk_status otk_csv_write(const void *table, size_t len, const struct otk_csv_options *options,
                              char **csv, struct otk_error *error)
{
    struct otk_csv_options defaults;
    struct otk_csv_words words;
    struct otk_csv_context context = {options ? options : &defaults, &words, error};
    struct otk_csv_rows rows = {NULL, 0, 0};
    enum otk_status status;

    otk_csv_options_init(&defaults);
    status = open_context(&context, &words);
    if (status != OTK_OK) {
        return explain(status, error);
    }
    status = otk_csv_rows_decode(&rows, table, len, &context);
    if (status == OTK_OK) {
        status = otk_csv_rows_verify(&rows, &context);
    }
    if (status == OTK_OK) {
        status = format_rows(&rows, &words, csv);
    }
    otk_csv_rows_close(&rows);
    otk_csv_words_close(&words);
    return explain(status, error);
}
