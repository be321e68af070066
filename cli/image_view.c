// SPDX-License-Identifier: Apache-2.0
/* An image report as JSON and as text. */
#include "cli/image_view.h"

#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/value.h"

static const char *check_name(enum otk_check check)
{
    switch (check) {
    case OTK_CHECK_OK:
        return "ok";
    case OTK_CHECK_BAD:
        return "bad";
    case OTK_CHECK_ABSENT:
        break;
    }
    return "absent";
}

static cJSON *segments_json(const struct otk_image_report *report)
{
    cJSON *segments = cJSON_CreateArray();

    for (uint32_t i = 0; i < report->segment_count; i++) {
        cJSON *segment = cJSON_CreateObject();
        cJSON_AddNumberToObject(segment, "address", report->segments[i].address);
        cJSON_AddNumberToObject(segment, "size", report->segments[i].size);
        cJSON_AddStringToObject(segment, "kind", report->segments[i].kind);
        cJSON_AddItemToArray(segments, segment);
    }
    return segments;
}

static cJSON *app_json(const struct otk_image_report *report)
{
    char hex[2 * sizeof report->app.elf_sha256 + 1];

    if (!report->has_app) {
        return cJSON_CreateNull();
    }
    cJSON *app = cJSON_CreateObject();
    cli_text_add_json(app, "project", report->app.project);
    cli_text_add_json(app, "version", report->app.version);
    cli_text_add_json(app, "date", report->app.date);
    cli_text_add_json(app, "time", report->app.time);
    cli_text_add_json(app, "idf_version", report->app.idf_version);
    cJSON_AddNumberToObject(app, "secure_version", report->app.secure_version);
    cli_text_hex(report->app.elf_sha256, sizeof report->app.elf_sha256, hex);
    cJSON_AddStringToObject(app, "elf_sha256", hex);
    return app;
}

/* The first block stands for the image; further ones are only counted. */
static cJSON *signature_json(const struct otk_image_report *report)
{
    const struct otk_signature_report *first = &report->signatures[0];
    char hex[2 * sizeof first->key_digest + 1];

    if (report->signature_count == 0) {
        return cJSON_CreateNull();
    }
    cJSON *signature = cJSON_CreateObject();
    cJSON_AddStringToObject(signature, "scheme", otk_signature_scheme_name(first->scheme));
    cli_text_hex(first->key_digest, sizeof first->key_digest, hex);
    cJSON_AddStringToObject(signature, "key_digest", hex);
    cJSON_AddStringToObject(signature, "digest", check_name(first->digest));
    cJSON_AddStringToObject(signature, "status", otk_status_name(first->status));
    cJSON_AddNumberToObject(signature, "blocks", report->signature_count);
    return signature;
}

cJSON *cli_image_json(const struct otk_image_report *report)
{
    cJSON *object = cJSON_CreateObject();
    char chip[24];

    if (report->has_header) {
        cli_value_format_chip(report->header.chip_id, chip, sizeof chip);
        cJSON_AddStringToObject(object, "chip", chip);
    } else {
        cJSON_AddNullToObject(object, "chip");
    }
    cJSON_AddItemToObject(object, "segments", segments_json(report));
    cJSON_AddNumberToObject(object, "entry", report->has_header ? report->header.entry_address : 0);
    cJSON_AddStringToObject(object, "checksum", report->checksum == OTK_CHECK_OK ? "ok" : "bad");
    cJSON_AddStringToObject(object, "hash", check_name(report->hash));
    cJSON_AddNumberToObject(object, "length", report->len);
    cJSON_AddItemToObject(object, "app", app_json(report));
    cJSON_AddItemToObject(object, "signature", signature_json(report));
    cJSON_AddBoolToObject(object, "accepted", report->status == OTK_OK);
    cJSON_AddStringToObject(object, "status", otk_status_name(report->status));
    return object;
}

static void print_field(const char *name, const char *value)
{
    char clean[128];

    cli_text_clean(value, clean, sizeof clean);
    printf("%-10s %s\n", name, clean);
}

