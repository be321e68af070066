// SPDX-License-Identifier: Apache-2.0
/* Gathering the words of a CSV. */
#include <stdlib.h>
#include <string.h>

#include "host/csv_words.h"
#include "host/partition_name.h"
#include "host/span.h"

/* Give a word its value: a new word at the end, or a known one changed in place. Takes the name. */
static void put_word(struct otk_csv_words *words, char *name, int64_t type, int64_t value)
{
    for (size_t i = 0; i < words->count; i++) {
        if (words->entries[i].type == type && strcmp(words->entries[i].name, name) == 0) {
            words->entries[i].value = value;
            free(name);
            return;
        }
    }
    words->entries[words->count++] = (struct otk_csv_word){name, type, value};
}

static enum otk_status put_known_words(struct otk_csv_words *words)
{
    const struct otk_subtype_word *word;

    for (size_t i = 0; (word = otk_partition_subtype_at(i)) != NULL; i++) {
        char *const name = strdup(word->name);

        if (!name) {
            return OTK_NO_MEMORY;
        }
        put_word(words, name, word->type, word->value);
    }
    return OTK_OK;
}

/* The type a word of an extra subtype names: exactly, not in any case. */
static int64_t find_type(struct otk_span field)
{
    const char *name = "";

    for (uint8_t type = 0; name; type++) {
        name = otk_partition_type_name(type);
        if (name && otk_span_equals(field, name)) {
            return type;
        }
    }
    return -1;
}

static enum otk_status put_extra_word(struct otk_csv_words *words, struct otk_span text,
                                      const char *shown, struct otk_error *error)
{
    struct otk_span fields[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    bool more = true;
    int64_t type;
    int64_t value;
    char *name;
    size_t name_len;

    for (size_t i = 0; i < 3 && otk_span_next_part(&text, &more, ',', &fields[i]); i++) {
        fields[i] = otk_span_strip(fields[i]);
    }
    type = find_type(fields[0]);
    if (type < 0 || !otk_span_int(fields[2], 16, &value)) {
        otk_error_set(error, 0, "extra subtype '%.64s' is malformed", shown);
        otk_error_hint(error, "write TYPE,NAME,VALUE, for example data,my_store,0x40");
        return OTK_BAD_CSV;
    }
    if (otk_csv_words_name(words, type, value)) {
        otk_error_set(error, 0, "extra subtype '%.64s': the value already means '%.32s'", shown,
                      otk_csv_words_name(words, type, value));
        return OTK_BAD_CSV;
    }
    if (otk_unicode_encode(fields[1], &name, &name_len) != OTK_OK) {
        return OTK_NO_MEMORY;
    }
    put_word(words, name, type, value);
    return OTK_OK;
}

static enum otk_status decode_extra_word(struct otk_csv_words *words, const char *extra,
                                         struct otk_error *error)
{
    uint32_t *points;
    size_t count;
    enum otk_status status = otk_unicode_decode(extra, &points, &count);

    if (status == OTK_NO_MEMORY) {
        return status;
    }
    if (status != OTK_OK) {
        otk_error_set(error, 0, "an extra subtype is not UTF-8");
        return OTK_BAD_CSV;
    }
    status = put_extra_word(words, (struct otk_span){points, count}, extra, error);
    free(points);
    return status;
}

enum otk_status otk_csv_words_open(struct otk_csv_words *words,
                                   const struct otk_csv_options *options, struct otk_error *error)
{
    struct otk_csv_words opened = {NULL, 0};
    size_t room = options->extra_subtype_count;
    enum otk_status status;

    for (size_t i = 0; otk_partition_subtype_at(i); i++) {
        room++;
    }
    opened.entries = calloc(room, sizeof *opened.entries);
    if (!opened.entries) {
        return OTK_NO_MEMORY;
    }
    status = put_known_words(&opened);
    for (size_t i = 0; i < options->extra_subtype_count && status == OTK_OK; i++) {
        status = decode_extra_word(&opened, options->extra_subtypes[i], error);
    }
    if (status != OTK_OK) {
        otk_csv_words_close(&opened);
        return status;
    }
    *words = opened;
    return OTK_OK;
}

void otk_csv_words_close(struct otk_csv_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        free(words->entries[i].name);
    }
    free(words->entries);
    words->entries = NULL;
    words->count = 0;
}
