// SPDX-License-Identifier: Apache-2.0
/*
 * otadata for people and scripts.
 *
 *     cJSON_AddItemToObject(document, "otadata", cli_otadata_json(&chip));
 */
#ifndef OTAKIT_CLI_OTADATA_VIEW_H
#define OTAKIT_CLI_OTADATA_VIEW_H

#include <cjson/cJSON.h>

#include "cli/chip.h"
#include "otakit/core/otadata.h"

/* Both entries as they stand on flash now: seq, state, crc. Empty where there is no otadata. */
cJSON *cli_otadata_json(const struct cli_chip *chip);

/*
 * The entry that names an OTA slot: the active one if it does, else the one with the greater
 * sequence number. Entries with a wrong CRC name nothing; INVALID and ABORTED ones do.
 *
 * entry  written where one was found
 *
 * Returns  whether one was found
 */
bool cli_otadata_find(const struct cli_chip *chip, int slot, struct otk_otadata *entry);

#endif
