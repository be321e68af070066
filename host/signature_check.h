// SPDX-License-Identifier: Apache-2.0
/*
 * Judging the signature blocks behind an image.
 *
 *     const uint8_t *sector = otk_signature_sector(image, len, image_len);
 *     if (sector && otk_signature_at(sector, 0, &signature) == OTK_OK)
 *         status = otk_signature_judge(&signature, image, (uint32_t)(sector - image), &digest);
 */
#ifndef OTAKIT_HOST_SIGNATURE_CHECK_H
#define OTAKIT_HOST_SIGNATURE_CHECK_H

#include <stdint.h>

#include "host/image_inspect.h"
#include "otakit/base/status.h"
#include "otakit/format/signature.h"

/*
 * Where the signature sector of an image stands: at the first multiple of 4096 behind it.
 *
 * len        bytes there are
 * image_len  bytes of the image itself
 *
 * Returns  the sector inside `image`; NULL where the bytes end before it does
 */
const uint8_t *otk_signature_sector(const uint8_t *image, uint32_t len, uint32_t image_len);

/*
 * Decode a block of a sector.
 *
 * index  below OTK_SIGNATURE_BLOCK_COUNT
 *
 * Returns  as otk_signature_decode
 */
OTK_MUST_USE enum otk_status otk_signature_at(const uint8_t sector[OTK_SIGNATURE_SECTOR_SIZE],
                                              uint32_t index, struct otk_signature *signature);

/*
 * Verify a block's signature with the block's own key. Whose key it is, is another matter.
 *
 * data    what is signed: everything before the sector, `len` bytes
 * digest  always written: whether the digest in the block is that of the data
 *
 * Returns  OTK_OK             good
 *          OTK_BAD_SIGNATURE  not good, or the digest is another
 *          OTK_BAD_KEY        the key cannot be used
 *          OTK_UNSUPPORTED    a scheme that cannot be verified here (P-384)
 *          OTK_CRYPTO         the provider failed
 */
OTK_MUST_USE enum otk_status otk_signature_judge(const struct otk_signature *signature,
                                                 const uint8_t *data, uint32_t len,
                                                 enum otk_check *digest);

#endif
