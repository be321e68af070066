// SPDX-License-Identifier: Apache-2.0
/* otakit image create: a valid image for tests and demos. */
#include <stdlib.h>
#include <string.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/value.h"
#include "host/image_build.h"

static const struct cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .kind = CLI_FILE,
     .required = true,
     .help = "Where to write the image; - is standard output."},
    {.name = "chip",
     .value = "NAME",
     .kind = CLI_CHIP,
     .required = true,
     .help = "The chip it is for: esp32, esp32s3, esp32c3 and so on."},
    {.name = "project",
     .value = "NAME",
     .kind = CLI_TEXT,
     .required = true,
     .help = "The project's name, at most 31 bytes."},
    {.name = "version",
     .value = "VERSION",
     .kind = CLI_TEXT,
     .required = true,
     .help = "The version, at most 31 bytes."},
    {.name = "secure-version",
     .value = "N",
     .kind = CLI_NUMBER,
     .help = "The secure version for anti-rollback. Default 0."},
    {.name = "size",
     .value = "BYTES",
     .kind = CLI_SIZE,
     .help = "The size of the whole image. Default 64K."},
    {.name = "payload",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "Bytes to carry in the image instead of pseudo-random ones; - is standard input."},
    {.name = "seed",
     .value = "N",
     .kind = CLI_NUMBER,
     .help = "Chooses the pseudo-random content; the same seed gives the same bytes. Default 0."},
    {0},
};

static const struct cli_example examples[] = {
    {"otakit image create -o app.bin --chip esp32c3 --project lamp --version 1.2.0",
     "A small image."},
    {"otakit image create -o big.bin --chip esp32 --project lamp --version 2.0.0 --size 1M --seed "
     "7",
     "One as large as a real one."},
    {0},
};

static int fail_build(const struct cli_call *call, enum otk_status status)
{
    struct cli_error error = {.status = status};

    if (status == OTK_INVALID_ARGUMENT) {
        error.why = "project and version take at most 31 bytes each";
    } else if (status == OTK_NO_SPACE) {
        error.why = "the size holds neither the headers nor the payload";
        error.hint = "leave --size out, or make it larger";
    } else if (status == OTK_TOO_BIG) {
        error.why = "no application of this chip can be that large";
        error.hint = "make --size smaller";
    }
    return cli_fail_with(call, &error, "image create");
}

static int finish(const struct cli_call *call, const struct otk_image_spec *spec, uint32_t len)
{
    char size[32];

    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cli_text_add_json(document, "output", cli_text(call, "output"));
        cJSON_AddNumberToObject(document, "size", len);
        return cli_finish_json(call, document);
    }
    cli_value_format_size(len, size, sizeof size);
    cli_remark(call, "%s %s for %s, %s", spec->project, spec->version, cli_text(call, "chip"),
               size);
    return CLI_DONE;
}

static int create(const struct cli_call *call, const struct otk_image_spec *spec)
{
    uint8_t *image;
    uint32_t len;
    const enum otk_status status = otk_image_build(spec, &image, &len);

    if (status != OTK_OK) {
        return fail_build(call, status);
    }
    const int exit_status = cli_file_write(call, cli_text(call, "output"), image, len);
    free(image);
    return exit_status == CLI_DONE ? finish(call, spec, len) : exit_status;
}

static int run(struct cli_call *call)
{
    const char *payload_path = cli_text(call, "payload");
    uint8_t *payload = NULL;
    uint32_t payload_len = 0;
    int exit_status = cli_file_check_output(call, cli_text(call, "output"));

    if (exit_status == CLI_DONE && payload_path) {
        exit_status = cli_file_read(call, payload_path, &payload, &payload_len);
    }
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    const struct otk_image_spec spec = {
        .chip_id = (uint16_t)cli_u32(call, "chip", 0),
        .project = cli_text(call, "project"),
        .version = cli_text(call, "version"),
        .secure_version = cli_u32(call, "secure-version", 0),
        .seed = cli_u32(call, "seed", 0),
        .size = cli_u32(call, "size", 0),
        .payload = payload,
        .payload_len = payload_len,
    };
    exit_status = create(call, &spec);
    free(payload);
    return exit_status;
}

const struct cli_command cli_image_create = {
    .path = "image create",
    .summary = "Make a valid image for tests and demos",
    .description = "The image has header, segments, application description, checksum and SHA-256 "
                   "as a built one has, and every tool and bootloader accepts it. What it carries "
                   "is data, not a program: a real chip would start it and crash.",
    .options = options,
    .examples = examples,
    .run = run,
};
