// SPDX-License-Identifier: Apache-2.0
/* One boot, told while it happens. Looks at flash before and after the decision, so that a person
 * sees which otadata entry the bootloader rewrote. */
#include "port/linux/bootlog.h"

#include <string.h>

#include "otakit/core/otadata.h"
#include "otakit/core/table.h"
#include "otakit/format/image.h"
#include "port/linux/slot_info.h"

/* Time that ROM and bootloader take before they look at an application: a round figure, chips and
 * configurations differ. Reading the image is counted by the flash itself. */
#define BOOTLOADER_NS 100000000u

/* Scratch of a boot. More is faster; a bootloader has at least this. */
#define SCRATCH_SIZE 16384u

/* What otadata held at some moment. */
struct otadata_view {
    bool known;
    struct otk_layout layout;
    struct otk_selection selection;
};

static uint32_t table_offset(const struct otk_machine *machine)
{
    return machine->board.table_offset ? machine->board.table_offset : OTK_TABLE_OFFSET;
}

static void tell_chip(const struct otk_machine *machine, enum otk_reset_reason reason)
{
    const char *chip = otk_chip_name(machine->board.chip_id);

    otk_log_line(&machine->log, "rom", "%s \"%s\", %u KB flash in %s; reset: %s",
                 chip ? chip : "unknown chip", machine->name,
                 (unsigned)(machine->board.flash->size / 1024u), machine->options->flash_path,
                 otk_reset_reason_name(reason));
}

static void view_otadata(const struct otk_machine *machine, struct otadata_view *view)
{
    uint8_t scratch[OTK_TABLE_SIZE];

    memset(view, 0, sizeof *view);
    view->known = otk_layout_load(machine->board.flash, table_offset(machine), scratch,
                                  &view->layout) == OTK_OK &&
                  otk_selection_load(machine->board.flash, &view->layout, &view->selection) ==
                      OTK_OK;
}

static const char *crc_word(const struct otk_otadata *entry)
{
    return otk_otadata_has_good_crc(entry) ? "CRC good" : "CRC bad";
}

static void tell_otadata(const struct otk_machine *machine, const struct otadata_view *view)
{
    int index;

    otk_log_line(&machine->log, "boot", "partition table at 0x%X: %u OTA slot%s%s",
                 (unsigned)table_offset(machine), (unsigned)view->layout.ota_count,
                 view->layout.ota_count == 1 ? "" : "s",
                 view->layout.factory.size ? " and factory" : ", no factory");
    for (index = 0; index < 2; index++) {
        const struct otk_otadata *entry = &view->selection.entries[index];

        if (entry->seq == OTK_OTADATA_SEQ_BLANK) {
            otk_log_line(&machine->log, "boot", "otadata %d: blank", index);
            continue;
        }
        otk_log_line(&machine->log, "boot", "otadata %d: sequence %u, %s, %s", index,
                     (unsigned)entry->seq, otk_otadata_state_name(entry->state), crc_word(entry));
    }
}

static const char *change_reason(uint32_t before, uint32_t after)
{
    if (after == OTK_STATE_PENDING_VERIFY) {
        return "its first boot: on trial";
    }
    if (before == OTK_STATE_PENDING_VERIFY && after == OTK_STATE_ABORTED) {
        return "was reset before it was confirmed";
    }
    return "repaired";
}

static void tell_changes(struct otk_machine *machine, const struct otadata_view *before,
                         const struct otadata_view *after)
{
    int index;

    for (index = 0; before->known && after->known && index < 2; index++) {
        const struct otk_otadata *old = &before->selection.entries[index];
        const struct otk_otadata *now = &after->selection.entries[index];

        if (old->seq == now->seq && old->state == now->state) {
            continue;
        }
        otk_log_line(&machine->log, "boot", "otadata %d: %s becomes %s (%s)", index,
                     old->seq == OTK_OTADATA_SEQ_BLANK ? "blank"
                                                       : otk_otadata_state_name(old->state),
                     otk_otadata_state_name(now->state), change_reason(old->state, now->state));
    }
}

