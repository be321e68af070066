// SPDX-License-Identifier: Apache-2.0
/* boot_flow.json and the boot half of anti_rollback.json: whole boots on one flash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/crypto/digest.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"
#include "test/vectors/machine.h"
#include "test/vectors/recipe.h"

static bool check_boots(struct report *report, struct machine *machine, const cJSON *root,
                        const cJSON *vector)
{
    const cJSON *boots = cJSON_GetObjectItemCaseSensitive(vector, "boots");
    const cJSON *boot;

    machine_prepare(machine, root, vector);
    cJSON_ArrayForEach(boot, boots)
    {
        if (!machine_check_reset(machine, report, boot, NULL)) {
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
        machine_prepare(machine, root, vector);
        machine->ram.cut_after = (uint32_t)json_number(cut, "after_ops", 0);
        if (machine_reset(machine, &result) != OTK_POWER_LOST) {
            return report_differs(report, "a power cut goes unnoticed");
        }
        if (!machine_check_otadata(machine, report, json_text(cut, "a", NULL),
                                   json_text(cut, "b", NULL)) ||
            !machine_check_reset(machine, report, cJSON_GetObjectItemCaseSensitive(cut, "next"),
                                 NULL)) {
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
    check_all(root, cJSON_GetObjectItemCaseSensitive(root, "boot"), true, report);
    check_api(root, cJSON_GetObjectItemCaseSensitive(root, "api"), true, report);
}
