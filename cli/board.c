// SPDX-License-Identifier: Apache-2.0
/* Which device a flash file is judged as. */
#include "cli/board.h"

#include <string.h>

#include "cli/report.h"
#include "host/image_inspect.h"

/* What the applications in the flash have in common. */
struct survey {
    uint16_t chip_id;
    uint16_t revision; /* the least that all of that chip support */
    bool has_chip;     /* an application was found */
    bool is_good;      /* a good one */
};

static enum otk_status read_version(void *context, uint32_t *version)
{
    *version = *(const uint32_t *)context;
    return OTK_OK;
}

static enum otk_status raise_version(void *context, uint32_t version)
{
    uint32_t *stored = context;

    if (version > *stored) {
        *stored = version;
    }
    return OTK_OK;
}

static void look_at_slot(const struct cli_chip *chip, int slot, struct survey *survey)
{
    const struct otk_area area = otk_layout_slot(&chip->layout, slot);
    struct otk_image_report report;

    if (area.size == 0 || area.offset > chip->flash->size ||
        area.size > chip->flash->size - area.offset) {
        return;
    }
    otk_image_inspect(otk_nor_content(chip->nor) + area.offset, area.size, NULL, &report);
    if (!report.has_header) {
        return;
    }
    const bool is_good = report.status == OTK_OK;
    if (!survey->has_chip || (is_good && !survey->is_good)) {
        if (survey->chip_id != report.header.chip_id) {
            survey->revision = 0;
        }
        survey->chip_id = report.header.chip_id;
        survey->has_chip = true;
        survey->is_good = is_good;
    }
    if (report.header.chip_id == survey->chip_id && report.header.min_revision > survey->revision) {
        survey->revision = report.header.min_revision;
    }
}

static struct survey survey_slots(const struct cli_chip *chip, int except)
{
    struct survey survey = {.chip_id = OTK_CHIP_ESP32};

    for (int slot = OTK_SLOT_FACTORY; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        if (slot != except) {
            look_at_slot(chip, slot, &survey);
        }
    }
    if (except != OTK_SLOT_TEST) {
        look_at_slot(chip, OTK_SLOT_TEST, &survey);
    }
    return survey;
}

bool cli_board_find_chip(const struct cli_chip *chip, int except, uint16_t *chip_id)
{
    const struct survey survey = survey_slots(chip, except);

    if (survey.has_chip) {
        *chip_id = survey.chip_id;
    }
    return survey.has_chip;
}

void cli_board_init(const struct cli_call *call, const struct cli_chip *chip,
                    struct cli_board *board)
{
    struct survey survey = {0};

    if (!cli_has(call, "chip")) {
        survey = survey_slots(chip, OTK_SLOT_NONE);
    }
    memset(board, 0, sizeof *board);
    board->store = (struct otk_secure_version){
        .context = &board->secure_version, .read = read_version, .raise = raise_version};
    board->secure_version = cli_u32(call, "secure-version", 0);
    board->board = (struct otk_board){
        .flash = chip->flash,
        .secure_version = cli_has(call, "secure-version") ? &board->store : NULL,
        .table_offset = chip->table_offset,
        .chip_id = (uint16_t)cli_u32(call, "chip", survey.chip_id),
        .revision = (uint16_t)cli_u32(call, "revision", survey.revision),
    };
}

void cli_board_tell_raised(const struct cli_call *call, const struct cli_board *board)
{
    if (board->secure_version > cli_u32(call, "secure-version", 0)) {
        cli_remark(call, "the device's secure version rises to %u", board->secure_version);
    }
}

enum otk_status cli_board_try_boot(const struct cli_chip *chip, const struct cli_board *board,
                                   struct otk_boot_result *result)
{
    uint8_t scratch[OTK_SECTOR_SIZE];
    const struct otk_nor_config config = {.size = chip->flash->size};
    struct otk_nor *copy;
    uint32_t secure_version = board->secure_version;
    struct otk_secure_version store = board->store;
    struct otk_board board_of_copy = board->board;
    enum otk_status status = otk_nor_create(&config, &copy);

    if (status != OTK_OK) {
        memset(result, 0, sizeof *result);
        result->selected = OTK_SLOT_NONE;
        result->slot = OTK_SLOT_NONE;
        return status;
    }
    otk_nor_fill(copy, 0, otk_nor_content(chip->nor), chip->flash->size);
    cli_chip_tolerate(copy);
    store.context = &secure_version;
    board_of_copy.flash = otk_nor_flash(copy);
    board_of_copy.secure_version = board->board.secure_version ? &store : NULL;
    status = otk_boot(&board_of_copy, scratch, sizeof scratch, result);
    otk_nor_close(copy);
    return status;
}

/* The slot whose application acts: the one otadata names, else the one that would boot. */
static int find_running(const struct cli_chip *chip, const struct cli_board *board)
{
    struct otk_selection selection;
    struct otk_boot_result result;

    if (otk_selection_load(chip->flash, &chip->layout, &selection) == OTK_OK &&
        selection.active >= 0) {
        return otk_selection_slot(&selection, selection.active);
    }
    if (cli_board_try_boot(chip, board, &result) == OTK_OK) {
        return result.slot;
    }
    return OTK_SLOT_NONE;
}

int cli_board_start(const struct cli_call *call, const struct cli_chip *chip,
                    const struct cli_board *board, struct otk_device *device)
{
    uint8_t scratch[OTK_TABLE_SIZE];
    const enum otk_status status = otk_device_open(device, &board->board, find_running(chip, board),
                                                   scratch);

    return status == OTK_OK ? CLI_DONE : cli_fail(call, status, "%s", chip->path);
}
