// SPDX-License-Identifier: Apache-2.0
/*
 * Changing a partition of a flash file as flash is changed: erase, then program.
 *
 *     exit_status = cli_chip_erase(call, &chip, partition, partition->size);
 *     exit_status = cli_chip_program(call, &chip, partition, data, len);
 */
#ifndef OTAKIT_CLI_CHIP_WRITE_H
#define OTAKIT_CLI_CHIP_WRITE_H

#include <stdint.h>

#include "cli/call.h"
#include "cli/chip.h"

/*
 * Erase the sectors that hold the first `len` bytes of a partition, showing progress.
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 * Power loss: sectors from the first one on are erased, one may be half erased.
 */
int cli_chip_erase(const struct cli_call *call, const struct cli_chip *chip,
                   const struct otk_partition *partition, uint32_t len);

/*
 * Program the start of a partition whose sectors are erased, showing progress. A rest that is
 * smaller than the chip's write unit is padded with FF, which leaves those bytes erased.
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 * Power loss: a first part is programmed, the rest is erased.
 */
int cli_chip_program(const struct cli_call *call, const struct cli_chip *chip,
                     const struct otk_partition *partition, const uint8_t *data, uint32_t len);

/* Check that `len` bytes fit a partition. Returns CLI_DONE, or the exit status of the refusal. */
int cli_chip_check_size(const struct cli_call *call, const struct otk_partition *partition,
                        const char *name, uint32_t len);

/*
 * Check that data fits a partition, and, for a slot that boots, that it is an image which a
 * bootloader accepts there. The call's options must contain --force, which skips the second check,
 * and may name --chip.
 *
 * Returns  CLI_DONE, or the exit status of the refusal, which was reported
 */
int cli_chip_check_content(const struct cli_call *call, const struct otk_partition *partition,
                           const char *name, const uint8_t *data, uint32_t len);

#endif
