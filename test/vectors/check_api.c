// SPDX-License-Identifier: Apache-2.0
/* ota_ops.json and the application's half of anti_rollback.json: calls in a row on one flash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat/esp_idf/device.h"
#include "otakit/crypto/digest.h"
#include "test/vectors/api_call.h"
#include "test/vectors/checks.h"
#include "test/vectors/json.h"
#include "test/vectors/machine.h"
#include "test/vectors/recipe.h"

/* Most of an operation list's text. */
#define OPS_TEXT_SIZE 512

/* Columns of a layout row. */
enum { ROW_TYPE, ROW_SUBTYPE, ROW_OFFSET, ROW_SIZE, ROW_LABEL };

/* An application on the vector's device. */
struct app {
    struct machine machine;
    struct otk_idf_device device;
    const cJSON *layout;
    esp_ota_handle_t handles[API_HANDLE_COUNT];
    bool has_restarted;
};

static void note_restart(void *context)
{
    struct app *app = context;

    app->has_restarted = true;
}

static int slot_of(const char *name)
{
    if (strcmp(name, "factory") == 0) {
        return OTK_SLOT_FACTORY;
    }
    return strcmp(name, "test") == 0 ? OTK_SLOT_TEST : atoi(name + strlen("ota_"));
}

static void run_in_slot(struct app *app, int slot)
{
    app->device = (struct otk_idf_device){
        .board = &app->machine.board,
        .running_slot = slot,
        .restart = note_restart,
        .context = app,
    };
    otk_idf_attach(&app->device);
}

static const cJSON *layout_row(const struct app *app, const char *label)
{
    const cJSON *row;

    cJSON_ArrayForEach(row, app->layout)
    {
        if (strcmp(json_element_text(row, ROW_LABEL), label) == 0) {
            return row;
        }
    }
    return NULL;
}

static void add_op(char text[OPS_TEXT_SIZE], char kind, uint32_t offset, uint32_t len)
{
    const size_t used = strlen(text);

    snprintf(text + used, OPS_TEXT_SIZE - used, "%c%x+%x ", kind, offset, len);
}

static bool is_otadata(uint32_t offset)
{
    return offset >= RECIPE_OTADATA_OFFSET && offset < RECIPE_OTADATA_OFFSET + 2 * OTK_SECTOR_SIZE;
}

/* The recorded operations on otadata, which name a partition or an offset of the flash. */
static void expected_ops(const struct app *app, const cJSON *step, char text[OPS_TEXT_SIZE])
{
    const cJSON *op;

    text[0] = 0;
    cJSON_ArrayForEach(op, cJSON_GetObjectItemCaseSensitive(step, "ops"))
    {
        const cJSON *place = cJSON_GetArrayItem(op, 1);
        uint32_t offset = (uint32_t)json_element(op, 1);
        uint32_t len = (uint32_t)json_element(op, 2);

        if (cJSON_IsString(place)) {
            offset = (uint32_t)json_element(layout_row(app, place->valuestring), ROW_OFFSET) +
                     (uint32_t)json_element(op, 2);
            len = (uint32_t)json_element(op, 3);
        }
        if (is_otadata(offset)) {
            add_op(text, json_element_text(op, 0)[0], offset, len);
        }
    }
}

static void seen_ops(const struct ram_flash *ram, char text[OPS_TEXT_SIZE])
{
    text[0] = 0;
    for (uint32_t i = 0; i < ram->op_count && i < RAM_FLASH_LOG_SIZE; i++) {
        if (is_otadata(ram->ops[i].offset)) {
            add_op(text, ram->ops[i].kind, ram->ops[i].offset, ram->ops[i].len);
        }
    }
}

/* A digest that the vector tells, or the start of one. */
static bool is_digest(const uint8_t digest[32], const char *hex)
{
    uint8_t expected[32];
    const uint32_t len = json_hex(hex, expected, sizeof expected);

    return memcmp(digest, expected, len) == 0;
}

static bool check_partition(struct report *report, const esp_partition_t *partition,
                            const cJSON *expected)
{
    const char *label = cJSON_IsString(expected) ? expected->valuestring : "(none)";
    const char *seen = partition ? partition->label : "(none)";

    return strcmp(seen, label) == 0 || report_differs(report, "%s, expected %s", seen, label);
}

/* The result, as far as the vector tells it. */
static bool check_result(struct report *report, const struct api_result *result, const cJSON *step)
{
    const cJSON *partition = cJSON_GetObjectItemCaseSensitive(step, "part");
    const char *version = json_text(step, "version", NULL);
    const char *sha = json_text(step, "sha", json_text(step, "sha256", ""));

    if (result->err != json_number(step, "err", result->err)) {
        return report_differs(report, "%d (%s), expected %d", result->err,
                              esp_err_to_name(result->err), (int)json_number(step, "err", 0));
    }
    if (result->truth != (json_number(step, "bool", result->truth) != 0)) {
        return report_differs(report, "%d is not expected", result->truth);
    }
    if (result->number != json_number(step, "count", result->number) ||
        result->number != (uint32_t)json_number(step, "state", result->number)) {
        return report_differs(report, "%u is not expected", result->number);
    }
    if (result->err == ESP_OK && !is_digest(result->sha256, sha)) {
        return report_differs(report, "another SHA-256");
    }
    if (result->err == ESP_OK && version && strcmp(result->app.version, version) != 0) {
        return report_differs(report, "version %s, expected %s", result->app.version, version);
    }
    return !partition || check_partition(report, result->partition, partition);
}

