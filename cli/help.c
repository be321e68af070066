// SPDX-License-Identifier: Apache-2.0
/* Help as text, made from the command table. */
#include "cli/help.h"

#include <string.h>

#define WIDTH         80u
#define TERM_COLUMN   2u
#define TEXT_COLUMN   6u
#define SUMMARY_WIDTH 16

/* Print words, broken before WIDTH, each line behind `indent` blanks. A line break in the text stays. */
static void print_wrapped(FILE *out, const char *text, unsigned int indent)
{
    unsigned int column = 0;

    while (*text) {
        const size_t len = strcspn(text, " \n");
        if (column > 0 && column + 1 + len > WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        if (column == 0 && len > 0) {
            fprintf(out, "%*s", (int)indent, "");
            column = indent;
        } else if (len > 0) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, len, out);
        column += (unsigned int)len;
        text += len;
        if (*text == '\n') {
            fputc('\n', out);
            column = 0;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

void cli_help_print_value(FILE *out, const struct cli_option *option)
{
    if (option->value) {
        fprintf(out, option->value_optional ? " [%s]" : " %s", option->value);
    }
}

void cli_help_print_synopsis(FILE *out, const struct cli_command *command)
{
    fprintf(out, "otakit %s", command->path);
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        fprintf(out, operand->optional ? " [%s]" : " %s", operand->name);
    }
    for (const struct cli_option *option = command->options; option && option->name; option++) {
        const char *before = option->required ? "" : "[";
        const char *after = option->required ? "" : "]";
        fprintf(out, " %s--%s", before, option->name);
        cli_help_print_value(out, option);
        fprintf(out, "%s%s", after, option->repeats ? "..." : "");
    }
}

static void print_option(FILE *out, const struct cli_option *option)
{
    fprintf(out, "%*s", (int)TERM_COLUMN, "");
    if (option->letter) {
        fprintf(out, "-%c, ", option->letter);
    }
    fprintf(out, "--%s", option->name);
    cli_help_print_value(out, option);
    fputc('\n', out);
    print_wrapped(out, option->help, TEXT_COLUMN);
}

static void print_options(FILE *out, const char *title, const struct cli_option *option)
{
    if (!option || !option->name) {
        return;
    }
    if (!option->heading) {
        fprintf(out, "\n%s:\n", title);
    }
    for (; option->name; option++) {
        if (option->heading) {
            fprintf(out, "\n%s:\n", option->heading);
        }
        print_option(out, option);
    }
}

static void print_synopsis_short(FILE *out, const struct cli_command *command)
{
    fprintf(out, "Usage: otakit %s", command->path);
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        fprintf(out, operand->optional ? " [%s]" : " %s", operand->name);
    }
    for (const struct cli_option *option = command->options; option && option->name; option++) {
        if (option->required) {
            fprintf(out, " --%s %s", option->name, option->value);
        }
    }
    fputs(" [OPTION]...\n\n", out);
}

void cli_help_print_command(FILE *out, const struct cli_command *command)
{
    print_synopsis_short(out, command);
    print_wrapped(out, command->description, 0);
    if (command->operands && command->operands->name) {
        fputs("\nArguments:\n", out);
        for (const struct cli_operand *operand = command->operands; operand->name; operand++) {
            fprintf(out, "%*s%s\n", (int)TERM_COLUMN, "", operand->name);
            print_wrapped(out, operand->help, TEXT_COLUMN);
        }
    }
    print_options(out, "Options", command->options);
    print_options(out, "Options of every command", cli_common_options);
    if (!command->examples) {
        return;
    }
    fputs("\nExamples:\n", out);
    for (const struct cli_example *example = command->examples; example->line; example++) {
        fprintf(out, "%*s%s\n", (int)TERM_COLUMN, "", example->line);
        print_wrapped(out, example->meaning, TEXT_COLUMN);
    }
}

static void print_summary(FILE *out, const struct cli_command *command)
{
    fprintf(out, "  %-*s %s\n", SUMMARY_WIDTH, command->path, command->summary);
}

void cli_help_print_group(FILE *out, const struct cli_group *group)
{
    fprintf(out, "Usage: otakit %s COMMAND [ARGUMENT]...\n\n%s.\n\nCommands:\n", group->name,
            group->summary);
    for (size_t i = 0; cli_commands[i]; i++) {
        if (cli_command_is_in(cli_commands[i], group)) {
            print_summary(out, cli_commands[i]);
        }
    }
    fprintf(out, "\n`otakit %s COMMAND --help` tells more about one.\n", group->name);
}

void cli_help_print_program(FILE *out)
{
    fputs("Usage: otakit COMMAND [ARGUMENT]...\n\n"
          "Over-the-air updates for ESP32-class devices: partition tables, application\n"
          "images, flash files, and a virtual device that updates itself.\n\nCommands:\n",
          out);
    for (size_t i = 0; cli_commands[i]; i++) {
        print_summary(out, cli_commands[i]);
    }
    fputs("\n`otakit COMMAND --help` tells more about one; `otakit --version` names the version.\n"
          "Exit status: 0 done, 1 refused or failed, 2 used wrongly, 130 interrupted.\n",
          out);
}
