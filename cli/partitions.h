// SPDX-License-Identifier: Apache-2.0
/*
 * All entries of a partition table, for showing them and finding them by label.
 *
 * Reads as far as the table makes sense; whether the bootloader takes it is decided by
 * otakit/core/table.h.
 *
 *     struct cli_partitions partitions;
 *     cli_partitions_decode(table, &partitions);
 *     const struct otk_partition *nvs = cli_partitions_find(&partitions, "nvs");
 */
#ifndef OTAKIT_CLI_PARTITIONS_H
#define OTAKIT_CLI_PARTITIONS_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/call.h"
#include "otakit/base/status.h"
#include "otakit/format/partition.h"

/* Records that fit a table. */
#define CLI_PARTITION_COUNT (OTK_TABLE_SIZE / OTK_PARTITION_RECORD_SIZE)

enum cli_md5 { CLI_MD5_ABSENT, CLI_MD5_OK, CLI_MD5_MISMATCH };

struct cli_partitions {
    struct otk_partition entries[CLI_PARTITION_COUNT];
    size_t count;
    enum cli_md5 md5;
    enum otk_status status; /* OTK_OK, or why reading stopped before an end record */
};

/* Read a table; `partitions` is always filled. */
void cli_partitions_decode(const uint8_t table[OTK_TABLE_SIZE], struct cli_partitions *partitions);

/* The first entry with that label, or NULL. */
const struct otk_partition *cli_partitions_find(const struct cli_partitions *partitions,
                                                const char *label);

/* The last entry that is an application with that subtype, as the bootloader counts; or NULL. */
const struct otk_partition *cli_partitions_find_app(const struct cli_partitions *partitions,
                                                    uint8_t subtype);

/* Report that there is no such label, with those there are. Returns the exit status. */
int cli_partitions_fail_label(const struct cli_call *call, const struct cli_partitions *partitions,
                              const char *label);

/* One entry as JSON: label, type, subtype, offset, size, flags. */
cJSON *cli_partition_json(const struct otk_partition *partition);

#endif
