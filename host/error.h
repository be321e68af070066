// SPDX-License-Identifier: Apache-2.0
/*
 * What went wrong, in words: host functions that judge a person's input fill one in.
 *
 *     struct otk_error error;
 *     if (otk_csv_build(csv, len, &options, table, &error) != OTK_OK)
 *         fprintf(stderr, "%s\n", error.message);
 */
#ifndef OTAKIT_HOST_ERROR_H
#define OTAKIT_HOST_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for a message and for a hint, NUL included; longer ones are cut. */
#define OTK_ERROR_MESSAGE_SIZE 320u
#define OTK_ERROR_HINT_SIZE    240u

struct otk_error {
    char message[OTK_ERROR_MESSAGE_SIZE]; /* a sentence; starts with "line N: " where line is set */
    char hint[OTK_ERROR_HINT_SIZE];       /* how to mend it; empty where there is nothing to say */
    uint32_t line;                        /* line of the input, from 1; 0: none in particular */
};

#if defined(__GNUC__)
#define OTK_PRINTF(format_index, argument_index) \
    __attribute__((format(printf, format_index, argument_index)))
#else
#define OTK_PRINTF(format_index, argument_index)
#endif

/* Write the message, behind "line N: " where `line` is not 0, and empty the hint. error may be NULL. */
void otk_error_set(struct otk_error *error, uint32_t line, const char *format, ...)
    OTK_PRINTF(3, 4);

/* Write the hint. error may be NULL. */
void otk_error_hint(struct otk_error *error, const char *format, ...) OTK_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif

#endif
