// SPDX-License-Identifier: Apache-2.0
/* otakit device run: a virtual device on a flash file. Everything it does is in port/. */
#include <string.h>

#include "cli/call.h"
#include "cli/chip.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "cli/text.h"
#include "otakit/transport/pull/pull.h"
#include "sim/virtual_device.h"

_Static_assert(OTK_PULL_CONNECT_TIMEOUT_MS == 15000u && OTK_PULL_STALL_TIMEOUT_MS == 20000u &&
                   OTK_PULL_ATTEMPT_LIMIT == 8u,
               "the help below names these defaults");

static const struct cli_option options[] = {
    {.name = "flash",
     .value = "FLASH",
     .kind = CLI_FILE,
     .required = true,
     .help = "The flash file the device runs on; it is changed as flash is changed."},
    {.name = "name",
     .value = "NAME",
     .kind = CLI_TEXT,
     .help = "The device's name in log and events. Default otakit."},
    {.name = "pull",
     .heading = "Updates that the device fetches",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "Update from this image, or from the one that the JSON manifest there names, over "
             "HTTPS."},
    {.name = "manifest",
     .value = "URL",
     .kind = CLI_TEXT,
     .help = "Update from the image that this JSON manifest names."},
    {.name = "ca",
     .value = "CA.pem",
     .kind = CLI_FILE,
     .help = "The certificate authorities that the server's certificate must come from."},
    {.name = "sha256",
     .value = "HEX",
     .kind = CLI_TEXT,
     .help = "The SHA-256 that the file of --pull must have."},
    {.name = "insecure-http",
     .kind = CLI_FLAG,
     .help = "Take http:// too: whoever sits on the network can then replace the image."},
    {.name = "no-clock",
     .kind = CLI_FLAG,
     .help = "The device does not know the date; certificate dates are not judged."},
    {.name = "connect-timeout",
     .value = "TIME",
     .kind = CLI_DURATION,
     .help = "How long a connection may take. Default 15s."},
    {.name = "stall-timeout",
     .value = "TIME",
     .kind = CLI_DURATION,
     .help = "How long the server may send next to nothing. Default 20s."},
    {.name = "total-timeout",
     .value = "TIME",
     .kind = CLI_DURATION,
     .help = "How long the whole download may take. Default: no limit."},
    {.name = "attempts",
     .value = "N",
     .kind = CLI_NUMBER,
     .help = "How many transfers may fail in a row without progress. Default 8."},
    {.name = "poll",
     .value = "TIME",
     .kind = CLI_DURATION,
     .help = "Ask for an update again after that time. Default: once."},
    {.name = "portal",
     .heading = "Updates over a web page",
     .value = "ADDR:PORT",
     .kind = CLI_TEXT,
     .help =
         "Serve the update page there, for browsers and curl. An address alone takes port 80, a "
         "port alone 127.0.0.1; :PORT is every address of this computer."},
    {.name = "portal-password",
     .value = "TEXT",
     .kind = CLI_TEXT,
     .help = "Ask for this password before anything is changed over the page."},
    {.name = "captive",
     .kind = CLI_FLAG,
     .help = "Answer the addresses by which phones look for a sign-in page. --softap does."},
    {.name = "softap",
     .value = "IFACE",
     .kind = CLI_TEXT,
     .help = "Open the access point on this Wi-Fi interface and serve the page from 192.168.4.1. "
             "Needs root, hostapd and dnsmasq."},
    {.name = "softap-ssid",
     .value = "TEXT",
     .kind = CLI_TEXT,
     .help = "The network's name. Default ESP32 OTA Update."},
    {.name = "softap-password",
     .value = "TEXT",
     .kind = CLI_TEXT,
     .help = "Protect the network by WPA2: 8 to 63 characters. Default: open."},
    {.name = "softap-channel", .value = "N", .kind = CLI_NUMBER, .help = "Default 6."},
    {.name = "softap-country",
     .value = "CC",
     .kind = CLI_TEXT,
     .help = "Two letters: whose radio rules apply. Default: the system's."},
    {.name = "ble",
     .heading = "Updates over Bluetooth LE",
     .value = "ADAPTER",
     .kind = CLI_TEXT,
     .value_optional = true,
     .help = "Take updates over Bluetooth LE, through BlueZ. Default: the first adapter."},
    {.name = "ble-name",
     .value = "NAME",
     .kind = CLI_TEXT,
     .help = "The name that is advertised. Default esp32."},
    {.name = "ble-pairing",
     .value = "none|encrypted|authenticated",
     .kind = CLI_CHOICE,
     .choices = "none|encrypted|authenticated",
     .help = "What a client has to do before it may write: pair, or pair with the passkey that the "
             "log shows. Default none."},
    {.name = "serial",
     .heading = "Updates over a serial line",
     .value = "PTY",
     .kind = CLI_FILE,
     .help = "Take updates over this serial line, also with a speed: /dev/ttyUSB0,921600. Where "
             "there is no such file, a pseudo-terminal is made and linked there."},
    {.name = "refuse-other-project",
     .heading = "Which images are taken, and how they do",
     .kind = CLI_FLAG,
     .help = "Refuse images of another project than the running one."},
    {.name = "refuse-same-version",
     .kind = CLI_FLAG,
     .help = "Refuse an image with the version that is running."},
    {.name = "refuse-older-version",
     .kind = CLI_FLAG,
     .help = "Refuse an image with an older version than the running one."},
    {.name = "self-test",
     .value = "pass|fail|hang|CMD",
     .kind = CLI_TEXT,
     .help = "How the new application's self-test ends; anything else is a shell command that "
             "passes by exit status 0. Default pass."},
    {.name = "self-test-timeout",
     .value = "TIME",
     .kind = CLI_DURATION,
     .help = "How long it may take before the watchdog resets the device. Default 10s."},
    {.name = "confirm",
     .value = "auto|manual",
     .kind = CLI_CHOICE,
     .choices = "auto|manual",
     .help = "With manual, a line on standard input decides after the self-test: \"confirm\", "
             "\"reject\", or \"reset\", which does what a power failure does. Default auto."},
    {.name = "timing",
     .heading = "The simulation",
     .value = "real|fast",
     .kind = CLI_CHOICE,
     .choices = "real|fast",
     .help = "With real, flash and boot take the time that a chip takes. Default fast."},
    {.name = "cut-after",
     .value = "N",
     .kind = CLI_COUNT,
     .help = "Lose power inside the N-th flash operation."},
    {.name = "once",
     .kind = CLI_FLAG,
     .help = "End when the first update attempt is decided: exit status 0 only if the new image "
             "runs confirmed."},
    {.name = "events",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "Write one JSON object a line for everything that happens; - is standard output."},
    {.name = "chip",
     .heading = "The hardware",
     .value = "NAME",
     .kind = CLI_CHIP,
     .help = "The device's chip. Default: that of the first application in the flash."},
    {.name = "revision",
     .value = "MAJOR.MINOR",
     .kind = CLI_REVISION,
     .help = "The chip's revision. Default 0.0."},
    {.name = "efuse",
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "The device has anti-rollback; the file stands for the eFuses that hold its secure "
             "version."},
    CLI_CHIP_OPTIONS,
    {0},
};

