// SPDX-License-Identifier: Apache-2.0
/* otakit slot list: every slot, what is in it, and which one boots next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/board.h"
#include "cli/call.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/image_view.h"
#include "cli/otadata_view.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/value.h"
#include "host/image_inspect.h"
#include "otakit/core/last_update.h"

/* Everything known of one slot. */
struct slot_view {
    const struct otk_partition *partition;
    int slot;
    bool has_image; /* false: its first bytes are erased */
    struct otk_image_report image;
    bool has_entry;
    struct otk_otadata entry;
    bool boots_next;
    bool is_unfinished; /* an update of it was begun and can be continued */
};

static const struct cli_operand operands[] = {
    {.name = "FLASH", .kind = CLI_FILE, .help = "A flash file; it is only read."},
    {0},
};

static const struct cli_option options[] = {CLI_BOARD_OPTIONS, {0}};

static const struct cli_example examples[] = {
    {"otakit slot list device.flash", "What is where, and what boots next."},
    {"otakit slot list device.flash --json | jq -r .boots_next", "Only what boots next."},
    {0},
};

static void look_at_image(const struct cli_chip *chip, const struct cli_board *board,
                          struct slot_view *view)
{
    const struct otk_partition *partition = view->partition;
    const uint8_t *content = otk_nor_content(chip->nor) + partition->offset;
    const struct otk_image_target target = {
        .area = {.offset = partition->offset, .size = partition->size},
        .chip_id = board->board.chip_id,
        .revision = board->board.revision,
    };

    if (partition->offset > chip->flash->size ||
        partition->size > chip->flash->size - partition->offset ||
        partition->size < OTK_IMAGE_HEADER_SIZE || cli_chip_is_blank(chip, target.area)) {
        return;
    }
    otk_image_inspect(content, partition->size, &target, &view->image);
    view->has_image = true;
}

static size_t collect(const struct cli_chip *chip, const struct cli_board *board, int boots_next,
                      struct slot_view *views)
{
    size_t count = 0;

    for (size_t i = 0; i < chip->partitions.count; i++) {
        const struct otk_partition *partition = &chip->partitions.entries[i];
        struct slot_view *view = &views[count];
        const int slot = cli_chip_slot_of(partition);
        if (slot == OTK_SLOT_NONE) {
            continue;
        }
        memset(view, 0, sizeof *view);
        view->partition = partition;
        view->slot = slot;
        look_at_image(chip, board, view);
        view->has_entry = cli_otadata_find(chip, slot, &view->entry);
        view->boots_next = slot == boots_next;
        count++;
    }
    return count;
}

static cJSON *slot_json(const struct slot_view *view)
{
    cJSON *object = cJSON_CreateObject();

    cli_text_add_json(object, "label", view->partition->label);
    cJSON_AddNumberToObject(object, "offset", view->partition->offset);
    cJSON_AddNumberToObject(object, "size", view->partition->size);
    cJSON_AddItemToObject(object, "image",
                          view->has_image ? cli_image_json(&view->image) : cJSON_CreateNull());
    if (view->has_entry) {
        cJSON_AddNumberToObject(object, "seq", view->entry.seq);
        cJSON_AddStringToObject(object, "state", otk_otadata_state_name(view->entry.state));
    } else {
        cJSON_AddNullToObject(object, "seq");
        cJSON_AddNullToObject(object, "state");
    }
    return object;
}

static int print_json(const struct cli_call *call, const struct cli_chip *chip,
                      const struct slot_view *views, size_t count, const char *boots_next)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *slots = cJSON_AddArrayToObject(document, "slots");

    for (size_t i = 0; i < count; i++) {
        cJSON_AddItemToArray(slots, slot_json(&views[i]));
    }
    cJSON_AddItemToObject(document, "otadata", cli_otadata_json(chip));
    if (boots_next) {
        cli_text_add_json(document, "boots_next", boots_next);
    } else {
        cJSON_AddNullToObject(document, "boots_next");
    }
    return cli_finish_json(call, document);
}

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

