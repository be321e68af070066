// SPDX-License-Identifier: Apache-2.0
/* Counts and explanations of one vector file. */
#include "test/vectors/report.h"

#include <stdarg.h>
#include <stdio.h>

/* Mismatches explained per file. */
#define EXPLAINED 5

bool report_differs(struct report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(report->why, sizeof(report->why), format, arguments);
    va_end(arguments);
    return false;
}

void report_pass(struct report *report)
{
    report->passed++;
}

void report_fail(struct report *report, int index, const char *name)
{
    report->failed++;
    if (report->failed <= EXPLAINED) {
        fprintf(stderr, "%s: vector %d (%s): %s\n", report->file, index, name, report->why);
    }
}
