// SPDX-License-Identifier: Apache-2.0
/*
 * Secure Boot v2 signatures on images, as `espsecure sign-data --version 2` makes them.
 *
 * The image is padded with FF to a multiple of 4096 bytes; one sector with the signature block
 * follows. RSA-3072 keys sign with PSS, P-256 keys with ECDSA.
 *
 *     status = otk_sign_image(image, len, pem, pem_len, &signed_image, &signed_len, &error);
 *     status = otk_sign_verify(signed_image, signed_len, pub_pem, pub_pem_len, &error);
 */
#ifndef OTAKIT_HOST_SIGN_H
#define OTAKIT_HOST_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "host/error.h"
#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sign an image, or other data as it stands. A signature sector the image has is replaced.
 *
 * image       `len` bytes
 * key         PEM text or DER of a private key, `key_len` bytes; no password
 * signed_out  written on success only; the caller frees it
 * error       written on failure only; may be NULL
 *
 * Returns  OTK_OK         signed
 *          OTK_BAD_KEY    not a private key, neither RSA-3072 nor P-256, or one whose private part
 *                         does not belong to its public one
 *          OTK_NO_MEMORY  this computer has no memory left
 *          OTK_CRYPTO     the provider failed
 */
OTK_MUST_USE enum otk_status otk_sign_image(const uint8_t *image, uint32_t len, const void *key,
                                            size_t key_len, uint8_t **signed_out,
                                            uint32_t *signed_len, struct otk_error *error);

/*
 * Verify that an image is signed with a key.
 *
 * key    PEM text or DER of the public key, or of the private one
 * error  written on failure only; may be NULL
 *
 * Returns  OTK_OK            a block holds this key, and its signature is good
 *          OTK_NO_SIGNATURE  there is no signature sector behind the image
 *          OTK_BAD_SIGNATURE no block is good under this key
 *          OTK_BAD_KEY       not a key, or neither RSA-3072 nor P-256
 *          OTK_CRYPTO        the provider failed
 */
OTK_MUST_USE enum otk_status otk_sign_verify(const uint8_t *image, uint32_t len, const void *key,
                                             size_t key_len, struct otk_error *error);

#ifdef __cplusplus
}
#endif

#endif
