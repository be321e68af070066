// SPDX-License-Identifier: Apache-2.0
/*
 * The SHA-256 of bytes in memory.
 *
 *     status = otk_host_sha256(image, len, digest);
 */
#ifndef OTAKIT_HOST_SHA256_H
#define OTAKIT_HOST_SHA256_H

#include "otakit/crypto/digest.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Compute it at once.
 *
 * digest  written on success only
 *
 * Returns  OTK_OK      done
 *          OTK_CRYPTO  the provider failed
 */
OTK_MUST_USE enum otk_status otk_host_sha256(const void *data, uint32_t len,
                                             uint8_t digest[OTK_SHA256_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
