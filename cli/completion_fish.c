// SPDX-License-Identifier: Apache-2.0
/* The completion script for fish. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/value.h"

/* The first sentence inside single quotes. */
static void print_description(FILE *out, const char *text)
{
    fputs(" -d '", out);
    for (; *text && !(text[0] == '.' && (text[1] == ' ' || text[1] == '\0')); text++) {
        if (*text == '\'' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void print_choices(FILE *out, const char *choices)
{
    fputs(" -xa '", out);
    for (; *choices; choices++) {
        fputc(*choices == '|' ? ' ' : *choices, out);
    }
    fputc('\'', out);
}

static void print_options(FILE *out, const char *path, const struct cli_option *option)
{
    for (; option && option->name; option++) {
        fprintf(out, "complete -c otakit -n '__otakit_in %s' -l %s", path, option->name);
        if (option->letter) {
            fprintf(out, " -s %c", option->letter);
        }
        if (option->kind == CLI_CHOICE) {
            print_choices(out, option->choices);
        } else if (option->kind == CLI_CHIP) {
            fprintf(out, " -xa '%s'", cli_chip_words);
        } else if (option->kind == CLI_FILE || option->kind == CLI_DIRECTORY) {
            fputs(" -rF", out);
        } else if (option->kind != CLI_FLAG && !option->value_optional) {
            fputs(" -x", out);
        }
        print_description(out, option->help);
        fputc('\n', out);
    }
}

static void print_word(FILE *out, const char *before, const char *word, const char *summary)
{
    fprintf(out, "complete -c otakit -f -n '__otakit_at %s' -a %s", before, word);
    print_description(out, summary);
    fputc('\n', out);
}

static void print_command(FILE *out, const struct cli_command *command)
{
    char before[32] = "";
    const char *word = strchr(command->path, ' ');
    bool takes_files = false;

    if (word) {
        snprintf(before, sizeof before, "%.*s", (int)(word - command->path), command->path);
    }
    print_word(out, before, word ? word + 1 : command->path, command->summary);
    print_options(out, command->path, command->options);
    print_options(out, command->path, cli_common_options);
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        takes_files = takes_files || operand->kind == CLI_FILE;
        if (operand->choices) {
            fprintf(out, "complete -c otakit -n '__otakit_in %s'", command->path);
            print_choices(out, operand->choices);
            fputc('\n', out);
        }
    }
    if (takes_files) {
        fprintf(out, "complete -c otakit -n '__otakit_in %s' -F\n", command->path);
    }
}

void cli_completion_print_fish(FILE *out)
{
    fputs("# fish completion for otakit. Made from its command table; changes here are lost.\n"
          "function __otakit_words\n"
          "    set -l words (commandline -opc)\n"
          "    string match -v -- '-*' $words[2..-1]\n"
          "end\n"
          "# The words so far are exactly these.\n"
          "function __otakit_at\n"
          "    set -l words (__otakit_words)\n"
          "    test \"$words\" = \"$argv\"\n"
          "end\n"
          "# The words so far begin with these.\n"
          "function __otakit_in\n"
          "    set -l words (__otakit_words)\n"
          "    set -l len (count $argv)\n"
          "    test (count $words) -ge $len\n"
          "    and test \"$words[1..$len]\" = \"$argv\"\n"
          "end\n"
          "complete -c otakit -f\n",
          out);
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        print_word(out, "", group->name, group->summary);
    }
    for (size_t i = 0; cli_commands[i]; i++) {
        print_command(out, cli_commands[i]);
    }
    fputs("complete -c otakit -n '__otakit_at' -l version -d 'Show the version'\n", out);
}
