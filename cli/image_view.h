// SPDX-License-Identifier: Apache-2.0
/*
 * An image report as JSON and as text.
 *
 *     otk_image_inspect(data, len, NULL, &report);
 *     cJSON *object = cli_image_json(&report);
 */
#ifndef OTAKIT_CLI_IMAGE_VIEW_H
#define OTAKIT_CLI_IMAGE_VIEW_H

#include <cjson/cJSON.h>

#include "cli/call.h"
#include "cli/report.h"
#include "host/image_inspect.h"

/* The object of `image info --json`. */
cJSON *cli_image_json(const struct otk_image_report *report);

/* The same for people, on standard output. */
void cli_image_print(const struct cli_call *call, const struct otk_image_report *report);

/* Room for the reason that cli_image_explain gives. */
#define CLI_IMAGE_WHY_SIZE 128u

/*
 * Why the image of a report is refused; where it names no chip there is, in more words than the
 * status has.
 *
 * why  room for the reason; `error` borrows it
 */
void cli_image_explain(const struct otk_image_report *report, char why[CLI_IMAGE_WHY_SIZE],
                       struct cli_error *error);

/* Whether there is a chip to judge the image for: that of --chip, or the one it names. */
bool cli_image_has_chip(const struct cli_call *call, const struct otk_image_report *report);

#endif
