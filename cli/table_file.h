// SPDX-License-Identifier: Apache-2.0
/*
 * A partition table out of whatever file holds one: a binary table, a CSV, the content of a flash.
 *
 *     const struct cli_table_input input = {.name = path, .data = data, .len = len};
 *     exit_status = cli_table_take(call, &input, table);
 */
#ifndef OTAKIT_CLI_TABLE_FILE_H
#define OTAKIT_CLI_TABLE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/call.h"
#include "host/csv.h"
#include "otakit/format/partition.h"

struct cli_table_input {
    const char *name;                  /* for messages */
    const uint8_t *data;               /* the file */
    uint32_t len;                      /* bytes */
    uint32_t offset;                   /* of the table, where the file is the content of a flash */
    const struct otk_csv_options *csv; /* how a CSV is read; NULL: by default */
    bool is_flash;                     /* it is the content of a flash, whatever it looks like */
};

/*
 * Find or build the table.
 *
 * table  padded with FF; whether it makes sense is not judged
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_table_take(const struct cli_call *call, const struct cli_table_input *input,
                   uint8_t table[OTK_TABLE_SIZE]);

#endif
