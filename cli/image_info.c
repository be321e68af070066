// SPDX-License-Identifier: Apache-2.0
/* otakit image info: everything that can be said about an image. */
#include <stdlib.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/image_view.h"
#include "cli/report.h"

static const struct cli_operand operands[] = {
    {.name = "FILE",
     .kind = CLI_FILE,
     .help = "An application image, or what a slot holds; - is standard input."},
    {0},
};

static const struct cli_example examples[] = {
    {"otakit image info app.bin", "Chip, project, version, segments and verdict."},
    {"otakit image info app.bin --json | jq -r .app.version", "Only the version."},
    {0},
};

static int run(struct cli_call *call)
{
    const char *path = cli_operand(call, 0);
    struct otk_image_report report;
    uint8_t *data;
    uint32_t len;
    const int exit_status = cli_file_read(call, path, &data, &len);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    otk_image_inspect(data, len, NULL, &report);
    free(data);
    if (!report.has_header) {
        const struct cli_error error = {.status = report.status};
        cJSON *document = call->json ? cli_image_json(&report) : NULL;
        return cli_fail_in(call, &error, document, "%s", cli_file_input_name(path));
    }
    if (call->json) {
        return cli_finish_json(call, cli_image_json(&report));
    }
    cli_image_print(call, &report);
    return CLI_DONE;
}

const struct cli_command cli_image_info = {
    .path = "image info",
    .summary = "Show what an application image is",
    .description = "Shows chip, application description, segments, checksum, SHA-256 and "
                   "signature, and whether a bootloader of that chip would accept the image. A "
                   "damaged image is shown as far as it goes; `otakit image verify` turns the "
                   "verdict into an exit status.",
    .operands = operands,
    .examples = examples,
    .run = run,
};
