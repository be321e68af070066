// SPDX-License-Identifier: Apache-2.0
/*
 * otadata entries and what follows from two of them: otakit/format/otadata.h,
 * otakit/core/otadata.h.
 *
 * Input: a mode byte (1, 2: the CRC of entry 0, 1 is set right), the number of OTA slots, the slot
 * asked for, then both entries.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/core/otadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode_entry(struct input *input, bool seal, struct otk_otadata *entry)
{
    uint8_t bytes[OTK_OTADATA_SIZE] = {0};
    uint8_t again[OTK_OTADATA_SIZE];

    (void)input_copy(input, bytes, sizeof bytes);
    if (seal)
        otk_store_le32(bytes + OTK_OTADATA_SIZE - 4, otk_otadata_crc(otk_load_le32(bytes)));
    otk_otadata_decode(bytes, entry);
    otk_otadata_encode(entry, again);
    EXPECT(memcmp(bytes, again, sizeof bytes) == 0);
    EXPECT(!seal || otk_otadata_has_good_crc(entry));
    EXPECT(otk_otadata_is_valid(entry) ==
           (otk_otadata_has_good_crc(entry) && !otk_otadata_is_unusable(entry)));
    EXPECT(otk_otadata_state_name(entry->state) != NULL);
}

/* The entry that would be written next names the slot, outranks both others and spares the active
 * one. */
static void check_next(const struct otk_selection *selection, int slot)
{
    struct otk_selection after = *selection;
    struct otk_otadata next;
    int index;
    const enum otk_status status = otk_selection_next(selection, slot, OTK_STATE_NEW, &next,
                                                      &index);

    if (slot < 0 || (uint32_t)slot >= selection->slot_count) {
        EXPECT(status == OTK_NO_SLOT);
        return;
    }
    if (status != OTK_OK) {
        EXPECT(status == OTK_OUT_OF_RANGE && selection->active >= 0);
        return;
    }
    EXPECT(index == 0 || index == 1);
    EXPECT(index != selection->active);
    EXPECT(otk_otadata_is_valid(&next));
    after.entries[index] = next;
    after.active = otk_otadata_active(after.entries);
    EXPECT(after.active == index);
    EXPECT(otk_selection_slot(&after, after.active) == slot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    struct otk_selection selection;

    selection.slot_count = input_u8(&input) % (OTK_OTA_SLOT_COUNT + 1);
    const int slot = (int)(int8_t)input_u8(&input);

    decode_entry(&input, mode & 1, &selection.entries[0]);
    decode_entry(&input, mode & 2, &selection.entries[1]);
    selection.active = otk_otadata_active(selection.entries);
    EXPECT(selection.active >= -1 && selection.active <= 1);
    for (int index = -1; index < 2; index++) {
        const int named = otk_selection_slot(&selection, index);

        EXPECT(named == OTK_SLOT_NONE || (named >= 0 && named < (int)selection.slot_count));
    }
    check_next(&selection, slot);
    return 0;
}
