// SPDX-License-Identifier: Apache-2.0
/* Finding and verifying signature blocks. */
#include "host/signature_check.h"

#include <mbedtls/sha512.h>
#include <string.h>

#include "host/sha256.h"
#include "otakit/base/bytes.h"
#include "otakit/crypto/signature.h"

const uint8_t *otk_signature_sector(const uint8_t *image, uint32_t len, uint32_t image_len)
{
    const uint32_t unit = OTK_SIGNATURE_SECTOR_SIZE;
    uint32_t offset;

    if (!image_len || image_len > len) {
        return NULL;
    }
    offset = (image_len - 1) / unit * unit;
    return len - offset >= 2 * unit ? image + offset + unit : NULL;
}

enum otk_status otk_signature_at(const uint8_t sector[OTK_SIGNATURE_SECTOR_SIZE], uint32_t index,
                                 struct otk_signature *signature)
{
    return otk_signature_decode(sector + index * OTK_SIGNATURE_BLOCK_SIZE, signature);
}

static enum otk_status digest_of(const struct otk_signature *signature, const uint8_t *data,
                                 uint32_t len, uint8_t digest[64])
{
    if (signature->scheme != OTK_SIGNATURE_ECDSA_P384) {
        return otk_host_sha256(data, len, digest);
    }
    return mbedtls_sha512_ret(data, len, digest, 1) == 0 ? OTK_OK : OTK_CRYPTO;
}

enum otk_status otk_signature_judge(const struct otk_signature *signature, const uint8_t *data,
                                    uint32_t len, enum otk_check *digest)
{
    const uint8_t *const key = signature->key;
    uint8_t computed[64];
    const enum otk_status status = digest_of(signature, data, len, computed);

    *digest = OTK_CHECK_BAD;
    if (status != OTK_OK) {
        return status;
    }
    if (memcmp(computed, signature->digest, signature->digest_len) != 0) {
        return OTK_BAD_SIGNATURE;
    }
    *digest = OTK_CHECK_OK;
    switch (signature->scheme) {
    case OTK_SIGNATURE_RSA3072:
        return otk_rsa3072_verify(key, otk_load_le32(key + OTK_RSA_EXPONENT_OFFSET), computed,
                                  signature->signature);
    case OTK_SIGNATURE_ECDSA_P256:
        return otk_ecdsa_p256_verify(key + 1, computed, signature->signature);
    case OTK_SIGNATURE_ECDSA_P384:
    default:
        return OTK_UNSUPPORTED;
    }
}
