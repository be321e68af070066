// SPDX-License-Identifier: Apache-2.0
/* otakit help: help texts, and the man pages that the build makes of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/help.h"
#include "cli/page.h"
#include "cli/report.h"

#define PATH_SIZE 512u

static const struct cli_operand operands[] = {
    {.name = "COMMAND", .kind = CLI_TEXT, .optional = true, .help = "A command, such as table."},
    {.name = "SUBCOMMAND",
     .kind = CLI_TEXT,
     .optional = true,
     .help = "Its second word, such as build."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "man",
     .kind = CLI_FLAG,
     .help = "Print the man page instead, in roff: `otakit help --man slot list | man -l -`."},
    {.name = "man-pages",
     .value = "DIR",
     .kind = CLI_DIRECTORY,
     .help = "Write the man pages of all commands into the directory."},
    {0},
};

static const struct cli_example examples[] = {
    {"otakit help slot switch", "Explain one command."},
    {"otakit help --man table build | man -l -", "Read its man page without installing it."},
    {0},
};

typedef void page_printer(FILE *out, const struct cli_command *command);

static void print_program_page(FILE *out, const struct cli_command *command)
{
    (void)command;
    cli_page_print_program(out);
}

static int write_page(const struct cli_call *call, const char *directory, const char *name,
                      page_printer *printer, const struct cli_command *command)
{
    char path[PATH_SIZE];
    char *text = NULL;
    size_t len = 0;
    FILE *page = open_memstream(&text, &len);

    if (!page) {
        return cli_fail(call, OTK_NO_MEMORY, "%s", name);
    }
    printer(page, command);
    fclose(page);
    snprintf(path, sizeof path, "%s/%s.1", directory, name);
    const int exit_status = cli_file_write(call, path, text, len);
    free(text);
    return exit_status;
}

static int write_pages(const struct cli_call *call, const char *directory)
{
    char name[64];
    int exit_status = write_page(call, directory, "otakit", print_program_page, NULL);

    for (size_t i = 0; cli_commands[i] && exit_status == CLI_DONE; i++) {
        cli_page_name(cli_commands[i], name, sizeof name);
        exit_status = write_page(call, directory, name, cli_page_print_command, cli_commands[i]);
    }
    return exit_status;
}

/* All commands, or those whose path begins with `path`. */
static int print_json(const struct cli_call *call, const char *path)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *commands = cJSON_AddArrayToObject(document, "commands");

    for (size_t i = 0; cli_commands[i]; i++) {
        if (strncmp(cli_commands[i]->path, path, strlen(path)) != 0) {
            continue;
        }
        cJSON *command = cJSON_CreateObject();
        cJSON_AddStringToObject(command, "command", cli_commands[i]->path);
        cJSON_AddStringToObject(command, "summary", cli_commands[i]->summary);
        cJSON_AddItemToArray(commands, command);
    }
    return cli_finish_json(call, document);
}

static int print_named(const struct cli_call *call, const char *path)
{
    const struct cli_command *command = cli_command_find(path);
    const struct cli_group *group = cli_group_find(path);
    const struct cli_error error = {.status = OTK_USAGE,
                                    .why = "there is no such command",
                                    .hint = "otakit help lists the commands"};

    if (call->json && (command || group)) {
        return print_json(call, path);
    }
    if (command && cli_has(call, "man")) {
        cli_page_print_command(stdout, command);
    } else if (command) {
        cli_help_print_command(stdout, command);
    } else if (group) {
        cli_help_print_group(stdout, group);
    } else {
        return cli_fail_with(call, &error, "%s", path);
    }
    return CLI_DONE;
}

static int run(struct cli_call *call)
{
    char path[PATH_SIZE];
    const char *first = cli_operand(call, 0);
    const char *second = cli_operand(call, 1);
    const char *directory = cli_text(call, "man-pages");
    const int exit_status = directory ? write_pages(call, directory) : CLI_DONE;

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    if (first) {
        snprintf(path, sizeof path, "%s%s%s", first, second ? " " : "", second ? second : "");
        return print_named(call, path);
    }
    if (call->json) {
        return print_json(call, "");
    }
    if (cli_has(call, "man")) {
        cli_page_print_program(stdout);
    } else if (!directory) {
        cli_help_print_program(stdout);
    }
    return CLI_DONE;
}

const struct cli_command cli_help = {
    .path = "help",
    .summary = "Explain a command",
    .description = "Without a command, lists all of them. The same text is printed by --help "
                   "behind any command.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
