// SPDX-License-Identifier: Apache-2.0
/*
 * Man pages, made from the command table.
 *
 *     cli_page_print_command(stdout, command);   // otakit-table-build.1
 */
#ifndef OTAKIT_CLI_PAGE_H
#define OTAKIT_CLI_PAGE_H

#include <stdio.h>

#include "cli/command.h"

/* The page of the program, otakit(1). */
void cli_page_print_program(FILE *out);

/* The page of one command, otakit-GROUP-VERB(1). */
void cli_page_print_command(FILE *out, const struct cli_command *command);

/* The name of a command's page without section: "otakit-table-build". */
void cli_page_name(const struct cli_command *command, char *name, size_t name_size);

#endif
