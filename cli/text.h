// SPDX-License-Identifier: Apache-2.0
/*
 * Texts that come from flash or files, made safe for terminals and JSON.
 *
 * A label or a version may hold any byte; printed as it is, it could steer a terminal or make a
 * document that is no JSON.
 *
 *     cli_text_add_json(object, "label", partition.label);
 */
#ifndef OTAKIT_CLI_TEXT_H
#define OTAKIT_CLI_TEXT_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Copy a text; control characters and bytes that are no UTF-8 become '?'. Line breaks too.
 *
 * to_size  bytes of `to`, terminating NUL included; a longer text is cut, never inside a character
 */
void cli_text_clean(const char *from, char *to, size_t to_size);

/* Add a member whose text may hold any byte; what is no UTF-8 becomes '?'. */
void cli_text_add_json(cJSON *object, const char *name, const char *text);

/* Bytes as lower-case hex digits; text holds 2 * len + 1 bytes. */
void cli_text_hex(const uint8_t *bytes, size_t len, char *text);

/*
 * How far apart two words are: insertions, deletions, exchanges and swaps of neighbours.
 * Only the first 31 characters of each count.
 */
size_t cli_text_distance(const char *a, const char *b);

#endif
