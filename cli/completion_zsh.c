// SPDX-License-Identifier: Apache-2.0
/* The completion script for zsh. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/value.h"

/* Text inside single quotes, inside the brackets of an _arguments specification. */
static void print_quoted(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
        } else if (*text == '[' || *text == ']' || *text == ':') {
            fprintf(out, "\\%c", *text);
        } else {
            fputc(*text, out);
        }
    }
}

/* The first sentence of a help text is what fits a menu. */
static void print_first_sentence(FILE *out, const char *text)
{
    char sentence[160];
    const char *end = strstr(text, ". ");
    const size_t text_len = end ? (size_t)(end - text) : strlen(text);
    const size_t len = text_len < sizeof sentence ? text_len : sizeof sentence - 1;

    memcpy(sentence, text, len);
    sentence[len] = '\0';
    if (len > 0 && sentence[len - 1] == '.') {
        sentence[len - 1] = '\0';
    }
    print_quoted(out, sentence);
}

static void print_action(FILE *out, enum cli_kind kind, const char *choices)
{
    if (kind == CLI_FILE) {
        fputs("_files", out);
    } else if (kind == CLI_DIRECTORY) {
        fputs("_files -/", out);
    } else if (kind == CLI_CHIP) {
        fprintf(out, "(%s)", cli_chip_words);
    } else if (kind == CLI_CHOICE) {
        fputc('(', out);
        for (; *choices; choices++) {
            fputc(*choices == '|' ? ' ' : *choices, out);
        }
        fputc(')', out);
    } else {
        fputc(' ', out);
    }
}

static void print_option_name(FILE *out, const struct cli_option *option, const char *name)
{
    fprintf(out, " \\\n            '%s%s[", option->repeats ? "*" : "", name);
    print_first_sentence(out, option->help);
    fputc(']', out);
    if (option->kind != CLI_FLAG) {
        fprintf(out, option->value_optional ? "::%s:" : ":%s:", option->value);
        print_action(out, option->kind, option->choices);
    }
    fputc('\'', out);
}

static void print_options(FILE *out, const struct cli_option *option)
{
    char name[64];

    for (; option && option->name; option++) {
        snprintf(name, sizeof name, "--%s", option->name);
        print_option_name(out, option, name);
        if (option->letter) {
            snprintf(name, sizeof name, "-%c", option->letter);
            print_option_name(out, option, name);
        }
    }
}

static void print_command(FILE *out, const struct cli_command *command)
{
    fprintf(out, "    '%s')\n        _arguments", command->path);
    print_options(out, command->options);
    print_options(out, cli_common_options);
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        fprintf(out, " \\\n            ':%s%s:", operand->optional ? ":" : "", operand->name);
        print_action(out, operand->kind, operand->choices);
        fputc('\'', out);
    }
    fputs(";;\n", out);
}

static void print_entry(FILE *out, const char *name, const char *summary)
{
    fprintf(out, "            '%s:", name);
    print_quoted(out, summary);
    fputs("'\n", out);
}

static void print_group(FILE *out, const struct cli_group *group)
{
    fprintf(out, "    '%s')\n        entries=(\n", group->name);
    for (size_t i = 0; cli_commands[i]; i++) {
        if (cli_command_is_in(cli_commands[i], group)) {
            print_entry(out, strchr(cli_commands[i]->path, ' ') + 1, cli_commands[i]->summary);
        }
    }
    fputs("        )\n        _describe command entries;;\n", out);
}

static void print_first_words(FILE *out)
{
    fputs("    '')\n        entries=(\n", out);
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        print_entry(out, group->name, group->summary);
    }
    for (size_t i = 0; cli_commands[i]; i++) {
        if (!strchr(cli_commands[i]->path, ' ')) {
            print_entry(out, cli_commands[i]->path, cli_commands[i]->summary);
        }
    }
    fputs("        )\n        _describe command entries;;\n", out);
}

void cli_completion_print_zsh(FILE *out)
{
    fputs("#compdef otakit\n"
          "# zsh completion for otakit. Made from its command table; changes here are lost.\n"
          "_otakit() {\n"
          "    local path_words=''\n    local -a entries\n"
          "    if (( CURRENT > 2 )); then\n"
          "        path_words=$words[2]\n        shift words; (( CURRENT-- ))\n"
          "    fi\n    case $path_words in\n    ",
          out);
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        fprintf(out, "%s%s", group == cli_groups ? "" : "|", group->name);
    }
    fputs(")\n        if (( CURRENT > 2 )); then\n"
          "            path_words+=\" $words[2]\"\n            shift words; (( CURRENT-- ))\n"
          "        fi;;\n    esac\n    case $path_words in\n",
          out);
    print_first_words(out);
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        print_group(out, group);
    }
    for (size_t i = 0; cli_commands[i]; i++) {
        print_command(out, cli_commands[i]);
    }
    fputs("    esac\n}\n"
          "if [[ $funcstack[1] == _otakit ]]; then\n    _otakit \"$@\"\nelse\n"
          "    compdef _otakit otakit\nfi\n",
          out);
}
