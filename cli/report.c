// SPDX-License-Identifier: Apache-2.0
/* What the user is told. */
#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/text.h"
#include "host/hint.h"

#define WHAT_SIZE 512u

static const char *const colours[] = {
    [CLI_PLAIN] = "",          [CLI_BOLD] = "\033[1m", [CLI_GREEN] = "\033[32m",
    [CLI_YELLOW] = "\033[33m", [CLI_RED] = "\033[31m", [CLI_DIM] = "\033[2m",
};

/* https://no-color.org: any non-empty value switches colours off. */
static bool wants_colour(int descriptor)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (no_colour && *no_colour) {
        return false;
    }
    return isatty(descriptor) && terminal && strcmp(terminal, "dumb") != 0;
}

void cli_report_init(struct cli_call *call)
{
    call->colour_out = wants_colour(STDOUT_FILENO);
    call->colour_err = wants_colour(STDERR_FILENO);
}

int cli_exit_status(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return CLI_DONE;
    case OTK_USAGE:
        return CLI_USED_WRONG;
    case OTK_INTERRUPTED:
        return CLI_INTERRUPTED;
    default:
        return CLI_FAILED;
    }
}

static bool print_json(cJSON *document)
{
    char *text = cJSON_Print(document);

    cli_interrupt_end();
    const bool printed = text && puts(text) != EOF && fflush(stdout) == 0;

    cJSON_free(text);
    return printed;
}

static void add_error(cJSON *document, enum otk_status status, const char *what, const char *why,
                      const char *hint)
{
    char message[2 * WHAT_SIZE + 4];
    cJSON *error = cJSON_AddObjectToObject(document, "error");

    snprintf(message, sizeof message, "%s: %s", what, why);
    cJSON_AddStringToObject(error, "code", otk_status_name(status));
    cli_text_add_json(error, "message", message);
    cli_text_add_json(error, "hint", hint);
}

static int report_error(const struct cli_call *call, const struct cli_error *error, cJSON *document,
                        const char *format, va_list arguments)
{
    const char *why = error->why ? error->why : otk_status_text(error->status);
    const char *general_hint = otk_status_hint(error->status);
    const char *hint = error->hint ? error->hint : general_hint ? general_hint : "";
    char raw[WHAT_SIZE];
    char what[WHAT_SIZE];
    char why_safe[WHAT_SIZE];
    char hint_safe[WHAT_SIZE];

    vsnprintf(raw, sizeof raw, format, arguments);
    cli_text_clean(raw, what, sizeof what);
    cli_text_clean(why, why_safe, sizeof why_safe);
    cli_text_clean(hint, hint_safe, sizeof hint_safe);
    fflush(stdout);
    fprintf(stderr, "otakit: %serror:%s %s: %s\n", call->colour_err ? "\033[1;31m" : "",
            call->colour_err ? "\033[0m" : "", what, why_safe);
    if (*hint_safe) {
        fprintf(stderr, "%shint:%s %s\n", call->colour_err ? "\033[1m" : "",
                call->colour_err ? "\033[0m" : "", hint_safe);
    }
    if (call->json) {
        document = document ? document : cJSON_CreateObject();
        add_error(document, error->status, what, why_safe, hint_safe);
        print_json(document);
    }
    cJSON_Delete(document);
    return cli_exit_status(error->status);
}

int cli_fail(const struct cli_call *call, enum otk_status status, const char *format, ...)
{
    const struct cli_error error = {.status = status};
    va_list arguments;

    va_start(arguments, format);
    const int exit_status = report_error(call, &error, NULL, format, arguments);
    va_end(arguments);
    return exit_status;
}

int cli_fail_with(const struct cli_call *call, const struct cli_error *error, const char *format,
                  ...)
{
    va_list arguments;

    va_start(arguments, format);
    const int exit_status = report_error(call, error, NULL, format, arguments);
    va_end(arguments);
    return exit_status;
}

int cli_fail_in(const struct cli_call *call, const struct cli_error *error, cJSON *document,
                const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    const int exit_status = report_error(call, error, document, format, arguments);
    va_end(arguments);
    return exit_status;
}

int cli_finish_json(const struct cli_call *call, cJSON *document)
{
    (void)call;
    if (!document || !print_json(document)) {
        cJSON_Delete(document);
        fprintf(stderr, "otakit: error: standard output: %s\n", otk_status_text(OTK_HOST_IO));
        return CLI_FAILED;
    }
    cJSON_Delete(document);
    return CLI_DONE;
}

static void print_note(const char *format, va_list arguments)
{
    char raw[2 * WHAT_SIZE];
    char text[2 * WHAT_SIZE];

    vsnprintf(raw, sizeof raw, format, arguments);
    cli_text_clean(raw, text, sizeof text);
    fprintf(stderr, "%s\n", text);
}

void cli_remark(const struct cli_call *call, const char *format, ...)
{
    va_list arguments;

    if (call->quiet || call->json) {
        return;
    }
    va_start(arguments, format);
    print_note(format, arguments);
    va_end(arguments);
}

void cli_warn(const struct cli_call *call, const char *format, ...)
{
    va_list arguments;

    if (call->quiet) {
        return;
    }
    fprintf(stderr, "otakit: %swarning:%s ", call->colour_err ? "\033[1;33m" : "",
            call->colour_err ? "\033[0m" : "");
    va_start(arguments, format);
    print_note(format, arguments);
    va_end(arguments);
}

const char *cli_colour(const struct cli_call *call, enum cli_colour colour)
{
    return call->colour_out ? colours[colour] : "";
}

const char *cli_colour_end(const struct cli_call *call)
{
    return call->colour_out ? "\033[0m" : "";
}
