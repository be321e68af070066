// SPDX-License-Identifier: Apache-2.0
/*
 * Whether an application image is whole and fit to boot: structure, checksum, SHA-256, chip.
 *
 * One pass over the bytes, in any split. The verdict starts as "incomplete" and becomes good in
 * one place only. The rules and their order are those of ESP-IDF's bootloader.
 *
 *     struct otk_verifier verifier;
 *     otk_verifier_init(&verifier, &target);
 *     while (status == OTK_OK && more)
 *         status = otk_verifier_update(&verifier, data, len);
 *     status = otk_verifier_finish(&verifier, &info);
 */
#ifndef OTAKIT_CORE_VERIFY_H
#define OTAKIT_CORE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"
#include "otakit/core/table.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What an image is judged against. */
struct otk_image_target {
    struct otk_area area; /* where it stands or will stand; mapped addresses depend on the offset */
    uint16_t chip_id;     /* enum otk_chip */
    uint16_t revision;    /* the chip's, major * 100 + minor */
    bool ignore_hash;     /* take the appended SHA-256 unread, as for the bootloader's own image */
    bool ignore_max_revision; /* likewise */
};

/* What is known of an image that was accepted. */
struct otk_image_info {
    uint32_t len; /* bytes, appended hash included */
    uint32_t entry_address;
    uint8_t sha256[OTK_SHA256_SIZE]; /* the appended hash; zero where has_hash is false */
    bool has_hash;
};

/* A verification in progress. A copy continues on its own only with the portable digest. */
struct otk_verifier {
    struct otk_image_target target;
    struct otk_image_header header;
    enum otk_status status; /* first refusal; OTK_INCOMPLETE until the end is reached */
    uint32_t offset;        /* bytes seen */
    uint32_t piece_end;     /* offset at which the current piece is complete */
    uint32_t checksum;      /* XOR of segment data by words, folded at the end */
    uint8_t stage;          /* which piece is being collected; private to verify.c */
    uint8_t segment_index;
    bool is_hashing;   /* what arrives is part of what the appended SHA-256 covers */
    uint8_t piece[32]; /* header, segment header, padding or hash being collected */
    struct otk_sha256 sha;
};

/* Begin. target is copied. */
void otk_verifier_init(struct otk_verifier *verifier, const struct otk_image_target *target);

/*
 * Look at the next bytes of the image. Bytes behind its end are ignored.
 *
 * Returns  OTK_OK                 so far nothing speaks against the image
 *          OTK_INVALID_ARGUMENT   the area is larger than OTK_IMAGE_SIZE_LIMIT
 *          OTK_MISALIGNED         the area's offset is not a multiple of 4
 *          OTK_TOO_BIG            it cannot fit its area
 *          OTK_BAD_MAGIC, OTK_WRONG_CHIP, OTK_CHIP_REVISION, OTK_TOO_MANY_SEGMENTS,
 *          OTK_BAD_SEGMENT, OTK_BAD_ADDRESS, OTK_BAD_CHECKSUM, OTK_BAD_HASH, OTK_CRYPTO
 *                                 the image is refused; every later call says the same
 */
OTK_MUST_USE enum otk_status otk_verifier_update(struct otk_verifier *verifier, const uint8_t *data,
                                                 uint32_t len);

/* Whether the last byte of the image has been seen, so that more would be ignored. */
bool otk_verifier_is_done(const struct otk_verifier *verifier);

/*
 * The verdict. Releases what the verifier holds; call it on every path.
 *
 * info  written on success only; may be NULL
 *
 * Returns  OTK_OK          the image is whole and fits the target
 *          OTK_INCOMPLETE  it ends too early
 *          others          as otk_verifier_update
 */
OTK_MUST_USE enum otk_status otk_verifier_finish(struct otk_verifier *verifier,
                                                 struct otk_image_info *info);

/*
 * Verify the image that stands in flash at target->area.
 *
 * scratch      borrowed for the call; the image is read through it
 * scratch_len  bytes, a multiple of 4, at least 32; more is faster
 * info         written on success only; may be NULL
 *
 * Returns  as otk_verifier_update and otk_verifier_finish, or
 *          OTK_FLASH_IO  the flash could not be read
 */
OTK_MUST_USE enum otk_status otk_image_verify(const struct otk_flash *flash,
                                              const struct otk_image_target *target,
                                              uint8_t *scratch, uint32_t scratch_len,
                                              struct otk_image_info *info);

/*
 * The length that the image at `area` claims for itself, without any verification.
 *
 * Returns  bytes, appended hash included; 0 when there is no image that fits the area
 */
uint32_t otk_image_measure(const struct otk_flash *flash, struct otk_area area);

#ifdef __cplusplus
}
#endif

#endif
