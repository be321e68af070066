// SPDX-License-Identifier: Apache-2.0
/*
 * Cutting a CSV into lines, fields and numbers, by the rules of Python's string methods.
 *
 *     while (otk_span_next_line(&rest, &line)) ...
 */
#ifndef OTAKIT_HOST_SPAN_H
#define OTAKIT_HOST_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "host/unicode.h"
#include "otakit/base/status.h"

/* Numbers beyond this, of either sign, are taken for it: no such number fits a table. */
#define OTK_SPAN_INT_LIMIT ((int64_t)1 << 50)

/* Without the blanks at both ends. */
struct otk_span otk_span_strip(struct otk_span text);

/* Take the next line off `rest`. Returns false when nothing is left. */
bool otk_span_next_line(struct otk_span *rest, struct otk_span *line);

/* Take the part before `separator` off `rest`. Returns false when nothing is left; a text has one
 * part more than it has separators. Start with *more true. */
bool otk_span_next_part(struct otk_span *rest, bool *more, uint32_t separator,
                        struct otk_span *part);

/* Whether a text is the given ASCII one. */
bool otk_span_equals(struct otk_span text, const char *ascii);

/*
 * Read an integer as Python's int(text, base) does.
 *
 * base   0: decimal, or 0x, 0o, 0b; 16: with or without 0x
 * value  written on success only; clamped to OTK_SPAN_INT_LIMIT
 *
 * Returns  whether it is a number
 */
bool otk_span_int(struct otk_span text, int base, int64_t *value);

/*
 * Replace $NAME and ${NAME} by the environment's values; unknown names stay as they are.
 *
 * points  written on success only; the caller frees it
 *
 * Returns  OTK_OK         done
 *          OTK_NO_MEMORY  this computer has no memory left
 */
OTK_MUST_USE enum otk_status otk_span_expand(struct otk_span text, uint32_t **points,
                                             size_t *count);

/* Whether the text starts with a $NAME; name is the NAME. */
bool otk_span_starts_with_variable(struct otk_span text, struct otk_span *name);

#endif