static void tell_attempts(struct otk_machine *machine, const struct otk_boot_result *result)
{
    char label[OTK_SLOT_LABEL_SIZE];
    uint32_t index;

    if (result->selected != OTK_SLOT_NONE) {
        otk_slot_label(&machine->board, result->selected, label);
        otk_log_line(&machine->log, "boot", "chosen: %s", label);
    }
    for (index = 0; index < result->attempt_count; index++) {
        const struct otk_boot_attempt *attempt = &result->attempts[index];

        if (attempt->status == OTK_OK) {
            continue;
        }
        otk_slot_label(&machine->board, attempt->slot, label);
        otk_log_line(&machine->log, "boot", "%s does not boot: %s", label,
                     otk_status_text(attempt->status));
        otk_event_begin(&machine->events, "boot_refused");
        otk_event_text(&machine->events, "slot", label);
        otk_event_status(&machine->events, attempt->status);
        otk_event_end(&machine->events);
    }
}

static const char *slot_state(const struct otadata_view *view, int slot)
{
    const int active = view->known ? view->selection.active : -1;

    if (active < 0 || otk_selection_slot(&view->selection, active) != slot) {
        return NULL;
    }
    return otk_otadata_state_name(view->selection.entries[active].state);
}

static void tell_start(struct otk_machine *machine, enum otk_reset_reason reason,
                       const struct otk_boot_result *result, const struct otadata_view *view)
{
    const struct otk_area area = otk_layout_slot(&view->layout, result->slot);
    struct otk_slot_image image = {.has_app = false};
    char label[OTK_SLOT_LABEL_SIZE];
    char name[OTK_APP_NAME_SIZE];
    const bool has_app = otk_slot_image_load(machine->board.flash, &area, &image) == OTK_OK &&
                         image.has_app;

    otk_slot_label(&machine->board, result->slot, label);
    otk_app_name(has_app ? &image.app : NULL, name);
    otk_log_line(&machine->log, "boot", "%s starts: %s, %u bytes", label, name,
                 (unsigned)result->image.len);
    otk_event_begin(&machine->events, "boot");
    otk_event_text(&machine->events, "reset_reason", otk_reset_reason_name(reason));
    otk_event_text(&machine->events, "slot", label);
    otk_event_text(&machine->events, "state", slot_state(view, result->slot));
    otk_event_text(&machine->events, "project", has_app ? image.app.project : NULL);
    otk_event_text(&machine->events, "version", has_app ? image.app.version : NULL);
    otk_event_number(&machine->events, "image_length", result->image.len);
    otk_event_end(&machine->events);
}

static void tell_failure(struct otk_machine *machine, enum otk_reset_reason reason,
                         enum otk_status status)
{
    otk_log_line(&machine->log, "boot", "nothing boots: %s", otk_status_text(status));
    otk_event_begin(&machine->events, "boot");
    otk_event_text(&machine->events, "reset_reason", otk_reset_reason_name(reason));
    otk_event_text(&machine->events, "slot", NULL);
    otk_event_status(&machine->events, status);
    otk_event_end(&machine->events);
}

enum otk_status otk_bootlog_boot(struct otk_machine *machine, enum otk_reset_reason reason,
                                 struct otk_boot_result *result)
{
    uint8_t scratch[SCRATCH_SIZE];
    struct otadata_view before;
    struct otadata_view after;
    enum otk_status status;

    tell_chip(machine, reason);
    otk_device_clock_pass(&machine->clock, BOOTLOADER_NS);
    view_otadata(machine, &before);
    if (before.known) {
        tell_otadata(machine, &before);
    }
    status = otk_boot(&machine->board, scratch, sizeof scratch, result);
    if (status == OTK_POWER_LOST) {
        return status;
    }
    view_otadata(machine, &after);
    tell_changes(machine, &before, &after);
    tell_attempts(machine, result);
    if (status == OTK_OK) {
        tell_start(machine, reason, result, &after);
    } else {
        tell_failure(machine, reason, status);
    }
    return status;
}
