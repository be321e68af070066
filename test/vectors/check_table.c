// SPDX-License-Identifier: Apache-2.0
/* partition_table.json: tables as the bootloader and as the application judges them. */
#include <stdio.h>
#include <string.h>

#include "otakit/core/table.h"
#include "test/support/ram_flash.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"
#include "test/vectors/recipe.h"

/* ESP-IDF's numbers. Source: ESP-IDF, esp_err.h. */
#define ERR_INVALID_STATE 259
#define ERR_INVALID_SIZE  260
#define ERR_NOT_FOUND     261

static int boot_error(enum otk_status status)
{
    if (status == OTK_OK) {
        return 0;
    }
    return status == OTK_OUT_OF_RANGE ? ERR_INVALID_SIZE : ERR_INVALID_STATE;
}

static int app_error(enum otk_status status)
{
    if (status == OTK_OK) {
        return 0;
    }
    return status == OTK_BAD_MD5 ? ERR_INVALID_STATE : ERR_NOT_FOUND;
}

static bool area_equals(struct otk_area area, const cJSON *pair)
{
    return area.offset == json_element(pair, 0) && area.size == json_element(pair, 1);
}

static bool check_layout(struct report *report, const struct otk_layout *layout, const cJSON *state)
{
    const cJSON *slots = cJSON_GetObjectItemCaseSensitive(state, "ota");

    if (!area_equals(layout->otadata, cJSON_GetObjectItemCaseSensitive(state, "ota_info")) ||
        !area_equals(layout->factory, cJSON_GetObjectItemCaseSensitive(state, "factory")) ||
        !area_equals(layout->test, cJSON_GetObjectItemCaseSensitive(state, "test"))) {
        return report_differs(report, "otadata, factory or test area differs");
    }
    if (layout->ota_count != json_number(state, "app_count", -1)) {
        return report_differs(report, "%u OTA slots", layout->ota_count);
    }
    for (int i = 0; i < (int)OTK_OTA_SLOT_COUNT; i++) {
        /* Slots behind the last one that is named are left out. */
        if (!area_equals(layout->ota[i], cJSON_GetArrayItem(slots, i))) {
            return report_differs(report, "area of ota_%d differs", i);
        }
    }
    return true;
}

/* Entries as the bootloader counts them: all records but the MD5 one. */
static int entry_count(const struct ram_flash *ram, const struct otk_layout *layout)
{
    int count = 0;

    for (uint32_t i = 0; i < layout->record_count; i++) {
        const uint8_t *record = ram->bytes + RECIPE_TABLE_OFFSET + i * OTK_PARTITION_RECORD_SIZE;

        count += otk_partition_record_kind(record) == OTK_PARTITION_ENTRY;
    }
    return count;
}

static bool check_boot_side(struct report *report, struct ram_flash *ram, const cJSON *vector)
{
    static uint8_t scratch[OTK_TABLE_SIZE];
    const struct otk_flash flash = ram_flash_seam(ram);
    const int expected = (int)json_number(vector, "bl_err", -1);
    struct otk_layout layout;
    const enum otk_status status = otk_layout_load(&flash, RECIPE_TABLE_OFFSET, scratch, &layout);

    if (boot_error(status) != expected) {
        return report_differs(report, "bootloader: %s, expected %d %s", otk_status_name(status),
                              expected, json_text(vector, "bl_reason", ""));
    }
    if (status != OTK_OK) {
        return true;
    }
    if (entry_count(ram, &layout) != json_number(vector, "bl_count", -1)) {
        return report_differs(report, "bootloader: %d entries", entry_count(ram, &layout));
    }
    return check_layout(report, &layout, cJSON_GetObjectItemCaseSensitive(vector, "bl_state"));
}

/* No partition counts as encrypted on a chip without flash encryption. */
static bool partition_equals(const struct otk_partition *partition, const cJSON *row)
{
    char label[2 * sizeof(partition->label) + 1] = "";

    for (size_t i = 0; partition->label[i] != 0; i++) {
        snprintf(label + 2 * i, 3, "%02x", (uint8_t)partition->label[i]);
    }
    return partition->type == json_element(row, 0) && partition->subtype == json_element(row, 1) &&
           partition->offset == json_element(row, 2) && partition->size == json_element(row, 3) &&
           strcmp(label, json_element_text(row, 4)) == 0 && json_element(row, 5) == 0 &&
           ((partition->flags & OTK_PARTITION_READONLY) != 0) == json_element(row, 6);
}

static bool check_app_side(struct report *report, const struct ram_flash *ram, const cJSON *vector)
{
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(vector, "app_list");
    const uint8_t *table = ram->bytes + RECIPE_TABLE_OFFSET;
    const int expected = (int)json_number(vector, "app_err", -1);
    uint32_t count = 0;
    const enum otk_status status = otk_table_decode_app(table, OTK_SECTOR_SIZE, &count);

    if (app_error(status) != expected) {
        return report_differs(report, "application: %s, expected %d", otk_status_name(status),
                              expected);
    }
    if ((int)count != cJSON_GetArraySize(rows)) {
        return report_differs(report, "application: %u entries", count);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct otk_partition partition;

        otk_partition_decode(table + i * OTK_PARTITION_RECORD_SIZE, &partition);
        if (!partition_equals(&partition, cJSON_GetArrayItem(rows, (int)i))) {
            return report_differs(report, "application: entry %u differs", i);
        }
    }
    return true;
}

void check_table(const cJSON *root, struct report *report)
{
    const cJSON *vectors = cJSON_GetObjectItemCaseSensitive(root, "vectors");
    struct ram_flash ram = {0};
    const cJSON *vector;
    int index = 0;

    cJSON_ArrayForEach(vector, vectors)
    {
        ram_flash_reset(&ram, (uint32_t)json_number(vector, "chip_size", 0x400000));
        json_hex(json_text(vector, "table", ""), ram.bytes + RECIPE_TABLE_OFFSET, OTK_SECTOR_SIZE);
        if (check_boot_side(report, &ram, vector) && check_app_side(report, &ram, vector)) {
            report_pass(report);
        } else {
            report_fail(report, index, json_text(vector, "name", ""));
        }
        index++;
    }
    ram_flash_free(&ram);
}