/* The real code dies there. Ours must not succeed: an error, or nothing found. */
static bool check_survived(struct report *report, const struct api_result *result)
{
    return (result->err != ESP_OK && !result->partition) ||
           report_differs(report, "succeeds where the oracle dies");
}

static bool check_call(struct app *app, struct report *report, const cJSON *step)
{
    const char *name = json_text(step, "call", "");
    struct api_result result;
    char expected[OPS_TEXT_SIZE];
    char seen[OPS_TEXT_SIZE];

    ram_flash_power_on(&app->machine.ram);
    app->has_restarted = false;
    if (!api_call(name, cJSON_GetObjectItemCaseSensitive(step, "args"), app->handles, &result)) {
        return report_differs(report, "the call \"%s\" is not known", name);
    }
    if (cJSON_GetObjectItemCaseSensitive(step, "crash")) {
        return check_survived(report, &result);
    }
    if (app->has_restarted) {
        result.err = ESP_OK; /* the recorder's restart returned */
    }
    expected_ops(app, step, expected);
    seen_ops(&app->machine.ram, seen);
    if (strcmp(seen, expected) != 0) {
        return report_differs(report, "%s: otadata operations \"%s\", expected \"%s\"", name, seen,
                              expected);
    }
    if (app->machine.fuse != json_number(step, "fuse", app->machine.fuse)) {
        return report_differs(report, "%s: secure version %u afterwards", name, app->machine.fuse);
    }
    return check_result(report, &result, step) &&
           machine_check_otadata(&app->machine, report, json_text(step, "a2", NULL),
                                 json_text(step, "b2", NULL));
}

static bool check_reboot(struct app *app, struct report *report, const cJSON *step)
{
    int slot;

    otk_idf_detach();
    if (!machine_check_reset(&app->machine, report, step, &slot)) {
        return false;
    }
    if (slot != OTK_SLOT_NONE) {
        run_in_slot(app, slot);
    }
    return true;
}

/* The content of every slot in the end, by the start of its SHA-256. */
static bool check_final(const struct app *app, struct report *report, const cJSON *final)
{
    const cJSON *slot;

    cJSON_ArrayForEach(slot, final)
    {
        const cJSON *row = layout_row(app, slot->string);
        uint8_t digest[OTK_SHA256_SIZE] = {0};
        struct otk_sha256 sha;

        if (otk_sha256_init(&sha) != OTK_OK ||
            otk_sha256_update(&sha,
                              app->machine.ram.bytes + (uint32_t)json_element(row, ROW_OFFSET),
                              (uint32_t)json_element(row, ROW_SIZE)) != OTK_OK ||
            otk_sha256_finish(&sha, digest) != OTK_OK || !is_digest(digest, slot->valuestring)) {
            return report_differs(report, "%s holds something else in the end", slot->string);
        }
    }
    return true;
}

static bool check_steps(struct app *app, struct report *report, const cJSON *vector)
{
    const cJSON *step;

    cJSON_ArrayForEach(step, cJSON_GetObjectItemCaseSensitive(vector, "steps"))
    {
        const bool is_reboot = strcmp(json_text(step, "call", ""), "reboot") == 0;

        if (!(is_reboot ? check_reboot : check_call)(app, report, step)) {
            return false;
        }
        if (cJSON_GetObjectItemCaseSensitive(step, "crash")) {
            return true; /* the recording ends there */
        }
    }
    return check_final(app, report, cJSON_GetObjectItemCaseSensitive(vector, "final"));
}

void check_api(const cJSON *root, const cJSON *vectors, bool has_fuse, struct report *report)
{
    struct app app = {.machine = {.has_fuse = has_fuse}};
    const cJSON *vector;
    int index = -1;

    cJSON_ArrayForEach(vector, vectors)
    {
        index++;
        if (cJSON_GetObjectItemCaseSensitive(vector, "cut")) {
            report->skipped++;
            continue;
        }
        machine_prepare(&app.machine, root, vector);
        app.layout = machine_layout(root, vector);
        memset(app.handles, 0, sizeof app.handles);
        run_in_slot(&app, slot_of(json_text(vector, "running", "factory")));
        if (check_steps(&app, report, vector)) {
            report_pass(report);
        } else {
            report_fail(report, index, json_text(vector, "name", json_text(vector, "l", "")));
        }
        otk_idf_detach();
    }
    ram_flash_free(&app.machine.ram);
}

void check_ota_ops(const cJSON *root, struct report *report)
{
    check_api(root, cJSON_GetObjectItemCaseSensitive(root, "vectors"), false, report);
}
