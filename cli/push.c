// SPDX-License-Identifier: Apache-2.0
/* otakit push: bring an image to a running device. How is in host/push*. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/file.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/push_view.h"
#include "cli/report.h"
#include "host/image_inspect.h"
#include "host/push.h"

#define DEFAULT_TIMEOUT_MS 30000u
#define TIMEOUT_MAX_MS     86400000u
#define DEFAULT_RETRIES    8u
#define PASSKEY_LEN        6u
#define PASSKEY_NONE       UINT32_MAX

static const struct cli_operand operands[] = {
    {.name = "TARGET",
     .kind = CLI_TEXT,
     .help = "The device: http://ADDRESS[:PORT][/PATH], ble:NAME, ble:ADDRESS or serial:PATH."},
    {.name = "IMAGE",
     .kind = CLI_FILE,
     .help = "The application image to bring; - is standard input."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "wait",
     .kind = CLI_FLAG,
     .help = "Wait for the reset, and say which version came back and whether it is confirmed, on "
             "trial or rolled back."},
    {.name = "timeout",
     .value = "TIME",
     .kind = CLI_DURATION,
     .help = "How long the device may be silent, and away while it resets. Default 30s."},
    {.name = "retries",
     .value = "N",
     .kind = CLI_NUMBER,
     .help = "How many connections may break in a row without progress. Default 8."},
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "Send what this computer would refuse; the device still judges it."},
    {.name = "method",
     .heading = "Over HTTP",
     .value = "auto|put|post|multipart",
     .kind = CLI_CHOICE,
     .choices = "auto|put|post|multipart",
     .help = "How the image is sent: in parts that can be resumed, as it is, or as a form sends a "
             "file. Default auto: what the device understands."},
    {.name = "password",
     .value = "TEXT",
     .kind = CLI_TEXT,
     .help = "The device's password. The environment variable OTAKIT_PASSWORD keeps it out of the "
             "list of processes."},
    {.name = "user",
     .value = "NAME",
     .kind = CLI_TEXT,
     .help = "The user that belongs to it, for servers that ask. Default admin."},
    {.name = "protocol",
     .heading = "Over Bluetooth LE",
     .value = "auto|window|simple|sector",
     .kind = CLI_CHOICE,
     .choices = "auto|window|simple|sector",
     .help =
         "otakit's own protocol, that of esp32_ble_ota, or that of Espressif's ble_ota. Default "
         "auto: the first of them that the device has."},
    {.name = "adapter",
     .value = "NAME",
     .kind = CLI_TEXT,
     .help = "The Bluetooth adapter, such as hci0. Default: the first that is switched on."},
    {.name = "l2cap",
     .value = "auto|on|off",
     .kind = CLI_CHOICE,
     .choices = "auto|on|off",
     .help = "Whether data takes an L2CAP channel instead of GATT. Default auto: where the device "
             "has one."},
    {.name = "passkey",
     .value = "DIGITS",
     .kind = CLI_TEXT,
     .value_optional = true,
     .help = "Pair with the device by the six digits that it shows. Without them they are asked "
             "for, and read from standard input."},
    {.name = "baud",
     .heading = "Over a serial line",
     .value = "N",
     .kind = CLI_NUMBER,
     .help = "The line's speed. Default 115200."},
    {0},
};

static const struct cli_example examples[] = {
    {"otakit push http://192.168.4.1 app.bin --wait",
     "Update over the device's own network, and wait for the new version."},
    {"otakit push ble:esp32 app.bin", "Update the device with that name over Bluetooth LE."},
    {"otakit push serial:/dev/ttyUSB0 app.bin --baud 115200", "Update over a serial line."},
    {"otakit push http://192.168.4.1 app.bin --wait --json | jq -r .outcome",
     "Only what became of it."},
    {0},
};

/* What a push shows while it runs. */
struct view {
    const struct cli_call *call;
    const struct otk_image_report *report;
    uint32_t len;
    struct cli_progress progress;
    bool has_progress;
    enum otk_push_phase phase;
};

/* Set by Ctrl-C. */
static volatile sig_atomic_t was_interrupted;

static bool must_stop(void *context)
{
    (void)context;
    return was_interrupted;
}

