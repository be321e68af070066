// SPDX-License-Identifier: Apache-2.0
/* What became of the last update. */
#include "otakit/core/last_update.h"

#include "otakit/core/journal.h"
#include "otakit/core/otadata.h"
#include "otakit/core/record.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"

/* The newest of the records, seen in the light of what the entries say now. */
static void describe_record(const struct otk_device *device, const struct otk_record *record,
                            struct otk_last_update *last_update)
{
    last_update->stage = (enum otk_update_stage)record->stage;
    last_update->status = (enum otk_status)record->status;
    last_update->reset_reason = (enum otk_reset_reason)record->reset_reason;
    last_update->from_slot = record->from_slot;
    last_update->to_slot = record->to_slot;
    last_update->image_size = record->image_size;
    if (record->stage == OTK_STAGE_REJECTED && device->running != record->to_slot) {
        last_update->stage = OTK_STAGE_ROLLED_BACK;
    }
}

static void describe_entry(const struct otk_device *device, const struct otk_selection *selection,
                           struct otk_last_update *last_update)
{
    *last_update = (struct otk_last_update){
        .stage = OTK_STAGE_TRIAL,
        .from_slot = otk_slot_before(device, selection),
        .to_slot = device->running,
    };
}

static void describe_journal(const struct otk_device *device, const struct otk_journal *journal,
                             struct otk_last_update *last_update)
{
    int slot;

    *last_update = (struct otk_last_update){
        .stage = OTK_STAGE_WRITING,
        .from_slot = device->running,
        .to_slot = OTK_SLOT_NONE,
        .image_size = journal->image_size,
    };
    for (slot = 0; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        if (device->layout.ota[slot].size != 0 &&
            device->layout.ota[slot].offset == journal->slot_offset) {
            last_update->to_slot = slot;
        }
    }
}

/* Which of the two records is the newer: that of the entry that is not active, unless the entry is
 * valid; then it is what ran before the active one. */
static void describe_newest_record(const struct otk_device *device,
                                   const struct otk_selection *selection,
                                   struct otk_last_update *last_update)
{
    const struct otk_flash *flash = device->board.flash;
    const int first = selection->active < 0 ? 1 : selection->active;
    const int second = 1 - first;
    struct otk_record record;

    if (otk_record_load(flash, otk_otadata_sector(&device->layout, first), &record) == OTK_OK) {
        describe_record(device, &record, last_update);
    }
    if (!otk_otadata_is_valid(&selection->entries[second]) &&
        otk_record_load(flash, otk_otadata_sector(&device->layout, second), &record) == OTK_OK) {
        describe_record(device, &record, last_update);
    }
}

enum otk_status otk_last_update(const struct otk_device *device,
                                struct otk_last_update *last_update)
{
    const struct otk_flash *flash = device->board.flash;
    struct otk_last_update found = {.from_slot = OTK_SLOT_NONE, .to_slot = OTK_SLOT_NONE};
    struct otk_selection selection;
    struct otk_journal journal;
    const enum otk_status status = otk_selection_load(device->board.flash, &device->layout,
                                                      &selection);
    int index;

    if (status != OTK_OK) {
        return status;
    }
    describe_newest_record(device, &selection, &found);
    if (otk_trial_is_pending(device)) {
        describe_entry(device, &selection, &found);
    }
    for (index = 0; index < 2; index++) {
        if (index != selection.active &&
            otk_journal_load(flash, otk_otadata_sector(&device->layout, index), &journal) ==
                OTK_OK) {
            describe_journal(device, &journal, &found);
        }
    }
    *last_update = found;
    return OTK_OK;
}
