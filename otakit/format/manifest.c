// SPDX-License-Identifier: Apache-2.0
/*
 * The manifest, read once from left to right.
 *
 * Every take_ function moves the reader behind what it took and returns false where the text is
 * not JSON or not what is wanted there; nothing is tried twice. An escape is never shorter than the
 * UTF-8 it stands for, so strings are resolved in place.
 */
#include "otakit/format/manifest.h"

#include "otakit/base/memory.h"

struct reader {
    char *text;
    uint32_t len;
    uint32_t offset; /* of the next character; never above len */
};

/* The next character, or NUL, which stands nowhere in JSON, at the end. */
static char peek(const struct reader *reader)
{
    return reader->offset < reader->len ? reader->text[reader->offset] : '\0';
}

static bool take(struct reader *reader, char c)
{
    if (peek(reader) != c || reader->offset == reader->len) {
        return false;
    }
    reader->offset++;
    return true;
}

static void skip_blanks(struct reader *reader)
{
    while (take(reader, ' ') || take(reader, '\t') || take(reader, '\n') || take(reader, '\r')) {
    }
}

/* A structural character with the blanks around it. */
static bool take_mark(struct reader *reader, char mark)
{
    skip_blanks(reader);
    if (!take(reader, mark)) {
        return false;
    }
    skip_blanks(reader);
    return true;
}

static bool take_word(struct reader *reader, const char *word)
{
    for (; *word != '\0'; word++) {
        if (!take(reader, *word)) {
            return false;
        }
    }
    return true;
}

static bool take_digits(struct reader *reader)
{
    const uint32_t start = reader->offset;

    while (peek(reader) >= '0' && peek(reader) <= '9') {
        reader->offset++;
    }
    return reader->offset > start;
}

static bool take_number(struct reader *reader)
{
    (void)take(reader, '-');
    if (!take(reader, '0') && !take_digits(reader)) {
        return false;
    }
    if (take(reader, '.') && !take_digits(reader)) {
        return false;
    }
    if (!take(reader, 'e') && !take(reader, 'E')) {
        return true;
    }
    if (!take(reader, '+')) {
        (void)take(reader, '-');
    }
    return take_digits(reader);
}

/* The four digits behind "\u". */
static bool take_code_unit(struct reader *reader, uint32_t *unit)
{
    *unit = 0;
    for (int index = 0; index < 4; index++) {
        const int digit = otk_text_hex_digit(peek(reader));

        if (digit < 0) {
            return false;
        }
        *unit = *unit << 4 | (uint32_t)digit;
        reader->offset++;
    }
    return true;
}

