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
#include "host/image_inspect.h"

/* The object of `image info --json`. */
cJSON *cli_image_json(const struct otk_image_report *report);

/* The same for people, on standard output. */
void cli_image_print(const struct cli_call *call, const struct otk_image_report *report);

#endif
