// SPDX-License-Identifier: Apache-2.0
/* otadata_select.json: which slot otadata asks for, and what is written while asking. */
#include <stdio.h>
#include <string.h>

#include "otakit/core/boot.h"
#include "otakit/core/table.h"
#include "otakit/format/otadata.h"
#include "test/support/ram_flash.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"
#include "test/vectors/recipe.h"

/* What the vectors call the bootloader giving up. */
#define SELECT_FATAL (-99)

/* The bytes of a sector behind its entry. */
#define TAIL_OFFSET OTK_OTADATA_SIZE
#define TAIL_SIZE   (OTK_SECTOR_SIZE - OTK_OTADATA_SIZE)

static uint8_t *sector(struct ram_flash *ram, int index)
{
    return ram->bytes + RECIPE_OTADATA_OFFSET + (uint32_t)index * OTK_SECTOR_SIZE;
}

static int run_select(struct ram_flash *ram)
{
    static uint8_t scratch[OTK_TABLE_SIZE];
    const struct otk_flash flash = ram_flash_seam(ram);
    const struct otk_board board = {.flash = &flash};
    struct otk_layout layout;
    int selected;

    if (otk_layout_load(&flash, RECIPE_TABLE_OFFSET, scratch, &layout) != OTK_OK ||
        otk_boot_select(&board, &layout, &selected) != OTK_OK) {
        return SELECT_FATAL;
    }
    return selected;
}

/* Entry and tail of one sector after the choice. */
static bool check_sector(struct report *report, struct ram_flash *ram, const cJSON *vector,
                         int index)
{
    const char *before = json_text(vector, index == 0 ? "a" : "b", "");
    const char *after = json_text(vector, index == 0 ? "a2" : "b2", before);
    const cJSON *tails = cJSON_GetObjectItemCaseSensitive(vector, "tail2");
    int64_t tail = json_number(vector, "tail", 0xFF);
    uint8_t expected[OTK_OTADATA_SIZE];

    json_hex(after, expected, sizeof(expected));
    if (memcmp(sector(ram, index), expected, sizeof(expected)) != 0) {
        return report_differs(report, "entry %d is not %s afterwards", index, after);
    }
    if (tails) {
        tail = json_element(tails, index);
    }
    for (uint32_t i = 0; i < TAIL_SIZE; i++) {
        if (sector(ram, index)[TAIL_OFFSET + i] != tail) {
            return report_differs(report, "tail of sector %d is not %d", index, (int)tail);
        }
    }
    return true;
}

static bool check_one(struct report *report, struct ram_flash *ram, const cJSON *layout,
                      const cJSON *vector)
{
    const int tail = (int)json_number(vector, "tail", 0xFF);
    const char *ops = json_text(vector, "ops", "");
    const int expected = (int)json_number(vector, "sel", SELECT_FATAL);
    char seen[256];
    int selected;

    memset(sector(ram, 0), tail, (size_t)2 * OTK_SECTOR_SIZE);
    recipe_put_table(ram, layout);
    recipe_put_otadata(ram, vector);
    selected = run_select(ram);
    if (selected != expected) {
        return report_differs(report, "selected %d, expected %d", selected, expected);
    }
    ram_flash_ops_text(ram, RECIPE_OTADATA_OFFSET, seen, sizeof(seen));
    if (strcmp(seen, ops) != 0) {
        return report_differs(report, "flash operations \"%s\", expected \"%s\"", seen, ops);
    }
    return check_sector(report, ram, vector, 0) && check_sector(report, ram, vector, 1);
}

void check_select(const cJSON *root, struct report *report)
{
    const cJSON *layouts = cJSON_GetObjectItemCaseSensitive(root, "layouts");
    const cJSON *vectors = cJSON_GetObjectItemCaseSensitive(root, "vectors");
    const uint32_t size = (uint32_t)json_number(root, "chip_size", 0x400000);
    struct ram_flash ram = {0};
    const cJSON *vector;
    int index = 0;

    cJSON_ArrayForEach(vector, vectors)
    {
        const char *name = json_text(vector, "l", "");
        const cJSON *layout = cJSON_GetObjectItemCaseSensitive(layouts, name);

        ram_flash_reset(&ram, size);
        if (check_one(report, &ram, layout, vector)) {
            report_pass(report);
        } else {
            report_fail(report, index, name);
        }
        index++;
    }
    ram_flash_free(&ram);
}
