// SPDX-License-Identifier: Apache-2.0
/* A push as people and programs see it. */
#include "cli/push_view.h"

#include <stdio.h>
#include <string.h>

#include "cli/report.h"
#include "cli/text.h"
#include "cli/value.h"

#define SIZE_TEXT_SIZE 32u
#define CHIP_TEXT_SIZE 16u

/* A project and a version. */
#define NAME_TEXT_SIZE 96u

static void name_image(const struct otk_image_report *report, const struct otk_push_device *device,
                       char name[NAME_TEXT_SIZE])
{
    if (!report->has_app) {
        snprintf(name, NAME_TEXT_SIZE, "an image without description");
    } else if (strcmp(report->app.project, device->project) == 0) {
        snprintf(name, NAME_TEXT_SIZE, "%s", report->app.version);
    } else {
        snprintf(name, NAME_TEXT_SIZE, "%s %s", report->app.project, report->app.version);
    }
}

void cli_push_print_met(const struct cli_call *call, const struct otk_image_report *report,
                        uint32_t len, const struct otk_push_device *device)
{
    char name[NAME_TEXT_SIZE];
    char size[SIZE_TEXT_SIZE];
    char chip[CHIP_TEXT_SIZE];

    name_image(report, device, name);
    cli_value_format_size(len, size, sizeof size);
    cli_value_format_chip(report->header.chip_id, chip, sizeof chip);
    if (device->version[0]) {
        cli_remark(call, "%s %s -> %s, %s, %s", device->project, device->version, name, chip, size);
    } else {
        cli_remark(call, "%s, %s, %s", name, chip, size);
    }
}

/* "812 KB in 12.3 s, 66 KB/s" */
static void describe_transfer(const struct otk_push *push, char *text, size_t text_size)
{
    const uint32_t ms = push->result.duration_ms ? push->result.duration_ms : 1;
    const uint64_t sent = push->image.len - push->result.resumed_at;
    char size[SIZE_TEXT_SIZE];
    char speed[SIZE_TEXT_SIZE];

    if (sent == 0) {
        snprintf(text, text_size, "nothing had to be sent");
        return;
    }
    cli_value_format_size(sent, size, sizeof size);
    cli_value_format_size(sent * 1000u / ms, speed, sizeof speed);
    snprintf(text, text_size, "%s in %u.%u s, %s/s", size, ms / 1000, ms % 1000 / 100, speed);
}

void cli_push_print(const struct cli_call *call, const struct otk_push *push)
{
    const struct otk_push_device *const after = &push->result.after;
    const char *const project = after->project;
    char transfer[2 * SIZE_TEXT_SIZE + 32];
    char running[NAME_TEXT_SIZE];
    char shown[NAME_TEXT_SIZE];

    if (call->quiet) {
        return;
    }
    describe_transfer(push, transfer, sizeof transfer);
    snprintf(running, sizeof running, "%s%s%s", project, project[0] ? " " : "",
             after->version[0] ? after->version : "the new image");
    cli_text_clean(running, shown, sizeof shown);
    switch (push->result.outcome) {
    case OTK_PUSH_CONFIRMED:
        printf("the device runs %s, confirmed (%s)\n", shown, transfer);
        break;
    case OTK_PUSH_TRIED:
        printf("the device runs %s on trial: it has to be confirmed, or the next reset rolls it "
               "back (%s)\n",
               shown, transfer);
        break;
    case OTK_PUSH_RETURNED:
        if (push->result.has_after) {
            printf("the device runs %s (%s)\n", shown, transfer);
        } else {
            printf("the device is back; it does not tell what it runs (%s)\n", transfer);
        }
        break;
    default:
        printf("the device has the image and resets (%s)\n", transfer);
        break;
    }
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text[0]) {
        cli_text_add_json(object, name, text);
    } else {
        cJSON_AddNullToObject(object, name);
    }
}

static cJSON *device_json(const struct otk_push_result *result)
{
    const struct otk_push_device *const device = result->has_after ? &result->after
                                                                   : &result->before;
    cJSON *object;
    char chip[CHIP_TEXT_SIZE] = "";

    if (!result->has_before && !result->has_after) {
        return cJSON_CreateNull();
    }
    object = cJSON_CreateObject();
    if (device->has_chip) {
        cli_value_format_chip(device->chip_id, chip, sizeof chip);
    }
    add_text(object, "name", device->name);
    add_text(object, "chip", chip);
    return object;
}

static const char *state_of(const struct otk_push_device *device)
{
    if (device->on_trial) {
        return "on_trial";
    }
    return device->has_last && device->stage == OTK_STAGE_CONFIRMED ? "confirmed" : "";
}

static cJSON *running_json(bool is_known, const struct otk_push_device *device)
{
    cJSON *object;

    if (!is_known) {
        return cJSON_CreateNull();
    }
    object = cJSON_CreateObject();
    add_text(object, "slot", device->slot);
    add_text(object, "project", device->project);
    add_text(object, "version", device->version);
    add_text(object, "state", state_of(device));
    return object;
}

static cJSON *image_json(const struct otk_push_image *image, const uint8_t sha256[32])
{
    const struct otk_image_report *const report = image->report;
    cJSON *const object = cJSON_CreateObject();
    char chip[CHIP_TEXT_SIZE] = "";
    char hex[65];

    if (report->has_header) {
        cli_value_format_chip(report->header.chip_id, chip, sizeof chip);
    }
    cli_text_hex(sha256, 32, hex);
    add_text(object, "chip", chip);
    add_text(object, "project", report->has_app ? report->app.project : "");
    add_text(object, "version", report->has_app ? report->app.version : "");
    cJSON_AddNumberToObject(object, "size", image->len);
    cJSON_AddStringToObject(object, "sha256", hex);
    return object;
}

cJSON *cli_push_json(const char *target, const struct otk_push *push)
{
    const struct otk_push_result *const result = &push->result;
    cJSON *const document = cJSON_CreateObject();

    cli_text_add_json(document, "target", target);
    cJSON_AddStringToObject(document, "protocol", otk_push_protocol_name(result->protocol));
    cJSON_AddItemToObject(document, "device", device_json(result));
    cJSON_AddItemToObject(document, "image", image_json(&push->image, push->sha256));
    cJSON_AddItemToObject(document, "before", running_json(result->has_before, &result->before));
    cJSON_AddItemToObject(document, "after", running_json(result->has_after, &result->after));
    cJSON_AddNumberToObject(document, "bytes", result->sent);
    cJSON_AddNumberToObject(document, "resumed_at", result->resumed_at);
    cJSON_AddNumberToObject(document, "duration_ms", result->duration_ms);
    cJSON_AddStringToObject(document, "outcome", otk_push_outcome_name(result->outcome));
    return document;
}
