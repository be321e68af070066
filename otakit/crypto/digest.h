// SPDX-License-Identifier: Apache-2.0
/*
 * SHA-256 and MD5 behind one header, whoever computes them.
 *
 * `digest_psa.c` hands the work to PSA Crypto (mbedTLS, and through it the
 * chip's accelerator); `digest_portable.c` does it in plain C for boards that
 * have none. A build links exactly one of the two.
 *
 *     struct otk_sha256 sha;
 *     enum otk_status status = otk_sha256_init(&sha);
 *     if (status == OTK_OK)
 *         status = otk_sha256_update(&sha, data, len);
 *     if (status == OTK_OK)
 *         status = otk_sha256_finish(&sha, digest);
 *     else
 *         otk_sha256_abort(&sha);
 */
#ifndef OTAKIT_CRYPTO_DIGEST_H
#define OTAKIT_CRYPTO_DIGEST_H

#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a SHA-256. */
#define OTK_SHA256_SIZE 32u

/* Bytes of an MD5. */
#define OTK_MD5_SIZE 16u

/* A SHA-256 in progress. Its content belongs to the implementation; the size
 * holds the largest one (checked there at compile time). */
struct otk_sha256 {
    uint64_t opaque[32];
};

/*
 * Begin a SHA-256.
 *
 * Returns  OTK_OK      ready for update
 *          OTK_CRYPTO  the provider refused; nothing to abort
 */
OTK_MUST_USE enum otk_status otk_sha256_init(struct otk_sha256 *sha);

/*
 * Add `len` bytes.
 *
 * Returns  OTK_OK      added
 *          OTK_CRYPTO  the provider refused; call otk_sha256_abort
 */
OTK_MUST_USE enum otk_status otk_sha256_update(struct otk_sha256 *sha, const void *data,
                                               uint32_t len);

/*
 * End the SHA-256 and release it.
 *
 * digest  written on success only
 *
 * Returns  OTK_OK      `digest` is the SHA-256 of all bytes added
 *          OTK_CRYPTO  the provider refused; the operation is released all the same
 */
OTK_MUST_USE enum otk_status otk_sha256_finish(struct otk_sha256 *sha,
                                               uint8_t digest[OTK_SHA256_SIZE]);

/* Give up a SHA-256 that is not finished. Allowed on a finished or zeroed one. */
void otk_sha256_abort(struct otk_sha256 *sha);

/*
 * The MD5 of `len` bytes at once; partition tables carry one.
 *
 * digest  written on success only
 *
 * Returns  OTK_OK      done
 *          OTK_CRYPTO  the provider refused
 */
OTK_MUST_USE enum otk_status otk_md5(const void *data, uint32_t len, uint8_t digest[OTK_MD5_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
