// SPDX-License-Identifier: Apache-2.0
/* Texts made safe for terminals and JSON, and the distance of words. */
#include "cli/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_LEN 31u

/* Bytes of the UTF-8 character at `text`, 0 where it is none. Overlong forms and surrogates are none. */
static size_t utf8_len(const unsigned char *text)
{
    uint32_t code;
    size_t len;

    if (text[0] < 0x80) {
        return 1;
    }
    if (text[0] >= 0xC2 && text[0] <= 0xDF) {
        len = 2;
        code = text[0] & 0x1Fu;
    } else if ((text[0] & 0xF0) == 0xE0) {
        len = 3;
        code = text[0] & 0x0Fu;
    } else if (text[0] >= 0xF0 && text[0] <= 0xF4) {
        len = 4;
        code = text[0] & 0x07u;
    } else {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
        code = code << 6 | (text[i] & 0x3Fu);
    }
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    const bool is_overlong = (len == 3 && code < 0x800) || (len == 4 && code < 0x10000);
    return is_surrogate || is_overlong || code > 0x10FFFF ? 0 : len;
}

static bool is_control(const unsigned char *text, size_t len)
{
    return text[0] < 0x20 || text[0] == 0x7F || (len == 2 && text[0] == 0xC2 && text[1] < 0xA0);
}

void cli_text_clean(const char *from, char *to, size_t to_size)
{
    const unsigned char *text = (const unsigned char *)from;
    size_t used = 0;

    while (*text) {
        const size_t len = utf8_len(text);
        const bool is_good = len > 0 && !is_control(text, len);
        const size_t step = len > 0 ? len : 1;
        const size_t out_len = is_good ? len : 1;

        if (used + out_len >= to_size) {
            break;
        }
        memcpy(to + used, is_good ? (const char *)text : "?", out_len);
        used += out_len;
        text += step;
    }
    to[used] = '\0';
}

void cli_text_add_json(cJSON *object, const char *name, const char *text)
{
    const size_t size = strlen(text) + 1;
    char *clean = malloc(size);

    if (!clean) {
        return;
    }
    cli_text_clean(text, clean, size);
    cJSON_AddStringToObject(object, name, clean);
    free(clean);
}

void cli_text_hex(const uint8_t *bytes, size_t len, char *text)
{
    for (size_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Damerau and Levenshtein's distance, with neighbours swapped at most once. */
size_t cli_text_distance(const char *a, const char *b)
{
    size_t rows[WORD_LEN + 1][WORD_LEN + 1];
    const size_t a_len = strnlen(a, WORD_LEN);
    const size_t b_len = strnlen(b, WORD_LEN);

    for (size_t i = 0; i <= a_len; i++) {
        rows[i][0] = i;
    }
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        for (size_t j = 1; j <= b_len; j++) {
            const size_t differs = a[i - 1] != b[j - 1];
            rows[i][j] = smallest(rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                                  rows[i - 1][j - 1] + differs);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                rows[i - 2][j - 2] + 1 < rows[i][j]) {
                rows[i][j] = rows[i - 2][j - 2] + 1;
            }
        }
    }
    return rows[a_len][b_len];
}