static void end_progress(struct view *view)
{
    if (view->has_progress) {
        cli_progress_end(&view->progress);
        view->has_progress = false;
    }
}

static void on_met(void *context, const struct otk_push_device *device)
{
    struct view *const view = context;

    end_progress(view);
    cli_push_print_met(view->call, view->report, view->len, device);
}

static void on_remark(void *context, const char *text)
{
    struct view *const view = context;

    end_progress(view);
    cli_remark(view->call, "%s", text);
}

static void announce(const struct view *view, enum otk_push_phase phase)
{
    if (phase == OTK_PUSH_RESETTING) {
        cli_remark(view->call, "the device has the image and resets; waiting for it");
    } else if (phase == OTK_PUSH_ON_TRIAL) {
        cli_remark(view->call, "it is back, and tries the image");
    }
}

static void on_progress(void *context, const struct otk_push_progress *progress)
{
    static const char *const verbs[] = {"sending", "writing", "verifying"};
    struct view *const view = context;

    if (!view->has_progress || progress->phase != view->phase) {
        end_progress(view);
        if (progress->phase != view->phase) {
            announce(view, progress->phase);
        }
        view->phase = progress->phase;
        if (progress->total > 0) {
            cli_progress_begin_at(&view->progress, view->call, verbs[progress->phase],
                                  progress->total, progress->done);
            view->has_progress = true;
        }
    }
    if (view->has_progress) {
        cli_progress_update(&view->progress, progress->done);
    }
}

static enum otk_push_protocol protocol_of(const struct cli_call *call)
{
    static const struct {
        const char *word;
        enum otk_push_protocol protocol;
    } words[] = {
        {"put", OTK_PUSH_PUT},       {"post", OTK_PUSH_POST},     {"multipart", OTK_PUSH_MULTIPART},
        {"window", OTK_PUSH_WINDOW}, {"simple", OTK_PUSH_SIMPLE}, {"sector", OTK_PUSH_SECTOR}};
    const char *const method = cli_text(call, "method");
    const char *const protocol = cli_text(call, "protocol");

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((method && strcmp(method, words[i].word) == 0) ||
            (protocol && strcmp(protocol, words[i].word) == 0)) {
            return words[i].protocol;
        }
    }
    return OTK_PUSH_AUTO;
}

static enum otk_push_l2cap l2cap_of(const struct cli_call *call)
{
    const char *const word = cli_text(call, "l2cap");

    if (word && strcmp(word, "on") == 0) {
        return OTK_PUSH_L2CAP_ON;
    }
    return word && strcmp(word, "off") == 0 ? OTK_PUSH_L2CAP_OFF : OTK_PUSH_L2CAP_AUTO;
}

/* The number that six digits are; PASSKEY_NONE for any other text. */
static uint32_t passkey_of(const char *text)
{
    const bool is_one = text && strlen(text) == PASSKEY_LEN &&
                        strspn(text, "0123456789") == PASSKEY_LEN;

    return is_one ? (uint32_t)strtoul(text, NULL, 10) : PASSKEY_NONE;
}

/* Ask whoever sits in front of the device. */
static bool ask_passkey(void *context, uint32_t *passkey)
{
    struct view *const view = context;
    char line[16];
    size_t len = 0;

    end_progress(view);
    fputs("the device shows six digits: ", stderr);
    fflush(stderr);
    /* Not by stdio, which would try again after Ctrl-C. */
    while (len < sizeof line - 1 && !was_interrupted && read(STDIN_FILENO, line + len, 1) == 1 &&
           line[len] != '\n') {
        len++;
    }
    line[len] = '\0';
    *passkey = passkey_of(line);
    return *passkey != PASSKEY_NONE;
}

static struct otk_push_options options_of(const struct cli_call *call)
{
    const char *const password = cli_text(call, "password");

    return (struct otk_push_options){
        .protocol = protocol_of(call),
        .timeout_ms = cli_u32(call, "timeout", DEFAULT_TIMEOUT_MS),
        .retry_count = cli_u32(call, "retries", DEFAULT_RETRIES),
        .force = cli_has(call, "force"),
        .must_wait = cli_has(call, "wait"),
        .user = cli_text(call, "user"),
        .password = password ? password : getenv("OTAKIT_PASSWORD"),
        .baud = cli_u32(call, "baud", 0),
        .adapter = cli_text(call, "adapter"),
        .l2cap = l2cap_of(call),
        .must_pair = cli_has(call, "passkey"),
        .has_passkey = cli_text(call, "passkey") != NULL,
        .passkey = passkey_of(cli_text(call, "passkey")),
    };
}

