// SPDX-License-Identifier: Apache-2.0
/*
 * The partitions of a table on their way between CSV and binary.
 *
 *     status = otk_csv_rows_read(&rows, csv, len, &context);
 *     if (status == OTK_OK)
 *         status = otk_csv_rows_verify(&rows, &context);
 *     otk_csv_rows_close(&rows);
 */
#ifndef OTAKIT_HOST_CSV_ROWS_H
#define OTAKIT_HOST_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/csv_words.h"

/* One partition; numbers may be anything until the rows are packed. */
struct otk_csv_row {
    char *name;      /* UTF-8, NUL-terminated, may hold NULs; owned */
    size_t name_len; /* bytes */
    int64_t type;
    int64_t subtype;
    int64_t offset;  /* bytes from the start of flash */
    int64_t size;    /* bytes; in a CSV negative for "up to this offset" */
    uint32_t flags;  /* OTK_PARTITION_ENCRYPTED, OTK_PARTITION_READONLY */
    uint32_t line;   /* in the CSV; 0: not from one */
    bool has_offset; /* false until the row is placed */
    bool has_extra;  /* columns behind the flags that nobody reads */
};

struct otk_csv_rows {
    struct otk_csv_row *entries; /* owned */
    size_t count;
    size_t room;
};

/* What all steps need; everything borrowed. */
struct otk_csv_context {
    const struct otk_csv_options *options;
    const struct otk_csv_words *words;
    struct otk_error *error; /* may be NULL */
};

/* Add a row. Takes its name on success. Returns OTK_OK or OTK_NO_MEMORY. */
OTK_MUST_USE enum otk_status otk_csv_rows_add(struct otk_csv_rows *rows,
                                              const struct otk_csv_row *row);

/*
 * Read the rows of a CSV and give each its place.
 *
 * rows  starts empty; to be closed on every path
 *
 * Returns  OTK_OK, OTK_BAD_CSV with the error filled in, or OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_csv_rows_read(struct otk_csv_rows *rows, const void *csv,
                                               size_t len, const struct otk_csv_context *context);

/*
 * Give rows without an offset one, and rows with a negative size their size.
 *
 * Returns  OTK_OK, or OTK_BAD_CSV with the error filled in
 */
OTK_MUST_USE enum otk_status otk_csv_rows_place(struct otk_csv_rows *rows,
                                                const struct otk_csv_context *context);

/*
 * Read the rows of a binary table.
 *
 * rows  starts empty; to be closed on every path
 *
 * Returns  as otk_csv_write
 */
OTK_MUST_USE enum otk_status otk_csv_rows_decode(struct otk_csv_rows *rows, const uint8_t *table,
                                                 size_t len, const struct otk_csv_context *context);

/*
 * Check what the options ask for: the rules on partitions and table, and the flash size.
 *
 * Returns  OTK_OK, OTK_BAD_CSV with the error filled in, or OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_csv_rows_verify(const struct otk_csv_rows *rows,
                                                 const struct otk_csv_context *context);

/*
 * Refuse what gen_esp32part.py accepts although it cannot work as meant: labels that are cut,
 * empty or unaligned data partitions, OTA slots that differ in size, have gaps or no otadata,
 * unread columns, an empty table.
 *
 * Returns  OTK_OK, or OTK_BAD_CSV with the error filled in
 */
OTK_MUST_USE enum otk_status otk_csv_rows_verify_strictly(const struct otk_csv_rows *rows,
                                                          const struct otk_csv_context *context);

/* The multiple of which offsets of a type must be, bytes. */
int64_t otk_csv_offset_alignment(int64_t type);

/* Whether a row stands for the bootloader or the table itself, which lie where options say. */
bool otk_csv_row_is_fixed(const struct otk_csv_row *row, const struct otk_csv_words *words);

/* Free what the rows hold. */
void otk_csv_rows_close(struct otk_csv_rows *rows);

#endif
