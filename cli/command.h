// SPDX-License-Identifier: Apache-2.0
/*
 * What a command is: one entry per command, from which parsing, --help, man pages and shell
 * completions are all made.
 *
 *     static const struct cli_option options[] = {
 *         {.name = "output", .letter = 'o', .kind = CLI_FILE, .value = "FILE", .required = true,
 *          .help = "Where to write the table; - is standard output."},
 *         {0},
 *     };
 *     const struct cli_command cli_table_build = {.path = "table build", .options = options, …};
 *
 * The entries are listed in commands.c; each lives in the file of its command.
 */
#ifndef OTAKIT_CLI_COMMAND_H
#define OTAKIT_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_call;

/* What the value of an option or operand is; decides how it is checked and completed. */
enum cli_kind {
    CLI_FLAG,      /* an option without value */
    CLI_TEXT,      /* anything */
    CLI_FILE,      /* a path, or - */
    CLI_DIRECTORY, /* a path */
    CLI_CHOICE,    /* one word of `choices` */
    CLI_NUMBER,    /* 0 to 2^32 - 1, decimal or 0x */
    CLI_COUNT,     /* 0 to 2^64 - 1 */
    CLI_SIZE,      /* bytes: 4096, 0x1000, 4K, 1536K, 4MB */
    CLI_DURATION,  /* 500ms, 30s, 5m, 1h; without unit seconds. Parsed to milliseconds */
    CLI_CHIP,      /* a chip's name, parsed to its id */
    CLI_REVISION   /* MAJOR.MINOR, parsed to major * 100 + minor */
};

struct cli_option {
    const char *name;    /* long, without dashes; NULL ends a list */
    const char *value;   /* name of the value as help shows it; NULL for a flag */
    const char *help;    /* sentences */
    const char *choices; /* words with | between; for CLI_CHOICE */
    enum cli_kind kind;
    char letter;     /* short, or 0 */
    bool repeats;    /* may be given more than once */
    bool takes_list; /* following arguments with commas in them belong to it as well */
    bool required;
    bool value_optional; /* may stand without value: where none, or another option, follows */
    const char *heading; /* begins a group of options with this title; NULL: as the one before */
};

/* An argument that is known by its place. */
struct cli_operand {
    const char *name;    /* as help shows it; NULL ends a list */
    const char *help;    /* sentences */
    const char *choices; /* words with | between; for CLI_CHOICE */
    enum cli_kind kind;
    bool optional; /* only the last ones */
};

struct cli_example {
    const char *line;    /* a command as one types it; NULL ends a list */
    const char *meaning; /* what it does, one clause */
};

struct cli_command {
    const char *path;        /* words after the program's name */
    const char *summary;     /* one line, no full stop */
    const char *description; /* paragraphs with an empty line between */
    const struct cli_operand *operands;
    const struct cli_option *options;
    const struct cli_example *examples;
    int (*run)(struct cli_call *call); /* returns the exit status */
};

/* A group of commands: the first word of their path. */
struct cli_group {
    const char *name; /* NULL ends the list */
    const char *summary;
};

/* Every command, in the order in which help lists them; NULL ends the list. */
extern const struct cli_command *const cli_commands[];

/* Every first word that has a second one. */
extern const struct cli_group cli_groups[];

/* Options that every command has. */
extern const struct cli_option cli_common_options[];

/* The command with that path, or NULL. */
const struct cli_command *cli_command_find(const char *path);

/* The group with that name, or NULL. */
const struct cli_group *cli_group_find(const char *name);

/* Whether the command's path begins with the group's name. */
bool cli_command_is_in(const struct cli_command *command, const struct cli_group *group);

#endif