static void describe_image(const struct slot_view *view, char *project, char *version, char *note,
                           size_t size)
{
    const bool is_app = view->has_image && view->image.has_app;

    snprintf(project, size, "%s", is_app ? or_dash(view->image.app.project) : "-");
    snprintf(version, size, "%s", is_app ? or_dash(view->image.app.version) : "-");
    if (!view->has_image) {
        snprintf(note, size, "%s", view->is_unfinished ? "unfinished update" : "empty");
    } else if (view->image.status != OTK_OK) {
        snprintf(note, size, "%s", otk_status_text(view->image.status));
    } else {
        snprintf(note, size, "%s", view->boots_next ? "boots next" : "");
    }
}

/* Mark the slot that is being updated; the first bytes of an image are written last. */
static void mark_unfinished(const struct cli_call *call, const struct cli_chip *chip,
                            const struct cli_board *board, struct slot_view *views, size_t count)
{
    struct otk_device device;
    struct otk_last_update last;

    if (cli_board_start(call, chip, board, &device) != CLI_DONE ||
        otk_last_update(&device, &last) != OTK_OK || last.stage != OTK_STAGE_WRITING) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        views[i].is_unfinished = views[i].slot == last.to_slot;
    }
}

static void print_text(const struct cli_call *call, const struct slot_view *views, size_t count,
                       const char *boots_next)
{
    struct cli_columns columns;
    char slot_size[24];
    char project[CLI_CELL_SIZE];
    char version[CLI_CELL_SIZE];
    char note[CLI_CELL_SIZE];

    cli_columns_init(&columns, 6, 0x2);
    for (size_t i = 0; i < count; i++) {
        const struct slot_view *view = &views[i];
        const bool is_bad = view->has_image && view->image.status != OTK_OK;
        const enum cli_colour colour = view->boots_next   ? CLI_GREEN
                                       : is_bad           ? CLI_RED
                                       : !view->has_image ? CLI_DIM
                                                          : CLI_PLAIN;
        cli_value_format_size(view->partition->size, slot_size, sizeof slot_size);
        describe_image(view, project, version, note, sizeof note);
        cli_columns_add(
            &columns, colour,
            (const char *[]){view->partition->label, slot_size, project, version,
                             view->has_entry ? otk_otadata_state_name(view->entry.state) : "-",
                             note});
    }
    cli_columns_print(call, &columns);
    if (!boots_next) {
        printf("%snothing boots%s\n", cli_colour(call, CLI_RED), cli_colour_end(call));
    }
}

static int list(const struct cli_call *call, const struct cli_chip *chip)
{
    struct cli_board board;
    struct otk_boot_result result;
    struct slot_view *views = calloc(CLI_PARTITION_COUNT, sizeof *views);
    int exit_status = CLI_DONE;

    if (!views) {
        return cli_fail(call, OTK_NO_MEMORY, "%s", chip->path);
    }
    cli_board_init(call, chip, &board);
    const enum otk_status status = cli_board_try_boot(chip, &board, &result);
    const int next = status == OTK_OK ? result.slot : OTK_SLOT_NONE;
    const char *boots_next = cli_chip_slot_label(chip, next);
    const size_t count = collect(chip, &board, next, views);
    if (call->json) {
        exit_status = print_json(call, chip, views, count, boots_next);
    } else {
        mark_unfinished(call, chip, &board, views, count);
        print_text(call, views, count, boots_next);
    }
    free(views);
    return exit_status;
}

static int run(struct cli_call *call)
{
    struct cli_chip chip;
    int exit_status = cli_chip_open(call, cli_operand(call, 0), CLI_CHIP_COPY, &chip);

    if (exit_status == CLI_DONE) {
        exit_status = list(call, &chip);
    }
    cli_chip_close(&chip);
    return exit_status;
}

const struct cli_command cli_slot_list = {
    .path = "slot list",
    .summary = "Show the application slots and which one boots next",
    .description = "For each slot: size, project and version of its application, what otadata says "
                   "about it, and whether it is good. What boots next is decided by the "
                   "bootloader's own code on a copy of the flash; the file itself is not changed.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
