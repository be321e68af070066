// SPDX-License-Identifier: Apache-2.0
/* The log of the virtual device for people. */
#include "port/linux/log.h"

#include <stdarg.h>

#include "host/hint.h"

void otk_log_line(const struct otk_log *log, const char *who, const char *format, ...)
{
    uint64_t now_ms;
    va_list arguments;

    if (!log->out) {
        return;
    }
    now_ms = otk_device_clock_ms(log->clock);
    fprintf(log->out, "[%4u.%03u] %-6s  ", (unsigned)(now_ms / 1000u), (unsigned)(now_ms % 1000u),
            who);
    va_start(arguments, format);
    vfprintf(log->out, format, arguments);
    va_end(arguments);
    fputc('\n', log->out);
    fflush(log->out);
}

void otk_log_outcome(const struct otk_virtual_device_options *options, enum otk_status status,
                     const char *what, const char *why, const char *hint)
{
    struct otk_virtual_device_result *const result = options->result;

    if (!result) {
        return;
    }
    result->outcome = status;
    snprintf(result->what, sizeof result->what, "%s", what ? what : "");
    snprintf(result->why, sizeof result->why, "%s", why ? why : "");
    result->hint = hint;
}

void otk_log_error(const struct otk_virtual_device_options *options, enum otk_status status,
                   const char *what, const char *why, const char *hint)
{
    why = why ? why : otk_status_text(status);
    hint = hint ? hint : otk_status_hint(status);
    fprintf(stderr, "otakit: error: %s: %s\n", what, why);
    if (hint) {
        fprintf(stderr, "hint: %s\n", hint);
    }
    otk_log_outcome(options, status, what, why, hint);
}
