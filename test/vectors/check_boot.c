// SPDX-License-Identifier: Apache-2.0
/* boot_flow.json and the boot half of anti_rollback.json: whole boots on one flash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/core/boot.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/otadata.h"
#include "test/support/ram_flash.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"
#include "test/vectors/reason.h"
#include "test/vectors/recipe.h"

/* What the vectors call the bootloader giving up before it tries an image. */
#define SELECT_FATAL (-99)

/* A device between two resets, and what its otadata should hold. */
struct machine {
    struct ram_flash ram;
    bool has_fuse;
    uint32_t fuse;
    uint8_t otadata[2][OTK_OTADATA_SIZE];
};

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

static enum otk_status reset(struct machine *machine, struct otk_boot_result *result)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];
    const struct otk_flash flash = ram_flash_seam(&machine->ram);
    const struct otk_secure_version store = {&machine->fuse, fuse_read, fuse_raise};
    const struct otk_board board = {.flash = &flash,
                                    .secure_version = machine->has_fuse ? &store : NULL};

    return otk_boot(&board, scratch, sizeof(scratch), result);
}

static void prepare(struct machine *machine, const cJSON *root, const cJSON *vector)
{
    const cJSON *layouts = cJSON_GetObjectItemCaseSensitive(root, "layouts");
    const cJSON *layout = cJSON_GetObjectItemCaseSensitive(layouts, json_text(vector, "l", ""));

    ram_flash_reset(&machine->ram, (uint32_t)json_number(root, "chip_size", 0x400000));
    recipe_put_table(&machine->ram, layout);
    recipe_put_slots(&machine->ram, layout, cJSON_GetObjectItemCaseSensitive(vector, "s"));
    recipe_put_otadata(&machine->ram, vector);
    machine->fuse = (uint32_t)json_number(vector, "fuse", 0);
    memcpy(machine->otadata[0], machine->ram.bytes + RECIPE_OTADATA_OFFSET, OTK_OTADATA_SIZE);
    memcpy(machine->otadata[1], machine->ram.bytes + RECIPE_OTADATA_OFFSET + OTK_SECTOR_SIZE,
           OTK_OTADATA_SIZE);
}

/* Both entries afterwards: as `expected` says, or as they were. */
static bool check_otadata(struct report *report, struct machine *machine, const cJSON *expected)
{
    for (int i = 0; i < 2; i++) {
        const uint8_t *entry = machine->ram.bytes + RECIPE_OTADATA_OFFSET +
                               (uint32_t)i * OTK_SECTOR_SIZE;

        json_hex(json_text(expected, i == 0 ? "a" : "b", ""), machine->otadata[i],
                 OTK_OTADATA_SIZE);
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

/* One reset, everything about it compared. */
static bool check_reset(struct report *report, struct machine *machine, const cJSON *expected)
{
    const char *ops = json_text(expected, "ops", "");
    struct otk_boot_result result;
    enum otk_status status;
    char seen[256];

    ram_flash_power_on(&machine->ram);
    status = reset(machine, &result);
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
           check_otadata(report, machine, expected);
}

static bool check_boots(struct report *report, struct machine *machine, const cJSON *root,
                        const cJSON *vector)
{
    const cJSON *boots = cJSON_GetObjectItemCaseSensitive(vector, "boots");
    const cJSON *boot;

    prepare(machine, root, vector);
    cJSON_ArrayForEach(boot, boots)
    {
        if (!check_reset(report, machine, boot)) {
            return false;
        }
    }
    return true;
}

/* The first boot loses power after so many operations; then the next one. */
static bool check_cuts(struct report *report, struct machine *machine, const cJSON *root,
                       const cJSON *vector)
{
    const cJSON *cuts = cJSON_GetObjectItemCaseSensitive(vector, "cuts");
    struct otk_boot_result result;
    const cJSON *cut;

    cJSON_ArrayForEach(cut, cuts)
    {
        prepare(machine, root, vector);
        machine->ram.cut_after = (uint32_t)json_number(cut, "after_ops", 0);
        if (reset(machine, &result) != OTK_POWER_LOST) {
            return report_differs(report, "a power cut goes unnoticed");
        }
        if (!check_otadata(report, machine, cut) ||
            !check_reset(report, machine, cJSON_GetObjectItemCaseSensitive(cut, "next"))) {
            return false;
        }
    }
    return true;
}

/* The slot contents built here are the oracle's: length and start of the SHA-256. */
static void check_contents(const cJSON *root, struct report *report)
{
    static uint8_t content[RECIPE_CONTENT_SIZE];
    const cJSON *check;

    cJSON_ArrayForEach(check, cJSON_GetObjectItemCaseSensitive(root, "content_check"))
    {
        char kind[32] = "";
        char label[32] = "";
        uint8_t expected[8] = {0};
        uint8_t digest[OTK_SHA256_SIZE] = {0};
        struct otk_sha256 sha;
        uint32_t len;

        sscanf(check->string, "%31[^/]/%31s", kind, label);
        len = recipe_build_content(kind, label, 0, content);
        json_hex(json_element_text(check, 1), expected, sizeof(expected));
        if (otk_sha256_init(&sha) != OTK_OK ||
            otk_sha256_update(&sha, content, len < 0x10000 ? len : 0x10000) != OTK_OK ||
            otk_sha256_finish(&sha, digest) != OTK_OK || len != json_element(check, 0) ||
            memcmp(digest, expected, sizeof(expected)) != 0) {
            report_differs(report, "this slot content is not built as the oracle's was");
            report_fail(report, -1, check->string);
        }
    }
}

static void check_all(const cJSON *root, const cJSON *vectors, bool has_fuse, struct report *report)
{
    struct machine machine = {.has_fuse = has_fuse};
    const cJSON *vector;
    int index = 0;

    cJSON_ArrayForEach(vector, vectors)
    {
        if (check_boots(report, &machine, root, vector) &&
            check_cuts(report, &machine, root, vector)) {
            report_pass(report);
        } else {
            report_fail(report, index, json_text(vector, "l", ""));
        }
        index++;
    }
    ram_flash_free(&machine.ram);
}

void check_boot_flow(const cJSON *root, struct report *report)
{
    check_contents(root, report);
    check_all(root, cJSON_GetObjectItemCaseSensitive(root, "vectors"), false, report);
}

void check_anti_rollback(const cJSON *root, struct report *report)
{
    const cJSON *api = cJSON_GetObjectItemCaseSensitive(root, "api");

    check_all(root, cJSON_GetObjectItemCaseSensitive(root, "boot"), true, report);
    report->skipped += (unsigned)cJSON_GetArraySize(api);
}
