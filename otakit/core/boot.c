// SPDX-License-Identifier: Apache-2.0
/*
 * The bootloader's decision, in the order of ESP-IDF's bootloader_utility.c:
 *
 *   1. Each PENDING_VERIFY entry becomes ABORTED: its one boot did not end in a confirmation.
 *      A reboot here finds the entry gone or ABORTED; either way the other one decides.
 *   2. Choose. A chosen NEW entry becomes PENDING_VERIFY before its image is looked at.
 *      A reboot here finds the entry gone, or goes on with step 1.
 *   3. Try images, from the choice downwards to factory, then upwards, then the test application.
 *   4. Repair otadata if it was blank and there is no factory application to fall back to.
 *      A reboot here finds it blank again.
 */
#include "otakit/core/boot.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/core/otadata.h"

/* One reset in progress. */
struct attempt {
    const struct otk_board *board;
    const struct otk_layout *layout;
    uint8_t *scratch;
    uint32_t scratch_len;
    struct otk_boot_result *result;
};

/* As otk_layout_slot, but without what the bootloader cannot reach behind a gap. */
static struct otk_area boot_area(const struct otk_layout *layout, int slot)
{
    if (slot >= (int)layout->ota_count) {
        return (struct otk_area){0, 0};
    }
    return otk_layout_slot(layout, slot);
}

/* The secure version that the image in an area claims. Its description is taken on trust here; the
 * image is verified only when it is tried. */
static bool find_secure_version(const struct otk_flash *flash, struct otk_area area,
                                uint32_t *version)
{
    uint8_t head[8];

    if (area.offset == 0 || flash->read(flash->context, area.offset + OTK_APP_DESC_OFFSET, head,
                                        sizeof(head)) != OTK_OK) {
        return false;
    }
    *version = otk_load_le32(head + 4);
    return otk_load_le32(head) == OTK_APP_DESC_MAGIC;
}

/* Whether anti-rollback lets the image in an area run; everything may without a version store. */
static bool is_allowed(const struct otk_board *board, struct otk_area area)
{
    const struct otk_secure_version *store = board->secure_version;
    uint32_t least;
    uint32_t version;

    if (!store) {
        return true;
    }
    return find_secure_version(board->flash, area, &version) &&
           store->read(store->context, &least) == OTK_OK && version >= least;
}

/* The slot is confirmed: nothing older than its image may run from now on. */
static enum otk_status raise_secure_version(const struct otk_board *board,
                                            const struct otk_layout *layout, int slot)
{
    const struct otk_secure_version *store = board->secure_version;
    uint32_t version;

    if (!find_secure_version(board->flash, boot_area(layout, slot), &version)) {
        return OTK_OK;
    }
    return store->raise(store->context, version);
}

static enum otk_status store_state(const struct otk_board *board, const struct otk_layout *layout,
                                   struct otk_otadata entries[2], int index, uint32_t state)
{
    entries[index].state = state;
    return otk_otadata_store(board->flash, layout, index, &entries[index]);
}

/* Step 1. Neither CRC nor sequence number is looked at. */
static enum otk_status abort_pending(const struct otk_board *board, const struct otk_layout *layout,
                                     struct otk_otadata entries[2])
{
    for (int i = 0; i < 2; i++) {
        enum otk_status status;

        if (entries[i].state != OTK_STATE_PENDING_VERIFY) {
            continue;
        }
        status = store_state(board, layout, entries, i, OTK_STATE_ABORTED);
        if (status != OTK_OK) {
            return status;
        }
    }
    return OTK_OK;
}

/* Never written, or torn: no entry at all, whatever its state says. */
static bool is_initial(const struct otk_otadata *entry)
{
    return entry->seq == OTK_OTADATA_SEQ_BLANK || !otk_otadata_has_good_crc(entry);
}

/* The slot that an entry names; there is at least one. */
static int entry_slot(const struct otk_layout *layout, const struct otk_otadata *entry)
{
    return (int)((entry->seq - 1) % layout->ota_count);
}

/* The entry to follow, or -1. One whose image has too low a secure version does not count.
 * ESP-IDF with anti-rollback divides by zero here when there is no OTA slot. */
static int find_active(const struct otk_board *board, const struct otk_layout *layout,
                       const struct otk_otadata entries[2])
{
    int active;

    if (layout->ota_count == 0) {
        return -1;
    }
    active = otk_otadata_active(entries);
    if (active < 0 || !board->secure_version) {
        return active;
    }
    for (int i = 0; i < 2; i++) {
        const struct otk_otadata *entry = &entries[active];

        if (otk_otadata_is_valid(entry) &&
            is_allowed(board, boot_area(layout, entry_slot(layout, entry)))) {
            return active;
        }
        active = 1 - active;
    }
    return -1;
}

/* Without an entry to follow it is the factory application, or else ota_0. Two entries that were
 * never written are repaired later; with anti-rollback, which knows no factory application, in
 * every case. An entry that could be followed but for its CRC keeps ota_0 from being chosen. */
