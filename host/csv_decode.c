// SPDX-License-Identifier: Apache-2.0
/* Reading the rows of a binary table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/csv_rows.h"
#include "host/unicode.h"
#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"

#define KNOWN_FLAGS (OTK_PARTITION_ENCRYPTED | OTK_PARTITION_READONLY)

static bool is_blank(const uint8_t record[OTK_PARTITION_RECORD_SIZE])
{
    for (size_t i = 0; i < OTK_PARTITION_RECORD_SIZE; i++) {
        if (record[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

static bool is_utf8(const char *text)
{
    uint32_t *points;
    size_t count;

    if (otk_unicode_decode(text, &points, &count) != OTK_OK) {
        return false;
    }
    free(points);
    return true;
}

static void warn_of_flags(const struct otk_partition *partition,
                          const struct otk_csv_context *context)
{
    char message[96];

    if (!(partition->flags & ~KNOWN_FLAGS) || !context->options->warn) {
        return;
    }
    snprintf(message, sizeof message, "partition '%s' has unknown flags 0x%08x", partition->label,
             (unsigned)(partition->flags & ~KNOWN_FLAGS));
    context->options->warn(context->options->warn_context, message);
}

static enum otk_status decode_row(const uint8_t record[OTK_PARTITION_RECORD_SIZE],
                                  struct otk_csv_rows *rows, const struct otk_csv_context *context)
{
    struct otk_partition partition;
    struct otk_csv_row row = {.has_offset = true};
    enum otk_status status;

    if (otk_load_le16(record) != OTK_PARTITION_MAGIC) {
        otk_error_set(context->error, 0, "record %u of the table starts with %02X %02X, not AA 50",
                      (unsigned)rows->count, record[0], record[1]);
        return OTK_BAD_TABLE;
    }
    otk_partition_decode(record, &partition);
    if (!is_utf8(partition.label)) {
        otk_error_set(context->error, 0, "the label of record %u is not UTF-8",
                      (unsigned)rows->count);
        return OTK_BAD_TABLE;
    }
    warn_of_flags(&partition, context);
    row.name = strdup(partition.label);
    if (!row.name) {
        return OTK_NO_MEMORY;
    }
    row.name_len = strlen(row.name);
    row.type = partition.type;
    row.subtype = partition.subtype;
    row.offset = partition.offset;
    row.size = partition.size;
    row.flags = partition.flags & KNOWN_FLAGS;
    status = otk_csv_rows_add(rows, &row);
    if (status != OTK_OK) {
        free(row.name);
    }
    return status;
}

/* Compare an MD5 record with the digest of all entries before it; MD5 records are not entries. */
static enum otk_status check_md5(const uint8_t *table, size_t entry_bytes, const uint8_t *entries,
                                 const struct otk_csv_context *context)
{
    uint8_t digest[OTK_MD5_SIZE];
    const enum otk_status status = otk_md5(entries, (uint32_t)entry_bytes, digest);

    if (status != OTK_OK) {
        return status;
    }
    if (memcmp(digest, table + OTK_PARTITION_MD5_OFFSET, sizeof digest) != 0) {
        otk_error_set(context->error, 0, "the table does not match its MD5");
        return OTK_BAD_MD5;
    }
    return OTK_OK;
}

/* `entries` has room for the table's entries without its MD5 records. */
static enum otk_status decode_records(struct otk_csv_rows *rows, const uint8_t *table, size_t len,
                                      uint8_t *entries, const struct otk_csv_context *context)
{
    enum otk_status status = OTK_OK;

    for (size_t offset = 0; offset < len && status == OTK_OK; offset += OTK_PARTITION_RECORD_SIZE) {
        const uint8_t *const record = table + offset;
        const size_t entry_bytes = rows->count * OTK_PARTITION_RECORD_SIZE;

        if (len - offset < OTK_PARTITION_RECORD_SIZE) {
            otk_error_set(context->error, 0, "the table's length is not a multiple of 32 bytes");
            return OTK_BAD_TABLE;
        }
        if (is_blank(record)) {
            return OTK_OK;
        }
        if (otk_load_le16(record) == OTK_PARTITION_MD5_MAGIC && !context->options->no_md5) {
            status = check_md5(record, entry_bytes, entries, context);
            continue;
        }
        memcpy(entries + entry_bytes, record, OTK_PARTITION_RECORD_SIZE);
        status = decode_row(record, rows, context);
    }
    if (status == OTK_OK) {
        otk_error_set(context->error, 0, "the table has no end record");
        status = OTK_BAD_TABLE;
    }
    return status;
}

enum otk_status otk_csv_rows_decode(struct otk_csv_rows *rows, const uint8_t *table, size_t len,
                                    const struct otk_csv_context *context)
{
    uint8_t *const entries = malloc(len + 1);
    enum otk_status status;

    if (!entries) {
        return OTK_NO_MEMORY;
    }
    status = decode_records(rows, table, len, entries, context);
    free(entries);
    return status;
}
