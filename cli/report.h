// SPDX-License-Identifier: Apache-2.0
/*
 * What the user is told: errors with a way to mend them, remarks, JSON documents, colours.
 *
 *     if (status != OTK_OK) {
 *         return cli_fail(call, status, "slot %s", label);
 *     }
 *     return cli_finish_json(call, document);
 */
#ifndef OTAKIT_CLI_REPORT_H
#define OTAKIT_CLI_REPORT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/call.h"
#include "otakit/base/status.h"

/* Exit statuses; there are no others. */
#define CLI_DONE        0
#define CLI_FAILED      1
#define CLI_USED_WRONG  2
#define CLI_INTERRUPTED 130

#define CLI_FORMAT(format_index) __attribute__((format(printf, (format_index), (format_index) + 1)))

/* An error in full. */
struct cli_error {
    enum otk_status status;
    const char *why;  /* NULL: the status' own sentence */
    const char *hint; /* NULL: the hint that belongs to the status, if there is one */
};

/*
 * Report an error: on standard error, and as the JSON document where JSON was asked for.
 *
 * format  what was being done or looked at: "slot ota_0", "app.bin"
 *
 * Returns  the exit status that belongs to `status`
 */
int cli_fail(const struct cli_call *call, enum otk_status status, const char *format, ...)
    CLI_FORMAT(3);

/* As cli_fail, with reason or hint of its own. */
int cli_fail_with(const struct cli_call *call, const struct cli_error *error, const char *format,
                  ...) CLI_FORMAT(3);

/* As cli_fail_with, and the error becomes a member of `document`, which is printed and freed: for
 * documents that tell what there is to tell even of a failure. document may be NULL. */
int cli_fail_in(const struct cli_call *call, const struct cli_error *error, cJSON *document,
                const char *format, ...) CLI_FORMAT(4);

/* As cli_fail_in with JSON, for an error that stands on standard error already. */
int cli_fail_told(const struct cli_error *error, cJSON *document, const char *what);

/* The exit status that belongs to a status. */
int cli_exit_status(enum otk_status status);

/* Print a document on standard output and free it; NULL stands for "no memory".
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported */
int cli_finish_json(const struct cli_call *call, cJSON *document);

/* A remark on standard error, one line, unless --quiet or --json. */
void cli_remark(const struct cli_call *call, const char *format, ...) CLI_FORMAT(2);

/* A warning on standard error, one line; --quiet silences it. */
void cli_warn(const struct cli_call *call, const char *format, ...) CLI_FORMAT(2);

/* How a piece of standard output is coloured. */
enum cli_colour { CLI_PLAIN, CLI_BOLD, CLI_GREEN, CLI_YELLOW, CLI_RED, CLI_DIM };

/* The escape sequence that begins a colour on standard output; "" where colours are off. */
const char *cli_colour(const struct cli_call *call, enum cli_colour colour);

/* The escape sequence that ends any colour; "" where colours are off. */
const char *cli_colour_end(const struct cli_call *call);

/* Find out whether the two outputs are terminals that want colours. */
void cli_report_init(struct cli_call *call);

#endif
