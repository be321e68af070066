// SPDX-License-Identifier: Apache-2.0
/* otakit image verify: would the bootloader start it. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/image_view.h"
#include "cli/report.h"
#include "cli/value.h"
#include "host/image_inspect.h"
#include "host/sign.h"

/* Where images are judged to stand unless --at says otherwise: any multiple of 64 KB will do. */
#define DEFAULT_OFFSET 0x10000u

static const struct cli_operand operands[] = {
    {.name = "FILE", .kind = CLI_FILE, .help = "An application image; - is standard input."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "chip",
     .value = "NAME",
     .kind = CLI_CHIP,
     .help = "The chip it must be for. Default: the one the image names."},
    {.name = "revision",
     .value = "MAJOR.MINOR",
     .kind = CLI_REVISION,
     .help = "The chip's revision. Default: 0.0 with --chip, otherwise the least one that the "
             "image supports."},
    {.name = "max-size",
     .value = "SIZE",
     .kind = CLI_SIZE,
     .help = "The size of the partition it must fit. Default 16MB, the most a bootloader loads."},
    {.name = "at",
     .value = "OFFSET",
     .kind = CLI_SIZE,
     .help = "Where in flash it will stand. Default: a multiple of 64 KB."},
    {.name = "key",
     .value = "PUB.pem",
     .kind = CLI_FILE,
     .help = "Demand a Secure Boot v2 signature that is good under this public key."},
    {0},
};

static const struct cli_example examples[] = {
    {"otakit image verify app.bin --chip esp32c3 --max-size 1M", "Fit for a slot of an ESP32-C3?"},
    {"otakit image verify app-signed.bin --key pub.pem", "Signed with the right key?"},
    {0},
};

static struct otk_image_target target_of(const struct cli_call *call,
                                         const struct otk_image_header *header)
{
    const bool has_chip = cli_has(call, "chip");

    return (struct otk_image_target){
        .area = {.offset = cli_u32(call, "at", DEFAULT_OFFSET),
                 .size = cli_u32(call, "max-size", OTK_IMAGE_SIZE_LIMIT)},
        .chip_id = (uint16_t)cli_u32(call, "chip", header->chip_id),
        .revision = (uint16_t)cli_u32(call, "revision", has_chip ? 0u : header->min_revision),
    };
}

static int check_signature(const struct cli_call *call, const char *name, const uint8_t *data,
                           uint32_t len)
{
    struct otk_error error = {0};
    uint8_t *key;
    uint32_t key_len;
    const int exit_status = cli_file_read(call, cli_text(call, "key"), &key, &key_len);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    const enum otk_status status = otk_sign_verify(data, len, key, key_len, &error);
    free(key);
    if (status == OTK_OK) {
        return CLI_DONE;
    }
    const struct cli_error refusal = {.status = status,
                                      .why = error.message[0] ? error.message : NULL,
                                      .hint = error.hint[0] ? error.hint : NULL};
    return cli_fail_with(call, &refusal, "%s", name);
}

static int accept(const struct cli_call *call, const char *name,
                  const struct otk_image_report *report)
{
    const char *key = cli_text(call, "key");
    char size[32];

    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddBoolToObject(document, "accepted", true);
        cJSON_AddStringToObject(document, "status", otk_status_name(OTK_OK));
        cJSON_AddNumberToObject(document, "length", report->len);
        return cli_finish_json(call, document);
    }
    cli_value_format_size(report->len, size, sizeof size);
    if (!call->quiet) {
        printf("%sgood%s  %s, %s%s\n", cli_colour(call, CLI_GREEN), cli_colour_end(call), name,
               size, key ? ", signature good" : "");
    }
    return CLI_DONE;
}

static int verify(const struct cli_call *call, const char *name, const uint8_t *data, uint32_t len)
{
    struct otk_image_report report;

    otk_image_inspect(data, len, NULL, &report);
    if (cli_image_has_chip(call, &report)) {
        const struct otk_image_target target = target_of(call, &report.header);
        otk_image_inspect(data, len, &target, &report);
    }
    if (report.status != OTK_OK) {
        const bool is_guess = report.status == OTK_CHIP_REVISION && !cli_has(call, "revision");
        struct cli_error error;
        char why[CLI_IMAGE_WHY_SIZE];
        cli_image_explain(&report, why, &error);
        if (is_guess) {
            error.hint = "tell the chip's revision, for example --revision 1.0";
        }
        return cli_fail_with(call, &error, "%s", name);
    }
    if (cli_has(call, "key")) {
        const int exit_status = check_signature(call, name, data, len);
        if (exit_status != CLI_DONE) {
            return exit_status;
        }
    }
    return accept(call, name, &report);
}

static int run(struct cli_call *call)
{
    const char *path = cli_operand(call, 0);
    uint8_t *data;
    uint32_t len;
    int exit_status = cli_file_read(call, path, &data, &len);

    if (exit_status == CLI_DONE) {
        exit_status = verify(call, cli_file_input_name(path), data, len);
        free(data);
    }
    return exit_status;
}

const struct cli_command cli_image_verify = {
    .path = "image verify",
    .summary = "Say whether a bootloader accepts an image",
    .description = "Checks magic, chip, revision, segments, mapped addresses, checksum, length and "
                   "SHA-256 as ESP-IDF's bootloader does, in its order; exit status 0 or 1, with "
                   "the reason.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
