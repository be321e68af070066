// SPDX-License-Identifier: Apache-2.0
/* Arguments taken apart by the command's table. */
#include "cli/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "cli/text.h"
#include "cli/value.h"

/* Where parsing stands. */
struct cursor {
    char **arguments;
    int count;
    int index; /* of the next argument */
};

static const struct cli_option *find_in(const struct cli_option *options, const char *name,
                                        size_t len)
{
    for (; options && options->name; options++) {
        if (strlen(options->name) == len && strncmp(options->name, name, len) == 0) {
            return options;
        }
    }
    return NULL;
}

static const struct cli_option *find_option(const struct cli_command *command, const char *name,
                                            size_t len)
{
    const struct cli_option *option = find_in(command->options, name, len);

    return option ? option : find_in(cli_common_options, name, len);
}

static const struct cli_option *find_letter(const struct cli_command *command, char letter)
{
    const struct cli_option *const lists[] = {command->options, cli_common_options};

    for (size_t i = 0; i < 2; i++) {
        for (const struct cli_option *option = lists[i]; option && option->name; option++) {
            if (option->letter == letter) {
                return option;
            }
        }
    }
    return NULL;
}

static void consider(const struct cli_option *options, const char *name, const char **best,
                     size_t *best_distance)
{
    for (; options && options->name; options++) {
        const size_t distance = cli_text_distance(options->name, name);
        if (distance < *best_distance) {
            *best = options->name;
            *best_distance = distance;
        }
    }
}

static int fail_usage(const struct cli_call *call, const char *what, const char *why)
{
    char hint[128];
    const struct cli_error error = {.status = OTK_USAGE, .why = why, .hint = hint};

    snprintf(hint, sizeof hint, "otakit %s --help", call->command->path);
    return cli_fail_with(call, &error, "%s", what);
}

static int fail_unknown_option(const struct cli_call *call, const char *argument, const char *name)
{
    const char *best = NULL;
    size_t best_distance = strlen(name) < 5 ? 2 : 3;
    char why[128] = "there is no such option";

    consider(call->command->options, name, &best, &best_distance);
    consider(cli_common_options, name, &best, &best_distance);
    if (best) {
        snprintf(why, sizeof why, "there is no such option; did you mean --%s?", best);
    }
    return fail_usage(call, argument, why);
}

static int fail_value(const struct cli_call *call, const struct cli_option *option,
                      const char *text)
{
    char what[256];
    char why[192];

    snprintf(what, sizeof what, "--%s %s", option->name, text);
    if (option->kind == CLI_CHOICE) {
        snprintf(why, sizeof why, "it takes one of %s", option->choices);
    } else {
        snprintf(why, sizeof why, "it takes %s", cli_value_example(option->kind));
    }
    return fail_usage(call, what, why);
}

static void note_common(struct cli_call *call, const struct cli_option *option)
{
    call->json = call->json || strcmp(option->name, "json") == 0;
    call->quiet = call->quiet || strcmp(option->name, "quiet") == 0;
    call->help = call->help || strcmp(option->name, "help") == 0;
}

static int store(struct cli_call *call, const struct cli_option *option, const char *text)
{
    struct cli_value *value = &call->values[call->value_count];

    if (!option->repeats && option->kind != CLI_FLAG && cli_has(call, option->name)) {
        return fail_usage(call, option->name, "the option was given twice");
    }
    *value = (struct cli_value){.option = option, .text = text};
    if (!text && option->value_optional) {
        call->value_count++;
        return CLI_DONE;
    }
    switch (option->kind) {
    case CLI_FLAG:
        note_common(call, option);
        break;
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_DIRECTORY:
        break;
    case CLI_CHOICE:
        if (!cli_value_is_choice(option->choices, text)) {
            return fail_value(call, option, text);
        }
        break;
    default:
        if (!cli_value_parse(option->kind, text, &value->number)) {
            return fail_value(call, option, text);
        }
    }
    call->value_count++;
    return CLI_DONE;
}

static bool is_list_item(const char *argument)
{
    return argument[0] != '-' && strchr(argument, ',');
}

/* Values behind the first one, for options that take several at once. */
static int take_list(struct cli_call *call, struct cursor *cursor, const struct cli_option *option)
{
    int exit_status = CLI_DONE;

    while (exit_status == CLI_DONE && option->takes_list && cursor->index < cursor->count &&
           is_list_item(cursor->arguments[cursor->index])) {
        exit_status = store(call, option, cursor->arguments[cursor->index++]);
    }
    return exit_status;
}

/* The value of an option: what stands behind = or directly behind the letter, or the next argument. */
static int take_value(struct cli_call *call, struct cursor *cursor, const struct cli_option *option,
                      const char *attached)
{
    char what[64];

    snprintf(what, sizeof what, "--%s", option->name);
    if (option->kind == CLI_FLAG) {
        return attached ? fail_usage(call, what, "the option takes no value")
                        : store(call, option, NULL);
    }
    if (option->value_optional && !attached &&
        (cursor->index == cursor->count || cursor->arguments[cursor->index][0] == '-')) {
        return store(call, option, NULL);
    }
    /* A value that begins with two dashes is more likely a forgotten one; --NAME=--VALUE is clear. */
    if (!attached && (cursor->index == cursor->count ||
                      strncmp(cursor->arguments[cursor->index], "--", 2) == 0)) {
        return fail_usage(call, what, "the option needs a value");
    }
    const int exit_status = store(call, option,
                                  attached ? attached : cursor->arguments[cursor->index++]);
    return exit_status == CLI_DONE ? take_list(call, cursor, option) : exit_status;
}

