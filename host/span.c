// SPDX-License-Identifier: Apache-2.0
/* Lines, parts, integers and variables of a text. */
#include "host/span.h"

#include <stdlib.h>
#include <string.h>

struct otk_span otk_span_strip(struct otk_span text)
{
    while (text.len && otk_unicode_is_space(text.points[0])) {
        text.points++;
        text.len--;
    }
    while (text.len && otk_unicode_is_space(text.points[text.len - 1])) {
        text.len--;
    }
    return text;
}

static void drop(struct otk_span *text, size_t count)
{
    if (!count) {
        return; /* an empty text may have no points at all */
    }
    text->points += count;
    text->len -= count;
}

bool otk_span_next_line(struct otk_span *rest, struct otk_span *line)
{
    size_t len = 0;

    if (!rest->len) {
        return false;
    }
    while (len < rest->len && !otk_unicode_is_line_end(rest->points[len])) {
        len++;
    }
    *line = (struct otk_span){rest->points, len};
    drop(rest, len);
    if (rest->len >= 2 && rest->points[0] == '\r' && rest->points[1] == '\n') {
        drop(rest, 1);
    }
    if (rest->len) {
        drop(rest, 1);
    }
    return true;
}

bool otk_span_next_part(struct otk_span *rest, bool *more, uint32_t separator,
                        struct otk_span *part)
{
    size_t len = 0;

    if (!*more) {
        return false;
    }
    while (len < rest->len && rest->points[len] != separator) {
        len++;
    }
    *part = (struct otk_span){rest->points, len};
    *more = len < rest->len;
    drop(rest, *more ? len + 1 : len);
    return true;
}

bool otk_span_equals(struct otk_span text, const char *ascii)
{
    size_t i = 0;

    while (i < text.len && ascii[i] && text.points[i] == (unsigned char)ascii[i]) {
        i++;
    }
    return i == text.len && !ascii[i];
}

/* Blanks that int() skips: the ASCII separators 0x1C to 0x1F are not among them. */
static bool is_number_space(uint32_t point)
{
    return otk_unicode_is_space(point) && !(point >= 0x1C && point <= 0x1F);
}

static int digit_value(uint32_t point)
{
    if (point >= 'a' && point <= 'z') {
        return (int)(point - 'a') + 10;
    }
    if (point >= 'A' && point <= 'Z') {
        return (int)(point - 'A') + 10;
    }
    return otk_unicode_digit(point);
}

/* Drop the prefix that names the base and find the base, given 0 or 16. An underscore may follow
 * a prefix. */
static int take_base(struct otk_span *text, int base)
{
    int named = 0;

    if (text->len >= 2 && otk_unicode_digit(text->points[0]) == 0) {
        const uint32_t letter = text->points[1] | 0x20;

        named = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    }
    if (!named || (base && base != named)) {
        return base ? base : 10;
    }
    drop(text, 2);
    if (text->len && text->points[0] == '_') {
        drop(text, 1);
    }
    return named;
}

/* Digits with single underscores between them. */
static bool read_digits(struct otk_span text, int base, int64_t *value)
{
    bool after_digit = false;
    int64_t sum = 0;

    for (size_t i = 0; i < text.len; i++) {
        const int digit = digit_value(text.points[i]);

        if (text.points[i] == '_' && after_digit) {
            after_digit = false;
            continue;
        }
        if (digit < 0 || digit >= base) {
            return false;
        }
        after_digit = true;
        sum = sum < OTK_SPAN_INT_LIMIT ? sum * base + digit : sum;
    }
    *value = sum < OTK_SPAN_INT_LIMIT ? sum : OTK_SPAN_INT_LIMIT;
    return after_digit;
}

