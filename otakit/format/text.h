// SPDX-License-Identifier: Apache-2.0
/*
 * A piece of text that is not NUL-terminated, and the few questions that header fields, URLs and
 * manifests ask of one. ASCII only; letters compare without case.
 *
 *     struct otk_text field = otk_text_trim(otk_text(line, line_len));
 *     if (otk_text_is(field, "identity")) ...
 */
#ifndef OTAKIT_FORMAT_TEXT_H
#define OTAKIT_FORMAT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed characters. */
struct otk_text {
    const char *chars; /* `len` of them; NUL has no meaning */
    uint32_t len;
};

/* Make a text of `len` characters, borrowed as long as the text. */
static inline struct otk_text otk_text(const char *chars, uint32_t len)
{
    struct otk_text text;

    text.chars = chars;
    text.len = len;
    return text;
}

/* The part of a text from `offset` (at most text.len) to its end. */
static inline struct otk_text otk_text_from(struct otk_text text, uint32_t offset)
{
    return otk_text(text.chars + offset, text.len - offset);
}

/* Characters before the NUL. `chars` is searched up to `limit`, which is returned without one. */
uint32_t otk_text_length(const char *chars, uint32_t limit);

/* Where `c` first stands, or text.len. */
uint32_t otk_text_find(struct otk_text text, char c);

/* The text without blanks and line ends around it. */
struct otk_text otk_text_trim(struct otk_text text);

/* Whether the text is this word, letters of either case being equal. */
bool otk_text_is(struct otk_text text, const char *word);

/* Whether the text begins with this word, letters of either case being equal. */
bool otk_text_starts(struct otk_text text, const char *word);

/* Whether two texts are equal, letters of either case being equal. */
bool otk_text_equals(struct otk_text a, struct otk_text b);

/* The value of a hexadecimal digit, or -1. */
int otk_text_hex_digit(char c);

/*
 * Read a decimal number that fills the whole text.
 *
 * value  written on success only
 *
 * Returns  OTK_OK            read
 *          OTK_OUT_OF_RANGE  it does not fit 32 bits
 *          OTK_BAD_FORMAT    empty, or something else than digits
 */
OTK_MUST_USE enum otk_status otk_text_decimal(struct otk_text text, uint32_t *value);

/*
 * Read `len` bytes written as 2 * len hexadecimal digits.
 *
 * bytes  written on success only
 *
 * Returns  OTK_OK          read
 *          OTK_BAD_FORMAT  another length, or something else than hexadecimal digits
 */
OTK_MUST_USE enum otk_status otk_text_hex(struct otk_text text, uint8_t *bytes, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif
