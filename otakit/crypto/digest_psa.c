// SPDX-License-Identifier: Apache-2.0
/* Digests by PSA Crypto. */
#include <psa/crypto.h>

#include "otakit/crypto/digest.h"

_Static_assert(sizeof(psa_hash_operation_t) <= sizeof(struct otk_sha256),
               "struct otk_sha256 is too small for this provider's operation");
_Static_assert(_Alignof(psa_hash_operation_t) <= _Alignof(struct otk_sha256),
               "struct otk_sha256 is not aligned for this provider's operation");

static psa_hash_operation_t *operation(struct otk_sha256 *sha)
{
    return (void *)sha->opaque;
}

enum otk_status otk_sha256_init(struct otk_sha256 *sha)
{
    /* Does nothing from the second time on. */
    if (psa_crypto_init() != PSA_SUCCESS) {
        return OTK_CRYPTO;
    }
    *operation(sha) = psa_hash_operation_init();
    return psa_hash_setup(operation(sha), PSA_ALG_SHA_256) == PSA_SUCCESS ? OTK_OK : OTK_CRYPTO;
}

enum otk_status otk_sha256_update(struct otk_sha256 *sha, const void *data, uint32_t len)
{
    return psa_hash_update(operation(sha), data, len) == PSA_SUCCESS ? OTK_OK : OTK_CRYPTO;
}

enum otk_status otk_sha256_finish(struct otk_sha256 *sha, uint8_t digest[OTK_SHA256_SIZE])
{
    size_t len;

    if (psa_hash_finish(operation(sha), digest, OTK_SHA256_SIZE, &len) != PSA_SUCCESS) {
        otk_sha256_abort(sha);
        return OTK_CRYPTO;
    }
    return OTK_OK;
}

void otk_sha256_abort(struct otk_sha256 *sha)
{
    (void)psa_hash_abort(operation(sha));
}

enum otk_status otk_md5(const void *data, uint32_t len, uint8_t digest[OTK_MD5_SIZE])
{
    size_t digest_len;

    if (psa_crypto_init() != PSA_SUCCESS) {
        return OTK_CRYPTO;
    }
    return psa_hash_compute(PSA_ALG_MD5, data, len, digest, OTK_MD5_SIZE, &digest_len) ==
                   PSA_SUCCESS
               ? OTK_OK
               : OTK_CRYPTO;
}
