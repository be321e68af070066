// SPDX-License-Identifier: Apache-2.0
/*
 * The verdict on a new application, and choosing slots by hand.
 *
 * Confirm and reject rewrite the active entry in place, as ESP-IDF does: erase, 32 bytes. A cut
 * between the two loses that entry, and the other one, which names the old application, decides.
 * Writing the verdict over the other entry instead would leave nothing but an unconfirmed entry
 * while it is being erased.
 */
#include "otakit/core/trial.h"

#include "otakit/base/memory.h"
#include "otakit/core/journal.h"
#include "otakit/core/otadata.h"
#include "otakit/core/record.h"
#include "otakit/core/verify.h"

static uint32_t sector_of(const struct otk_device *device, int index)
{
    return device->layout.otadata.offset + (uint32_t)index * OTK_SECTOR_SIZE;
}

static enum otk_status load(const struct otk_device *device, struct otk_selection *selection)
{
    return otk_selection_load(device->board.flash, &device->layout, selection);
}

/* The active entry, provided that it names what runs. */
static enum otk_status load_own_entry(const struct otk_device *device,
                                      struct otk_selection *selection)
{
    const enum otk_status status = load(device, selection);

    if (status != OTK_OK) {
        return status;
    }
    if (device->running < 0 ||
        otk_selection_slot(selection, selection->active) != device->running) {
        return OTK_NOT_PENDING;
    }
    return OTK_OK;
}

/* Where the other entry, or the table, says that the device comes from. */
static int slot_before(const struct otk_device *device, const struct otk_selection *selection)
{
    const int slot = otk_selection_slot(selection, 1 - selection->active);

    if (slot != OTK_SLOT_NONE) {
        return slot;
    }
    return device->layout.factory.size != 0 ? OTK_SLOT_FACTORY : OTK_SLOT_NONE;
}

/* Rewrite the active entry with a new state, and the record behind it. */
static enum otk_status store_verdict(const struct otk_device *device,
                                     const struct otk_selection *selection, uint32_t state,
                                     enum otk_update_stage stage, enum otk_status reason)
{
    const int index = selection->active;
    struct otk_otadata entry = selection->entries[index];
    const struct otk_record record = {
        .stage = (uint8_t)stage,
        .status = (uint8_t)reason,
        .reset_reason = OTK_RESET_UNKNOWN,
        .from_slot = (int8_t)slot_before(device, selection),
        .to_slot = (int8_t)device->running,
        .image_size = 0,
    };
    enum otk_status status;

    entry.state = state;
    status = otk_otadata_store(device->board.flash, &device->layout, index, &entry);
    if (status != OTK_OK) {
        return status;
    }
    return otk_record_store(device->board.flash, sector_of(device, index), &record);
}

bool otk_trial_is_pending(const struct otk_device *device)
{
    struct otk_selection selection;

    return load_own_entry(device, &selection) == OTK_OK &&
           selection.entries[selection.active].state == OTK_STATE_PENDING_VERIFY;
}

enum otk_status otk_trial_confirm(struct otk_device *device)
{
    const struct otk_secure_version *store = device->board.secure_version;
    struct otk_selection selection;
    enum otk_status status = load_own_entry(device, &selection);

    if (status == OTK_OK && selection.entries[selection.active].state != OTK_STATE_VALID) {
        status = store_verdict(device, &selection, OTK_STATE_VALID, OTK_STAGE_CONFIRMED, OTK_OK);
    }
    if (status != OTK_OK) {
        return status;
    }
    /* Only now: a raised version would lock out the old application while it may still be needed.
     * A cut before it is made good by the bootloader, which raises it for a VALID entry. */
    if (store && device->has_app) {
        return store->raise(store->context, device->app.secure_version);
    }
    return OTK_OK;
}

/* The secure version of the application in `area`; 0 where it has no description. */
static uint32_t secure_version_of(const struct otk_device *device, struct otk_area area)
{
    const struct otk_flash *flash = device->board.flash;
    uint8_t bytes[OTK_APP_DESC_SIZE];
    struct otk_app_desc app;

    if (area.size < OTK_IMAGE_HEAD_SIZE ||
        flash->read(flash->context, area.offset + OTK_APP_DESC_OFFSET, bytes, sizeof bytes) !=
            OTK_OK ||
        otk_app_desc_decode(bytes, &app) != OTK_OK) {
        return 0;
    }
    return app.secure_version;
}

/* Whether the bootloader would start what is in a slot. */
static enum otk_status check_slot(const struct otk_device *device, int slot, uint8_t *scratch)
{
    const struct otk_board *board = &device->board;
    const struct otk_image_target target = {
        .area = otk_layout_slot(&device->layout, slot),
        .chip_id = board->chip_id,
        .revision = board->revision,
    };
    enum otk_status status;
    uint32_t least;