static int choose_without_entry(const struct otk_board *board, const struct otk_layout *layout,
                                const struct otk_otadata entries[2], bool *repair)
{
    const bool is_fresh = is_initial(&entries[0]) && is_initial(&entries[1]);

    if (board->secure_version) {
        *repair = is_fresh;
        return OTK_SLOT_FACTORY;
    }
    if (layout->factory.offset == 0 &&
        (layout->ota_count == 0 ||
         (otk_otadata_is_unusable(&entries[0]) && otk_otadata_is_unusable(&entries[1])))) {
        *repair = is_fresh;
        return 0;
    }
    return OTK_SLOT_FACTORY;
}

/* The chosen slot is about to run: its entry's state moves on. */
static enum otk_status note_choice(const struct otk_board *board, const struct otk_layout *layout,
                                   struct otk_otadata entries[2], int active, int slot)
{
    if (entries[active].state == OTK_STATE_NEW) {
        return store_state(board, layout, entries, active, OTK_STATE_PENDING_VERIFY);
    }
    if (entries[active].state == OTK_STATE_VALID && board->secure_version) {
        return raise_secure_version(board, layout, slot);
    }
    return OTK_OK;
}

/* Steps 1 and 2. `repair` says that otadata is to be written once it is known what boots. */
static enum otk_status choose(const struct otk_board *board, const struct otk_layout *layout,
                              int *selected, bool *repair)
{
    struct otk_otadata entries[2];
    enum otk_status status;
    int slot;
    int active;

    *repair = false;
    if (layout->otadata.offset == 0) {
        *selected = OTK_SLOT_FACTORY;
        return OTK_OK;
    }
    status = otk_otadata_load(board->flash, layout, entries);
    if (status != OTK_OK) {
        return status;
    }
    status = abort_pending(board, layout, entries);
    if (status != OTK_OK) {
        return status;
    }
    active = find_active(board, layout, entries);
    if (active < 0) {
        *selected = choose_without_entry(board, layout, entries, repair);
        return OTK_OK;
    }
    slot = entry_slot(layout, &entries[active]);
    status = note_choice(board, layout, entries, active, slot);
    if (status == OTK_OK) {
        *selected = slot;
    }
    return status;
}

/* Whether the slot's image is good, and noted as what boots. */
static bool try_slot(const struct attempt *attempt, int slot)
{
    const struct otk_board *board = attempt->board;
    struct otk_boot_result *result = attempt->result;
    const struct otk_image_target target = {.area = boot_area(attempt->layout, slot),
                                            .chip_id = board->chip_id,
                                            .revision = board->revision};
    enum otk_status status;

    if (target.area.size == 0 || !is_allowed(board, target.area)) {
        return false;
    }
    status = otk_image_verify(board->flash, &target, attempt->scratch, attempt->scratch_len,
                              &result->image);
    result->attempts[result->attempt_count++] = (struct otk_boot_attempt){slot, status};
    if (status != OTK_OK) {
        return false;
    }
    result->slot = slot;
    return true;
}

/* Where to go on when `slot` was refused: from the first choice down to factory, then from above
 * the first choice up, at last the test application. */
static int next_slot(int slot, int first, int ota_count)
{
    if (slot > OTK_SLOT_FACTORY && slot <= first) {
        return slot - 1;
    }
    if (slot == OTK_SLOT_FACTORY) {
        slot = first;
    }
    return slot + 1 < ota_count ? slot + 1 : OTK_SLOT_TEST;
}

/* Step 3. */
static bool try_slots(const struct attempt *attempt, int first)
{
    int slot = first;

    while (!try_slot(attempt, slot)) {
        if (slot == OTK_SLOT_TEST) {
            return false;
        }
        slot = next_slot(slot, first, (int)attempt->layout->ota_count);
    }
    return true;
}

/* Step 4. */
static enum otk_status store_repair(const struct otk_board *board, const struct otk_layout *layout,
                                    int slot)
{
    struct otk_otadata entry;
    enum otk_status status;

    otk_otadata_make((uint32_t)slot + 1, OTK_STATE_VALID, &entry);
    status = otk_otadata_store(board->flash, layout, 0, &entry);
    if (status != OTK_OK || !board->secure_version) {
        return status;
    }
    return raise_secure_version(board, layout, slot);
}

enum otk_status otk_boot_select(const struct otk_board *board, const struct otk_layout *layout,
                                int *selected)
{
    bool repair;

    return choose(board, layout, selected, &repair);
}

enum otk_status otk_boot(const struct otk_board *board, uint8_t *scratch, uint32_t scratch_len,
                         struct otk_boot_result *result)
{
    const uint32_t table_offset = board->table_offset ? board->table_offset : OTK_TABLE_OFFSET;
    struct otk_layout layout;
    const struct attempt attempt = {board, &layout, scratch, scratch_len, result};
    enum otk_status status;
    bool repair;

    memset(result, 0, sizeof(*result));
    result->selected = OTK_SLOT_NONE;
    result->slot = OTK_SLOT_NONE;
    status = otk_layout_load(board->flash, table_offset, scratch, &layout);
    if (status == OTK_OK) {
        status = choose(board, &layout, &result->selected, &repair);
    }
    if (status != OTK_OK) {
        return status;
    }
    if (!try_slots(&attempt, result->selected)) {
        return OTK_NOTHING_BOOTABLE;
    }
    return repair && result->slot >= 0 ? store_repair(board, &layout, result->slot) : OTK_OK;
}
