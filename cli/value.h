// SPDX-License-Identifier: Apache-2.0
/*
 * Values as people write them: sizes, durations, chips.
 *
 *     if (cli_value_parse(CLI_SIZE, "4MB", &number)) …   // 4194304
 */
#ifndef OTAKIT_CLI_VALUE_H
#define OTAKIT_CLI_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/command.h"

/*
 * Read a number of any kind that is one.
 *
 * number  written on success only
 *
 * Returns  whether the text is a number of that kind and in its range
 */
bool cli_value_parse(enum cli_kind kind, const char *text, uint64_t *number);

/* What a text of that kind looks like, for error messages: "a size such as 4MB". */
const char *cli_value_example(enum cli_kind kind);

/* A size as people say it: "1.5 MB", "960 KB", "12 bytes"; units of 1024. */
void cli_value_format_size(uint64_t size, char *text, size_t text_size);

/* The chip's name, or "0x1234" for an id without one. */
void cli_value_format_chip(uint16_t chip_id, char *text, size_t text_size);

/* Whether `text` is one of the words with | between them in `choices`. */
bool cli_value_is_choice(const char *choices, const char *text);

/* The names of all chips, each behind a blank. */
extern const char cli_chip_words[];

#endif
