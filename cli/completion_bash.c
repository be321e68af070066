// SPDX-License-Identifier: Apache-2.0
/* The completion script for bash; it needs nothing but bash. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/value.h"

/* Words that can stand first: groups, and commands of one word. */
static void print_first_words(FILE *out, const char *between)
{
    const char *before = "";

    for (const struct cli_group *group = cli_groups; group->name; group++) {
        fprintf(out, "%s%s", before, group->name);
        before = between;
    }
    for (size_t i = 0; cli_commands[i]; i++) {
        if (!strchr(cli_commands[i]->path, ' ')) {
            fprintf(out, "%s%s", before, cli_commands[i]->path);
        }
    }
}

static void print_choices(FILE *out, const char *choices)
{
    for (; *choices; choices++) {
        fputc(*choices == '|' ? ' ' : *choices, out);
    }
}

/* What follows an option that takes a value. */
static void print_value(FILE *out, const struct cli_option *option)
{
    if (option->kind == CLI_FLAG || option->value_optional) {
        return; /* another option may follow as well as a value */
    }
    fprintf(out, "        --%s", option->name);
    if (option->letter) {
        fprintf(out, "|-%c", option->letter);
    }
    fputs(") ", out);
    if (option->kind == CLI_FILE) {
        fputs("files=-f", out);
    } else if (option->kind == CLI_DIRECTORY) {
        fputs("files=-d", out);
    } else if (option->kind == CLI_CHIP) {
        fprintf(out, "words='%s'", cli_chip_words);
    } else if (option->kind == CLI_CHOICE) {
        fputs("words='", out);
        print_choices(out, option->choices);
        fputc('\'', out);
    } else {
        fputs("return", out);
    }
    fputs(";;\n", out);
}

static void print_operand_words(FILE *out, const struct cli_command *command)
{
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        if (operand->choices) {
            fputc(' ', out);
            print_choices(out, operand->choices);
        }
    }
}

static bool takes_files(const struct cli_command *command)
{
    for (const struct cli_operand *operand = command->operands; operand && operand->name;
         operand++) {
        if (operand->kind == CLI_FILE) {
            return true;
        }
    }
    return false;
}

static void print_command(FILE *out, const struct cli_command *command)
{
    const struct cli_option *const lists[] = {command->options, cli_common_options};

    fprintf(out, "    '%s')\n        case $previous in\n", command->path);
    for (const struct cli_option *option = command->options; option && option->name; option++) {
        print_value(out, option);
    }
    fputs("        *) words='", out);
    for (size_t i = 0; i < 2; i++) {
        for (const struct cli_option *option = lists[i]; option && option->name; option++) {
            fprintf(out, " --%s", option->name);
        }
    }
    print_operand_words(out, command);
    fprintf(out, "'%s;;\n        esac;;\n", takes_files(command) ? " files=-f" : "");
}

static void print_group(FILE *out, const struct cli_group *group)
{
    fprintf(out, "    %s) words='--help", group->name);
    for (size_t i = 0; cli_commands[i]; i++) {
        if (cli_command_is_in(cli_commands[i], group)) {
            fprintf(out, " %s", strchr(cli_commands[i]->path, ' ') + 1);
        }
    }
    fputs("';;\n", out);
}

static void print_path_finder(FILE *out)
{
    const char *before = "";

    fputs("    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case \"$path${path:+ }${COMP_WORDS[i]}\" in\n        ",
          out);
    print_first_words(out, "|");
    fputs(") path=${COMP_WORDS[i]};;\n        ", out);
    for (size_t i = 0; cli_commands[i]; i++) {
        if (strchr(cli_commands[i]->path, ' ')) {
            fprintf(out, "%s'%s'", before, cli_commands[i]->path);
            before = "|";
        }
    }
    fputs(") path=\"$path ${COMP_WORDS[i]}\";;\n        esac\n    done\n", out);
}

void cli_completion_print_bash(FILE *out)
{
    fputs("# bash completion for otakit. Made from its command table; changes here are lost.\n"
          "_otakit()\n{\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local path='' words='' files='' i\n",
          out);
    print_path_finder(out);
    fputs("    case $path in\n    '') words='", out);
    print_first_words(out, " ");
    fputs(" --help --version';;\n", out);
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        print_group(out, group);
    }
    for (size_t i = 0; cli_commands[i]; i++) {
        print_command(out, cli_commands[i]);
    }
    fputs("    esac\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"\n"
          "        [[ -n $files ]] && compgen \"$files\" -- \"$current\")\n"
          "    [[ -n $files ]] && compopt -o filenames 2>/dev/null\n"
          "}\ncomplete -F _otakit otakit\n",
          out);
}
