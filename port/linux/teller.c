// SPDX-License-Identifier: Apache-2.0
/* How an update advances, for people and for programs. */
#include "port/linux/teller.h"

#include "port/linux/events.h"
#include "port/linux/log.h"

/* Progress is told this many times in an update of known size. */
#define STEP_COUNT 10u

/* Bytes between two tellings where the size is not known. */
#define STEP_SIZE 131072u

static uint32_t step_size(const struct otk_progress *progress)
{
    return progress->image_size ? progress->image_size / STEP_COUNT + 1u : STEP_SIZE;
}

static void tell_begin(struct otk_teller *teller, const struct otk_progress *progress)
{
    struct otk_machine *machine = teller->machine;

    otk_slot_label(&machine->board, progress->slot, teller->label);
    otk_log_line(&machine->log, "update", "writes to %s", teller->label);
    otk_event_begin(&machine->events, "update_begin");
    otk_event_text(&machine->events, "slot", teller->label);
    otk_event_number(&machine->events, "image_size", progress->image_size);
    otk_event_end(&machine->events);
    teller->next_written = progress->resumed_at + step_size(progress);
    if (progress->resumed_at == 0) {
        return;
    }
    otk_log_line(&machine->log, "update", "RESUMES at byte %u: what is before it is safe on flash",
                 (unsigned)progress->resumed_at);
    otk_event_begin(&machine->events, "resumed");
    otk_event_text(&machine->events, "slot", teller->label);
    otk_event_number(&machine->events, "offset", progress->resumed_at);
    otk_event_end(&machine->events);
}

static void tell_progress(struct otk_teller *teller, const struct otk_progress *progress)
{
    struct otk_machine *machine = teller->machine;

    if (progress->image_size) {
        otk_log_line(&machine->log, "update", "%3u %%  %u of %u bytes are on flash",
                     (unsigned)((uint64_t)progress->written * 100u / progress->image_size),
                     (unsigned)progress->written, (unsigned)progress->image_size);
    } else {
        otk_log_line(&machine->log, "update", "%u bytes are on flash", (unsigned)progress->written);
    }
    otk_event_begin(&machine->events, "progress");
    otk_event_text(&machine->events, "slot", teller->label);
    otk_event_number(&machine->events, "written", progress->written);
    otk_event_number(&machine->events, "image_size", progress->image_size);
    otk_event_number(&machine->events, "skipped", progress->skipped);
    otk_event_end(&machine->events);
    teller->next_written = progress->written + step_size(progress);
}

static void tell_verified(struct otk_teller *teller, const struct otk_progress *progress)
{
    struct otk_machine *machine = teller->machine;

    otk_log_line(&machine->log, "update", "VERIFIED: %s holds the whole image, read back",
                 teller->label);
    otk_event_begin(&machine->events, "verified");
    otk_event_text(&machine->events, "slot", teller->label);
    otk_event_number(&machine->events, "image_size", progress->written);
    otk_event_number(&machine->events, "skipped", progress->skipped);
    otk_event_end(&machine->events);
}

void otk_teller_init(struct otk_teller *teller, struct otk_machine *machine)
{
    *teller = (struct otk_teller){.machine = machine, .state = OTK_SESSION_CLOSED};
}

void otk_teller_look(struct otk_teller *teller, const struct otk_session *session)
{
    struct otk_progress progress;

    otk_session_progress(session, &progress);
    if (progress.state < OTK_SESSION_BODY || progress.state == OTK_SESSION_FAILED) {
        return;
    }
    if (teller->label[0] == '\0') {
        tell_begin(teller, &progress);
    }
    if (progress.state == OTK_SESSION_BODY && progress.written >= teller->next_written &&
        progress.written != progress.image_size) {
        tell_progress(teller, &progress);
    }
    if (progress.state >= OTK_SESSION_VERIFYING && teller->state < OTK_SESSION_VERIFYING) {
        tell_progress(teller, &progress);
        otk_log_line(&teller->machine->log, "update", "reads the whole image back and verifies it");
    }
    if (progress.state == OTK_SESSION_VERIFIED && teller->state != OTK_SESSION_VERIFIED) {
        tell_verified(teller, &progress);
    }
    teller->state = progress.state;
}

void otk_teller_switched(struct otk_teller *teller, const struct otk_session *session)
{
    struct otk_machine *machine = teller->machine;
    struct otk_progress progress;

    otk_session_progress(session, &progress);
    if (teller->label[0] == '\0') {
        otk_slot_label(&machine->board, progress.slot, teller->label);
    }
    if (teller->state != OTK_SESSION_VERIFIED) {
        tell_verified(teller, &progress);
    }
    otk_log_line(&machine->log, "update", "SWITCHED: the next reset boots %s", teller->label);
    otk_event_begin(&machine->events, "switched");
    otk_event_text(&machine->events, "slot", teller->label);
    otk_event_end(&machine->events);
}
