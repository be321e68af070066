// SPDX-License-Identifier: Apache-2.0
/* Taking stock after a reset, and keeping otadata true to what runs. */
#include "otakit/core/device.h"

#include "otakit/base/memory.h"
#include "otakit/core/journal.h"
#include "otakit/core/last_update.h"
#include "otakit/core/mend.h"
#include "otakit/core/record.h"

static void describe_running_app(struct otk_device *device)
{
    const struct otk_flash *flash = device->board.flash;
    const struct otk_area area = otk_layout_slot(&device->layout, device->running);
    uint8_t bytes[OTK_APP_DESC_SIZE];

    if (area.size < OTK_IMAGE_HEAD_SIZE) {
        return;
    }
    if (flash->read(flash->context, area.offset + OTK_APP_DESC_OFFSET, bytes, sizeof bytes) !=
        OTK_OK) {
        return;
    }
    device->has_app = otk_app_desc_decode(bytes, &device->app) == OTK_OK;
}

/*
 * The bootloader marks an unconfirmed application ABORTED and boots another one. It wipes the
 * sector as it does, so the record is written anew; the entry stays as it is, and whether it stands
 * there or not changes nothing in what boots.
 */
static enum otk_status note_rollback(struct otk_device *device,
                                     const struct otk_selection *selection, int index,
                                     enum otk_reset_reason reset_reason)
{
    const struct otk_otadata *entry = &selection->entries[index];
    struct otk_record record;
    enum otk_status status;

    if (index == selection->active || entry->state != OTK_STATE_ABORTED ||
        !otk_otadata_has_good_crc(entry) || selection->slot_count == 0) {
        return OTK_OK;
    }
    status = otk_record_load(device->board.flash, otk_otadata_sector(&device->layout, index),
                             &record);
    if (status != OTK_NOT_FOUND) {
        return status;
    }

    record.stage = OTK_STAGE_ROLLED_BACK;
    record.status = OTK_UNCONFIRMED;
    record.reset_reason = (uint8_t)reset_reason;
    record.from_slot = (int8_t)device->running;
    record.to_slot = (int8_t)((entry->seq - 1) % selection->slot_count);
    record.image_size = 0;
    status = otk_otadata_store(device->board.flash, &device->layout, index, entry);
    if (status != OTK_OK) {
        return status;
    }
    return otk_record_store(device->board.flash, otk_otadata_sector(&device->layout, index),
                            &record);
}

enum otk_status otk_device_open(struct otk_device *device, const struct otk_board *board,
                                int running, uint8_t scratch[OTK_TABLE_SIZE])
{
    enum otk_status status;

    memset(device, 0, sizeof *device);
    device->board = *board;
    device->running = running;
    if (device->board.table_offset == 0) {
        device->board.table_offset = OTK_TABLE_OFFSET;
    }
    status = otk_layout_load(board->flash, device->board.table_offset, scratch, &device->layout);
    if (status == OTK_OK) {
        describe_running_app(device);
    }
    return status;
}

enum otk_status otk_device_start(struct otk_device *device, const struct otk_board *board,
                                 int running, enum otk_reset_reason reset_reason,
                                 uint8_t scratch[OTK_TABLE_SIZE])
{
    struct otk_selection selection;
    enum otk_status status = otk_device_open(device, board, running, scratch);

    if (status != OTK_OK) {
        return status;
    }
    status = otk_selection_load(board->flash, &device->layout, &selection);
    if (status == OTK_NO_OTADATA || status == OTK_MISALIGNED) {
        return OTK_OK; /* it runs, but it cannot be updated */
    }
    if (status == OTK_OK) {
        status = otk_device_mend(device, &selection);
    }
    if (status == OTK_OK) {
        status = note_rollback(device, &selection, 0, reset_reason);
    }
    if (status == OTK_OK) {
        status = note_rollback(device, &selection, 1, reset_reason);
    }
    return status;
}

static enum otk_status erase_entry(const struct otk_device *device, int index)
{
    const struct otk_flash *flash = device->board.flash;

    return flash->erase(flash->context, otk_otadata_sector(&device->layout, index),
                        OTK_SECTOR_SIZE);
}

/*
 * One step towards otadata naming what runs; sets `settled` when there is nothing left to do.
 *
 * The order of the writes keeps the running application booting after a cut at any point:
 *   - the other entry names it already: the active entry is erased. Until that is complete the
 *     bootloader falls back as it did; then the other entry decides.
 *   - no entry names it: one is written over the entry that is not active. Until its CRC is on
 *     flash the bootloader falls back as it did.
 *   - factory or test runs: active entries are erased; what they name did not boot.
 */
static enum otk_status settle_step(const struct otk_device *device,
                                   const struct otk_selection *selection, bool *settled)
{
    const int active = selection->active;
    struct otk_otadata entry;
    enum otk_status status;
    int index;

    if (device->running < 0) {
        *settled = active < 0;
        return *settled ? OTK_OK : erase_entry(device, active);
    }
    *settled = otk_selection_slot(selection, active) == device->running;
    if (*settled) {
        return OTK_OK;
    }
    if (active >= 0 && otk_selection_slot(selection, 1 - active) == device->running) {
        return erase_entry(device, active);
    }
    status = otk_selection_next(selection, device->running, OTK_STATE_VALID, &entry, &index);
    /* A journal there would be lost, so its slot has to be settled before. */
    if (status == OTK_OK) {
        status = otk_journal_discard(device->board.flash, &device->layout, device->running,
                                     otk_otadata_sector(&device->layout, index));
    }
    if (status != OTK_OK) {
        return status;
    }
    return otk_otadata_store(device->board.flash, &device->layout, index, &entry);
}

enum otk_status otk_device_settle(const struct otk_device *device, struct otk_selection *selection)
{
    struct otk_selection now;
    bool settled = false;
    int step;

    /* Each step removes or overrules one entry, and there are two. */
    for (step = 0; step < 3; step++) {
        enum otk_status status = otk_selection_load(device->board.flash, &device->layout, &now);

        if (status == OTK_OK) {
            status = settle_step(device, &now, &settled);
        }
        if (status != OTK_OK) {
            return status;
        }
        if (settled) {
            *selection = now;
            return OTK_OK;
        }
    }
    return OTK_FLASH_IO;
}
