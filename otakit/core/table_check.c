// SPDX-License-Identifier: Apache-2.0
/* Whether a table that boots is one to write by. */
#include "otakit/base/bytes.h"
#include "otakit/core/table.h"

/* For areas that lie on the chip: no sum wraps then. */
static bool overlap(struct otk_area a, struct otk_area b)
{
    return a.size != 0 && b.size != 0 && a.offset < b.offset + b.size &&
           b.offset < a.offset + a.size;
}

static enum otk_status check_area(struct otk_area area, uint32_t flash_size, uint32_t table_offset)
{
    const struct otk_area table = {.offset = 0, .size = table_offset + OTK_SECTOR_SIZE};

    if (area.size == 0) {
        return OTK_OK;
    }
    if (area.offset % OTK_SECTOR_SIZE != 0) {
        return OTK_MISALIGNED;
    }
    if (!otk_range_fits(area.offset, area.size, flash_size) || overlap(area, table)) {
        return OTK_BAD_TABLE;
    }
    return OTK_OK;
}

/* What is before a slot in the order of places: otadata, and slots with a lower number. */
static bool meets_earlier(const struct otk_layout *layout, int slot)
{
    const struct otk_area area = otk_layout_slot(layout, slot);
    int other;

    if (overlap(area, layout->otadata)) {
        return true;
    }
    for (other = OTK_SLOT_TEST; other < slot; other++) {
        if (overlap(area, otk_layout_slot(layout, other))) {
            return true;
        }
    }
    return false;
}

enum otk_status otk_layout_check(const struct otk_layout *layout, uint32_t flash_size,
                                 uint32_t table_offset)
{
    enum otk_status status = check_area(layout->otadata, flash_size, table_offset);
    int slot;

    for (slot = OTK_SLOT_TEST; status == OTK_OK && slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        status = check_area(otk_layout_slot(layout, slot), flash_size, table_offset);
        if (status == OTK_OK && meets_earlier(layout, slot)) {
            status = OTK_BAD_TABLE;
        }
    }
    return status;
}
