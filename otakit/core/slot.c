// SPDX-License-Identifier: Apache-2.0
/* Slots by hand, with the otadata bytes that ESP-IDF's own functions and tools write. */
#include "otakit/core/slot.h"

#include "otakit/base/memory.h"
#include "otakit/core/journal.h"
#include "otakit/core/otadata.h"
#include "otakit/core/verify.h"

int otk_slot_before(const struct otk_device *device, const struct otk_selection *selection)
{
    const int slot = otk_selection_slot(selection, 1 - selection->active);

    if (slot != OTK_SLOT_NONE) {
        return slot;
    }
    return device->layout.factory.size != 0 ? OTK_SLOT_FACTORY : OTK_SLOT_NONE;
}

int otk_slot_for_update(const struct otk_device *device)
{
    const uint32_t slot_count = otk_layout_app_slot_count(&device->layout);
    const int running = device->running;
    const int next = running < 0 || (uint32_t)running + 1 >= slot_count ? 0 : running + 1;

    return slot_count == 0 || next == running ? OTK_SLOT_NONE : next;
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

enum otk_status otk_slot_check(const struct otk_device *device, int slot,
                               uint8_t scratch[OTK_SECTOR_SIZE])
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
                                     otk_otadata_sector(&device->layout, index));
        if (status != OTK_OK) {
            return status;
        }
    }
    return OTK_OK;
}

/* Whether an update of the slot was begun. Its bytes may verify, before their first erase or
 * complete but for the switch, and are not settled yet. */
static bool is_unfinished(const struct otk_device *device, int active, int slot)
{
    const uint32_t offset = otk_layout_slot(&device->layout, slot).offset;
    struct otk_journal journal;
    int index;

    for (index = 0; index < 2; index++) {
        if (index != active && slot != device->running &&
            otk_journal_load(device->board.flash, otk_otadata_sector(&device->layout, index),
                             &journal) == OTK_OK &&
            journal.slot_offset == offset) {
            return true;
        }
    }
    return false;
}

enum otk_status otk_slot_reset(struct otk_device *device)
{
    const struct otk_flash *flash = device->board.flash;
    struct otk_selection selection;
    enum otk_status status = otk_selection_load(device->board.flash, &device->layout, &selection);
    int last;

    if (status == OTK_OK) {
        status = forget_update(device, selection.active);
    }
    if (status != OTK_OK) {
        return status;
    }
    /* The active entry goes last, so that it decides until then. */
    last = selection.active < 0 ? 1 : selection.active;
    status = flash->erase(flash->context, otk_otadata_sector(&device->layout, 1 - last),
                          OTK_SECTOR_SIZE);
    if (status == OTK_OK) {
        status = flash->erase(flash->context, otk_otadata_sector(&device->layout, last),
                              OTK_SECTOR_SIZE);
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
    status = otk_slot_check(device, slot, scratch);
    if (status != OTK_OK) {
        return status;
    }
    if (slot == OTK_SLOT_FACTORY) {
        return otk_slot_reset(device);
    }

    status = otk_selection_load(device->board.flash, &device->layout, &selection);
    if (status == OTK_OK) {
        status = make_entry(&selection, slot, &entry, &index);
    }
    if (status == OTK_OK && is_unfinished(device, selection.active, slot)) {
        status = OTK_BUSY;
    }
    if (status == OTK_OK) {
        status = forget_update(device, selection.active);
    }
    if (status != OTK_OK) {
        return status;
    }
    return otk_otadata_store(device->board.flash, &device->layout, index, &entry);
}
