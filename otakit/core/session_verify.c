// SPDX-License-Identifier: Apache-2.0
/* The verdict on a whole image, read back from flash, and the seal that makes it bootable. */
#include "otakit/base/memory.h"
#include "otakit/core/session_parts.h"

void otk_session_release(struct otk_session *session)
{
    const enum otk_status verdict = otk_verifier_finish(&session->verifier, NULL);

    (void)verdict;
    otk_sha256_abort(&session->file_sha);
}

enum otk_status otk_session_begin_verify(struct otk_session *session)
{
    const struct otk_board *board = &session->device->board;
    const struct otk_image_target target = {
        .area = session->area,
        .chip_id = board->chip_id,
        .revision = board->revision,
    };
    enum otk_status status;

    status = otk_session_read_image(session, 0, session->buffer, OTK_IMAGE_HEAD_SIZE);
    if (status == OTK_OK) {
        status = otk_device_accepts(session->device, session->buffer);
    }
    if (status == OTK_OK) {
        status = otk_sha256_init(&session->file_sha);
    }
    if (status != OTK_OK) {
        return status;
    }
    otk_verifier_init(&session->verifier, &target);
    session->verified = 0;
    session->state = OTK_SESSION_VERIFYING;
    return OTK_OK;
}

/* The end is reached: structure and appended hash first, then the hash that was asked for. */
static enum otk_status conclude(struct otk_session *session)
{
    uint8_t digest[OTK_SHA256_SIZE];
    const enum otk_status verdict = otk_verifier_finish(&session->verifier, NULL);
    const enum otk_status status = otk_sha256_finish(&session->file_sha, digest);

    if (verdict != OTK_OK) {
        return verdict;
    }
    if (status != OTK_OK) {
        return status;
    }
    if (session->journal.has_sha256 &&
        memcmp(digest, session->journal.identity, sizeof digest) != 0) {
        return OTK_BAD_HASH;
    }
    return OTK_OK;
}

enum otk_status otk_session_verify_step(struct otk_session *session)
{
    const uint32_t rest = session->sector_offset - session->verified;
    const uint32_t len = rest < OTK_SECTOR_SIZE ? rest : OTK_SECTOR_SIZE;
    enum otk_status status;

    status = otk_session_read_image(session, session->verified, session->buffer, len);
    if (status == OTK_OK) {
        status = otk_verifier_update(&session->verifier, session->buffer, len);
    }
    if (status == OTK_OK && session->journal.has_sha256) {
        status = otk_sha256_update(&session->file_sha, session->buffer, len);
    }
    if (status != OTK_OK) {
        otk_session_release(session);
        return status;
    }
    session->verified += len;
    return len == rest ? conclude(session) : OTK_MORE;
}

enum otk_status otk_session_seal(struct otk_session *session)
{
    const enum otk_status status = otk_session_compare(session, 0, session->journal.seal,
                                                       sizeof session->journal.seal);

    if (status != OTK_FLASH_VERIFY) {
        return status;
    }
    return otk_session_program(session, 0, session->journal.seal, sizeof session->journal.seal);
}
