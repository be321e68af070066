// SPDX-License-Identifier: Apache-2.0
/* One object for each command; it lives in the file of the same name. */
#ifndef OTAKIT_CLI_COMMANDS_H
#define OTAKIT_CLI_COMMANDS_H

#include "cli/command.h"

extern const struct cli_command cli_table_build;
extern const struct cli_command cli_table_show;
extern const struct cli_command cli_image_info;
extern const struct cli_command cli_image_verify;
extern const struct cli_command cli_image_create;
extern const struct cli_command cli_image_sign;
extern const struct cli_command cli_flash_create;
extern const struct cli_command cli_flash_read;
extern const struct cli_command cli_flash_write;
extern const struct cli_command cli_flash_erase;
extern const struct cli_command cli_slot_last_update;
extern const struct cli_command cli_slot_list;
extern const struct cli_command cli_slot_switch;
extern const struct cli_command cli_slot_confirm;
extern const struct cli_command cli_slot_reject;
extern const struct cli_command cli_slot_reset;
extern const struct cli_command cli_boot;
extern const struct cli_command cli_device_run;
extern const struct cli_command cli_push;
extern const struct cli_command cli_help;
extern const struct cli_command cli_completion;

#endif
