// SPDX-License-Identifier: Apache-2.0
/*
 * Which device a flash file is judged as: chip, revision, secure version. The file itself says none
 * of these; the applications in it tell the chip.
 *
 *     struct cli_board board;
 *     cli_board_init(call, &chip, &board);
 *     status = otk_boot(&board.board, scratch, sizeof scratch, &result);
 */
#ifndef OTAKIT_CLI_BOARD_H
#define OTAKIT_CLI_BOARD_H

#include <stdint.h>

#include "cli/call.h"
#include "cli/chip.h"
#include "otakit/core/boot.h"
#include "otakit/core/trial.h"

/* Options for the lists of commands that judge images on a chip. */
#define CLI_BOARD_OPTIONS                                                                 \
    CLI_CHIP_OPTIONS,                                                                     \
        {.name = "chip",                                                                  \
         .value = "NAME",                                                                 \
         .kind = CLI_CHIP,                                                                \
         .help = "The chip that images must be for: esp32, esp32s3, esp32c3 and so on. "  \
                 "Default: that of the first good application in the flash."},            \
        {.name = "revision",                                                              \
         .value = "MAJOR.MINOR",                                                          \
         .kind = CLI_REVISION,                                                            \
         .help = "The chip's revision. Default: 0.0 with --chip, otherwise one that all " \
                 "applications in the flash support."},                                   \
    {                                                                                     \
        .name = "secure-version", .value = "N", .kind = CLI_NUMBER,                       \
        .help = "The device has anti-rollback, with this secure version in its eFuses. "  \
                "Applications with a lower one do not boot."                              \
    }

/* Must not be moved after cli_board_init: its parts point to each other. */
struct cli_board {
    struct otk_board board;
    struct otk_secure_version store;
    uint32_t secure_version; /* the device's; raised by boot and confirm */
};

/*
 * Fill a board from the call's options and the applications on the chip. The call's options must
 * contain CLI_BOARD_OPTIONS.
 *
 * chip  open; borrowed as long as the board
 */
void cli_board_init(const struct cli_call *call, const struct cli_chip *chip,
                    struct cli_board *board);

/*
 * The chip that the applications in the flash are for.
 *
 * except   a slot that does not count, or OTK_SLOT_NONE
 * chip_id  written on success only
 *
 * Returns  whether there is any application
 */
bool cli_board_find_chip(const struct cli_chip *chip, int except, uint16_t *chip_id);

/* Say that anti-rollback raised the secure version, if it did. */
void cli_board_tell_raised(const struct cli_call *call, const struct cli_board *board);

/*
 * Start a device on the chip as its application would see it: running is what otadata names, or else
 * what would boot.
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_board_start(const struct cli_call *call, const struct cli_chip *chip,
                    const struct cli_board *board, struct otk_device *device);

/*
 * What one reset would do, tried on a copy of the chip.
 *
 * result  always written
 *
 * Returns  as otk_boot, or OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status cli_board_try_boot(const struct cli_chip *chip,
                                                const struct cli_board *board,
                                                struct otk_boot_result *result);

#endif
