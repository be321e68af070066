// SPDX-License-Identifier: Apache-2.0
/* Changing a partition of a flash file as flash is changed. */
#include "cli/chip_write.h"

#include <stdio.h>
#include <string.h>

#include "cli/image_view.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "host/image_inspect.h"

#define WRITE_UNIT 4u

static uint32_t round_up(uint32_t value, uint32_t unit)
{
    return (value + unit - 1) / unit * unit;
}

int cli_chip_erase(const struct cli_call *call, const struct cli_chip *chip,
                   const struct otk_partition *partition, uint32_t len)
{
    const struct otk_flash *flash = chip->flash;
    const uint32_t end = round_up(len, OTK_SECTOR_SIZE);
    struct cli_progress progress;

    if (partition->offset % OTK_SECTOR_SIZE != 0 || end > partition->size) {
        return cli_fail(call, OTK_MISALIGNED, "%s: sectors of 4 KB", partition->label);
    }
    cli_progress_begin(&progress, call, "erasing", end);
    for (uint32_t done = 0; done < end;) {
        const uint32_t position = partition->offset + done;
        const uint32_t to_block_end = flash->block_size - position % flash->block_size;
        const uint32_t step = end - done < to_block_end ? end - done : to_block_end;
        const enum otk_status status = flash->erase(flash->context, position, step);
        if (status != OTK_OK) {
            cli_progress_end(&progress);
            return cli_fail(call, status, "%s: erase at 0x%x", partition->label, position);
        }
        done += step;
        cli_progress_update(&progress, done);
    }
    cli_progress_end(&progress);
    return CLI_DONE;
}

int cli_chip_program(const struct cli_call *call, const struct cli_chip *chip,
                     const struct otk_partition *partition, const uint8_t *data, uint32_t len)
{
    const struct otk_flash *flash = chip->flash;
    struct cli_progress progress;

    cli_progress_begin(&progress, call, "writing", len);
    for (uint32_t done = 0; done < len;) {
        uint8_t sector[OTK_SECTOR_SIZE];
        const uint32_t used = len - done < sizeof sector ? len - done : (uint32_t)sizeof sector;
        memset(sector, 0xFF, sizeof sector);
        memcpy(sector, data + done, used);
        const enum otk_status status = flash->write(flash->context, partition->offset + done,
                                                    sector, round_up(used, WRITE_UNIT));
        if (status != OTK_OK) {
            cli_progress_end(&progress);
            return cli_fail(call, status, "%s: write at 0x%x", partition->label,
                            partition->offset + done);
        }
        done += used;
        cli_progress_update(&progress, done);
    }
    cli_progress_end(&progress);
    return CLI_DONE;
}

static int check_image(const struct cli_call *call, const struct otk_partition *partition,
                       const char *name, const uint8_t *data, uint32_t len)
{
    struct otk_image_report report;
    struct cli_error error;
    char why[CLI_IMAGE_WHY_SIZE];

    otk_image_inspect(data, len, NULL, &report);
    if (cli_image_has_chip(call, &report)) {
        const struct otk_image_target target = {
            .area = {.offset = partition->offset, .size = partition->size},
            .chip_id = (uint16_t)cli_u32(call, "chip", report.header.chip_id),
            .revision = report.header.min_revision,
        };
        otk_image_inspect(data, len, &target, &report);
    }
    if (report.status == OTK_OK) {
        return CLI_DONE;
    }
    cli_image_explain(&report, why, &error);
    error.hint = error.hint ? error.hint
                            : "no bootloader would start this; --force writes it all the same";
    return cli_fail_with(call, &error, "%s into %s", name, partition->label);
}

int cli_chip_check_size(const struct cli_call *call, const struct otk_partition *partition,
                        const char *name, uint32_t len)
{
    char why[96];
    const struct cli_error too_big = {.status = OTK_TOO_BIG, .why = why};

    if (len <= partition->size) {
        return CLI_DONE;
    }
    snprintf(why, sizeof why, "its %u bytes do not fit the %u bytes of the partition", len,
             partition->size);
    return cli_fail_with(call, &too_big, "%s into %s", name, partition->label);
}

int cli_chip_check_content(const struct cli_call *call, const struct otk_partition *partition,
                           const char *name, const uint8_t *data, uint32_t len)
{
    const int exit_status = cli_chip_check_size(call, partition, name, len);

    if (exit_status != CLI_DONE || cli_chip_slot_of(partition) == OTK_SLOT_NONE ||
        cli_has(call, "force")) {
        return exit_status;
    }
    return check_image(call, partition, name, data, len);
}
