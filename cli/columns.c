// SPDX-License-Identifier: Apache-2.0
/* Aligned columns for people. */
#include "cli/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

#define GAP 2

void cli_columns_init(struct cli_columns *columns, size_t column_count, unsigned int right_mask)
{
    *columns = (struct cli_columns){.column_count = column_count, .right_mask = right_mask};
}

void cli_columns_add(struct cli_columns *columns, enum cli_colour colour, const char *const *cells)
{
    if (columns->count == columns->capacity) {
        const size_t capacity = columns->capacity ? 2 * columns->capacity : 16;
        struct cli_row *rows = realloc(columns->rows, capacity * sizeof *rows);
        if (!rows) {
            return;
        }
        columns->rows = rows;
        columns->capacity = capacity;
    }
    struct cli_row *row = &columns->rows[columns->count++];
    row->colour = colour;
    for (size_t i = 0; i < columns->column_count; i++) {
        cli_text_clean(cells[i], row->cells[i], sizeof row->cells[i]);
    }
}

/* Characters, not bytes: continuation bytes of UTF-8 take no place. */
static int display_width(const char *text)
{
    int width = 0;

    for (; *text; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

static void measure(const struct cli_columns *columns, int widths[CLI_COLUMN_COUNT])
{
    for (size_t column = 0; column < columns->column_count; column++) {
        widths[column] = 0;
        for (size_t i = 0; i < columns->count; i++) {
            const int width = display_width(columns->rows[i].cells[column]);
            widths[column] = width > widths[column] ? width : widths[column];
        }
    }
}

static void print_row(const struct cli_call *call, const struct cli_columns *columns,
                      const struct cli_row *row, const int widths[CLI_COLUMN_COUNT])
{
    int pending = GAP;

    fputs(cli_colour(call, row->colour), stdout);
    for (size_t column = 0; column < columns->column_count; column++) {
        const char *cell = row->cells[column];
        const int padding = widths[column] - display_width(cell);
        const bool is_right = columns->right_mask >> column & 1;
        if (*cell) {
            printf("%*s%s", pending + (is_right ? padding : 0), "", cell);
            pending = 0;
        } else {
            pending += is_right ? padding : 0;
        }
        pending += (is_right ? 0 : padding) + (widths[column] > 0 ? GAP : 0);
    }
    printf("%s\n", row->colour == CLI_PLAIN ? "" : cli_colour_end(call));
}

void cli_columns_print(const struct cli_call *call, struct cli_columns *columns)
{
    int widths[CLI_COLUMN_COUNT];

    measure(columns, widths);
    for (size_t i = 0; i < columns->count; i++) {
        print_row(call, columns, &columns->rows[i], widths);
    }
    free(columns->rows);
    columns->rows = NULL;
    columns->count = 0;
}
