// SPDX-License-Identifier: Apache-2.0
/*
 * Help as text, made from the command table.
 *
 *     cli_help_print_command(stdout, command);
 */
#ifndef OTAKIT_CLI_HELP_H
#define OTAKIT_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* The program: what it is for, and every command with its summary. */
void cli_help_print_program(FILE *out);

/* A group: every command in it with its summary. */
void cli_help_print_group(FILE *out, const struct cli_group *group);

/* A command in full. */
void cli_help_print_command(FILE *out, const struct cli_command *command);

/* What follows an option's name, behind a blank: "FILE", "[ADAPTER]"; nothing for a flag. */
void cli_help_print_value(FILE *out, const struct cli_option *option);

/* The command's arguments on one line: "otakit table show FILE [--offset SIZE]". */
void cli_help_print_synopsis(FILE *out, const struct cli_command *command);

#endif
