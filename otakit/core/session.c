// SPDX-License-Identifier: Apache-2.0
/*
 * The update session.
 *
 *     CLOSED --open--> HEAD --head accepted--> BODY --finish--> VERIFYING --> VERIFIED --switch--> CLOSED
 *                        \------- resumed ------^  \____________ any refusal ____________/--> FAILED
 *
 * Order of flash writes, and what a reboot finds after each:
 *   1. journal       erased and begun: the old image still stands in the slot, or what was there
 *   2. sectors 0..n  erased, written, read back, marked; of sector 0 all but the seal: the slot
 *                    starts with FF and no bootloader takes it for an application
 *   3. (the whole image is read back and verified, the seal taken from RAM)
 *   4. seal          the slot holds the verified image; nothing selects it yet
 *   5. switch        otadata entry NEW in place of the journal
 */
#include "otakit/core/session.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/core/last_update.h"
#include "otakit/core/record.h"
#include "otakit/core/session_parts.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"

static enum otk_status fail(struct otk_session *session, enum otk_status status)
{
    session->state = OTK_SESSION_FAILED;
    session->failure = status;
    session->device->session = NULL;
    return status;
}

/* Leave a last-update record in the sector that was just erased. */
static enum otk_status note(const struct otk_session *session, enum otk_update_stage stage,
                            enum otk_status reason)
{
    const struct otk_record record = {
        .stage = (uint8_t)stage,
        .status = (uint8_t)reason,
        .from_slot = (int8_t)session->device->running,
        .to_slot = (int8_t)session->slot,
        .image_size = session->journal.image_size,
    };

    return otk_record_store(otk_session_flash(session), otk_session_journal_sector(session),
                            &record);
}

/* Forget what an attempt has on flash and note why; it would fail the same way again. */
static enum otk_status forget(struct otk_session *session, enum otk_status reason)
{
    enum otk_status status;

    if (!session->journal_open) {
        return OTK_OK;
    }
    status = otk_session_discard(session);
    return status == OTK_OK ? note(session, OTK_STAGE_FAILED, reason) : status;
}

static enum otk_status choose_slot(struct otk_session *session)
{
    const struct otk_device *device = session->device;
    struct otk_selection selection;
    struct otk_otadata entry;
    enum otk_status status;

    if (otk_trial_is_pending(device)) {
        return OTK_PENDING_VERIFY;
    }
    session->slot = otk_slot_for_update(device);
    if (session->slot == OTK_SLOT_NONE) {
        return OTK_NO_SLOT;
    }
    session->area = otk_layout_slot(&device->layout, session->slot);
    status = otk_layout_check(&device->layout, device->board.flash->size,
                              device->board.table_offset);
    if (status != OTK_OK) {
        return status;
    }
    session->area.size -= session->area.size % OTK_SECTOR_SIZE;
    session->journal.slot_offset = session->area.offset;
    if (session->journal.image_size > session->area.size) {
        return OTK_TOO_BIG;
    }

    status = otk_device_settle(device, &selection);
    if (status != OTK_OK) {
        return status;
    }
    /* Where the switch will write, and that it will be able to, before anything is downloaded. */
    status = otk_selection_next(&selection, session->slot, OTK_STATE_NEW, &entry,
                                &session->journal_index);
    if (status != OTK_OK) {
        return status;
    }
    /* Without an active entry the switch will write sector 0. A journal in sector 1, left by a
     * session that ran before the active entry was lost, must not be forgotten silently. */
    if (selection.active < 0) {
        status = otk_journal_discard(otk_session_flash(session), &device->layout, device->running,
                                     otk_otadata_sector(&device->layout, 1));
    }
    return status;
}

