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

/* An error, fit for terminals and JSON. */
struct words {
    char what[WHAT_SIZE];
    char why[WHAT_SIZE];
    char hint[WHAT_SIZE];
};

static void choose_words(const struct cli_error *error, const char *what, struct words *words)
{
    const char *why = error->why ? error->why : otk_status_text(error->status);
    const char *general_hint = otk_status_hint(error->status);
    const char *hint = error->hint ? error->hint : general_hint ? general_hint : "";

    cli_text_clean(what, words->what, sizeof words->what);
    cli_text_clean(why, words->why, sizeof words->why);
    cli_text_clean(hint, words->hint, sizeof words->hint);
}

static void print_words(const struct cli_call *call, const struct words *words)
{
    fflush(stdout);
    fprintf(stderr, "otakit: %serror:%s %s: %s\n", call->colour_err ? "\033[1;31m" : "",
            call->colour_err ? "\033[0m" : "", words->what, words->why);
    if (words->hint[0]) {
        fprintf(stderr, "%shint:%s %s\n", call->colour_err ? "\033[1m" : "",
                call->colour_err ? "\033[0m" : "", words->hint);
    }
}

static void print_error_json(enum otk_status status, const struct words *words, cJSON *document)
{
    document = document ? document : cJSON_CreateObject();
    add_error(document, status, words->what, words->why, words->hint);
    print_json(document);
    cJSON_Delete(document);
}

static int report_error(const struct cli_call *call, const struct cli_error *error, cJSON *document,
                        const char *format, va_list arguments)
{
    char what[WHAT_SIZE];
    struct words words;

    vsnprintf(what, sizeof what, format, arguments);
    choose_words(error, what, &words);
    print_words(call, &words);
    if (call->json) {
        print_error_json(error->status, &words, document);
    } else {
        cJSON_Delete(document);
    }
    return cli_exit_status(error->status);
}

int cli_fail_told(const struct cli_error *error, cJSON *document, const char *what)
{
    struct words words;

    choose_words(error, what, &words);
    print_error_json(error->status, &words, document);
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
