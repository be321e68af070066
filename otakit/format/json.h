// SPDX-License-Identifier: Apache-2.0
/*
 * Writes JSON into a buffer that the caller gives: objects, arrays, texts, numbers.
 *
 *     struct otk_json json;
 *     otk_json_init(&json, chars, sizeof chars);
 *     otk_json_open(&json, NULL, '{');
 *     otk_json_text(&json, "device", name);            // {"device": "lamp"}
 *     otk_json_close(&json, '}');
 *     if (!json.is_full)
 *         send(json.chars, json.len);
 *
 * Members of an array have no key: NULL.
 */
#ifndef OTAKIT_FORMAT_JSON_H
#define OTAKIT_FORMAT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What was written. A copy taken before a member and put back after it takes the member out again. */
struct otk_json {
    char *chars;      /* borrowed; not NUL-terminated */
    uint32_t size;    /* bytes; may be made smaller for a while, so that the rest stays free */
    uint32_t len;     /* bytes in use */
    bool has_members; /* the next one needs a comma */
    bool is_full;     /* something did not fit; what stands there is of no worth */
};

/* Nothing is written yet. chars is borrowed as long as json. */
void otk_json_init(struct otk_json *json, char *chars, uint32_t size);

/* Begin an object or an array: bracket is '{' or '['. */
void otk_json_open(struct otk_json *json, const char *key, char bracket);

/* End what was begun last: bracket is '}' or ']'. */
void otk_json_close(struct otk_json *json, char bracket);

/* A text, NUL-terminated; NULL becomes null. Bytes that are not printable ASCII are escaped, each as
 * the character of its number. */
void otk_json_text(struct otk_json *json, const char *key, const char *text);

/* Bytes as lower-case hexadecimal digits. */
void otk_json_hex(struct otk_json *json, const char *key, const uint8_t *bytes, uint32_t len);

/* A number. */
void otk_json_number(struct otk_json *json, const char *key, uint32_t number);

/* true or false. */
void otk_json_flag(struct otk_json *json, const char *key, bool flag);

#ifdef __cplusplus
}
#endif

#endif
