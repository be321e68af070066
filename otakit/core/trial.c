// SPDX-License-Identifier: Apache-2.0
/*
 * The verdict on a new application.
 *
 * Confirm and reject rewrite the active entry in place, as ESP-IDF does: erase, 32 bytes. A cut
 * between the two loses that entry, and the other one, which names the old application, decides.
 * Writing the verdict over the other entry instead would leave nothing but an unconfirmed entry
 * while it is being erased.
 */
#include "otakit/core/trial.h"

#include "otakit/core/last_update.h"
#include "otakit/core/otadata.h"
#include "otakit/core/record.h"
#include "otakit/core/slot.h"

/* The active entry, provided that it names what runs. */
static enum otk_status load_own_entry(const struct otk_device *device,
                                      struct otk_selection *selection)
{
    const enum otk_status status = otk_selection_load(device->board.flash, &device->layout,
                                                      selection);

    if (status != OTK_OK) {
        return status;
    }
    if (device->running < 0 ||
        otk_selection_slot(selection, selection->active) != device->running) {
        return OTK_NOT_PENDING;
    }
    return OTK_OK;
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
        .from_slot = (int8_t)otk_slot_before(device, selection),
        .to_slot = (int8_t)device->running,
        .image_size = 0,
    };
    enum otk_status status;

    entry.state = state;
    status = otk_otadata_store(device->board.flash, &device->layout, index, &entry);
    if (status != OTK_OK) {
        return status;
    }
    return otk_record_store(device->board.flash, otk_otadata_sector(&device->layout, index),
                            &record);
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

enum otk_status otk_trial_reject(struct otk_device *device, enum otk_status reason,
                                 uint8_t scratch[OTK_SECTOR_SIZE])
{
    struct otk_selection selection;
    enum otk_status status = load_own_entry(device, &selection);
    int target;

    if (status != OTK_OK) {
        return status;
    }
    target = otk_slot_before(device, &selection);
    if (target == OTK_SLOT_NONE || otk_slot_check(device, target, scratch) != OTK_OK) {
        return OTK_NO_ROLLBACK;
    }
    return store_verdict(device, &selection, OTK_STATE_INVALID, OTK_STAGE_REJECTED, reason);
}