/* What "\u" stands for, a surrogate pair being one character. */
static bool take_code_point(struct reader *reader, uint32_t *point)
{
    uint32_t low;

    if (!take_code_unit(reader, point) || (*point >= 0xDC00 && *point <= 0xDFFF)) {
        return false;
    }
    if (*point < 0xD800 || *point > 0xDFFF) {
        return true;
    }
    if (!take_word(reader, "\\u") || !take_code_unit(reader, &low) || low < 0xDC00 ||
        low > 0xDFFF) {
        return false;
    }
    *point = 0x10000 + ((*point - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

static uint32_t encode_utf8(uint32_t point, char *to)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    const uint32_t tail_count = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    const uint32_t lead = point < 0x800 ? 0xC0 : point < 0x10000 ? 0xE0 : 0xF0;

    to[0] = (char)(lead | point >> (6 * tail_count));
    for (uint32_t index = 1; index <= tail_count; index++) {
        to[index] = (char)(0x80 | (point >> (6 * (tail_count - index)) & 0x3F));
    }
    return tail_count + 1;
}

/* An escape, its backslash taken already; `to` lies at or before the backslash. */
static bool take_escape(struct reader *reader, char *to, uint32_t *len)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t point;

    if (take(reader, 'u')) {
        if (!take_code_point(reader, &point)) {
            return false;
        }
        *len = encode_utf8(point, to);
        return true;
    }
    for (uint32_t index = 0; names[index] != '\0'; index++) {
        if (take(reader, names[index])) {
            to[0] = meanings[index];
            *len = 1;
            return true;
        }
    }
    return false;
}

static bool take_string(struct reader *reader, struct otk_text *string)
{
    char *const start = reader->text + reader->offset;
    uint32_t len = 0;

    if (!take(reader, '"')) {
        return false;
    }
    while (!take(reader, '"')) {
        uint32_t added = 1;

        if ((unsigned char)peek(reader) < 0x20) {
            return false; /* a control character, or the end of the text */
        }
        if (take(reader, '\\')) {
            if (!take_escape(reader, start + len, &added)) {
                return false;
            }
        } else {
            start[len] = reader->text[reader->offset++];
        }
        len += added;
    }
    *string = otk_text(start, len);
    return true;
}

static bool take_key(struct reader *reader, struct otk_text *key)
{
    return take_string(reader, key) && take_mark(reader, ':');
}

static bool take_scalar(struct reader *reader)
{
    struct otk_text string;

    switch (peek(reader)) {
    case '"':
        return take_string(reader, &string);
    case 't':
        return take_word(reader, "true");
    case 'f':
        return take_word(reader, "false");
    case 'n':
        return take_word(reader, "null");
    default:
        return take_number(reader);
    }
}

/* The containers that surround a value; bit 0 is the innermost. */
struct nesting {
    uint32_t objects; /* set: an object, clear: an array */
    uint32_t depth;
};

/* Go into containers until a scalar or an empty container was taken. */
static bool take_down(struct reader *reader, struct nesting *nesting)
{
    struct otk_text key;

    while (peek(reader) == '{' || peek(reader) == '[') {
        const bool is_object = peek(reader) == '{';

        if (nesting->depth == OTK_MANIFEST_DEPTH || !take_mark(reader, peek(reader))) {
            return false;
        }
        if (take(reader, is_object ? '}' : ']')) {
            return true;
        }
        nesting->objects = nesting->objects << 1 | (is_object ? 1u : 0u);
        nesting->depth++;
        if (is_object && !take_key(reader, &key)) {
            return false;
        }
    }
    return take_scalar(reader);
}

/* Leave containers until there is a next value in one, or none is left. */
static bool take_up(struct reader *reader, struct nesting *nesting)
{
    struct otk_text key;

    while (nesting->depth > 0) {
        const bool is_object = (nesting->objects & 1u) != 0;

        if (take_mark(reader, ',')) {
            return !is_object || take_key(reader, &key);
        }
        if (!take(reader, is_object ? '}' : ']')) {
            return false;
        }
        nesting->objects >>= 1;
        nesting->depth--;
    }
    return true;
}

/* A value of any shape. */
static bool skip_value(struct reader *reader)
{
    struct nesting nesting = {.depth = 0};

    do {
        if (!take_down(reader, &nesting) || !take_up(reader, &nesting)) {
            return false;
        }
    } while (nesting.depth > 0);
    return true;
}

/* A string that says something: not empty, without NUL. */
static bool take_text(struct reader *reader, struct otk_text *text)
{
    return take_string(reader, text) && text->len > 0 && otk_text_find(*text, '\0') == text->len;
}

static bool set_firmware(struct reader *reader, struct otk_manifest *manifest)
{
    return take_text(reader, &manifest->firmware);
}

static bool set_version(struct reader *reader, struct otk_manifest *manifest)
{
    return take_text(reader, &manifest->version);
}

static bool set_project(struct reader *reader, struct otk_manifest *manifest)
{
    return take_text(reader, &manifest->project);
}

static bool set_chip(struct reader *reader, struct otk_manifest *manifest)
{
    return take_text(reader, &manifest->chip);
}

static bool set_sha(struct reader *reader, struct otk_manifest *manifest)
{
    struct otk_text digits;

    manifest->has_sha256 = take_text(reader, &digits) &&
                           otk_text_hex(digits, manifest->sha256, 32) == OTK_OK;
    return manifest->has_sha256;
}

static bool set_length(struct reader *reader, struct otk_manifest *manifest)
{
    const uint32_t start = reader->offset;
    struct otk_text digits;

    if (!take_number(reader)) {
        return false;
    }
    digits = otk_text(reader->text + start, reader->offset - start);
    return otk_text_decimal(digits, &manifest->length) == OTK_OK && manifest->length > 0;
}

static const struct {
    const char *name;
    bool (*set)(struct reader *reader, struct otk_manifest *manifest);
} known_keys[] = {
    {"firmware", set_firmware}, {"sha", set_sha},         {"length", set_length},
    {"version", set_version},   {"project", set_project}, {"chip", set_chip},
};

#define KNOWN_KEY_COUNT (sizeof known_keys / sizeof known_keys[0])

/* The key's place in known_keys, or KNOWN_KEY_COUNT. */
static uint32_t find_key(struct otk_text key)
{
    uint32_t index = 0;

    while (index < KNOWN_KEY_COUNT &&
           (otk_text_length(known_keys[index].name, key.len + 1) != key.len ||
            memcmp(known_keys[index].name, key.chars, key.len) != 0)) {
        index++;
    }
    return index;
}

/* One key with its value; `seen` has a bit for every known key that stood before. */
static bool take_member(struct reader *reader, struct otk_manifest *manifest, uint32_t *seen)
{
    struct otk_text key;
    uint32_t index;

    if (!take_key(reader, &key)) {
        return false;
    }
    index = find_key(key);
    if (index == KNOWN_KEY_COUNT) {
        return skip_value(reader);
    }
    if ((*seen >> index & 1u) != 0) {
        return false;
    }
    *seen |= 1u << index;
    if (peek(reader) == 'n') {
        return take_word(reader, "null");
    }
    return known_keys[index].set(reader, manifest);
}

static bool take_manifest(struct reader *reader, struct otk_manifest *manifest)
{
    uint32_t seen = 0;

    /* Editors on some systems put a byte order mark in front. */
    if (peek(reader) == '\xEF' && !take_word(reader, "\xEF\xBB\xBF")) {
        return false;
    }
    if (!take_mark(reader, '{')) {
        return false;
    }
    if (peek(reader) != '}') {
        do {
            if (!take_member(reader, manifest, &seen)) {
                return false;
            }
        } while (take_mark(reader, ','));
    }
    return take_mark(reader, '}') && reader->offset == reader->len;
}

enum otk_status otk_manifest_decode(char *text, uint32_t len, struct otk_manifest *manifest)
{
    struct reader reader = {.text = text, .len = len};
    struct otk_manifest found;

    memset(&found, 0, sizeof found);
    if (!take_manifest(&reader, &found) || found.firmware.len == 0) {
        return OTK_BAD_MANIFEST;
    }
    *manifest = found;
    return OTK_OK;
}
