// SPDX-License-Identifier: Apache-2.0
/* Decoding, encoding and classes of code points. */
#include "host/unicode.h"

#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"

/* The zero of each run of ten decimal digits beyond ASCII. Source: Unicode 14, category Nd. */
static const uint32_t digit_zeros[] = {
    0x00660, 0x006F0, 0x007C0, 0x00966, 0x009E6, 0x00A66, 0x00AE6, 0x00B66, 0x00BE6, 0x00C66,
    0x00CE6, 0x00D66, 0x00DE6, 0x00E50, 0x00ED0, 0x00F20, 0x01040, 0x01090, 0x017E0, 0x01810,
    0x01946, 0x019D0, 0x01A80, 0x01A90, 0x01B50, 0x01BB0, 0x01C40, 0x01C50, 0x0A620, 0x0A8D0,
    0x0A900, 0x0A9D0, 0x0A9F0, 0x0AA50, 0x0ABF0, 0x0FF10, 0x104A0, 0x10D30, 0x11066, 0x110F0,
    0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
    0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
    0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
};

/* The Kelvin sign, the only letter beyond ASCII whose lower case is ASCII. */
#define KELVIN_SIGN 0x212Au

#define POINT_LIMIT 0x110000u /* code points are smaller */

static bool is_surrogate(uint32_t point)
{
    return point >= 0xD800 && point < 0xE000;
}

/* Take one code point off UTF-8 bytes: its length in bytes, or 0 where they are malformed. */
static size_t take_utf8(const uint8_t *bytes, size_t len, uint32_t *point)
{
    /* The least code point that needs 1, 2, 3 and 4 bytes; shorter values must not use them. */
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const uint8_t first = bytes[0];
    const size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t value = more ? first & (0x3Fu >> more) : first;

    if ((first >= 0x80 && first < 0xC0) || first >= 0xF8 || more >= len) {
        return 0;
    }
    for (size_t i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    if (value < least[more] || value >= POINT_LIMIT || is_surrogate(value)) {
        return 0;
    }
    *point = value;
    return more + 1;
}

static uint32_t load_unit(const uint8_t *bytes, bool big_endian)
{
    return big_endian ? (uint32_t)bytes[0] << 8 | bytes[1] : otk_load_le16(bytes);
}

static size_t take_utf16(const uint8_t *bytes, size_t len, bool big_endian, uint32_t *point)
{
    uint32_t high;
    uint32_t low;

    if (len < 2) {
        return 0;
    }
    high = load_unit(bytes, big_endian);
    if (!is_surrogate(high)) {
        *point = high;
        return 2;
    }
    if (high >= 0xDC00 || len < 4) {
        return 0;
    }
    low = load_unit(bytes + 2, big_endian);
    if (low < 0xDC00 || low >= 0xE000) {
        return 0;
    }
    *point = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

static size_t take_utf16_le(const uint8_t *bytes, size_t len, uint32_t *point)
{
    return take_utf16(bytes, len, false, point);
}

static size_t take_utf16_be(const uint8_t *bytes, size_t len, uint32_t *point)
{
    return take_utf16(bytes, len, true, point);
}

static size_t take_utf32_be(const uint8_t *bytes, size_t len, uint32_t *point)
{
    uint32_t value;

    if (len < 4) {
        return 0;
    }
    value = load_unit(bytes, true) << 16 | load_unit(bytes + 2, true);
    if (value >= POINT_LIMIT || is_surrogate(value)) {
        return 0;
    }
    *point = value;
    return 4;
}

struct encoding {
    const char *mark;
    size_t mark_len;
    size_t (*take)(const uint8_t *bytes, size_t len, uint32_t *point);
};

static const struct encoding encodings[] = {
    {"\xEF\xBB\xBF", 3, take_utf8},
    {"\xFF\xFE", 2, take_utf16_le},
    {"\xFE\xFF", 2, take_utf16_be},
    {"\x00\x00\xFE\xFF", 4, take_utf32_be},
    {"", 0, take_utf8},
};

static enum otk_status decode(const struct encoding *encoding, const uint8_t *bytes, size_t len,
                              uint32_t **points, size_t *count)
{
    uint32_t *const out = malloc((len + 1) * sizeof *out);
    size_t used = 0;

    if (!out) {
        return OTK_NO_MEMORY;
    }
    while (len) {
        const size_t taken = encoding->take(bytes, len, &out[used]);

        if (!taken) {
            free(out);
            return OTK_BAD_FORMAT;
        }
        used++;
        bytes += taken;
        len -= taken;
    }
    *points = out;
    *count = used;
    return OTK_OK;
}

enum otk_status otk_unicode_decode_file(const void *bytes, size_t len, uint32_t **points,
                                        size_t *count)
{
    const struct encoding *encoding = encodings;

    while (len < encoding->mark_len || memcmp(bytes, encoding->mark, encoding->mark_len) != 0) {
        encoding++;
    }
    return decode(encoding, (const uint8_t *)bytes + encoding->mark_len, len - encoding->mark_len,
                  points, count);
}

enum otk_status otk_unicode_decode(const char *utf8, uint32_t **points, size_t *count)
{
    static const struct encoding plain = {"", 0, take_utf8};

    return decode(&plain, (const uint8_t *)utf8, strlen(utf8), points, count);
}

static size_t put_utf8(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

enum otk_status otk_unicode_encode(struct otk_span text, char **utf8, size_t *utf8_len)
{
    char *out = malloc(text.len * 4 + 1);
    size_t used = 0;

    if (!out) {
        return OTK_NO_MEMORY;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (is_surrogate(text.points[i]) || text.points[i] >= POINT_LIMIT) {
            free(out);
            return OTK_BAD_FORMAT;
        }
        used += put_utf8(text.points[i], out + used);
    }
    out[used] = '\0';
    *utf8 = out;
    *utf8_len = used;
    return OTK_OK;
}

bool otk_unicode_is_space(uint32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || (point >= 0x1C && point <= 0x20) || point == 0x85 ||
           point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
           point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F ||
           point == 0x3000;
}

bool otk_unicode_is_line_end(uint32_t point)
{
    return (point >= 0x0A && point <= 0x0D) || (point >= 0x1C && point <= 0x1E) || point == 0x85 ||
           point == 0x2028 || point == 0x2029;
}

int otk_unicode_digit(uint32_t point)
{
    if (point < 0x80) {
        return point >= '0' && point <= '9' ? (int)(point - '0') : -1;
    }
    for (size_t i = 0; i < sizeof digit_zeros / sizeof digit_zeros[0]; i++) {
        if (point - digit_zeros[i] < 10) {
            return (int)(point - digit_zeros[i]);
        }
    }
    return -1;
}

uint32_t otk_unicode_fold(uint32_t point)
{
    if (point >= 'A' && point <= 'Z') {
        return point - 'A' + 'a';
    }
    return point == KELVIN_SIGN ? 'k' : point;
}
