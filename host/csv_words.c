// SPDX-License-Identifier: Apache-2.0
/*
 * Numbers and words of CSV fields.
 *
 * A field is a Python integer or a word in any case; either may carry suffixes k and m, as often
 * as one likes, since the original reads what is left of one as a field again. So "5kk" is five
 * mebi, "otak" is 1024 times the value of "ota", and no word that ends in k or m can be used.
 */
#include "host/csv_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/partition_name.h"
#include "host/span.h"

#define TYPE_COUNT 4 /* types that have words: app, data, bootloader, partition_table */

/* Room for the list of known words in a message. */
#define WORD_LIST_SIZE 224

/* What the words of one field are looked up in: subtypes of a type, or the types themselves. */
struct dictionary {
    const struct otk_csv_words *words; /* NULL: the names of types */
    int64_t type;
};

static const char *dictionary_at(const struct dictionary *dictionary, size_t index, int64_t *value)
{
    const struct otk_csv_words *const words = dictionary->words;

    if (!words) {
        *value = (int64_t)index;
        return index < TYPE_COUNT ? otk_partition_type_name((uint8_t)index) : NULL;
    }
    for (size_t i = 0; i < words->count; i++) {
        if (words->entries[i].type == dictionary->type && index-- == 0) {
            *value = words->entries[i].value;
            return words->entries[i].name;
        }
    }
    return NULL;
}

static bool dictionary_find(const struct dictionary *dictionary, const char *word, int64_t *value)
{
    const char *name = "";

    for (size_t i = 0; name; i++) {
        name = dictionary_at(dictionary, i, value);
        if (name && strcmp(name, word) == 0) {
            return true;
        }
    }
    return false;
}

static void list_words(const struct dictionary *dictionary, char list[WORD_LIST_SIZE])
{
    size_t used = 0;
    int64_t value;
    const char *name;

    list[0] = '\0';
    for (size_t i = 0; (name = dictionary_at(dictionary, i, &value)) != NULL; i++) {
        const int len = snprintf(list + used, WORD_LIST_SIZE - used, "%s%s", i ? ", " : "", name);

        if (len < 0 || (size_t)len >= WORD_LIST_SIZE - used) {
            list[used] = '\0';
            return;
        }
        used += (size_t)len;
    }
}

/* The field in lower case as UTF-8; NULL if there is no memory or it cannot be one. */
static char *fold(struct otk_span field)
{
    uint32_t *const points = malloc((field.len + 1) * sizeof *points);
    char *word = NULL;
    size_t len;

    if (!points) {
        return NULL;
    }
    for (size_t i = 0; i < field.len; i++) {
        points[i] = otk_unicode_fold(field.points[i]);
    }
    if (otk_unicode_encode((struct otk_span){points, field.len}, &word, &len) != OTK_OK) {
        word = NULL;
    } else if (strlen(word) != len) {
        free(word);
        word = NULL;
    }
    free(points);
    return word;
}

static bool find_word(const struct dictionary *dictionary, struct otk_span field, int64_t *value)
{
    char *const word = fold(field);
    const bool found = word && dictionary_find(dictionary, word, value);

    free(word);
    return found;
}

static int64_t scale(int64_t value, int64_t factor)
{
    const int64_t limit = OTK_SPAN_INT_LIMIT;

    if (value > limit / factor) {
        return limit;
    }
    return value < -limit / factor ? -limit : value * factor;
}

/* A number or, where a dictionary is given, a word; then its suffixes from the inside out. */
static bool read_value(const struct dictionary *dictionary, struct otk_span field, int64_t *value)
{
    struct otk_span head = field;
    int64_t result = 0;

    while (head.len) {
        const uint32_t last = otk_unicode_fold(head.points[head.len - 1]);

        if (last != 'k' && last != 'm') {
            break;
        }
        head.len--;
    }
    if (!otk_span_int(head, 0, &result) && !(dictionary && find_word(dictionary, head, &result))) {
        return false;
    }
    for (size_t i = head.len; i < field.len; i++) {
        result = scale(result, otk_unicode_fold(field.points[i]) == 'k' ? 1024 : 1024 * 1024);
    }
    *value = result;
    return true;
}

/* The field for a message: UTF-8, or a placeholder. */
static char *printable(struct otk_span field)
{
    char *text = NULL;
    size_t len;

    return otk_unicode_encode(field, &text, &len) == OTK_OK ? text : NULL;
}

static enum otk_status refuse(const struct dictionary *dictionary, const char *what,
                              struct otk_span field, uint32_t line, struct otk_error *error)
{
    char list[WORD_LIST_SIZE] = "";
    char *const text = printable(field);

    if (dictionary) {
        list_words(dictionary, list);
    }
    otk_error_set(error, line, "%s '%.48s' is neither a number%s%s", what, text ? text : "?",
                  list[0] ? " nor one of: " : " nor a known word", list);
    free(text);
    return OTK_BAD_CSV;
}

enum otk_status otk_csv_words_type(struct otk_span field, uint32_t line, int64_t *type,
                                   struct otk_error *error)
{
    const struct dictionary dictionary = {NULL, 0};

    if (!field.len) {
        otk_error_set(error, line, "the type is empty");
        otk_error_hint(error, "write app, data or a number in the second column");
        return OTK_BAD_CSV;
    }
    if (!read_value(&dictionary, field, type)) {
        return refuse(&dictionary, "type", field, line, error);
    }
    return OTK_OK;
}

enum otk_status otk_csv_words_subtype(const struct otk_csv_words *words, int64_t type,
                                      struct otk_span field, uint32_t line, int64_t *subtype,
                                      struct otk_error *error)
{
    const struct dictionary dictionary = {words, type};

    if (!field.len && type == OTK_TYPE_APP) {
        otk_error_set(error, line, "an app partition needs a subtype");
        otk_error_hint(error, "write factory, ota_0 to ota_15 or test in the third column");
        return OTK_BAD_CSV;
    }
    if (!field.len) {
        *subtype = otk_csv_words_value(words, OTK_TYPE_DATA, "undefined");
        return OTK_OK;
    }
    if (!read_value(&dictionary, field, subtype)) {
        refuse(&dictionary, "subtype", field, line, error);
        otk_error_hint(error, "give the project's own subtypes with "
                              "--extra-partition-subtypes TYPE,NAME,VALUE");
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}

enum otk_status otk_csv_words_number(struct otk_span field, uint32_t line, int64_t *value,
                                     struct otk_error *error)
{
    char *text;

    if (read_value(NULL, field, value)) {
        return OTK_OK;
    }
    text = printable(field);
    otk_error_set(error, line, "'%.48s' is not a number", text ? text : "?");
    otk_error_hint(error, "write 4096, 0x1000, 4K or 1M; leading zeros are not allowed");
    free(text);
    return OTK_BAD_CSV;
}

int64_t otk_csv_words_value(const struct otk_csv_words *words, int64_t type, const char *name)
{
    const struct dictionary dictionary = {words, type};
    int64_t value;

    return dictionary_find(&dictionary, name, &value) ? value : -1;
}

const char *otk_csv_words_name(const struct otk_csv_words *words, int64_t type, int64_t value)
{
    for (size_t i = 0; i < words->count; i++) {
        if (words->entries[i].type == type && words->entries[i].value == value) {
            return words->entries[i].name;
        }
    }
    return NULL;
}

bool otk_csv_words_has(const struct otk_csv_words *words, const char *name)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->entries[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}