static int parse_long(struct cli_call *call, struct cursor *cursor, const char *argument)
{
    char name[64];
    const size_t len = strcspn(argument + 2, "=");
    const char *attached = argument[2 + len] == '=' ? argument + 2 + len + 1 : NULL;
    const struct cli_option *option = find_option(call->command, argument + 2, len);

    if (option) {
        return take_value(call, cursor, option, attached);
    }
    snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1),
             argument + 2);
    return fail_unknown_option(call, argument, name);
}

/* -o FILE, -oFILE, -q, -qo FILE */
static int parse_short(struct cli_call *call, struct cursor *cursor, const char *argument)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        const struct cli_option *option = find_letter(call->command, *letter);
        if (!option) {
            return fail_unknown_option(call, argument, argument + 1);
        }
        if (option->kind != CLI_FLAG) {
            return take_value(call, cursor, option, letter[1] ? letter + 1 : NULL);
        }
        const int exit_status = store(call, option, NULL);
        if (exit_status != CLI_DONE) {
            return exit_status;
        }
    }
    return CLI_DONE;
}

static size_t operand_limit(const struct cli_command *command)
{
    size_t count = 0;

    while (command->operands && command->operands[count].name) {
        count++;
    }
    return count;
}

static int parse_operand(struct cli_call *call, const char *argument)
{
    if (call->operand_count == operand_limit(call->command)) {
        return fail_usage(call, argument, "there is one argument too many");
    }
    const struct cli_operand *operand = &call->command->operands[call->operand_count];
    if (operand->kind == CLI_CHOICE && !cli_value_is_choice(operand->choices, argument)) {
        char why[128];
        snprintf(why, sizeof why, "%s is one of %s", operand->name, operand->choices);
        return fail_usage(call, argument, why);
    }
    call->operands[call->operand_count++] = argument;
    return CLI_DONE;
}

static int check_complete(const struct cli_call *call)
{
    const struct cli_operand *operands = call->command->operands;
    char what[64];

    for (size_t i = call->operand_count; operands && operands[i].name; i++) {
        if (!operands[i].optional) {
            return fail_usage(call, operands[i].name, "the argument is missing");
        }
    }
    for (const struct cli_option *option = call->command->options; option && option->name;
         option++) {
        if (option->required && !cli_has(call, option->name)) {
            snprintf(what, sizeof what, "--%s %s", option->name, option->value);
            return fail_usage(call, what, "the option is needed");
        }
    }
    return CLI_DONE;
}

static int parse_one(struct cli_call *call, struct cursor *cursor, bool *only_operands)
{
    const char *argument = cursor->arguments[cursor->index++];

    if (*only_operands || argument[0] != '-' || argument[1] == '\0') {
        return parse_operand(call, argument);
    }
    if (strcmp(argument, "--") == 0) {
        *only_operands = true;
        return CLI_DONE;
    }
    return argument[1] == '-' ? parse_long(call, cursor, argument)
                              : parse_short(call, cursor, argument);
}

/* A bundle of letters can hold more options than there are arguments. */
static size_t value_limit(const struct cursor *cursor)
{
    size_t count = 1;

    for (int i = 0; i < cursor->count; i++) {
        const char *argument = cursor->arguments[i];
        count += argument[0] == '-' && argument[1] != '-' ? strlen(argument) : 1;
    }
    return count;
}

int cli_call_parse(struct cli_call *call, int argument_count, char **arguments)
{
    struct cursor cursor = {.arguments = arguments, .count = argument_count};
    bool only_operands = false;

    call->values = calloc(value_limit(&cursor), sizeof call->values[0]);
    if (!call->values) {
        return cli_fail(call, OTK_NO_MEMORY, "%s", call->command->path);
    }
    while (cursor.index < cursor.count) {
        const int exit_status = parse_one(call, &cursor, &only_operands);
        if (exit_status != CLI_DONE) {
            return exit_status;
        }
    }
    return call->help ? CLI_DONE : check_complete(call);
}

void cli_call_release(struct cli_call *call)
{
    free(call->values);
    call->values = NULL;
    call->value_count = 0;
}

const char *cli_operand(const struct cli_call *call, size_t index)
{
    return index < call->operand_count ? call->operands[index] : NULL;
}

/* The value given the index-th time, or NULL. A name that the table lacks is a programming error. */
static const struct cli_value *find_value(const struct cli_call *call, const char *name,
                                          size_t index)
{
    assert(find_option(call->command, name, strlen(name)));
    for (size_t i = 0; i < call->value_count; i++) {
        if (strcmp(call->values[i].option->name, name) == 0 && index-- == 0) {
            return &call->values[i];
        }
    }
    return NULL;
}

bool cli_has(const struct cli_call *call, const char *name)
{
    return find_value(call, name, 0) != NULL;
}

const char *cli_text(const struct cli_call *call, const char *name)
{
    return cli_text_at(call, name, 0);
}

const char *cli_text_at(const struct cli_call *call, const char *name, size_t index)
{
    const struct cli_value *value = find_value(call, name, index);

    return value ? value->text : NULL;
}

uint64_t cli_u64(const struct cli_call *call, const char *name, uint64_t otherwise)
{
    const struct cli_value *value = find_value(call, name, 0);

    return value ? value->number : otherwise;
}

uint32_t cli_u32(const struct cli_call *call, const char *name, uint32_t otherwise)
{
    return (uint32_t)cli_u64(call, name, otherwise);
}
