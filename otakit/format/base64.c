// SPDX-License-Identifier: Apache-2.0
/* Six bits a character, first bits first. */
#include "otakit/format/base64.h"

#include <stdbool.h>

/* The six bits that a character stands for, or -1. */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '+') {
        return 62;
    }
    return c == '/' ? 63 : -1;
}

/* The text without its padding; false where the padding is not what the length asks for. */
static bool strip(struct otk_text *text)
{
    const uint32_t whole = text->len;

    while (text->len > 0 && whole - text->len < 2 && text->chars[text->len - 1] == '=') {
        text->len--;
    }
    return text->len == whole || whole % 4u == 0;
}

enum otk_status otk_base64_decode(struct otk_text text, uint8_t *bytes, uint32_t size,
                                  uint32_t *len)
{
    uint32_t bits = 0;
    uint32_t bit_count = 0;
    uint32_t used = 0;
    uint32_t index;

    if (!strip(&text) || text.len % 4u == 1u) {
        return OTK_BAD_FORMAT;
    }
    for (index = 0; index < text.len; index++) {
        const int value = digit(text.chars[index]);

        if (value < 0) {
            return OTK_BAD_FORMAT;
        }
        bits = (bits << 6) | (uint32_t)value;
        bit_count += 6;
        if (bit_count < 8) {
            continue;
        }
        bit_count -= 8;
        if (used == size) {
            return OTK_NO_SPACE;
        }
        bytes[used++] = (uint8_t)(bits >> bit_count);
        bits &= (1u << bit_count) - 1u;
    }
    if (bits != 0) {
        return OTK_BAD_FORMAT;
    }
    *len = used;
    return OTK_OK;
}
