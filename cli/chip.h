// SPDX-License-Identifier: Apache-2.0
/*
 * A flash file opened as a chip, with its partition table.
 *
 *     struct cli_chip chip;
 *     exit_status = cli_chip_open(call, "device.flash", CLI_CHIP_CHANGE, &chip);
 *     if (exit_status == CLI_DONE) {
 *         …
 *     }
 *     cli_chip_close(&chip);
 */
#ifndef OTAKIT_CLI_CHIP_H
#define OTAKIT_CLI_CHIP_H

#include "cli/call.h"
#include "cli/partitions.h"
#include "otakit/core/table.h"
#include "sim/nor.h"

enum cli_chip_mode {
    CLI_CHIP_COPY,  /* a copy in memory: the file is read and never changed; it may be in use */
    CLI_CHIP_CHANGE /* the file itself, locked; every change goes through the simulated chip */
};

struct cli_chip {
    const char *path;
    struct otk_nor *nor;
    const struct otk_flash *flash;
    uint32_t table_offset;            /* bytes */
    struct cli_partitions partitions; /* labels and places of everything */
    struct otk_layout layout;         /* as the bootloader sees it */
};

/*
 * The option that says where the table is, for the option lists of commands that open a chip.
 */
#define CLI_CHIP_OPTIONS                                                     \
    {                                                                        \
        .name = "table-offset", .value = "SIZE", .kind = CLI_SIZE,           \
        .help = "Where the partition table stands on flash. Default 0x8000." \
    }

/*
 * Open a flash file and read its table. The call's options must contain CLI_CHIP_OPTIONS.
 *
 * chip  zeroed where it could not be opened, so that cli_chip_close is always allowed
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_chip_open(const struct cli_call *call, const char *path, enum cli_chip_mode mode,
                  struct cli_chip *chip);

/* As cli_chip_open, but without reading the table: partitions and layout stay empty. */
int cli_chip_open_raw(const struct cli_call *call, const char *path, enum cli_chip_mode mode,
                      struct cli_chip *chip);

/*
 * Read the table of a chip that was opened without.
 *
 * Returns  as otk_layout_load; partitions and layout are written on success only
 */
OTK_MUST_USE enum otk_status cli_chip_load(struct cli_chip *chip);

/* Report that the table is not usable; document is as in cli_fail_in. Returns the exit status. */
int cli_chip_fail_table(const struct cli_call *call, const struct cli_chip *chip,
                        enum otk_status status, cJSON *document);

/* Find a partition by label. Returns CLI_DONE, or the exit status of the failure, reported. */
int cli_chip_find(const struct cli_call *call, const struct cli_chip *chip, const char *label,
                  const struct otk_partition **partition);

/* The label of a slot; NULL for OTK_SLOT_NONE or where the table does not name it. */
const char *cli_chip_slot_label(const struct cli_chip *chip, int slot);

/* The slot that a partition is; OTK_SLOT_NONE where it is no application slot. */
int cli_chip_slot_of(const struct otk_partition *partition);

/* Whether an area holds no image at all: where its header would be, it is erased. False for an area
 * outside the flash. */
bool cli_chip_is_blank(const struct cli_chip *chip, struct otk_area area);

/* Let misuse of a chip be a failed operation instead of the end of the program: a table that puts
 * otadata at an odd place is the file's fault, not this program's. */
void cli_chip_tolerate(struct otk_nor *nor);

/* Close it; the file keeps its content. */
void cli_chip_close(struct cli_chip *chip);

#endif
