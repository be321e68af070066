// SPDX-License-Identifier: Apache-2.0
/* The option --extra-partition-subtypes. */
#include "cli/subtype_option.h"

#include <stdlib.h>

#include "cli/report.h"
#include "host/csv_words.h"

/* A bad subtype is the command's fault; told while a CSV is read it would look like the CSV's. */
static int check(const struct cli_call *call, const char *const *subtypes)
{
    const struct otk_csv_options options = {.extra_subtypes = subtypes,
                                            .extra_subtype_count = cli_subtypes_count(subtypes)};
    struct otk_csv_words words;
    struct otk_error error = {0};
    const enum otk_status status = otk_csv_words_open(&words, &options, &error);
    const struct cli_error refusal = {
        .status = status == OTK_BAD_CSV ? OTK_USAGE : status,
        .why = error.message[0] ? error.message : NULL,
        .hint = error.hint[0] ? error.hint : "write TYPE,NAME,VALUE with a value that is free"};

    if (status != OTK_OK) {
        return cli_fail_with(call, &refusal, "--extra-partition-subtypes");
    }
    otk_csv_words_close(&words);
    return CLI_DONE;
}

int cli_subtypes_open(const struct cli_call *call, const char ***subtypes)
{
    const char **list = calloc(call->value_count + 1, sizeof *list);

    *subtypes = NULL;
    if (!list) {
        return cli_fail(call, OTK_NO_MEMORY, "--extra-partition-subtypes");
    }
    for (size_t i = 0; i < call->value_count; i++) {
        list[i] = cli_text_at(call, "extra-partition-subtypes", i);
    }
    const int exit_status = check(call, list);
    if (exit_status != CLI_DONE) {
        free(list);
        return exit_status;
    }
    *subtypes = list;
    return CLI_DONE;
}

size_t cli_subtypes_count(const char *const *subtypes)
{
    size_t count = 0;

    while (subtypes[count]) {
        count++;
    }
    return count;
}
