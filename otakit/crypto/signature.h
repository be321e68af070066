// SPDX-License-Identifier: Apache-2.0
/*
 * Whether a signature over a SHA-256 is good: RSA-3072-PSS and ECDSA on P-256, through PSA Crypto.
 *
 * Numbers are little endian, as they stand in a Secure Boot v2 block.
 *
 *     status = otk_rsa3072_verify(modulus, 65537, digest, signature);
 */
#ifndef OTAKIT_CRYPTO_SIGNATURE_H
#define OTAKIT_CRYPTO_SIGNATURE_H

#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Verify RSA-3072-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes.
 *
 * Returns  OTK_OK             good
 *          OTK_BAD_SIGNATURE  not good
 *          OTK_BAD_KEY        the provider does not take the key
 *          OTK_CRYPTO         the provider failed
 */
OTK_MUST_USE enum otk_status otk_rsa3072_verify(const uint8_t modulus[384], uint32_t exponent,
                                                const uint8_t digest[32],
                                                const uint8_t signature[384]);

/*
 * Verify ECDSA on P-256 over a SHA-256.
 *
 * key        X, Y
 * signature  r, s
 *
 * Returns  OTK_OK             good
 *          OTK_BAD_SIGNATURE  not good
 *          OTK_BAD_KEY        the point is not on the curve
 *          OTK_CRYPTO         the provider failed
 */
OTK_MUST_USE enum otk_status otk_ecdsa_p256_verify(const uint8_t key[64], const uint8_t digest[32],
                                                   const uint8_t signature[64]);

#ifdef __cplusplus
}
#endif

#endif
