// SPDX-License-Identifier: Apache-2.0
/* The session's sectors on flash: erase, write, read back, mark. */
#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"
#include "otakit/base/memory.h"
#include "otakit/core/session_parts.h"

#define BLOCK_64K 0x10000u
#define BLOCK_32K 0x8000u

enum otk_status otk_session_read_image(const struct otk_session *session, uint32_t offset,
                                       void *data, uint32_t len)
{
    const struct otk_flash *flash = otk_session_flash(session);
    enum otk_status status = flash->read(flash->context, session->area.offset + offset, data, len);

    if (status == OTK_OK && offset == 0) {
        memcpy(data, session->journal.seal, OTK_SEAL_SIZE);
    }
    return status;
}

enum otk_status otk_session_compare(const struct otk_session *session, uint32_t offset,
                                    const uint8_t *data, uint32_t len)
{
    const struct otk_flash *flash = otk_session_flash(session);
    uint8_t found[OTK_SESSION_CHUNK];

    while (len > 0) {
        const uint32_t count = len < OTK_SESSION_CHUNK ? len : OTK_SESSION_CHUNK;
        const enum otk_status status = flash->read(flash->context, session->area.offset + offset,
                                                   found, count);

        if (status != OTK_OK) {
            return status;
        }
        if (memcmp(found, data, count) != 0) {
            return OTK_FLASH_VERIFY;
        }
        offset += count;
        data += count;
        len -= count;
    }
    return OTK_OK;
}

enum otk_status otk_session_program(const struct otk_session *session, uint32_t offset,
                                    const uint8_t *data, uint32_t len)
{
    const struct otk_flash *flash = otk_session_flash(session);
    const enum otk_status status = flash->write(flash->context, session->area.offset + offset, data,
                                                len);

    return status == OTK_OK ? otk_session_compare(session, offset, data, len) : status;
}

/*
 * The erase command for what comes next: as large as alignment, the allowed stall and the slot
 * permit, but none that clears four times more than is needed. Where old content may be worth
 * keeping, one sector.
 */
static uint32_t erase_len(const struct otk_session *session)
{
    const uint32_t limit = session->device->erase_size_max ? session->device->erase_size_max
                                                           : otk_session_flash(session)->block_size;
    const uint32_t end = session->journal.image_size ? session->journal.image_size
                                                     : session->area.size;
    const uint32_t offset = session->erased_end;
    uint32_t len;

    if (!session->diverged) {
        return OTK_SECTOR_SIZE;
    }
    for (len = BLOCK_64K; len >= BLOCK_32K; len /= 2) {
        if (len <= limit && (session->area.offset + offset) % len == 0 &&
            otk_range_fits(offset, len, session->area.size) && end - offset > len / 4) {
            return len;
        }
    }
    return OTK_SECTOR_SIZE;
}

enum otk_status otk_session_erase_next(struct otk_session *session)
{
    const struct otk_flash *flash = otk_session_flash(session);
    const uint32_t len = erase_len(session);
    const enum otk_status status = flash->erase(flash->context,
                                                session->area.offset + session->erased_end, len);

    if (status == OTK_OK) {
        session->erased_end += len;
    }
    return status;
}

enum otk_status otk_session_discard(struct otk_session *session)
{
    const struct otk_device *device = session->device;

    session->journal_open = false;
    return otk_journal_discard(otk_session_flash(session), &device->layout, device->running,
                               otk_session_journal_sector(session));
}

/* Step 1: from here on the slot may change. */
static enum otk_status begin_writing(struct otk_session *session)
{
    enum otk_status status = otk_session_discard(session);

    if (status == OTK_OK) {
        status = otk_journal_store(otk_session_flash(session), otk_session_journal_sector(session),
                                   &session->journal);
    }
    session->journal_open = status == OTK_OK;
    return status;
}

/* Count a sector that is safe on flash; a full group gets its mark. */
static enum otk_status account(struct otk_session *session)
{
    const uint32_t len = session->fill;
    const uint32_t end = session->sector_offset + len;
    const bool is_last = session->journal.image_size != 0 && end == session->journal.image_size;
    enum otk_status status = OTK_OK;

    session->group_crc = otk_crc32(session->group_crc, session->buffer, len);
    if (end % session->journal.group_size == 0 || is_last) {
        if (session->journal_open) {
            status = otk_journal_mark(otk_session_flash(session),
                                      otk_session_journal_sector(session), &session->mark_index,
                                      session->group_crc);
        }
        session->group_crc = 0;
    }
    session->sector_offset = end;
    session->fill = 0;
    return status;
}

/*
 * Step 2 for the sector in `buffer`. The first sector is always written, even when it is right
 * already: without its seal the slot is nothing to boot while the others change.
 */
enum otk_status otk_session_flush(struct otk_session *session)
{
    const uint32_t offset = session->sector_offset;
    const uint32_t align = otk_session_flash(session)->write_align;
    const uint32_t len = (session->fill + align - 1) / align * align;
    const uint32_t skip = offset == 0 ? OTK_SEAL_SIZE : 0;
    enum otk_status status;

    if (offset == session->erased_end) {
        const bool may_match = offset + session->fill <= session->trusted_end;

        status = may_match ? otk_session_compare(session, offset, session->buffer, session->fill)
                           : OTK_FLASH_VERIFY;
        if (status != OTK_OK && status != OTK_FLASH_VERIFY) {
            return status;
        }
        session->diverged = status != OTK_OK;
    }
    if (offset == 0) {
        status = begin_writing(session);
        if (status != OTK_OK) {
            return status;
        }
    } else if (offset == session->erased_end && !session->diverged) {
        session->skipped += session->fill;
        session->erased_end += OTK_SECTOR_SIZE;
        return account(session);
    }
    memset(session->buffer + session->fill, 0xFF, OTK_SECTOR_SIZE - session->fill);
    if (offset == session->erased_end) {
        status = otk_session_erase_next(session);
        if (status != OTK_OK) {
            return status;
        }
    }
    status = otk_session_program(session, offset + skip, session->buffer + skip, len - skip);
    return status == OTK_OK ? account(session) : status;
}
