// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of the session share among themselves. Not for use outside.
 *
 * session.c answers callers; session_write.c puts sectors on flash; session_recall.c finds what an
 * earlier attempt left; session_verify.c gives the verdict. None of these functions changes
 * session->state but where it says so.
 */
#ifndef OTAKIT_CORE_SESSION_PARTS_H
#define OTAKIT_CORE_SESSION_PARTS_H

#include "otakit/core/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes read at once onto the stack. */
#define OTK_SESSION_CHUNK 128u

/* The flash under the session. */
static inline const struct otk_flash *otk_session_flash(const struct otk_session *session)
{
    return session->device->board.flash;
}

/* The otadata sector of the journal, bytes from the start of flash. */
static inline uint32_t otk_session_journal_sector(const struct otk_session *session)
{
    return otk_otadata_sector(&session->device->layout, session->journal_index);
}

/* Read the image as it will be: flash, with the seal in front. `offset` is 0 or beyond the seal;
 * at 0, `len` is at least the seal's size. Returns as flash->read. */
OTK_MUST_USE enum otk_status otk_session_read_image(const struct otk_session *session,
                                                    uint32_t offset, void *data, uint32_t len);

/* Returns OTK_OK when the slot holds `data` at `offset`, OTK_FLASH_VERIFY when not, OTK_FLASH_IO. */
OTK_MUST_USE enum otk_status otk_session_compare(const struct otk_session *session, uint32_t offset,
                                                 const uint8_t *data, uint32_t len);

/* Write to the slot and read back. Returns OTK_OK, OTK_FLASH_IO, OTK_FLASH_VERIFY.
 * Power loss: the bytes are there, or torn. */
OTK_MUST_USE enum otk_status otk_session_program(const struct otk_session *session, uint32_t offset,
                                                 const uint8_t *data, uint32_t len);

/* Erase the next piece of the slot. Returns OTK_OK, OTK_FLASH_IO.
 * Power loss: the piece holds anything; the journal says that it is not to be trusted. */
OTK_MUST_USE enum otk_status otk_session_erase_next(struct otk_session *session);

/* Put the sector in `buffer` on flash and mark it. Returns OTK_OK, OTK_FLASH_IO, OTK_FLASH_VERIFY.
 * Power loss: see session.c, steps 1 and 2. */
OTK_MUST_USE enum otk_status otk_session_flush(struct otk_session *session);

/* Forget the slot's unfinished content, here and on flash. Returns as otk_journal_discard. */
OTK_MUST_USE enum otk_status otk_session_discard(struct otk_session *session);

/*
 * With identity known: continue what flash remembers, or take the slot's content as it is when
 * that is the very image. Sets state to BODY or VERIFIED then, else leaves it.
 *
 * Returns OTK_OK, OTK_FLASH_IO.
 * Power loss: nothing that was marked is lost but by a second cut while sector 0 is mended.
 */
OTK_MUST_USE enum otk_status otk_session_recall(struct otk_session *session);

/* Start the final verification: state VERIFYING. Returns OTK_OK, OTK_CRYPTO, OTK_FLASH_IO, or as
 * otk_device_accepts: the head is judged once more, now as it stands on flash. */
OTK_MUST_USE enum otk_status otk_session_begin_verify(struct otk_session *session);

/* Verify the next sector. Returns OTK_MORE, then the verdict as otk_session_finish. */
OTK_MUST_USE enum otk_status otk_session_verify_step(struct otk_session *session);

/* Complete the first sector. Returns as otk_session_program.
 * Power loss: the seal is missing or torn, and the slot is nothing to boot; or it is complete. */
OTK_MUST_USE enum otk_status otk_session_seal(struct otk_session *session);

/* Let go of the digests of a verification that is not finished. */
void otk_session_release(struct otk_session *session);

#ifdef __cplusplus
}
#endif

#endif
