// SPDX-License-Identifier: Apache-2.0
/*
 * The option --extra-partition-subtypes, for the option lists of commands that read or write CSVs.
 *
 *     const char **extra;
 *     exit_status = cli_subtypes_open(call, &extra);
 *     csv_options.extra_subtypes = extra;
 *     csv_options.extra_subtype_count = cli_subtypes_count(extra);
 *     …
 *     free(extra);
 */
#ifndef OTAKIT_CLI_SUBTYPE_OPTION_H
#define OTAKIT_CLI_SUBTYPE_OPTION_H

#include <stddef.h>

#include "cli/call.h"

#define CLI_SUBTYPE_OPTION                                                                     \
    {                                                                                          \
        .name = "extra-partition-subtypes", .value = "TYPE,NAME,VALUE", .kind = CLI_TEXT,      \
        .repeats = true, .takes_list = true,                                                   \
        .help = "A subtype of the project's own, for example data,settings,0x40. Several may " \
                "follow one another."                                                          \
    }

/*
 * The subtypes that the call names, a NULL behind the last.
 *
 * subtypes  the texts are borrowed, the list is the caller's to free; NULL on failure
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported: a malformed subtype
 */
int cli_subtypes_open(const struct cli_call *call, const char ***subtypes);

/* How many subtypes a list has. */
size_t cli_subtypes_count(const char *const *subtypes);

#endif
