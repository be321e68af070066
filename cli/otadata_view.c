// SPDX-License-Identifier: Apache-2.0
/* otadata for people and scripts. */
#include "cli/otadata_view.h"

static bool is_blank(const struct otk_otadata *entry)
{
    return entry->seq == OTK_OTADATA_SEQ_BLANK && entry->state == UINT32_MAX &&
           entry->crc == UINT32_MAX;
}

static cJSON *entry_json(const struct otk_otadata *entry)
{
    cJSON *object = cJSON_CreateObject();

    if (is_blank(entry)) {
        cJSON_AddNullToObject(object, "seq");
        cJSON_AddNullToObject(object, "state");
        cJSON_AddStringToObject(object, "crc", "blank");
        return object;
    }
    cJSON_AddNumberToObject(object, "seq", entry->seq);
    cJSON_AddStringToObject(object, "state", otk_otadata_state_name(entry->state));
    cJSON_AddStringToObject(object, "crc", otk_otadata_has_good_crc(entry) ? "ok" : "bad");
    return object;
}

cJSON *cli_otadata_json(const struct cli_chip *chip)
{
    cJSON *entries = cJSON_CreateArray();
    struct otk_selection selection;

    if (otk_selection_load(chip->flash, &chip->layout, &selection) == OTK_OK) {
        cJSON_AddItemToArray(entries, entry_json(&selection.entries[0]));
        cJSON_AddItemToArray(entries, entry_json(&selection.entries[1]));
    }
    return entries;
}

/* The slot is found as the bootloader finds it; it counts every OTA row of the table. */
static bool names(const struct cli_chip *chip, const struct otk_otadata *entry, int slot)
{
    return entry->seq != OTK_OTADATA_SEQ_BLANK && otk_otadata_has_good_crc(entry) &&
           chip->layout.ota_count > 0 && slot >= 0 &&
           (entry->seq - 1) % chip->layout.ota_count == (uint32_t)slot;
}

bool cli_otadata_find(const struct cli_chip *chip, int slot, struct otk_otadata *entry)
{
    struct otk_selection selection;

    if (otk_selection_load(chip->flash, &chip->layout, &selection) != OTK_OK) {
        return false;
    }
    const struct otk_otadata *const entries = selection.entries;
    const int newer = entries[1].seq > entries[0].seq;
    const int order[] = {selection.active, newer, 1 - newer};
    for (size_t i = 0; i < 3; i++) {
        if (order[i] >= 0 && names(chip, &entries[order[i]], slot)) {
            *entry = entries[order[i]];
            return true;
        }
    }
    return false;
}
