// SPDX-License-Identifier: Apache-2.0
/* The runner's command line. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat/esp_idf/runner.h"

enum option_id {
    OPTION_FLASH = 'f',
    OPTION_HELP = 'h',
    OPTION_NVS = 256,
    OPTION_RESETS,
    OPTION_SECONDS,
    OPTION_CUT,
    OPTION_SAMPLE,
    OPTION_FAULT,
    OPTION_LOG,
    OPTION_ALLOW_HTTP,
    OPTION_SKIP_WAITS
};

static const struct option long_options[] = {
    {"flash", required_argument, NULL, OPTION_FLASH},
    {"nvs", required_argument, NULL, OPTION_NVS},
    {"resets", required_argument, NULL, OPTION_RESETS},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"cut", required_argument, NULL, OPTION_CUT},
    {"sample", required_argument, NULL, OPTION_SAMPLE},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"log", required_argument, NULL, OPTION_LOG},
    {"allow-http", no_argument, NULL, OPTION_ALLOW_HTTP},
    {"skip-waits", no_argument, NULL, OPTION_SKIP_WAITS},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

void otk_idf_options_help(const char *program)
{
    printf(
        "Usage: %s --flash FILE [options]\n"
        "\n"
        "Boot a flash file as a chip's bootloader would, and run this program's app_main() as the\n"
        "application in the slot that boots. A restart, a crash or a loss of power boots again.\n"
        "\n"
        "  --flash FILE     the chip's content; `otakit flash create` makes one\n"
        "  --nvs FILE       what nvs_set_... stores (default: FILE.nvs)\n"
        "  --resets N       end behind N resets, when the bootloader has decided once more\n"
        "  --seconds N      switch the device off after N seconds\n"
        "  --cut N          lose power in flash operation N, counted from 1, and boot again\n"
        "  --cut all        run once without a cut, then once for each flash operation, on copies\n"
        "                   of the file; judge that a good image boots each time\n"
        "  --sample N       of --cut all: only N cuts, evenly spread\n"
        "  --fault KIND     what the cut leaves: before, torn, mixture, garbage, after (default: "
        "it\n"
        "                   changes with the number of the operation)\n"
        "  --log LEVEL      error, warn, info, debug, verbose (default: info)\n"
        "  --allow-http     as CONFIG_ESP_HTTPS_OTA_ALLOW_HTTP: update without a certificate\n"
        "  --skip-waits     vTaskDelay takes no time; always so with --cut all\n"
        "\n"
        "The run ends when app_main() has returned and no task is left.\n"
        "Exit status: 0 done, 1 nothing boots, a cut did harm or there was nothing to cut, 2 "
        "wrong\n"
        "usage, 130 interrupted.\n",
        program);
}

static enum otk_status refuse(const struct otk_idf_options *options, const char *what,
                              const char *why)
{
    fprintf(stderr, "%s: %s: %s\nhint: %s --help\n", options->program, what, why, options->program);
    return OTK_USAGE;
}

static bool parse_number(const char *text, uint64_t max, uint64_t *number)
{
    char *end;

    errno = 0;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    *number = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0 && *number <= max;
}

static bool parse_fault(const char *text, enum otk_nor_fault *fault)
{
    int candidate;

    for (candidate = OTK_NOR_BEFORE; candidate <= OTK_NOR_AFTER; candidate++) {
        if (strcmp(text, otk_nor_fault_name((enum otk_nor_fault)candidate)) == 0) {
            *fault = (enum otk_nor_fault)candidate;
            return true;
        }
    }
    return false;
}

static bool parse_level(const char *text, int *level)
{
    static const char *const names[] = {"error", "warn", "info", "debug", "verbose"};
    int index;

    for (index = 0; index < 5; index++) {
        if (strcmp(text, names[index]) == 0) {
            *level = index + 1;
            return true;
        }
    }
    return false;
}

static enum otk_status parse_cut(struct otk_idf_options *options, const char *text)
{
    if (strcmp(text, "all") == 0) {
        options->cut_all = true;
        return OTK_OK;
    }
    if (!parse_number(text, UINT32_MAX, &options->cut) || options->cut == 0) {
        return refuse(options, text, "--cut wants a number from 1, or all");
    }
    return OTK_OK;
}

static enum otk_status parse_limit(struct otk_idf_options *options, int id, const char *text)
{
    uint64_t number = 0;

    if (!parse_number(text, INT_MAX, &number) || (id != OPTION_RESETS && number == 0)) {
        return refuse(options, text, "is no number that this option takes");
    }
    if (id == OPTION_RESETS) {
        options->has_reset_max = true;
        options->reset_max = (unsigned)number;
    } else if (id == OPTION_SECONDS) {
        options->seconds = (unsigned)number;
    } else {
        options->sample = number;
    }
    return OTK_OK;
}

static enum otk_status parse_option(struct otk_idf_options *options, int id, char *text)
{
    switch (id) {
    case OPTION_FLASH:
        options->flash_path = text;
        return OTK_OK;
    case OPTION_NVS:
        options->nvs_path = text;
        return OTK_OK;
    case OPTION_RESETS:
    case OPTION_SECONDS:
    case OPTION_SAMPLE:
        return parse_limit(options, id, text);
    case OPTION_CUT:
        return parse_cut(options, text);
    case OPTION_FAULT:
        options->has_fault = parse_fault(text, &options->fault);
        return options->has_fault ? OTK_OK : refuse(options, text, "is no kind of fault");
    case OPTION_LOG:
        return parse_level(text, &options->log_level) ? OTK_OK
                                                      : refuse(options, text, "is no log level");
    case OPTION_ALLOW_HTTP:
        options->allow_http = true;
        return OTK_OK;
    case OPTION_SKIP_WAITS:
        options->skip_waits = true;
        return OTK_OK;
    case OPTION_HELP:
        options->help = true;
        return OTK_OK;
    default: /* getopt has told what is wrong */
        fprintf(stderr, "hint: %s --help\n", options->program);
        return OTK_USAGE;
    }
}

enum otk_status otk_idf_options_parse(int argument_count, char **arguments,
                                      struct otk_idf_options *options)
{
    const char *const slash = argument_count > 0 ? strrchr(arguments[0], '/') : NULL;
    enum otk_status status = OTK_OK;
    int id;

    *options = (struct otk_idf_options){.flash_path = NULL};
    options->program = slash ? slash + 1 : argument_count > 0 ? arguments[0] : "app";
    while (status == OTK_OK &&
           (id = getopt_long(argument_count, arguments, "h", long_options, NULL)) != -1) {
        status = parse_option(options, id, optarg);
    }
    if (status != OTK_OK || options->help) {
        return status;
    }
    if (optind < argument_count) {
        return refuse(options, arguments[optind], "is not an option");
    }
    if (!options->flash_path) {
        return refuse(options, "--flash", "names the flash file and is missing");
    }
    if ((options->sample || options->cut_all) && !(options->sample == 0 || options->cut_all)) {
        return refuse(options, "--sample", "goes with --cut all");
    }
    return OTK_OK;
}
