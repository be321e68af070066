// SPDX-License-Identifier: Apache-2.0
/*
 * The program around an application of ESP-IDF's: link this library and write app_main().
 *
 *     ./app --flash device.flash --cut all
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>

#include "compat/esp_idf/runner.h"

static enum otk_idf_exit read_end(enum otk_idf_end end)
{
    switch (end) {
    case OTK_IDF_END_UNBOOTED:
    case OTK_IDF_END_CRASHING:
    case OTK_IDF_END_NO_FLASH:
        return OTK_IDF_EXIT_REFUSED;
    case OTK_IDF_END_INTERRUPTED:
        return OTK_IDF_EXIT_INTERRUPTED;
    default:
        return OTK_IDF_EXIT_DONE;
    }
}

int main(int argument_count, char **arguments)
{
    struct otk_idf_options options;
    struct otk_idf_run run;
    char nvs_path[PATH_MAX];

    if (otk_idf_options_parse(argument_count, arguments, &options) != OTK_OK) {
        return OTK_IDF_EXIT_USAGE;
    }
    if (options.help) {
        otk_idf_options_help(options.program);
        return OTK_IDF_EXIT_DONE;
    }
    if (!options.nvs_path) {
        snprintf(nvs_path, sizeof nvs_path, "%s.nvs", options.flash_path);
        options.nvs_path = nvs_path;
    }
    /* The terminal sends it to the application as well, and its end is what counts. */
    signal(SIGINT, SIG_IGN);
    if (options.cut_all) {
        return (int)otk_idf_cut_all(&options);
    }
    otk_idf_run(&options, &run);
    return (int)read_end(run.end);
}
