// SPDX-License-Identifier: Apache-2.0
/* The device that a vector describes. */
#include "test/vectors/machine.h"

#include <string.h>

#include "test/vectors/json.h"
#include "test/vectors/reason.h"
#include "test/vectors/recipe.h"

/* What the vectors call the bootloader giving up before it tries an image. */
#define SELECT_FATAL (-99)

static enum otk_status fuse_read(void *context, uint32_t *version)
{
    *version = *(const uint32_t *)context;
    return OTK_OK;
}

static enum otk_status fuse_raise(void *context, uint32_t version)
{
    uint32_t *fuse = context;

    if (version > *fuse) {
        *fuse = version;
    }
    return OTK_OK;
}

const cJSON *machine_layout(const cJSON *root, const cJSON *vector)
{
    const cJSON *layouts = cJSON_GetObjectItemCaseSensitive(root, "layouts");

    return cJSON_GetObjectItemCaseSensitive(layouts, json_text(vector, "l", ""));
}

void machine_prepare(struct machine *machine, const cJSON *root, const cJSON *vector)
{
    const cJSON *layout = machine_layout(root, vector);

    ram_flash_reset(&machine->ram, (uint32_t)json_number(root, "chip_size", 0x400000));
    recipe_put_table(&machine->ram, layout);
    recipe_put_slots(&machine->ram, layout, cJSON_GetObjectItemCaseSensitive(vector, "s"));
    recipe_put_otadata(&machine->ram, vector);
    machine->fuse = (uint32_t)json_number(vector, "fuse", 0);
    memcpy(machine->otadata[0], machine->ram.bytes + RECIPE_OTADATA_OFFSET, OTK_OTADATA_SIZE);
    memcpy(machine->otadata[1], machine->ram.bytes + RECIPE_OTADATA_OFFSET + OTK_SECTOR_SIZE,
           OTK_OTADATA_SIZE);
    machine->flash = ram_flash_seam(&machine->ram);
    machine->store = (struct otk_secure_version){&machine->fuse, fuse_read, fuse_raise};
    machine->board = (struct otk_board){
        .flash = &machine->flash, .secure_version = machine->has_fuse ? &machine->store : NULL};
}

enum otk_status machine_reset(struct machine *machine, struct otk_boot_result *result)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];

    return otk_boot(&machine->board, scratch, sizeof(scratch), result);
}

bool machine_check_otadata(struct machine *machine, struct report *report, const char *first,
                           const char *second)
{
    const char *const expected[] = {first ? first : "", second ? second : ""};

    for (int i = 0; i < 2; i++) {
        const uint8_t *entry = machine->ram.bytes + RECIPE_OTADATA_OFFSET +
                               (uint32_t)i * OTK_SECTOR_SIZE;

        json_hex(expected[i], machine->otadata[i], OTK_OTADATA_SIZE);
        if (memcmp(entry, machine->otadata[i], OTK_OTADATA_SIZE) != 0) {
            return report_differs(report, "otadata entry %d differs afterwards", i);
        }
    }
    return true;
}

static bool check_attempts(struct report *report, const struct otk_boot_result *result,
                           const cJSON *attempts)
{
    const int expected_count = cJSON_GetArraySize(attempts);

    if ((int)result->attempt_count != expected_count) {
        return report_differs(report, "%u images tried, expected %d", result->attempt_count,
                              expected_count);
    }
    for (int i = 0; i < expected_count; i++) {
        const struct otk_boot_attempt *attempt = &result->attempts[i];
        const cJSON *expected = cJSON_GetArrayItem(attempts, i);
        const char *reason = json_element_text(expected, 1);
        char name[16];

        recipe_slot_name(attempt->slot, name);
        if (strcmp(name, json_element_text(expected, 0)) != 0 ||
            !reason_agrees(reason, attempt->status)) {
            return report_differs(report, "attempt %d: %s %s, expected %s %s", i, name,
                                  otk_status_name(attempt->status), json_element_text(expected, 0),
                                  reason);
        }
    }
    return true;
}

static bool check_outcome(struct report *report, enum otk_status status,
                          const struct otk_boot_result *result, const cJSON *expected)
{
    const char *boot = json_text(expected, "boot", NULL);
    const int sel = (int)json_number(expected, "sel", SELECT_FATAL);
    const int selected = result->selected == OTK_SLOT_NONE ? SELECT_FATAL : result->selected;
    char name[16];

    if (selected != sel) {
        return report_differs(report, "selected %d, expected %d", selected, sel);
    }
    if (!boot) {
        return status != OTK_OK && result->slot == OTK_SLOT_NONE
                   ? true
                   : report_differs(report, "something boots, expected nothing");
    }
    recipe_slot_name(result->slot, name);
    if (status != OTK_OK || strcmp(name, boot) != 0) {
        return report_differs(report, "%s: %s boots, expected %s", otk_status_name(status), name,
                              boot);
    }
    if (result->image.len != json_number(expected, "len", 0)) {
        return report_differs(report, "image of %u bytes", result->image.len);
    }
    return true;
}

bool machine_check_reset(struct machine *machine, struct report *report, const cJSON *expected,
                         int *slot)
{
    const char *ops = json_text(expected, "ops", "");
    struct otk_boot_result result;
    enum otk_status status;
    char seen[256];

    ram_flash_power_on(&machine->ram);
    status = machine_reset(machine, &result);
    if (slot) {
        *slot = result.slot;
    }
    if (cJSON_GetObjectItemCaseSensitive(expected, "crash")) {
        return status != OTK_OK || report_differs(report, "boots where the oracle dies");
    }
    ram_flash_ops_text(&machine->ram, RECIPE_OTADATA_OFFSET, seen, sizeof(seen));
    if (strcmp(seen, ops) != 0) {
        return report_differs(report, "flash operations \"%s\", expected \"%s\"", seen, ops);
    }
    if (machine->fuse != json_number(expected, "fuse", machine->fuse)) {
        return report_differs(report, "secure version %u afterwards", machine->fuse);
    }
    return check_outcome(report, status, &result, expected) &&
           check_attempts(report, &result, cJSON_GetObjectItemCaseSensitive(expected, "try")) &&
           machine_check_otadata(machine, report, json_text(expected, "a", NULL),
                                 json_text(expected, "b", NULL));
}
