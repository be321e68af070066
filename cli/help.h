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

/* The command's arguments on one line: "otakit table show FILE [--offset SIZE]". */
void cli_help_print_synopsis(FILE *out, const struct cli_command *command);

#endif
