// SPDX-License-Identifier: Apache-2.0
/* Man pages, made from the command table. */
#include "cli/page.h"

#include <ctype.h>
#include <string.h>

#include "cli/help.h"

#define NAME_SIZE 64u

/* A character as roff: its hyphen would be set as a dash, its backslash opens an escape. */
static void print_character(FILE *out, char character)
{
    if (character == '-') {
        fputs("\\-", out);
    } else if (character == '\\') {
        fputs("\\e", out);
    } else {
        fputc(character, out);
    }
}

static void print_word(FILE *out, const char *text)
{
    for (; *text; text++) {
        print_character(out, *text);
    }
}

/* Paragraphs; a dot or apostrophe that opens a line would be a request. */
static void print_text(FILE *out, const char *text)
{
    bool at_start = true;

    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\'')) {
            fputs("\\&", out);
        }
        at_start = *text == '\n';
        if (at_start && text[1] == '\n') {
            fputs("\n.PP", out);
        } else {
            print_character(out, *text);
        }
    }
    fputc('\n', out);
}

void cli_page_name(const struct cli_command *command, char *name, size_t name_size)
{
    snprintf(name, name_size, "otakit-%s", command->path);
    for (char *blank = name; (blank = strchr(blank, ' ')); blank++) {
        *blank = '-';
    }
}

static void print_title(FILE *out, const char *name)
{
    fputs(".\\\" Made from the command table of otakit; changes here are lost.\n.TH \"", out);
    for (; *name; name++) {
        fputc(toupper((unsigned char)*name), out);
    }
    fprintf(out, "\" \"1\" \"\" \"otakit %s\" \"otakit manual\"\n", OTAKIT_VERSION);
}

static void print_name(FILE *out, const char *name, const char *summary)
{
    fputs(".SH NAME\n", out);
    print_word(out, name);
    fprintf(out, " \\- %c%s\n", tolower((unsigned char)summary[0]), summary + 1);
}

static void print_options(FILE *out, const char *title, const struct cli_option *option)
{
    if (!option || !option->name) {
        return;
    }
    fprintf(out, ".SH %s\n", title);
    for (; option->name; option++) {
        if (option->heading) {
            fputs(".SS ", out);
            print_text(out, option->heading);
        }
        fputs(".TP\n", out);
        if (option->letter) {
            fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
        }
        fputs("\\fB\\-\\-", out);
        print_word(out, option->name);
        fputs("\\fR\\fI", out);
        cli_help_print_value(out, option);
        fputs("\\fR\n", out);
        print_text(out, option->help);
    }
}

static void print_exit_status(FILE *out)
{
    fputs(".SH EXIT STATUS\n"
          ".TP\n0\nDone.\n"
          ".TP\n1\nThe thing asked for was refused or failed.\n"
          ".TP\n2\nThe command was used wrongly.\n"
          ".TP\n130\nInterrupted.\n",
          out);
}

static void print_operands(FILE *out, const struct cli_operand *operand)
{
    if (!operand || !operand->name) {
        return;
    }
    fputs(".SH ARGUMENTS\n", out);
    for (; operand->name; operand++) {
        fprintf(out, ".TP\n\\fI%s\\fR\n", operand->name);
        print_text(out, operand->help);
    }
}

static void print_examples(FILE *out, const struct cli_example *example)
{
    if (!example) {
        return;
    }
    fputs(".SH EXAMPLES\n", out);
    for (; example->line; example++) {
        fputs(".TP\n\\fB", out);
        print_word(out, example->line);
        fputs("\\fR\n", out);
        print_text(out, example->meaning);
    }
}

static void print_synopsis(FILE *out, const struct cli_command *command)
{
    fprintf(out, ".SH SYNOPSIS\n\\fBotakit %s\\fR", command->path);
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        fprintf(out, operand->optional ? " [\\fI%s\\fR]" : " \\fI%s\\fR", operand->name);
    }
    for (const struct cli_option *option = command->options; option && option->name; option++) {
        if (option->required) {
            fprintf(out, " \\fB\\-\\-%s\\fR \\fI%s\\fR", option->name, option->value);
        }
    }
    fputs(" [\\fIOPTION\\fR]...\n", out);
}

void cli_page_print_command(FILE *out, const struct cli_command *command)
{
    char name[NAME_SIZE];

    cli_page_name(command, name, sizeof name);
    print_title(out, name);
    print_name(out, name, command->summary);
    print_synopsis(out, command);
    fputs(".SH DESCRIPTION\n", out);
    print_text(out, command->description);
    print_operands(out, command->operands);
    print_options(out, "OPTIONS", command->options);
    print_options(out, "OPTIONS OF EVERY COMMAND", cli_common_options);
    print_exit_status(out);
    print_examples(out, command->examples);
    fputs(".SH SEE ALSO\n.BR otakit (1)\n", out);
}

void cli_page_print_program(FILE *out)
{
    char name[NAME_SIZE];

    print_title(out, "otakit");
    print_name(out, "otakit", "Over-the-air updates for ESP32-class devices");
    fputs(".SH SYNOPSIS\n\\fBotakit\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n"
          ".br\n\\fBotakit\\fR \\fB\\-\\-version\\fR\n"
          ".SH DESCRIPTION\n"
          "Builds and reads partition tables, application images and flash files of\n"
          "ESP32\\-class devices, byte for byte as ESP\\-IDF does, and runs a virtual device that\n"
          "updates itself.\n.SH COMMANDS\n",
          out);
    for (size_t i = 0; cli_commands[i]; i++) {
        cli_page_name(cli_commands[i], name, sizeof name);
        fputs(".TP\n.BR ", out);
        print_word(out, name);
        fputs(" (1)\n", out);
        print_text(out, cli_commands[i]->summary);
    }
    print_options(out, "OPTIONS OF EVERY COMMAND", cli_common_options);
    print_exit_status(out);
    fputs(".SH ENVIRONMENT\n.TP\nNO_COLOR\nAny value but the empty one switches colours off.\n",
          out);
}
