// SPDX-License-Identifier: Apache-2.0
/* The two otadata sectors as an application sees them. */
#include "otakit/core/otadata.h"

#include "otakit/base/bytes.h"

enum otk_status otk_otadata_load(const struct otk_flash *flash, const struct otk_layout *layout,
                                 struct otk_otadata entries[2])
{
    const uint32_t offset = layout->otadata.offset;
    uint8_t bytes[OTK_OTADATA_SIZE];
    enum otk_status status;

    if (offset == 0 || layout->otadata.size < 2 * OTK_SECTOR_SIZE) {
        return OTK_NO_OTADATA;
    }
    status = flash->read(flash->context, offset, bytes, sizeof(bytes));
    if (status != OTK_OK) {
        return status;
    }
    otk_otadata_decode(bytes, &entries[0]);
    status = flash->read(flash->context, offset + OTK_SECTOR_SIZE, bytes, sizeof(bytes));
    if (status != OTK_OK) {
        return status;
    }
    otk_otadata_decode(bytes, &entries[1]);
    return OTK_OK;
}

int otk_otadata_active(const struct otk_otadata entries[2])
{
    /* The greater one decides if it is valid, whatever the other is: one CRC is enough then. */
    const int first = entries[1].seq > entries[0].seq;

    if (otk_otadata_is_valid(&entries[first])) {
        return first;
    }
    return otk_otadata_is_valid(&entries[1 - first]) ? 1 - first : -1;
}

enum otk_status otk_selection_load(const struct otk_flash *flash, const struct otk_layout *layout,
                                   struct otk_selection *selection)
{
    struct otk_otadata entries[2];
    enum otk_status status;

    /* Whoever reads a selection may write one: no sector can be erased there. */
    if (layout->otadata.offset % OTK_SECTOR_SIZE != 0) {
        return OTK_MISALIGNED;
    }
    status = otk_otadata_load(flash, layout, entries);
    if (status != OTK_OK) {
        return status;
    }
    selection->entries[0] = entries[0];
    selection->entries[1] = entries[1];
    selection->active = otk_otadata_active(entries);
    selection->slot_count = otk_layout_app_slot_count(layout);
    return OTK_OK;
}

int otk_selection_slot(const struct otk_selection *selection, int index)
{
    if (index < 0 || selection->slot_count == 0 ||
        !otk_otadata_is_valid(&selection->entries[index])) {
        return OTK_SLOT_NONE;
    }
    return (int)((selection->entries[index].seq - 1) % selection->slot_count);
}

enum otk_status otk_selection_next(const struct otk_selection *selection, int slot, uint32_t state,
                                   struct otk_otadata *entry, int *index)
{
    const uint32_t count = selection->slot_count;
    uint32_t seq = 0;
    uint32_t step;

    if (slot < 0 || (uint32_t)slot >= count) {
        return OTK_NO_SLOT;
    }
    if (selection->active >= 0) {
        seq = selection->entries[selection->active].seq;
    }
    /* The active entry has the greatest valid number, so one step of 1 to count passes them all. */
    step = ((uint32_t)slot + count - seq % count) % count + 1;
    if (step >= OTK_OTADATA_SEQ_BLANK - seq) {
        return OTK_OUT_OF_RANGE;
    }
    otk_otadata_make(seq + step, state, entry);
    *index = selection->active == 0 ? 1 : 0;
    return OTK_OK;
}

enum otk_status otk_otadata_store(const struct otk_flash *flash, const struct otk_layout *layout,
                                  int index, const struct otk_otadata *entry)
{
    const uint32_t offset = otk_otadata_sector(layout, index);
    uint8_t bytes[OTK_OTADATA_SIZE];
    enum otk_status status;

    if (offset % OTK_SECTOR_SIZE != 0) {
        return OTK_MISALIGNED;
    }
    otk_otadata_encode(entry, bytes);
    status = flash->erase(flash->context, offset, OTK_SECTOR_SIZE);
    if (status != OTK_OK) {
        return status;
    }
    return flash->write(flash->context, offset, bytes, sizeof(bytes));
}