enum otk_status otk_session_open(struct otk_session *session, struct otk_device *device,
                                 const struct otk_session_request *request,
                                 uint8_t buffer[OTK_SECTOR_SIZE])
{
    enum otk_status status;

    if (device->session) {
        return OTK_BUSY;
    }
    memset(session, 0, sizeof *session);
    session->device = device;
    session->buffer = buffer;
    session->journal.image_size = request->image_size;
    status = choose_slot(session);
    if (status != OTK_OK) {
        return status;
    }

    session->journal.group_size = otk_journal_group_size(
        otk_session_flash(session),
        session->journal.image_size ? session->journal.image_size : session->area.size);
    session->diverged = true;
    session->state = OTK_SESSION_HEAD;
    device->session = session;
    if (!request->sha256) {
        return OTK_OK;
    }
    session->journal.has_sha256 = 1;
    memcpy(session->journal.identity, request->sha256, sizeof session->journal.identity);
    status = otk_session_recall(session);
    return status == OTK_OK ? OTK_OK : fail(session, status);
}

uint32_t otk_session_offset(const struct otk_session *session)
{
    return session->sector_offset + session->fill;
}

/* The head is complete: judge it, and see whether flash remembers this image. */
static enum otk_status accept_head(struct otk_session *session)
{
    enum otk_status status = otk_device_accepts(session->device, session->buffer);

    if (status != OTK_OK) {
        return status;
    }
    memcpy(session->journal.seal, session->buffer, sizeof session->journal.seal);
    if (!session->journal.has_sha256) {
        status = otk_sha256_init(&session->file_sha);
        if (status == OTK_OK) {
            status = otk_sha256_update(&session->file_sha, session->buffer, OTK_IMAGE_HEAD_SIZE);
        }
        if (status == OTK_OK) {
            status = otk_sha256_finish(&session->file_sha, session->journal.identity);
        }
        if (status == OTK_OK) {
            status = otk_session_recall(session);
        }
        if (status != OTK_OK) {
            return status;
        }
    }
    session->state = OTK_SESSION_BODY;
    return OTK_OK;
}

/* Take bytes up to the next decision: the end of the head, or of a sector. */
static enum otk_status take(struct otk_session *session, const uint8_t *data, uint32_t *len)
{
    const bool in_head = session->state == OTK_SESSION_HEAD;
    const uint32_t room = (in_head ? OTK_IMAGE_HEAD_SIZE : OTK_SECTOR_SIZE) - session->fill;

    if (*len > room) {
        *len = room;
    }
    memcpy(session->buffer + session->fill, data, *len);
    session->fill += *len;
    if (*len < room) {
        return OTK_OK;
    }
    return in_head ? accept_head(session) : otk_session_flush(session);
}

enum otk_status otk_session_write(struct otk_session *session, uint32_t offset, const uint8_t *data,
                                  uint32_t len)
{
    const uint32_t limit = session->journal.image_size ? session->journal.image_size
                                                       : session->area.size;

    if (session->state != OTK_SESSION_HEAD && session->state != OTK_SESSION_BODY) {
        return session->state == OTK_SESSION_VERIFIED ? OTK_OK : OTK_NOT_OPEN;
    }
    if (offset > otk_session_offset(session)) {
        return OTK_GAP;
    }
    if (!otk_range_fits(offset, len, limit)) {
        return fail(session, OTK_TOO_BIG);
    }

    while (len > 0) {
        const uint32_t known = otk_session_offset(session) - offset;
        enum otk_status status = OTK_OK;
        uint32_t count = len;

        if (known >= len) {
            return OTK_OK;
        }
        if (known > 0) {
            count = known;
        } else {
            status = take(session, data, &count);
        }
        if (status != OTK_OK) {
            return fail(session, status);
        }
        offset += count;
        data += count;
        len -= count;
    }
    return OTK_OK;
}

enum otk_status otk_session_poll(struct otk_session *session)
{
    const uint32_t end = session->journal.image_size ? session->journal.image_size
                                                     : session->area.size;
    const uint32_t ahead = session->sector_offset + otk_session_flash(session)->block_size;
    enum otk_status status;

    if (session->state != OTK_SESSION_BODY || !session->diverged || !session->journal_open ||
        session->erased_end >= end || session->erased_end >= ahead) {
        return OTK_OK;
    }
    status = otk_session_erase_next(session);
    return status == OTK_OK ? OTK_MORE : fail(session, status);
}

