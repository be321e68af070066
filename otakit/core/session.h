// SPDX-License-Identifier: Apache-2.0
/*
 * One update, from the first byte to the switch; the same for every transport.
 *
 * The session chooses the passive slot, refuses what should not be installed before it erases
 * anything, writes, reads back, remembers on flash how far it got, verifies the whole image from
 * flash and only then lets it boot.
 *
 *     static uint8_t buffer[OTK_SECTOR_SIZE];
 *     struct otk_session session;
 *     struct otk_session_request request = {.image_size = len, .sha256 = digest};
 *
 *     status = otk_session_open(&session, &device, &request, buffer);
 *     offset = otk_session_offset(&session);           // 0, or where an earlier attempt ended
 *     while (status == OTK_OK && bytes arrive)
 *         status = otk_session_write(&session, offset, data, len), offset += len;
 *     while ((status = otk_session_finish(&session)) == OTK_MORE)
 *         ;                                            // feed the watchdog, report progress
 *     if (status == OTK_OK)
 *         status = otk_session_switch(&session);       // then reset
 *
 *     bytes --> stage (decoder, decryption; a transport's own) --> session --> flash
 *
 * A session that ends in any way but a switch leaves the running application alone. A reset in the
 * middle is allowed: the next session finds on flash what can be continued.
 */
#ifndef OTAKIT_CORE_SESSION_H
#define OTAKIT_CORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/device.h"
#include "otakit/core/journal.h"
#include "otakit/core/table.h"
#include "otakit/core/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of an update before its first byte. Zeros are "not known". */
struct otk_session_request {
    uint32_t image_size;   /* bytes; 0: not known */
    const uint8_t *sha256; /* 32 bytes over the whole file, or NULL; borrowed for the call */
};

enum otk_session_state {
    OTK_SESSION_CLOSED,
    OTK_SESSION_HEAD,      /* collecting the first bytes; nothing on flash has changed */
    OTK_SESSION_BODY,      /* writing */
    OTK_SESSION_VERIFYING, /* all bytes are on flash; reading them back as a whole */
    OTK_SESSION_VERIFIED,  /* the slot holds a good image; otk_session_switch may follow */
    OTK_SESSION_FAILED
};

/* Where an update stands; any transport may show it. */
struct otk_progress {
    enum otk_session_state state;
    int slot;            /* the one being written */
    uint32_t image_size; /* bytes; 0: not known */
    uint32_t resumed_at; /* offset at which this session continued; 0: from the start */
    uint32_t written;    /* bytes on flash and read back */
    uint32_t verified;   /* bytes of the final verification */
    uint32_t skipped;    /* bytes that were on flash already */
};

/* An update in progress. Borrow no field; ask the functions below. */
struct otk_session {
    struct otk_device *device;
    uint8_t *buffer;      /* the caller's sector */
    struct otk_area area; /* the slot being written */
    int slot;
    int journal_index; /* the otadata sector that the switch will write */
    enum otk_session_state state;
    enum otk_status failure;    /* why the session failed */
    struct otk_journal journal; /* which update this is; image_size 0: not known */
    uint32_t sector_offset;     /* in the image, of the sector in `buffer` */
    uint32_t fill;              /* bytes collected in `buffer` */
    uint32_t erased_end;        /* in the slot: up to here erased by this session */
    uint32_t trusted_end;       /* in the slot: up to here old content is known to be stable */
    uint32_t resumed_at;
    uint32_t verified;
    uint32_t skipped;
    uint32_t mark_index; /* place of the next journal mark */
    uint32_t group_crc;  /* of the sectors since the last mark */
    bool journal_open;   /* the journal describes this session */
    bool diverged;       /* the last sector differed from what stood there */
    struct otk_verifier verifier;
    struct otk_sha256 file_sha;
};

/*
 * Begin an update, or continue the one that flash remembers for the same image.
 *
 * With request->sha256 the answer is known at once: otk_session_offset says where to continue.
 * Without it the session has to see the image's head (OTK_IMAGE_HEAD_SIZE bytes from offset 0)
 * first; afterwards otk_session_offset may jump ahead.
 *
 * device   borrowed until the session ends
 * request  borrowed for the call
 * buffer   one sector, borrowed until the session ends
 *
 * Returns  OTK_OK              open
 *          OTK_BUSY            another session is open; it is not touched
 *          OTK_PENDING_VERIFY  the running application has to be confirmed first
 *          OTK_NO_SLOT         every OTA slot is the running one, or there is none
 *          OTK_NO_OTADATA      the table has no otadata partition of two sectors
 *          OTK_TOO_BIG         image_size does not fit the slot
 *          OTK_MISALIGNED, OTK_BAD_TABLE
 *                              as otk_layout_check
 *          OTK_OUT_OF_RANGE    otadata's sequence numbers are used up
 *          OTK_FLASH_IO        the flash refused
 * Power loss: the running application stays selected. Where otadata does not name it (after the
 * bootloader fell back), that is mended first, see DESIGN.md.
 * Blocks for reading what is there: the sectors that an earlier attempt wrote, or a whole image of
 * the wanted size. Without sha256 the call that completes the head does.
 */
