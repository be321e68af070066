// SPDX-License-Identifier: Apache-2.0
/* Messages and hints of host functions. */
#include "host/error.h"

#include <stdarg.h>
#include <stdio.h>

void otk_error_set(struct otk_error *error, uint32_t line, const char *format, ...)
{
    int used = 0;
    va_list arguments;

    if (!error) {
        return;
    }
    error->line = line;
    error->hint[0] = '\0';
    if (line) {
        used = snprintf(error->message, sizeof error->message, "line %u: ", (unsigned)line);
    }
    va_start(arguments, format);
    vsnprintf(error->message + used, sizeof error->message - (size_t)used, format, arguments);
    va_end(arguments);
}

void otk_error_hint(struct otk_error *error, const char *format, ...)
{
    va_list arguments;

    if (!error) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
}