/* All bytes were handed over: the last, partial sector, then on to the verification. */
static enum otk_status complete(struct otk_session *session)
{
    enum otk_status status = OTK_OK;

    if (session->journal.image_size != 0 &&
        otk_session_offset(session) != session->journal.image_size) {
        return OTK_INCOMPLETE;
    }
    if (session->state == OTK_SESSION_HEAD) {
        return fail(session, OTK_TRUNCATED);
    }
    if (session->fill > 0) {
        status = otk_session_flush(session);
    }
    if (status == OTK_OK) {
        status = otk_session_begin_verify(session);
    }
    return status == OTK_OK ? OTK_MORE : fail(session, status);
}

/* Whether the failure lies with the flash or the provider, so that the image may still be good. */
static bool is_passing(enum otk_status status)
{
    return status == OTK_FLASH_IO || status == OTK_POWER_LOST || status == OTK_CRYPTO;
}

static enum otk_status verify(struct otk_session *session)
{
    enum otk_status status = otk_session_verify_step(session);

    if (status == OTK_MORE) {
        return OTK_MORE;
    }
    if (status == OTK_OK) {
        status = otk_session_seal(session);
    }
    if (status == OTK_OK) {
        session->state = OTK_SESSION_VERIFIED;
        return OTK_OK;
    }
    fail(session, status);
    if (!is_passing(status)) {
        const enum otk_status ignored = forget(session, status);

        (void)ignored; /* the verdict on the image is what the caller has to know */
    }
    return status;
}

enum otk_status otk_session_finish(struct otk_session *session)
{
    switch (session->state) {
    case OTK_SESSION_HEAD:
    case OTK_SESSION_BODY:
        return complete(session);
    case OTK_SESSION_VERIFYING:
        return verify(session);
    case OTK_SESSION_VERIFIED:
        return OTK_OK;
    case OTK_SESSION_FAILED:
        return session->failure;
    case OTK_SESSION_CLOSED:
        break;
    }
    return OTK_NOT_OPEN;
}

enum otk_status otk_session_switch(struct otk_session *session)
{
    const struct otk_flash *flash = otk_session_flash(session);
    const struct otk_layout *layout = &session->device->layout;
    struct otk_selection selection;
    struct otk_otadata entry;
    enum otk_status status;
    int index;

    if (session->state != OTK_SESSION_VERIFIED) {
        return OTK_NOT_OPEN;
    }
    status = otk_selection_load(flash, layout, &selection);
    if (status == OTK_OK) {
        status = otk_selection_next(&selection, session->slot, OTK_STATE_NEW, &entry, &index);
    }
    /* Otadata reads differently than before: whatever is wrong with it, leave it alone. */
    if (status == OTK_OK && index != session->journal_index) {
        status = OTK_FLASH_VERIFY;
    }
    if (status == OTK_OK) {
        status = otk_otadata_store(flash, layout, index, &entry);
    }
    if (status == OTK_OK) {
        status = note(session, OTK_STAGE_SWITCHED, OTK_OK);
    }
    if (status != OTK_OK) {
        return fail(session, status);
    }
    otk_session_close(session);
    return OTK_OK;
}

void otk_session_close(struct otk_session *session)
{
    if (session->state == OTK_SESSION_VERIFYING) {
        otk_session_release(session);
    }
    if (session->device && session->device->session == session) {
        session->device->session = NULL;
    }
    session->state = OTK_SESSION_CLOSED;
}

enum otk_status otk_session_abort(struct otk_session *session, enum otk_status reason)
{
    const bool is_open = session->state != OTK_SESSION_CLOSED;

    otk_session_close(session);
    /* Since this session failed another may have been opened: flash is that one's now. */
    if (!is_open || session->device->session) {
        return OTK_OK;
    }
    return forget(session, reason);
}

void otk_session_progress(const struct otk_session *session, struct otk_progress *progress)
{
    progress->state = session->state;
    progress->slot = session->slot;
    progress->image_size = session->journal.image_size;
    progress->resumed_at = session->resumed_at;
    progress->written = session->sector_offset;
    progress->verified = session->verified;
    progress->skipped = session->skipped;
}