OTK_MUST_USE enum otk_status otk_session_open(struct otk_session *session,
                                              struct otk_device *device,
                                              const struct otk_session_request *request,
                                              uint8_t buffer[OTK_SECTOR_SIZE]);

/*
 * The offset of the next byte that the session wants. Never shrinks while the session is open.
 *
 * Returns  bytes from the start of the image
 */
uint32_t otk_session_offset(const struct otk_session *session);

/*
 * Hand over bytes of the image. Bytes below otk_session_offset are ignored: they are safe already.
 *
 * offset  of `data` in the image
 * data    `len` bytes, borrowed for the call
 *
 * Returns  OTK_OK       taken; whole sectors among them are on flash and were read back
 *          OTK_GAP      bytes between otk_session_offset and `offset` are missing; nothing was taken
 *          OTK_TOO_BIG  the image would pass the slot's end or its announced size
 *          OTK_BAD_MAGIC, OTK_WRONG_CHIP, OTK_CHIP_REVISION, OTK_NO_APP_DESC, OTK_WRONG_PROJECT,
 *          OTK_SAME_VERSION, OTK_OLDER_VERSION, OTK_SECURE_VERSION
 *                       refused on its head; nothing on flash has changed
 *          OTK_FLASH_IO, OTK_FLASH_VERIFY  the flash refused or did not keep what was written
 *          OTK_NOT_OPEN the session is not receiving
 * All but OK and GAP fail the session. Power loss: the slot holds no bootable image; an update of
 * the same image continues behind the last marked sector.
 * Blocks for at most one erase of erase_size_max and one sector of programming per sector begun.
 */
OTK_MUST_USE enum otk_status otk_session_write(struct otk_session *session, uint32_t offset,
                                               const uint8_t *data, uint32_t len);

/*
 * Use idle time: erase ahead of the writing position, one erase per call.
 *
 * Returns  OTK_OK        nothing to do now
 *          OTK_MORE      something was done, there may be more
 *          OTK_FLASH_IO  the flash refused; the session is failed
 * Power loss: as otk_session_write. Blocks for at most one erase of erase_size_max.
 */
OTK_MUST_USE enum otk_status otk_session_poll(struct otk_session *session);

/*
 * All bytes were handed over: write the rest, verify the whole image as it stands on flash, then
 * complete its first sector. Each call does a bounded piece; call until it is not OTK_MORE.
 *
 * Returns  OTK_MORE        not done yet
 *          OTK_OK          the slot holds the verified image
 *          OTK_INCOMPLETE  bytes are missing; the session stays open
 *          OTK_BAD_HASH    it is not the file that request->sha256 names, or the appended hash is wrong
 *          others          as otk_verifier_update and otk_session_write
 * Any refusal but OTK_INCOMPLETE fails the session and forgets its journal: the next attempt
 * starts at 0. Power loss: as otk_session_write, or the slot holds the verified image.
 */
OTK_MUST_USE enum otk_status otk_session_finish(struct otk_session *session);

/*
 * Make the verified image the next to boot, as ESP-IDF writes it: state NEW. Closes the session.
 *
 * Returns  OTK_OK        the next reset boots it, on trial
 *          OTK_NOT_OPEN  nothing is verified yet
 *          OTK_FLASH_IO  the flash refused; what boots is as after a power cut
 * Power loss: the running application boots, or the new one on trial.
 */
OTK_MUST_USE enum otk_status otk_session_switch(struct otk_session *session);

/*
 * Leave a session and keep what it has on flash, for a later session to continue.
 */
void otk_session_close(struct otk_session *session);

/*
 * End a session and forget what it did. The slot then holds nothing that boots. A session that
 * failed forgets nothing when another one has been opened since.
 *
 * reason  kept in the last-update record
 *
 * Returns  OTK_OK        forgotten
 *          OTK_FLASH_IO  the flash refused; the session is closed all the same
 * Power loss: the journal may survive; a session for the same image would continue it.
 */
OTK_MUST_USE enum otk_status otk_session_abort(struct otk_session *session, enum otk_status reason);

/* Where the session stands. */
void otk_session_progress(const struct otk_session *session, struct otk_progress *progress);

#ifdef __cplusplus
}
#endif

#endif
