// SPDX-License-Identifier: Apache-2.0
/* The list of commands, in the order in which help shows them. */
#include "cli/commands.h"

#include <string.h>

#include "cli/command.h"

const struct cli_command *const cli_commands[] = {
    &cli_table_build,  &cli_table_show,
    &cli_image_info,   &cli_image_verify,
    &cli_image_create, &cli_image_sign,
    &cli_flash_create, &cli_flash_read,
    &cli_flash_write,  &cli_flash_erase,
    &cli_slot_list,    &cli_slot_switch,
    &cli_slot_confirm, &cli_slot_reject,
    &cli_slot_reset,   &cli_slot_last_update,
    &cli_boot,         &cli_device_run,
    &cli_push,         &cli_help,
    &cli_completion,   NULL,
};

const struct cli_group cli_groups[] = {
    {"table", "Build and read partition tables"},
    {"image", "Inspect, verify, make and sign application images"},
    {"flash", "Make flash files and change their partitions"},
    {"slot", "See and choose which application boots"},
    {"device", "Run a virtual device on a flash file"},
    {NULL, NULL},
};

const struct cli_option cli_common_options[] = {
    {.name = "json",
     .kind = CLI_FLAG,
     .help = "Print exactly one JSON document on standard output, on failure too."},
    {.name = "quiet", .letter = 'q', .kind = CLI_FLAG, .help = "Show no progress and no remarks."},
    {.name = "help", .letter = 'h', .kind = CLI_FLAG, .help = "Show this help and stop."},
    {0},
};

const struct cli_command *cli_command_find(const char *path)
{
    for (size_t i = 0; cli_commands[i]; i++) {
        if (strcmp(cli_commands[i]->path, path) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}

const struct cli_group *cli_group_find(const char *name)
{
    for (const struct cli_group *group = cli_groups; group->name; group++) {
        if (strcmp(group->name, name) == 0) {
            return group;
        }
    }
    return NULL;
}

bool cli_command_is_in(const struct cli_command *command, const struct cli_group *group)
{
    const size_t len = strlen(group->name);

    return strncmp(command->path, group->name, len) == 0 && command->path[len] == ' ';
}
