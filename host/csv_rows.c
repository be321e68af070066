// SPDX-License-Identifier: Apache-2.0
/* Holding and placing the rows of a table. */
#include "host/csv_rows.h"

#include <stdlib.h>
#include <string.h>

#include "host/partition_name.h"

enum otk_status otk_csv_rows_add(struct otk_csv_rows *rows, const struct otk_csv_row *row)
{
    if (rows->count == rows->room) {
        const size_t room = rows->room ? rows->room * 2 : 16;
        struct otk_csv_row *const grown = realloc(rows->entries, room * sizeof *grown);

        if (!grown) {
            return OTK_NO_MEMORY;
        }
        rows->entries = grown;
        rows->room = room;
    }
    rows->entries[rows->count++] = *row;
    return OTK_OK;
}

int64_t otk_csv_offset_alignment(int64_t type)
{
    return type == OTK_TYPE_APP ? 0x10000 : 0x1000;
}

bool otk_csv_row_is_fixed(const struct otk_csv_row *row, const struct otk_csv_words *words)
{
    if (row->type != OTK_TYPE_BOOTLOADER && row->type != OTK_TYPE_PARTITION_TABLE) {
        return false;
    }
    return row->subtype == otk_csv_words_value(words, row->type, "primary");
}

/* The next multiple of `alignment`, a power of two; also for numbers below zero. */
static int64_t round_up(int64_t offset, int64_t alignment)
{
    return (offset + alignment - 1) & ~(alignment - 1);
}

static bool rows_are_equal(const struct otk_csv_row *a, const struct otk_csv_row *b)
{
    return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0 &&
           a->type == b->type && a->subtype == b->subtype && a->offset == b->offset &&
           a->size == b->size;
}

static enum otk_status refuse_overlap(const struct otk_csv_rows *rows,
                                      const struct otk_csv_row *row, int64_t free_offset,
                                      const struct otk_csv_context *context)
{
    const long long offset = (long long)row->offset;

    if (rows_are_equal(row, &rows->entries[0])) {
        otk_error_set(context->error, row->line,
                      "offset 0x%llx overlaps the sector of the partition table", offset);
    } else {
        otk_error_set(context->error, row->line, "offset 0x%llx overlaps the partition before it",
                      offset);
    }
    otk_error_hint(context->error,
                   "the first free offset is 0x%llx; leave the offset empty to have it chosen",
                   (long long)free_offset);
    return OTK_BAD_CSV;
}

enum otk_status otk_csv_rows_place(struct otk_csv_rows *rows, const struct otk_csv_context *context)
{
    int64_t free_offset = context->options->table_offset + 0x1000;

    for (size_t i = 0; i < rows->count; i++) {
        struct otk_csv_row *const row = &rows->entries[i];

        if (otk_csv_row_is_fixed(row, context->words)) {
            continue;
        }
        if (row->has_offset && row->offset < free_offset) {
            return refuse_overlap(rows, row, free_offset, context);
        }
        if (!row->has_offset) {
            row->offset = round_up(free_offset, otk_csv_offset_alignment(row->type));
            row->has_offset = true;
        }
        if (row->size < 0) {
            row->size = -row->size - row->offset;
        }
        free_offset = row->offset + row->size;
    }
    return OTK_OK;
}

void otk_csv_rows_close(struct otk_csv_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->entries[i].name);
    }
    free(rows->entries);
    *rows = (struct otk_csv_rows){NULL, 0, 0};
}
