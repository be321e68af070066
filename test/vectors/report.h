// SPDX-License-Identifier: Apache-2.0
/*
 * Counts of one vector file, and what is said about its mismatches.
 *
 *     if (check_one(report, vector))        // calls report_differs to explain a refusal
 *         report_pass(report);
 *     else
 *         report_fail(report, index, name);
 */
#ifndef TEST_VECTORS_REPORT_H
#define TEST_VECTORS_REPORT_H

#include <stdbool.h>

struct report {
    const char *file; /* name without directory */
    unsigned passed;
    unsigned failed;
    unsigned skipped;
    char why[400]; /* the mismatch being reported */
};

/* Note why a vector does not match. Returns false, so that a check can end with it. */
bool report_differs(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Count a vector that matches. */
void report_pass(struct report *report);

/* Count a vector that does not; the first few are explained on stderr. */
void report_fail(struct report *report, int index, const char *name);

#endif
