// SPDX-License-Identifier: Apache-2.0
/* otakit, the program: find the command, take its arguments apart, run it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/call.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/report.h"
#include "cli/text.h"

/* Longest command path. */
#define PATH_SIZE 32u
#define HINT_SIZE 64u

static int print_version(const struct cli_call *call)
{
    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddStringToObject(document, "version", OTAKIT_VERSION);
        return cli_finish_json(call, document);
    }
    printf("otakit %s\n", OTAKIT_VERSION);
    return CLI_DONE;
}

/* The command or group whose name is nearest to what was typed; NULL where nothing is near. */
static const char *nearest_path(const char *typed)
{
    const char *best = NULL;
    size_t best_distance = 3;

    for (size_t i = 0; cli_commands[i]; i++) {
        const size_t distance = cli_text_distance(cli_commands[i]->path, typed);
        if (distance < best_distance) {
            best = cli_commands[i]->path;
            best_distance = distance;
        }
    }
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        const size_t distance = cli_text_distance(group->name, typed);
        if (distance < best_distance) {
            best = group->name;
            best_distance = distance;
        }
    }
    return best;
}

static int fail_unknown_command(const struct cli_call *call, const char *typed)
{
    char why[96] = "there is no such command";
    const char *best = nearest_path(typed);
    const struct cli_error error = {
        .status = OTK_USAGE, .why = why, .hint = "otakit --help lists the commands"};

    if (best) {
        snprintf(why, sizeof why, "there is no such command; did you mean %s?", best);
    }
    return cli_fail_with(call, &error, "%s", typed);
}

static int run_command(struct cli_call *call, int argument_count, char **arguments)
{
    int exit_status = cli_call_parse(call, argument_count, arguments);

    if (exit_status == CLI_DONE) {
        if (call->help) {
            cli_help_print_command(stdout, call->command);
        } else {
            exit_status = call->command->run(call);
        }
    }
    cli_call_release(call);
    return exit_status;
}

/* The first word is a group: the second one names the command. */
static int run_in_group(struct cli_call *call, const struct cli_group *group, int argument_count,
                        char **arguments)
{
    char path[PATH_SIZE];
    char hint[HINT_SIZE];
    const struct cli_error missing = {
        .status = OTK_USAGE, .why = "the command is not complete", .hint = hint};

    if (argument_count == 0) {
        snprintf(hint, sizeof hint, "otakit %s --help lists what can follow", group->name);
        if (!call->json) {
            cli_help_print_group(stderr, group);
        }
        return cli_fail_with(call, &missing, "otakit %s", group->name);
    }
    if (strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0) {
        cli_help_print_group(stdout, group);
        return CLI_DONE;
    }
    snprintf(path, sizeof path, "%s %s", group->name, arguments[0]);
    call->command = cli_command_find(path);
    if (!call->command) {
        return fail_unknown_command(call, path);
    }
    return run_command(call, argument_count - 1, arguments + 1);
}

static int run_word(struct cli_call *call, const char *word, int argument_count, char **arguments)
{
    const struct cli_group *group = cli_group_find(word);

    if (group) {
        return run_in_group(call, group, argument_count, arguments);
    }
    call->command = strchr(word, ' ') ? NULL : cli_command_find(word);
    if (!call->command) {
        return fail_unknown_command(call, word);
    }
    return run_command(call, argument_count, arguments);
}

/* --json and --quiet may also stand before the command. Returns how many arguments that were. */
static int take_leading_options(struct cli_call *call, int argument_count, char **arguments)
{
    int index = 0;

    for (; index < argument_count; index++) {
        if (strcmp(arguments[index], "--json") == 0) {
            call->json = true;
        } else if (strcmp(arguments[index], "--quiet") == 0 ||
                   strcmp(arguments[index], "-q") == 0) {
            call->quiet = true;
        } else {
            break;
        }
    }
    return index;
}

static int run(struct cli_call *call, int argument_count, char **arguments)
{
    const struct cli_error missing = {.status = OTK_USAGE,
                                      .why = "no command was named",
                                      .hint = "otakit --help lists the commands"};
    const int skipped = take_leading_options(call, argument_count, arguments);

    argument_count -= skipped;
    arguments += skipped;
    if (argument_count == 0) {
        if (!call->json) {
            cli_help_print_program(stderr);
        }
        return cli_fail_with(call, &missing, "otakit");
    }
    if (strcmp(arguments[0], "--version") == 0 || strcmp(arguments[0], "-V") == 0) {
        return print_version(call);
    }
    if (strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0) {
        cli_help_print_program(stdout);
        return CLI_DONE;
    }
    return run_word(call, arguments[0], argument_count - 1, arguments + 1);
}

/* Decided before anything else, so that whatever goes wrong is told as JSON, Ctrl-C and arguments that
 * make no sense included. */
static bool wants_json(int argument_count, char **arguments)
{
    for (int i = 1; i < argument_count && strcmp(arguments[i], "--") != 0; i++) {
        if (strcmp(arguments[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

/* A closed pipe is an error to report, not a silent death. Unlike SIG_IGN, a handler is not handed
 * on to programs that are started. */
static void on_closed_pipe(int signal_number)
{
    (void)signal_number;
}

int main(int argument_count, char **arguments)
{
    struct cli_call call = {.json = wants_json(argument_count, arguments)};

    cli_interrupt_init(&call);
    cli_report_init(&call);
    signal(SIGPIPE, on_closed_pipe);
    const int exit_status = argument_count > 0 ? run(&call, argument_count - 1, arguments + 1)
                                               : CLI_USED_WRONG;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (exit_status == CLI_DONE) {
            fprintf(stderr, "otakit: error: standard output: %s\n", strerror(errno));
            return CLI_FAILED;
        }
    }
    return exit_status;
}
