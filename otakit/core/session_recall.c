// SPDX-License-Identifier: Apache-2.0
/*
 * What an earlier attempt left on flash, and how far it can be believed.
 *
 *   journal of the same image     continue behind the last group whose bytes match their mark
 *   journal of another image      the slot may have been cut off in an erase: believe nothing
 *   no journal, an image's magic  the slot was settled: its bytes are stable, so sectors that are
 *                                 right can stay, and the whole image may be the wanted one
 *   no journal, no magic          believe nothing
 */
#include "otakit/base/crc32.h"
#include "otakit/base/memory.h"
#include "otakit/core/session_parts.h"

/*
 * Whether flash remembers the update at hand. Under the SHA-256 of the file the size says nothing new:
 * who does not know it, or did not, speaks of the same update. What else the header says must be
 * what this device would have written.
 */
static bool is_same_update(const struct otk_session *session, const struct otk_journal *old)
{
    const struct otk_journal *const wanted = &session->journal;
    const uint32_t size = old->image_size ? old->image_size : session->area.size;
    const bool is_size_open = wanted->has_sha256 &&
                              (wanted->image_size == 0 || old->image_size == 0);

    return old->slot_offset == wanted->slot_offset && old->has_sha256 == wanted->has_sha256 &&
           memcmp(old->identity, wanted->identity, sizeof wanted->identity) == 0 &&
           (old->image_size == wanted->image_size || is_size_open) && size <= session->area.size &&
           old->group_size == otk_journal_group_size(otk_session_flash(session), size);
}

/* CRC of the image's bytes from `offset` to `end`, as they stand on flash. */
static enum otk_status crc_of_group(const struct otk_session *session, uint32_t offset,
                                    uint32_t end, uint32_t *crc)
{
    uint8_t bytes[OTK_SESSION_CHUNK];

    *crc = 0;
    while (offset < end) {
        const uint32_t len = end - offset < sizeof bytes ? end - offset : (uint32_t)sizeof bytes;
        const enum otk_status status = otk_session_read_image(session, offset, bytes, len);

        if (status != OTK_OK) {
            return status;
        }
        *crc = otk_crc32(*crc, bytes, len);
        offset += len;
    }
    return OTK_OK;
}

/* How far the slot matches the marks: bytes from the start of the image. */
static enum otk_status find_resume_offset(struct otk_session *session, uint32_t *resume_offset)
{
    const uint32_t size = session->journal.image_size ? session->journal.image_size
                                                      : session->area.size;
    uint32_t offset = 0;

    while (offset < size) {
        const uint32_t group = session->journal.group_size;
        const uint32_t end = size - offset < group ? size : offset + group;
        enum otk_status status;
        uint32_t crc;

        status = crc_of_group(session, offset, end, &crc);
        if (status == OTK_OK) {
            status = otk_journal_find_mark(otk_session_flash(session),
                                           otk_session_journal_sector(session),
                                           &session->mark_index, crc);
        }
        if (status == OTK_NOT_FOUND) {
            break;
        }
        if (status != OTK_OK) {
            return status;
        }
        offset = end;
    }
    *resume_offset = offset;
    return OTK_OK;
}

/*
 * Take away a seal that is torn, and cannot be written over, or whole while bytes behind `offset`
 * are still to be written: write the first sector once more without it.
 */
static enum otk_status mend_seal(struct otk_session *session, uint32_t offset)
{
    uint8_t blank[OTK_SEAL_SIZE];
    const struct otk_flash *flash = otk_session_flash(session);
    enum otk_status status;

    memset(blank, 0xFF, sizeof blank);
    status = otk_session_compare(session, 0, blank, sizeof blank);
    if (status == OTK_FLASH_VERIFY && offset == session->journal.image_size) {
        status = otk_session_compare(session, 0, session->journal.seal,
                                     sizeof session->journal.seal);
    }
    if (status != OTK_FLASH_VERIFY) {
        return status;
    }
    status = otk_session_read_image(session, 0, session->buffer, OTK_SECTOR_SIZE);
    if (status == OTK_OK) {
        status = flash->erase(flash->context, session->area.offset, OTK_SECTOR_SIZE);
    }
    if (status == OTK_OK) {
        status = otk_session_program(session, OTK_SEAL_SIZE, session->buffer + OTK_SEAL_SIZE,
                                     OTK_SECTOR_SIZE - OTK_SEAL_SIZE);
    }
    return status;
}

static enum otk_status resume(struct otk_session *session, const struct otk_journal *journal)
{
    const uint32_t wanted_group = session->journal.group_size;
    enum otk_status status;
    uint32_t offset = 0;

    /* The size on flash stays where it is: whoever claimed it need not have told the truth. */
    session->journal.group_size = journal->group_size;
    memcpy(session->journal.seal, journal->seal, sizeof session->journal.seal);
    status = find_resume_offset(session, &offset);
    if (status != OTK_OK || offset == 0) {
        session->journal.group_size = wanted_group;
        return status;
    }
    status = mend_seal(session, offset);
    if (status != OTK_OK) {
        return status;
    }

    session->journal_open = true;
    session->resumed_at = offset;
    session->sector_offset = offset;
    session->erased_end = (offset + OTK_SECTOR_SIZE - 1) / OTK_SECTOR_SIZE * OTK_SECTOR_SIZE;
    session->fill = 0;
    session->state = OTK_SESSION_BODY;
    return OTK_OK;
}

/* The slot holds an image of the wanted length: see whether it is the wanted one. */
static enum otk_status take_as_it_is(struct otk_session *session)
{
    const struct otk_flash *flash = otk_session_flash(session);
    enum otk_status status;

    status = flash->read(flash->context, session->area.offset, session->journal.seal,
                         OTK_SEAL_SIZE);
    if (status != OTK_OK) {
        return status;
    }
    session->sector_offset = session->journal.image_size;
    status = otk_session_begin_verify(session);
    if (status == OTK_OK) {
        status = OTK_MORE;
    }
    while (status == OTK_MORE) {
        status = otk_session_verify_step(session);
    }

    if (status == OTK_OK) {
        session->skipped = session->journal.image_size;
        session->state = OTK_SESSION_VERIFIED;
        return OTK_OK;
    }
    session->sector_offset = 0;
    session->verified = 0;
    session->state = OTK_SESSION_HEAD;
    return status == OTK_FLASH_IO || status == OTK_POWER_LOST ? status : OTK_OK;
}

enum otk_status otk_session_recall(struct otk_session *session)
{
    const struct otk_flash *flash = otk_session_flash(session);
    struct otk_journal journal;
    enum otk_status status;
    uint32_t len;

    session->mark_index = 0;
    status = otk_journal_load(flash, otk_session_journal_sector(session), &journal);
    if (status == OTK_OK) {
        return is_same_update(session, &journal) ? resume(session, &journal) : OTK_OK;
    }
    if (status != OTK_NOT_FOUND) {
        return status;
    }

    len = otk_image_measure(flash, session->area);
    session->trusted_end = len / OTK_SECTOR_SIZE * OTK_SECTOR_SIZE;
    if (len != 0 && len == session->journal.image_size && session->journal.has_sha256) {
        return take_as_it_is(session);
    }
    return OTK_OK;
}
