// SPDX-License-Identifier: Apache-2.0
/* A flash file opened as a chip. */
#include "cli/chip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/file.h"
#include "cli/report.h"
#include "otakit/base/bytes.h"
#include "otakit/format/image.h"

static int fail_open(const struct cli_call *call, const char *path, enum otk_status status)
{
    struct cli_error error = {.status = status};

    if (status == OTK_NOT_FOUND) {
        error.why = "there is no such flash file";
        error.hint = "make one: otakit flash create -o FLASH --size 4MB --preset two-ota";
    } else if (status == OTK_BAD_FORMAT || status == OTK_INVALID_ARGUMENT) {
        error.status = OTK_BAD_FORMAT;
        error.why = "the file's size is not that of a flash chip";
        error.hint = "a flash file is the whole chip: a power of two from 64 KB to 128 MB";
    } else if (status == OTK_BUSY) {
        error.why = "another program has the flash file open";
        error.hint = "end the virtual device that runs on it, or wait";
    } else if (status == OTK_HOST_IO && errno != 0) {
        error.why = strerror(errno);
    }
    return cli_fail_with(call, &error, "%s", path);
}

static int open_copy(const struct cli_call *call, const char *path, struct otk_nor **nor)
{
    uint8_t *data;
    uint32_t len;
    int exit_status = cli_file_read(call, path, &data, &len);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    /* Size 0 would mean the default to the simulator. */
    const struct otk_nor_config config = {.size = len ? len : 1};
    const enum otk_status status = otk_nor_create(&config, nor);
    if (status == OTK_OK) {
        otk_nor_fill(*nor, 0, data, len);
    } else {
        exit_status = fail_open(call, path, status);
    }
    free(data);
    return exit_status;
}

static void ignore_misuse(void *context, enum otk_nor_misuse misuse, uint32_t offset, uint32_t len)
{
    (void)context;
    (void)misuse;
    (void)offset;
    (void)len;
}

void cli_chip_tolerate(struct otk_nor *nor)
{
    otk_nor_on_misuse(nor, ignore_misuse, NULL);
}

int cli_chip_open_raw(const struct cli_call *call, const char *path, enum cli_chip_mode mode,
                      struct cli_chip *chip)
{
    int exit_status = CLI_DONE;

    memset(chip, 0, sizeof *chip);
    chip->path = path;
    chip->table_offset = cli_u32(call, "table-offset", OTK_TABLE_OFFSET);
    if (mode == CLI_CHIP_COPY) {
        exit_status = open_copy(call, path, &chip->nor);
    } else {
        const enum otk_status status = otk_nor_open_file(path, NULL, &chip->nor);
        exit_status = status == OTK_OK ? CLI_DONE : fail_open(call, path, status);
    }
    if (exit_status == CLI_DONE) {
        chip->flash = otk_nor_flash(chip->nor);
        cli_chip_tolerate(chip->nor);
    }
    return exit_status;
}

enum otk_status cli_chip_load(struct cli_chip *chip)
{
    uint8_t table[OTK_TABLE_SIZE];

    if (chip->table_offset > chip->flash->size - OTK_TABLE_SIZE) {
        return OTK_OUT_OF_RANGE;
    }
    const enum otk_status status = otk_layout_load(chip->flash, chip->table_offset, table,
                                                   &chip->layout);
    if (status == OTK_OK) {
        cli_partitions_decode(table, &chip->partitions);
    }
    return status;
}

int cli_chip_fail_table(const struct cli_call *call, const struct cli_chip *chip,
                        enum otk_status status, cJSON *document)
{
    const struct cli_error error = {
        .status = status,
        .hint = status == OTK_NO_TABLE ? "say where it stands with --table-offset" : NULL};

    return cli_fail_in(call, &error, document, "%s: table at 0x%x", chip->path, chip->table_offset);
}

int cli_chip_open(const struct cli_call *call, const char *path, enum cli_chip_mode mode,
                  struct cli_chip *chip)
{
    const int exit_status = cli_chip_open_raw(call, path, mode, chip);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    const enum otk_status status = cli_chip_load(chip);
    return status == OTK_OK ? CLI_DONE : cli_chip_fail_table(call, chip, status, NULL);
}

int cli_chip_find(const struct cli_call *call, const struct cli_chip *chip, const char *label,
                  const struct otk_partition **partition)
{
    const struct cli_error outside = {.status = OTK_OUT_OF_RANGE,
                                      .why = "the partition lies outside the flash"};

    *partition = cli_partitions_find(&chip->partitions, label);
    if (!*partition) {
        return cli_partitions_fail_label(call, &chip->partitions, label);
    }
    /* The bootloader lets a size wrap around 2^32 pass; nothing here may follow it. */
    if ((*partition)->offset > chip->flash->size ||
        (*partition)->size > chip->flash->size - (*partition)->offset) {
        return cli_fail_with(call, &outside, "%s", label);
    }
    return CLI_DONE;
}

int cli_chip_slot_of(const struct otk_partition *partition)
{
    if (partition->type != OTK_TYPE_APP) {
        return OTK_SLOT_NONE;
    }
    if (partition->subtype == OTK_SUBTYPE_APP_FACTORY) {
        return OTK_SLOT_FACTORY;
    }
    if (partition->subtype == OTK_SUBTYPE_APP_TEST) {
        return OTK_SLOT_TEST;
    }
    if (partition->subtype >= OTK_SUBTYPE_APP_OTA_0 &&
        partition->subtype < OTK_SUBTYPE_APP_OTA_0 + OTK_OTA_SLOT_COUNT) {
        return (int)(partition->subtype - OTK_SUBTYPE_APP_OTA_0);
    }
    return OTK_SLOT_NONE;
}

const char *cli_chip_slot_label(const struct cli_chip *chip, int slot)
{
    for (size_t i = chip->partitions.count; i > 0; i--) {
        const struct otk_partition *partition = &chip->partitions.entries[i - 1];
        if (slot != OTK_SLOT_NONE && cli_chip_slot_of(partition) == slot) {
            return partition->label;
        }
    }
    return NULL;
}

bool cli_chip_is_blank(const struct cli_chip *chip, struct otk_area area)
{
    if (!otk_range_fits(area.offset, area.size, chip->flash->size) ||
        area.size < OTK_IMAGE_HEADER_SIZE) {
        return false;
    }
    const uint8_t *bytes = otk_nor_content(chip->nor) + area.offset;
    for (uint32_t i = 0; i < OTK_IMAGE_HEADER_SIZE; i++) {
        if (bytes[i] != 0xFF) {
            return false;
        }
    }
    return true;
}

void cli_chip_close(struct cli_chip *chip)
{
    otk_nor_close(chip->nor);
    chip->nor = NULL;
}