static const struct cli_example examples[] = {
    {"otakit device run --flash device.flash --pull https://host/app.bin --ca ca.pem --once",
     "Update once and say by exit status how it went."},
    {"otakit device run --flash device.flash --portal 127.0.0.1:8080",
     "Serve the update page at http://127.0.0.1:8080."},
    {"otakit device run --flash device.flash --softap wlan0",
     "Be an access point, as the chip is."},
    {"otakit device run --flash device.flash --once --self-test fail",
     "Fail the self-test of an application that is on trial."},
    {"otakit device run --flash device.flash --events - --quiet",
     "Boot, and tell it as JSON lines."},
    {"otakit device run --flash device.flash --once --json | jq -r .outcome", "Only how it went."},
    {0},
};

static bool is_word(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static enum otk_virtual_device_pairing pairing(const char *word)
{
    if (is_word(word, "encrypted")) {
        return OTK_VIRTUAL_DEVICE_ENCRYPTED;
    }
    return is_word(word, "authenticated") ? OTK_VIRTUAL_DEVICE_AUTHENTICATED
                                          : OTK_VIRTUAL_DEVICE_OPEN;
}

static cJSON *running_json(const struct otk_virtual_device_result *result)
{
    if (!result->is_running) {
        return cJSON_CreateNull();
    }
    cJSON *running = cJSON_CreateObject();
    cli_text_add_json(running, "label", result->label);
    if (result->has_app) {
        cli_text_add_json(running, "project", result->app.project);
        cli_text_add_json(running, "version", result->app.version);
    } else {
        cJSON_AddNullToObject(running, "project");
        cJSON_AddNullToObject(running, "version");
    }
    cJSON_AddBoolToObject(running, "confirmed", result->confirmed);
    return running;
}

/* The device has told standard error what went wrong. */
static int finish_json(const struct cli_call *call, const struct otk_virtual_device_result *result,
                       int exit_status)
{
    cJSON *document = cJSON_CreateObject();
    const struct cli_error error = {
        .status = result->outcome, .why = result->why, .hint = result->hint};

    cJSON_AddItemToObject(document, "running", running_json(result));
    cJSON_AddStringToObject(document, "outcome", otk_status_name(result->outcome));
    if (exit_status == CLI_DONE) {
        return cli_finish_json(call, document);
    }
    cli_fail_told(&error, document, result->what);
    return exit_status;
}

static int run(struct cli_call *call)
{
    const struct cli_error both = {.status = OTK_USAGE,
                                   .why = "standard output cannot take both the events and the "
                                          "JSON document",
                                   .hint = "name a file with --events, or leave --json out"};
    struct otk_virtual_device_result result;
    const struct otk_virtual_device_options device = {
        .flash_path = cli_text(call, "flash"),
        .name = cli_text(call, "name"),
        .secure_version_path = cli_text(call, "efuse"),
        .table_offset = cli_u32(call, "table-offset", 0),
        .chip_id = (uint16_t)cli_u32(call, "chip", 0),
        .has_chip = cli_has(call, "chip"),
        .revision = (uint16_t)cli_u32(call, "revision", 0),
        .real_timing = is_word(cli_text(call, "timing"), "real"),
        .cut_after = cli_u64(call, "cut-after", 0),
        .pull_url = cli_text(call, "pull"),
        .manifest_url = cli_text(call, "manifest"),
        .ca_path = cli_text(call, "ca"),
        .sha256 = cli_text(call, "sha256"),
        .insecure_http = cli_has(call, "insecure-http"),
        .no_clock = cli_has(call, "no-clock"),
        .connect_timeout_ms = cli_u32(call, "connect-timeout", 0),
        .stall_timeout_ms = cli_u32(call, "stall-timeout", 0),
        .total_timeout_ms = cli_u32(call, "total-timeout", 0),
        .attempt_count = cli_u32(call, "attempts", 0),
        .poll_interval_ms = cli_u32(call, "poll", 0),
        .portal_address = cli_text(call, "portal"),
        .portal_password = cli_text(call, "portal-password"),
        .portal_captive = cli_has(call, "captive"),
        .softap_interface = cli_text(call, "softap"),
        .softap_ssid = cli_text(call, "softap-ssid"),
        .softap_password = cli_text(call, "softap-password"),
        .softap_country = cli_text(call, "softap-country"),
        .softap_channel = cli_u32(call, "softap-channel", 0),
        .ble = cli_has(call, "ble"),
        .ble_adapter = cli_text(call, "ble"),
        .ble_name = cli_text(call, "ble-name"),
        .ble_pairing = pairing(cli_text(call, "ble-pairing")),
        .serial_path = cli_text(call, "serial"),
        .policy = {.refuse_other_project = cli_has(call, "refuse-other-project"),
                   .refuse_same_version = cli_has(call, "refuse-same-version"),
                   .refuse_older_version = cli_has(call, "refuse-older-version")},
        .self_test = cli_text(call, "self-test"),
        .self_test_timeout_ms = cli_u32(call, "self-test-timeout", 0),
        .confirm_manual = is_word(cli_text(call, "confirm"), "manual"),
        .once = cli_has(call, "once"),
        .quiet = call->quiet || call->json,
        .events_path = cli_text(call, "events"),
        .result = &result,
    };

    if (call->json && is_word(device.events_path, "-")) {
        return cli_fail_with(call, &both, "--events -");
    }
    const int exit_status = otk_virtual_device_run(&device);
    return call->json ? finish_json(call, &result, exit_status) : exit_status;
}

const struct cli_command cli_device_run = {
    .path = "device run",
    .summary = "Run a virtual device that updates itself",
    .description = "Boots the flash file by the bootloader's rules and runs its application: it "
                   "pulls the update it is told of, verifies it, switches, really resets, runs the "
                   "self-test and confirms or rolls back. All state is in the flash file; killing "
                   "the program is a power cut. Runs until Ctrl-C, or as --once says. With --json "
                   "there is no log, and one document at the end: what runs, and the outcome.",
    .options = options,
    .examples = examples,
    .run = run,
};
