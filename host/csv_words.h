// SPDX-License-Identifier: Apache-2.0
/*
 * The words a CSV may use: ESP-IDF's and those a project adds.
 *
 *     struct otk_csv_words words;
 *     status = otk_csv_words_open(&words, options, error);
 *     ...
 *     otk_csv_words_close(&words);
 */
#ifndef OTAKIT_HOST_CSV_WORDS_H
#define OTAKIT_HOST_CSV_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/csv.h"
#include "host/unicode.h"

/* A word for a subtype; values of project words are not limited to a byte before they are used. */
struct otk_csv_word {
    char *name; /* UTF-8; owned */
    int64_t type;
    int64_t value;
};

struct otk_csv_words {
    struct otk_csv_word *entries; /* owned */
    size_t count;
};

/*
 * Gather ESP-IDF's words and those of options->extra_subtypes.
 *
 * words  to be closed on success only
 *
 * Returns  OTK_OK         gathered
 *          OTK_BAD_CSV    an extra subtype is malformed, or its value has a word already
 *          OTK_NO_MEMORY  this computer has no memory left
 */
OTK_MUST_USE enum otk_status otk_csv_words_open(struct otk_csv_words *words,
                                                const struct otk_csv_options *options,
                                                struct otk_error *error);

/* Free what open allocated. */
void otk_csv_words_close(struct otk_csv_words *words);

/*
 * Read a type: a number or a word.
 *
 * Returns  OTK_OK or OTK_BAD_CSV; error then says what is wrong
 */
OTK_MUST_USE enum otk_status otk_csv_words_type(struct otk_span field, uint32_t line, int64_t *type,
                                                struct otk_error *error);

/*
 * Read a subtype of `type`: a number or a word; blank stands for "undefined" except for apps.
 *
 * Returns  OTK_OK or OTK_BAD_CSV; error then says what is wrong
 */
OTK_MUST_USE enum otk_status otk_csv_words_subtype(const struct otk_csv_words *words, int64_t type,
                                                   struct otk_span field, uint32_t line,
                                                   int64_t *subtype, struct otk_error *error);

/*
 * Read an offset or a size: a number.
 *
 * Returns  OTK_OK or OTK_BAD_CSV; error then says what is wrong
 */
OTK_MUST_USE enum otk_status otk_csv_words_number(struct otk_span field, uint32_t line,
                                                  int64_t *value, struct otk_error *error);

/* The value of a word of `type`; -1 if there is none. A project can give ESP-IDF's words new values. */
int64_t otk_csv_words_value(const struct otk_csv_words *words, int64_t type, const char *name);

/* The word for a value of `type`; NULL if there is none. */
const char *otk_csv_words_name(const struct otk_csv_words *words, int64_t type, int64_t value);

/* Whether any type has the word. */
bool otk_csv_words_has(const struct otk_csv_words *words, const char *name);

#endif
