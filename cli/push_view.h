// SPDX-License-Identifier: Apache-2.0
/*
 * A push as people and programs see it.
 *
 *     cli_push_print(call, &push);
 */
#ifndef OTAKIT_CLI_PUSH_VIEW_H
#define OTAKIT_CLI_PUSH_VIEW_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "cli/call.h"
#include "host/push.h"

/* One remark, before anything is sent: what the device runs, and what it will run. */
void cli_push_print_met(const struct cli_call *call, const struct otk_image_report *report,
                        uint32_t len, const struct otk_push_device *device);

/* One line: what became of a push that went well. */
void cli_push_print(const struct cli_call *call, const struct otk_push *push);

/* The same and everything else, well or not; without the error. */
cJSON *cli_push_json(const char *target, const struct otk_push *push);

#endif
