// SPDX-License-Identifier: Apache-2.0
/* JSON by appending. */
#include "otakit/format/json.h"

#include <stddef.h>

static const char hex_digits[] = "0123456789abcdef";

static void put(struct otk_json *json, char c)
{
    if (json->len >= json->size) {
        json->is_full = true;
        return;
    }
    json->chars[json->len++] = c;
}

static void put_word(struct otk_json *json, const char *word)
{
    for (; *word != '\0'; word++) {
        put(json, *word);
    }
}

static void put_byte(struct otk_json *json, uint8_t byte)
{
    put(json, hex_digits[byte >> 4]);
    put(json, hex_digits[byte & 15u]);
}

static void put_text(struct otk_json *json, const char *text)
{
    put(json, '"');
    for (; *text != '\0'; text++) {
        const uint8_t byte = (uint8_t)*text;

        if (byte < 0x20 || byte > 0x7E) {
            put_word(json, "\\u00");
            put_byte(json, byte);
            continue;
        }
        if (byte == '"' || byte == '\\') {
            put(json, '\\');
        }
        put(json, *text);
    }
    put(json, '"');
}

/* What stands in front of a value. */
static void begin(struct otk_json *json, const char *key)
{
    if (json->has_members) {
        put_word(json, ", ");
    }
    json->has_members = true;
    if (key != NULL) {
        put_text(json, key);
        put_word(json, ": ");
    }
}

void otk_json_init(struct otk_json *json, char *chars, uint32_t size)
{
    json->chars = chars;
    json->size = size;
    json->len = 0;
    json->has_members = false;
    json->is_full = false;
}

void otk_json_open(struct otk_json *json, const char *key, char bracket)
{
    begin(json, key);
    put(json, bracket);
    json->has_members = false;
}

void otk_json_close(struct otk_json *json, char bracket)
{
    put(json, bracket);
    json->has_members = true;
}

void otk_json_text(struct otk_json *json, const char *key, const char *text)
{
    begin(json, key);
    if (text == NULL) {
        put_word(json, "null");
    } else {
        put_text(json, text);
    }
}

void otk_json_hex(struct otk_json *json, const char *key, const uint8_t *bytes, uint32_t len)
{
    uint32_t index;

    begin(json, key);
    put(json, '"');
    for (index = 0; index < len; index++) {
        put_byte(json, bytes[index]);
    }
    put(json, '"');
}

void otk_json_number(struct otk_json *json, const char *key, uint32_t number)
{
    char digits[10]; /* of 2^32 - 1 */
    uint32_t count = 0;

    begin(json, key);
    do {
        digits[count++] = (char)('0' + number % 10u);
        number /= 10u;
    } while (number != 0);
    while (count > 0) {
        put(json, digits[--count]);
    }
}

void otk_json_flag(struct otk_json *json, const char *key, bool flag)
{
    begin(json, key);
    put_word(json, flag ? "true" : "false");
}
