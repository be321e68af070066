// SPDX-License-Identifier: Apache-2.0
/*
 * One call of the program: its arguments, taken apart by the command's table.
 *
 *     const char *path = cli_operand(call, 0);
 *     uint32_t offset = cli_u32(call, "offset", 0x8000);
 *     for (size_t i = 0; (text = cli_text_at(call, "app", i)); i++) …
 */
#ifndef OTAKIT_CLI_CALL_H
#define OTAKIT_CLI_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/command.h"
#include "otakit/base/status.h"

#define CLI_OPERAND_COUNT 4u

struct cli_value {
    const struct cli_option *option;
    const char *text; /* as given; NULL for a flag */
    uint64_t number;  /* for the kinds that are numbers */
};

struct cli_call {
    const struct cli_command *command;           /* NULL until it is known */
    bool json;                                   /* one JSON document on standard output */
    bool quiet;                                  /* no progress, no remarks */
    bool colour_out;                             /* standard output shows colours */
    bool colour_err;                             /* standard error shows colours */
    bool help;                                   /* --help was given */
    const char *operands[CLI_OPERAND_COUNT + 1]; /* NULL behind the last */
    size_t operand_count;
    struct cli_value *values; /* in order of appearance */
    size_t value_count;
};

/*
 * Take the arguments of a command apart. The texts stay where they are and are borrowed.
 *
 * call       command, json and quiet are set; cli_call_release frees what is added
 * arguments  those behind the command's path
 *
 * Returns  0   everything is known, well formed and complete
 *          >0  the exit status; what was wrong has been reported
 */
int cli_call_parse(struct cli_call *call, int argument_count, char **arguments);

/* Free what cli_call_parse allocated. */
void cli_call_release(struct cli_call *call);

/* The operand at that place, or NULL. */
const char *cli_operand(const struct cli_call *call, size_t index);

/* Whether the option was given. Its name must stand in the command's table, here and below. */
bool cli_has(const struct cli_call *call, const char *name);

/* The text of an option that may be given once, or NULL. */
const char *cli_text(const struct cli_call *call, const char *name);

/* The option's text the index-th time it was given, from 0, or NULL. */
const char *cli_text_at(const struct cli_call *call, const char *name, size_t index);

/* The option's number, or `otherwise` where it was not given. */
uint64_t cli_u64(const struct cli_call *call, const char *name, uint64_t otherwise);

/* As cli_u64, for the kinds that hold 32 bits. */
uint32_t cli_u32(const struct cli_call *call, const char *name, uint32_t otherwise);

#endif
