// SPDX-License-Identifier: Apache-2.0
/*
 * Texts as arrays of Unicode code points, classified as Python classifies them.
 *
 * The CSV rules are defined by a Python program, whose idea of blanks, line ends and digits goes
 * beyond ASCII.
 *
 *     uint32_t *points;
 *     size_t count;
 *     status = otk_unicode_decode_file(bytes, len, &points, &count);
 */
#ifndef OTAKIT_HOST_UNICODE_H
#define OTAKIT_HOST_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "otakit/base/status.h"

/* A part of a text; borrowed. */
struct otk_span {
    const uint32_t *points;
    size_t len;
};

/*
 * Decode a file: UTF-8, or with a byte-order mark UTF-16 or big-endian UTF-32. The mark is dropped.
 * UTF-32's little-endian mark begins like UTF-16's and is taken for it.
 *
 * bytes   `len` bytes; not NULL
 * points  written on success only; the caller frees it
 *
 * Returns  OTK_OK          decoded
 *          OTK_BAD_FORMAT  not well-formed
 *          OTK_NO_MEMORY   this computer has no memory left
 */
OTK_MUST_USE enum otk_status otk_unicode_decode_file(const void *bytes, size_t len,
                                                     uint32_t **points, size_t *count);

/*
 * Decode a string of UTF-8.
 *
 * points  written on success only; the caller frees it
 *
 * Returns  as otk_unicode_decode_file
 */
OTK_MUST_USE enum otk_status otk_unicode_decode(const char *utf8, uint32_t **points, size_t *count);

/*
 * Encode as UTF-8.
 *
 * utf8  written on success only; NUL-terminated behind utf8_len bytes; the caller frees it
 *
 * Returns  OTK_OK          encoded
 *          OTK_BAD_FORMAT  a code point that UTF-8 cannot hold
 *          OTK_NO_MEMORY   this computer has no memory left
 */
OTK_MUST_USE enum otk_status otk_unicode_encode(struct otk_span text, char **utf8,
                                                size_t *utf8_len);

/* Whether str.strip() drops the code point. */
bool otk_unicode_is_space(uint32_t point);

/* Whether str.splitlines() ends a line at the code point. */
bool otk_unicode_is_line_end(uint32_t point);

/* The value of a decimal digit of any script, 0 to 9; -1 for anything else. */
int otk_unicode_digit(uint32_t point);

/* Lower case, for letters whose lower case is ASCII; others stay. */
uint32_t otk_unicode_fold(uint32_t point);

#endif