static int check_options(const struct cli_call *call)
{
    const uint32_t timeout_ms = cli_u32(call, "timeout", DEFAULT_TIMEOUT_MS);
    const struct cli_error no_time = {.status = OTK_USAGE, .why = "it must be more than nothing"};
    const struct cli_error long_time = {.status = OTK_USAGE, .why = "a day is the most"};
    const struct cli_error no_passkey = {.status = OTK_USAGE, .why = "a passkey has six digits"};
    const struct cli_error both = {.status = OTK_USAGE,
                                   .why = "one is for HTTP, the other for Bluetooth LE"};

    if (timeout_ms == 0 || timeout_ms > TIMEOUT_MAX_MS) {
        return cli_fail_with(call, timeout_ms == 0 ? &no_time : &long_time, "--timeout");
    }
    if (cli_text(call, "passkey") && passkey_of(cli_text(call, "passkey")) == PASSKEY_NONE) {
        return cli_fail_with(call, &no_passkey, "--passkey %s", cli_text(call, "passkey"));
    }
    if (cli_has(call, "method") && cli_has(call, "protocol")) {
        return cli_fail_with(call, &both, "--method and --protocol");
    }
    return CLI_DONE;
}

static int finish(const struct cli_call *call, const struct otk_push *push, enum otk_status status)
{
    const char *const target = cli_operand(call, 0);
    const struct cli_error error = {
        .status = status,
        .why = push->error.message[0] ? push->error.message : NULL,
        .hint = push->error.hint[0] ? push->error.hint : NULL,
    };
    cJSON *const document = call->json ? cli_push_json(target, push) : NULL;

    if (status != OTK_OK) {
        return cli_fail_in(call, &error, document, "%s",
                           status == OTK_INTERRUPTED ? "interrupted" : target);
    }
    if (call->json) {
        return cli_finish_json(call, document);
    }
    cli_push_print(call, push);
    return CLI_DONE;
}

static int push_image(const struct cli_call *call, const uint8_t *bytes, uint32_t len)
{
    struct otk_image_report report;
    struct view view = {.call = call, .report = &report, .len = len, .phase = OTK_PUSH_SENDING};
    struct otk_push push = {
        .image = {.bytes = bytes, .len = len, .report = &report},
        .options = options_of(call),
        .hooks = {.context = &view,
                  .met = on_met,
                  .progress = on_progress,
                  .remark = on_remark,
                  .ask_passkey = ask_passkey,
                  .must_stop = must_stop},
    };
    enum otk_status status;

    otk_image_inspect(bytes, len, NULL, &report);
    if (report.status != OTK_OK && !push.options.force) {
        return cli_fail(call, report.status, "%s", cli_file_input_name(cli_operand(call, 1)));
    }
    cli_interrupt_catch(&was_interrupted);
    status = otk_push_run(&push, cli_operand(call, 0));
    cli_interrupt_catch(NULL);
    end_progress(&view);
    return finish(call, &push, status);
}

static int run(struct cli_call *call)
{
    uint8_t *bytes;
    uint32_t len;
    int exit_status = check_options(call);

    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    exit_status = cli_file_read(call, cli_operand(call, 1), &bytes, &len);
    if (exit_status != CLI_DONE) {
        return exit_status;
    }
    exit_status = push_image(call, bytes, len);
    free(bytes);
    return exit_status;
}

const struct cli_command cli_push = {
    .path = "push",
    .summary = "Bring an image to a running device",
    .description =
        "Reads and checks the image, asks the device what it runs, and sends the image over HTTP, "
        "Bluetooth LE or a serial line. The progress shown is what the device has on its flash, "
        "where the device tells. A push that breaks is continued where it stopped, by this call or "
        "by the next one.\n\nBesides otakit's own devices this takes those with esp32-softap-ota, "
        "ElegantOTA, ESPHome, esp32_ble_ota and Espressif's ble_ota. These know no resuming, and "
        "some of them do not tell what they run.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
