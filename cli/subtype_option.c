// SPDX-License-Identifier: Apache-2.0
/* The option --extra-partition-subtypes. */
#include "cli/subtype_option.h"

#include <stdlib.h>

const char **cli_subtypes_open(const struct cli_call *call)
{
    const char **subtypes = calloc(call->value_count + 1, sizeof *subtypes);

    for (size_t i = 0; subtypes && i < call->value_count; i++) {
        subtypes[i] = cli_text_at(call, "extra-partition-subtypes", i);
    }
    return subtypes;
}

size_t cli_subtypes_count(const char *const *subtypes)
{
    size_t count = 0;

    while (subtypes[count]) {
        count++;
    }
    return count;
}
