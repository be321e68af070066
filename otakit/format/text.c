// SPDX-License-Identifier: Apache-2.0
/* Bounded text: nothing here reads past the length it was given. */
#include "otakit/format/text.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

uint32_t otk_text_length(const char *chars, uint32_t limit)
{
    uint32_t len = 0;

    while (len < limit && chars[len] != '\0') {
        len++;
    }
    return len;
}

uint32_t otk_text_find(struct otk_text text, char c)
{
    uint32_t index = 0;

    while (index < text.len && text.chars[index] != c) {
        index++;
    }
    return index;
}

struct otk_text otk_text_trim(struct otk_text text)
{
    while (text.len > 0 && is_blank(text.chars[0])) {
        text = otk_text_from(text, 1);
    }
    while (text.len > 0 && is_blank(text.chars[text.len - 1])) {
        text.len--;
    }
    return text;
}

bool otk_text_starts(struct otk_text text, const char *word)
{
    uint32_t index = 0;

    for (; word[index] != '\0'; index++) {
        if (index == text.len || lower(text.chars[index]) != lower(word[index])) {
            return false;
        }
    }
    return true;
}

bool otk_text_is(struct otk_text text, const char *word)
{
    return otk_text_equals(text, otk_text(word, otk_text_length(word, text.len + 1)));
}

bool otk_text_equals(struct otk_text a, struct otk_text b)
{
    if (a.len != b.len) {
        return false;
    }
    for (uint32_t index = 0; index < a.len; index++) {
        if (lower(a.chars[index]) != lower(b.chars[index])) {
            return false;
        }
    }
    return true;
}

int otk_text_hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum otk_status otk_text_decimal(struct otk_text text, uint32_t *value)
{
    bool fits = true;
    uint32_t sum = 0;

    if (text.len == 0) {
        return OTK_BAD_FORMAT;
    }
    for (uint32_t index = 0; index < text.len; index++) {
        const char c = text.chars[index];

        if (c < '0' || c > '9') {
            return OTK_BAD_FORMAT;
        }
        const uint32_t digit = (uint32_t)(c - '0');

        fits = fits && sum <= (UINT32_MAX - digit) / 10;
        sum = fits ? sum * 10 + digit : sum;
    }
    if (!fits) {
        return OTK_OUT_OF_RANGE;
    }
    *value = sum;
    return OTK_OK;
}

enum otk_status otk_text_hex(struct otk_text text, uint8_t *bytes, uint32_t len)
{
    if (text.len != 2 * len) {
        return OTK_BAD_FORMAT;
    }
    for (uint32_t index = 0; index < text.len; index++) {
        if (otk_text_hex_digit(text.chars[index]) < 0) {
            return OTK_BAD_FORMAT;
        }
    }
    for (uint32_t index = 0; index < len; index++) {
        const int high = otk_text_hex_digit(text.chars[2 * index]);
        const int low = otk_text_hex_digit(text.chars[2 * index + 1]);

        bytes[index] = (uint8_t)(high << 4 | low);
    }
    return OTK_OK;
}
