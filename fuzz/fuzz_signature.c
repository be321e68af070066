// SPDX-License-Identifier: Apache-2.0
/*
 * Signature blocks: otakit/format/signature.h, and their judgement, otakit/crypto/signature.h. A
 * block that decodes is rebuilt from its parts; no generated signature is good.
 *
 * Input: a mode byte (1: the CRC is set right, 2: the signature is verified), then a block.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/base/crc32.h"
#include "otakit/crypto/signature.h"
#include "otakit/format/signature.h"

#define CRC_OFFSET 1196u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_inside(const uint8_t *part, uint32_t len, const uint8_t *block)
{
    EXPECT(part > block && part < block + CRC_OFFSET);
    EXPECT(len <= CRC_OFFSET - (uint32_t)(part - block));
}

/* What decodes is encoded to the same parts. */
static void check_parts(const struct otk_signature *signature, const uint8_t *block)
{
    uint8_t bytes[OTK_SIGNATURE_BLOCK_SIZE];
    struct otk_signature again;

    expect_inside(signature->digest, signature->digest_len, block);
    expect_inside(signature->key, signature->key_len, block);
    expect_inside(signature->signature, signature->signature_len, block);
    EXPECT(otk_signature_scheme_name(signature->scheme) != NULL);
    otk_signature_encode(signature, bytes);
    EXPECT(otk_signature_decode(bytes, &again) == OTK_OK);
    EXPECT(again.scheme == signature->scheme);
    EXPECT(memcmp(again.digest, signature->digest, signature->digest_len) == 0);
    EXPECT(memcmp(again.key, signature->key, signature->key_len) == 0);
    EXPECT(memcmp(again.signature, signature->signature, signature->signature_len) == 0);
}

static void judge(const struct otk_signature *signature)
{
    static const uint8_t digest[32] = {1, 2, 3};
    enum otk_status status = OTK_BAD_SIGNATURE;

    if (signature->scheme == OTK_SIGNATURE_RSA3072)
        status = otk_rsa3072_verify(signature->key,
                                    otk_load_le32(signature->key + OTK_RSA_EXPONENT_OFFSET), digest,
                                    signature->signature);
    else if (signature->scheme == OTK_SIGNATURE_ECDSA_P256)
        status = otk_ecdsa_p256_verify(signature->key + 1, digest, signature->signature);
    EXPECT(status != OTK_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    uint8_t block[OTK_SIGNATURE_BLOCK_SIZE] = {0};
    struct otk_signature signature;

    (void)input_copy(&input, block, sizeof block);
    if (mode & 1)
        otk_store_le32(block + CRC_OFFSET, otk_crc32(0, block, CRC_OFFSET));
    if (otk_signature_decode(block, &signature) != OTK_OK)
        return 0;
    check_parts(&signature, block);
    if (mode & 2)
        judge(&signature);
    return 0;
}