bool otk_span_int(struct otk_span text, int base, int64_t *value)
{
    bool negative = false;
    bool leading_zero;
    int64_t magnitude;
    int real_base;

    while (text.len && is_number_space(text.points[0])) {
        drop(&text, 1);
    }
    while (text.len && is_number_space(text.points[text.len - 1])) {
        text.len--;
    }
    if (text.len && (text.points[0] == '-' || text.points[0] == '+')) {
        negative = text.points[0] == '-';
        drop(&text, 1);
    }
    leading_zero = text.len && otk_unicode_digit(text.points[0]) == 0;
    real_base = take_base(&text, base);
    if (!read_digits(text, real_base, &magnitude)) {
        return false;
    }
    /* Old octal notation: int("010", 0) is an error, int("00", 0) is not. */
    if (base == 0 && real_base == 10 && leading_zero && magnitude != 0) {
        return false;
    }
    *value = negative ? -magnitude : magnitude;
    return true;
}

static bool is_name_point(uint32_t point)
{
    return (point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') ||
           (point >= 'a' && point <= 'z') || point == '_';
}

/* The length of a $NAME or ${NAME} at the start of `text`, 0 if there is none; name is the NAME. */
static size_t variable_len(struct otk_span text, struct otk_span *name)
{
    size_t len = 1;

    if (text.len < 2 || text.points[0] != '$') {
        return 0;
    }
    if (text.points[1] == '{') {
        while (len < text.len && text.points[len] != '}') {
            len++;
        }
        *name = (struct otk_span){text.points + 2, len - 2};
        return len < text.len ? len + 1 : 0;
    }
    while (len < text.len && is_name_point(text.points[len])) {
        len++;
    }
    *name = (struct otk_span){text.points + 1, len - 1};
    return len > 1 ? len : 0;
}

/* The environment's value for a name; NULL if it has none, or the name cannot be one. */
static const char *lookup(struct otk_span name)
{
    const char *value = NULL;
    size_t len;
    char *key;

    if (otk_unicode_encode(name, &key, &len) != OTK_OK) {
        return NULL;
    }
    if (len && strlen(key) == len && !strchr(key, '=')) {
        value = getenv(key);
    }
    free(key);
    return value;
}

struct buffer {
    uint32_t *points;
    size_t len;
    size_t size;
};

static bool append(struct buffer *buffer, const uint32_t *points, size_t count)
{
    if (count > buffer->size - buffer->len) {
        const size_t size = (buffer->len + count) * 2;
        uint32_t *const grown = realloc(buffer->points, size * sizeof *grown);

        if (!grown) {
            return false;
        }
        buffer->points = grown;
        buffer->size = size;
    }
    if (count) {
        memcpy(buffer->points + buffer->len, points, count * sizeof *points);
    }
    buffer->len += count;
    return true;
}

/* A value that is not UTF-8 becomes one lone surrogate, which no field accepts. */
static bool append_value(struct buffer *buffer, const char *value)
{
    static const uint32_t malformed = 0xDC80;
    uint32_t *points;
    size_t count;
    bool done;

    if (otk_unicode_decode(value, &points, &count) != OTK_OK) {
        return append(buffer, &malformed, 1);
    }
    done = append(buffer, points, count);
    free(points);
    return done;
}

enum otk_status otk_span_expand(struct otk_span text, uint32_t **points, size_t *count)
{
    struct buffer buffer = {.size = text.len + 1};
    bool enough;

    buffer.points = malloc(buffer.size * sizeof *buffer.points);
    enough = buffer.points != NULL;
    while (enough && text.len) {
        struct otk_span name;
        const size_t len = variable_len(text, &name);
        const char *const value = len ? lookup(name) : NULL;

        enough = value ? append_value(&buffer, value) : append(&buffer, text.points, len ? len : 1);
        drop(&text, len ? len : 1);
    }
    if (!enough) {
        free(buffer.points);
        return OTK_NO_MEMORY;
    }
    *points = buffer.points;
    *count = buffer.len;
    return OTK_OK;
}

bool otk_span_starts_with_variable(struct otk_span text, struct otk_span *name)
{
    if (text.len < 2 || text.points[1] == '{' || otk_unicode_digit(text.points[1]) >= 0) {
        return false;
    }
    return variable_len(text, name) != 0;
}