    if (target.area.size == 0) {
        return OTK_NO_SLOT;
    }
    status = otk_image_verify(board->flash, &target, scratch, OTK_SECTOR_SIZE, NULL);
    if (status != OTK_OK || !board->secure_version) {
        return status;
    }
    status = board->secure_version->read(board->secure_version->context, &least);
    if (status != OTK_OK) {
        return status;
    }
    return secure_version_of(device, target.area) < least ? OTK_SECURE_VERSION : OTK_OK;
}

enum otk_status otk_trial_reject(struct otk_device *device, enum otk_status reason,
                                 uint8_t scratch[OTK_SECTOR_SIZE])
{
    struct otk_selection selection;
    enum otk_status status = load_own_entry(device, &selection);
    int target;

    if (status != OTK_OK) {
        return status;
    }
    target = slot_before(device, &selection);
    if (target == OTK_SLOT_NONE || check_slot(device, target, scratch) != OTK_OK) {
        return OTK_NO_ROLLBACK;
    }
    return store_verdict(device, &selection, OTK_STATE_INVALID, OTK_STAGE_REJECTED, reason);
}

/* An unfinished update would lose its journal: settle its slot first. */
static enum otk_status forget_update(struct otk_device *device, int active)
{
    int index;

    if (device->session) {
        return OTK_BUSY;
    }
    for (index = 0; index < 2; index++) {
        enum otk_status status;

        if (index == active) {
            continue;
        }
        status = otk_journal_discard(device->board.flash, &device->layout, device->running,
                                     sector_of(device, index));
        if (status != OTK_OK) {
            return status;
        }
    }
    return OTK_OK;
}

enum otk_status otk_slot_reset(struct otk_device *device)
{
    const struct otk_flash *flash = device->board.flash;
    struct otk_selection selection;
    enum otk_status status = load(device, &selection);
    int last;

    if (status == OTK_OK) {
        status = forget_update(device, selection.active);
    }
    if (status != OTK_OK) {
        return status;
    }
    /* The active entry goes last, so that it decides until then. */
    last = selection.active < 0 ? 1 : selection.active;
    status = flash->erase(flash->context, sector_of(device, 1 - last), OTK_SECTOR_SIZE);
    if (status == OTK_OK) {
        status = flash->erase(flash->context, sector_of(device, last), OTK_SECTOR_SIZE);
    }
    return status;
}

/* The entry that ESP-IDF's esp_ota_set_boot_partition writes: in place when the slot is active
 * already, else over the other one; the unused label stays. */
static enum otk_status make_entry(const struct otk_selection *selection, int slot,
                                  struct otk_otadata *entry, int *index)
{
    enum otk_status status;

    if (otk_selection_slot(selection, selection->active) == slot) {
        *index = selection->active;
        *entry = selection->entries[*index];
        entry->state = OTK_STATE_NEW;
        return OTK_OK;
    }
    status = otk_selection_next(selection, slot, OTK_STATE_NEW, entry, index);
    if (status == OTK_OK) {
        memcpy(entry->label, selection->entries[*index].label, sizeof entry->label);
    }
    return status;
}

enum otk_status otk_slot_switch(struct otk_device *device, int slot,
                                uint8_t scratch[OTK_SECTOR_SIZE])
{
    struct otk_selection selection;
    struct otk_otadata entry;
    enum otk_status status;
    int index;

    if (device->session) {
        return OTK_BUSY;
    }
    status = check_slot(device, slot, scratch);
    if (status != OTK_OK) {
        return status;
    }
    if (slot == OTK_SLOT_FACTORY) {
        return otk_slot_reset(device);
    }

    status = load(device, &selection);
    if (status == OTK_OK) {
        status = make_entry(&selection, slot, &entry, &index);
    }
    if (status == OTK_OK) {
        status = forget_update(device, selection.active);
    }
    if (status != OTK_OK) {
        return status;
    }
    return otk_otadata_store(device->board.flash, &device->layout, index, &entry);
}

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
    last_update->stage = OTK_STAGE_TRIAL;
    last_update->from_slot = slot_before(device, selection);
    last_update->to_slot = device->running;
}

static void describe_journal(const struct otk_device *device, const struct otk_journal *journal,
                             struct otk_last_update *last_update)
{
    int slot;

    last_update->stage = OTK_STAGE_WRITING;
    last_update->from_slot = device->running;
    last_update->image_size = journal->image_size;
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

    if (otk_record_load(flash, sector_of(device, first), &record) == OTK_OK) {
        describe_record(device, &record, last_update);
    }
    if (!otk_otadata_is_valid(&selection->entries[second]) &&
        otk_record_load(flash, sector_of(device, second), &record) == OTK_OK) {
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
    const enum otk_status status = load(device, &selection);
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
            otk_journal_load(flash, sector_of(device, index), &journal) == OTK_OK) {
            describe_journal(device, &journal, &found);
        }
    }
    *last_update = found;
    return OTK_OK;
}
