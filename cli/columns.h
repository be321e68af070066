// SPDX-License-Identifier: Apache-2.0
/*
 * Aligned columns for people. Numbers are right-aligned by asking for it.
 *
 *     struct cli_columns columns;
 *     cli_columns_init(&columns, 3, 0x2);            // column 1 is right-aligned
 *     cli_columns_add(&columns, CLI_GREEN, (const char *[]){"ota_0", "1 MB", "VALID"});
 *     cli_columns_print(call, &columns);             // prints and frees
 */
#ifndef OTAKIT_CLI_COLUMNS_H
#define OTAKIT_CLI_COLUMNS_H

#include <stddef.h>

#include "cli/report.h"

#define CLI_COLUMN_COUNT 8u
#define CLI_CELL_SIZE    72u

struct cli_row {
    char cells[CLI_COLUMN_COUNT][CLI_CELL_SIZE];
    enum cli_colour colour;
};

struct cli_columns {
    struct cli_row *rows; /* owned */
    size_t count;
    size_t capacity;
    size_t column_count;
    unsigned int right_mask; /* bit n: column n is right-aligned */
};

/* Begin; nothing is allocated yet. */
void cli_columns_init(struct cli_columns *columns, size_t column_count, unsigned int right_mask);

/* Add a row; texts may hold any byte and are cleaned and cut. A row without memory is left out. */
void cli_columns_add(struct cli_columns *columns, enum cli_colour colour, const char *const *cells);

/* Print all rows on standard output, indented by two blanks, and free them. */
void cli_columns_print(const struct cli_call *call, struct cli_columns *columns);

#endif
