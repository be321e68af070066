// SPDX-License-Identifier: Apache-2.0
/* otakit image sign: a Secure Boot v2 signature behind the image. */
#include <stdlib.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/report.h"
#include "cli/text.h"
#include "host/image_inspect.h"
#include "host/sign.h"

static const struct cli_operand operands[] = {
    {.name = "FILE", .kind = CLI_FILE, .help = "The image to sign; - is standard input."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "key",
     .value = "PRIV.pem",
     .kind = CLI_FILE,
     .required = true,
     .help = "The private key, PEM without password: RSA with 3072 bits, or ECDSA P-256."},
    {.name = "output",
     .letter = 'o',
     .value = "OUT",
     .kind = CLI_FILE,
     .required = true,
     .help = "Where to write the signed image; - is standard output."},
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "Sign the file even if no bootloader would accept it, as for data partitions."},
    {0},
};

static const struct cli_example examples[] = {
    {"openssl genrsa -out priv.pem 3072", "Make a key."},
    {"otakit image sign app.bin --key priv.pem -o app-signed.bin", "Sign with it."},
    {0},
};

static int finish(const struct cli_call *call, const uint8_t *image, uint32_t len)
{
    const int exit_status = cli_file_write(call, cli_text(call, "output"), image, len);

    if (exit_status != CLI_DONE || !call->json) {
        return exit_status;
    }
    cJSON *document = cJSON_CreateObject();
    cli_text_add_json(document, "output", cli_text(call, "output"));
    cJSON_AddNumberToObject(document, "size", len);
    return cli_finish_json(call, document);
}

static int sign(const struct cli_call *call, const char *name, const uint8_t *image, uint32_t len,
                const uint8_t *key, uint32_t key_len)
{
    struct otk_image_report report;
    struct otk_error error = {0};
    uint8_t *signed_image;
    uint32_t signed_len;

    otk_image_inspect(image, len, NULL, &report);
    if (report.status != OTK_OK && !cli_has(call, "force")) {
        const struct cli_error refusal = {.status = report.status,
                                          .hint = "--force signs whatever it is"};
        return cli_fail_with(call, &refusal, "%s", name);
    }
    const enum otk_status status = otk_sign_image(image, len, key, key_len, &signed_image,
                                                  &signed_len, &error);
    if (status != OTK_OK) {
        const struct cli_error refusal = {.status = status,
                                          .why = error.message[0] ? error.message : NULL,
                                          .hint = error.hint[0] ? error.hint : NULL};
        return cli_fail_with(call, &refusal, "%s",
                             status == OTK_BAD_KEY ? cli_text(call, "key") : name);
    }
    const int exit_status = finish(call, signed_image, signed_len);
    free(signed_image);
    return exit_status;
}

static int run(struct cli_call *call)
{
    const char *path = cli_operand(call, 0);
    uint8_t *image = NULL;
    uint8_t *key = NULL;
    uint32_t len;
    uint32_t key_len;
    int exit_status = cli_file_check_output(call, cli_text(call, "output"));

    if (exit_status == CLI_DONE) {
        exit_status = cli_file_read(call, path, &image, &len);
    }
    if (exit_status == CLI_DONE) {
        exit_status = cli_file_read(call, cli_text(call, "key"), &key, &key_len);
    }
    if (exit_status == CLI_DONE) {
        exit_status = sign(call, cli_file_input_name(path), image, len, key, key_len);
    }
    free(image);
    free(key);
    return exit_status;
}

const struct cli_command cli_image_sign = {
    .path = "image sign",
    .summary = "Sign an image for Secure Boot v2",
    .description = "Pads the image to 4096 bytes and appends one signature sector, as espsecure "
                   "writes it. A signature sector that is there already is replaced.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
