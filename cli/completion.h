// SPDX-License-Identifier: Apache-2.0
/*
 * Completions for shells, made from the command table.
 *
 *     cli_completion_print("bash", stdout);
 */
#ifndef OTAKIT_CLI_COMPLETION_H
#define OTAKIT_CLI_COMPLETION_H

#include <stdio.h>

/* Each prints the script that teaches its shell every command and option. */
void cli_completion_print_bash(FILE *out);
void cli_completion_print_zsh(FILE *out);
void cli_completion_print_fish(FILE *out);

#endif