static void print_app(const struct otk_app_desc *app)
{
    char text[96];

    print_field("project", app->project[0] ? app->project : "(no name)");
    print_field("version", app->version[0] ? app->version : "(none)");
    snprintf(text, sizeof text, "%s %s, ESP-IDF %s", app->date, app->time, app->idf_version);
    print_field("built", text);
    if (app->secure_version > 0) {
        snprintf(text, sizeof text, "%u", app->secure_version);
        print_field("secure", text);
    }
}

static void print_signatures(const struct otk_image_report *report)
{
    char hex[2 * 32 + 1];
    char text[160];

    if (report->signature_count == 0) {
        print_field("signature", "none");
    }
    for (uint32_t i = 0; i < report->signature_count; i++) {
        const struct otk_signature_report *signature = &report->signatures[i];
        cli_text_hex(signature->key_digest, sizeof signature->key_digest, hex);
        snprintf(text, sizeof text, "%s, key %.16s..., %s",
                 otk_signature_scheme_name(signature->scheme), hex,
                 signature->status == OTK_OK ? "good under that key"
                                             : otk_status_text(signature->status));
        print_field("signature", text);
    }
}

static void print_segments(const struct cli_call *call, const struct otk_image_report *report)
{
    struct cli_columns columns;
    char address[16];
    char size[16];

    cli_columns_init(&columns, 3, 0x4);
    for (uint32_t i = 0; i < report->segment_count; i++) {
        snprintf(address, sizeof address, "0x%08x", report->segments[i].address);
        snprintf(size, sizeof size, "%u", report->segments[i].size);
        cli_columns_add(&columns, CLI_PLAIN,
                        (const char *[]){address, report->segments[i].kind, size});
    }
    printf("segments\n");
    cli_columns_print(call, &columns);
}

void cli_image_explain(const struct otk_image_report *report, char why[CLI_IMAGE_WHY_SIZE],
                       struct cli_error *error)
{
    const bool is_named = otk_chip_name(report->header.chip_id) && !report->is_esp8266;

    *error = (struct cli_error){.status = report->status};
    if (!report->has_header || report->status != OTK_WRONG_CHIP || is_named) {
        return;
    }
    snprintf(why, CLI_IMAGE_WHY_SIZE, "its chip id 0x%04x is none of an ESP32-class chip%s",
             report->header.chip_id, report->is_esp8266 ? " (it looks like an ESP8266 image)" : "");
    error->why = why;
    error->hint = report->is_esp8266
                      ? "build it for an ESP32-class chip; an ESP8266 boots and updates differently"
                      : "build it for one of the chips that `otakit image create --help` names";
}

bool cli_image_has_chip(const struct cli_call *call, const struct otk_image_report *report)
{
    return report->has_header &&
           (cli_has(call, "chip") || otk_chip_name(report->header.chip_id) != NULL);
}

/* What a bootloader of the image's chip finds in it. */
static void print_structure(const struct cli_call *call, const struct otk_image_report *report)
{
    char text[96];
    char size[32];

    if (report->has_app) {
        print_app(&report->app);
    }
    if (report->len > 0) {
        cli_value_format_size(report->len, size, sizeof size);
        snprintf(text, sizeof text, "%u bytes (%s)", report->len, size);
        print_field("length", text);
    }
    snprintf(text, sizeof text, "0x%08x", report->header.entry_address);
    print_field("entry", text);
    print_segments(call, report);
    print_field("checksum", report->checksum == OTK_CHECK_OK ? "ok" : "bad");
    print_field("sha256", check_name(report->hash));
    print_signatures(report);
}

void cli_image_print(const struct cli_call *call, const struct otk_image_report *report)
{
    const bool is_good = report->status == OTK_OK;
    struct cli_error error;
    char why[CLI_IMAGE_WHY_SIZE];
    char chip[24];

    cli_image_explain(report, why, &error);
    if (report->has_header) {
        cli_value_format_chip(report->header.chip_id, chip, sizeof chip);
        print_field("chip", chip);
    }
    if (report->has_header && !report->is_esp8266) {
        print_structure(call, report);
    }
    printf("%-10s %s%s%s%s\n", "verdict", cli_colour(call, is_good ? CLI_GREEN : CLI_RED),
           is_good ? "a bootloader accepts it" : "refused: ",
           is_good     ? ""
           : error.why ? error.why
                       : otk_status_text(report->status),
           cli_colour_end(call));
    if (error.hint) {
        print_field("hint", error.hint);
    }
}
