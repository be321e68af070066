// SPDX-License-Identifier: Apache-2.0
/* Secure Boot v2 signature blocks. */
#include "otakit/format/signature.h"

#include <stdbool.h>
#include <stddef.h>

#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"
#include "otakit/base/memory.h"

/* Source of all numbers here: ESP-IDF, esp_rom, secure_boot.h. */
#define VERSION_RSA   2u
#define VERSION_ECDSA 3u
#define HASH_SHA256   0u
#define HASH_SHA384   1u
#define CURVE_P256    2u
#define CURVE_P384    3u

#define DIGEST_OFFSET 4u
#define CRC_OFFSET    1196u

/* What distinguishes the schemes. Digest, key and, from signature_offset on, signature follow the
 * four bytes magic, version, hash and 0. */
struct shape {
    uint16_t digest_len;
    uint16_t key_len;
    uint16_t signature_offset;
    uint16_t signature_len;
    uint8_t version;
    uint8_t hash;
    uint8_t curve; /* first byte of the key; 0: the key has none */
};

static const struct shape shapes[] = {
    [OTK_SIGNATURE_RSA3072] = {32, OTK_RSA_KEY_SIZE, 812, OTK_RSA3072_SIZE, VERSION_RSA,
                               HASH_SHA256, 0},
    [OTK_SIGNATURE_ECDSA_P256] = {32, OTK_P256_KEY_SIZE, 101, 2 * OTK_P256_SIZE, VERSION_ECDSA,
                                  HASH_SHA256, CURVE_P256},
    [OTK_SIGNATURE_ECDSA_P384] = {48, OTK_P384_KEY_SIZE, 149, 2 * OTK_P384_SIZE, VERSION_ECDSA,
                                  HASH_SHA384, CURVE_P384},
};

#define SHAPE_COUNT (sizeof shapes / sizeof shapes[0])

/* The hash byte of an RSA block means nothing; tools write 0. */
static bool has_shape(const uint8_t *block, const struct shape *shape)
{
    if (block[1] != shape->version) {
        return false;
    }
    if (!shape->curve) {
        return true;
    }
    return block[2] == shape->hash && block[DIGEST_OFFSET + shape->digest_len] == shape->curve;
}

enum otk_status otk_signature_decode(const uint8_t block[OTK_SIGNATURE_BLOCK_SIZE],
                                     struct otk_signature *signature)
{
    size_t scheme = 0;

    if (block[0] != OTK_SIGNATURE_MAGIC) {
        return OTK_NO_SIGNATURE;
    }
    if (otk_load_le32(block + CRC_OFFSET) != otk_crc32(0, block, CRC_OFFSET)) {
        return OTK_BAD_CHECKSUM;
    }
    while (scheme < SHAPE_COUNT && !has_shape(block, &shapes[scheme])) {
        scheme++;
    }
    if (scheme == SHAPE_COUNT) {
        return OTK_BAD_FORMAT;
    }
    signature->scheme = (enum otk_signature_scheme)scheme;
    signature->digest_len = shapes[scheme].digest_len;
    signature->key_len = shapes[scheme].key_len;
    signature->signature_len = shapes[scheme].signature_len;
    signature->digest = block + DIGEST_OFFSET;
    signature->key = signature->digest + signature->digest_len;
    signature->signature = block + shapes[scheme].signature_offset;
    return OTK_OK;
}

void otk_signature_encode(const struct otk_signature *signature,
                          uint8_t block[OTK_SIGNATURE_BLOCK_SIZE])
{
    const struct shape *const shape = &shapes[signature->scheme];
    uint8_t *const digest = block + DIGEST_OFFSET;

    memset(block, 0, OTK_SIGNATURE_BLOCK_SIZE);
    block[0] = OTK_SIGNATURE_MAGIC;
    block[1] = shape->version;
    block[2] = shape->hash;
    memcpy(digest, signature->digest, shape->digest_len);
    memcpy(digest + shape->digest_len, signature->key, shape->key_len);
    memcpy(block + shape->signature_offset, signature->signature, shape->signature_len);
    otk_store_le32(block + CRC_OFFSET, otk_crc32(0, block, CRC_OFFSET));
}

const char *otk_signature_scheme_name(enum otk_signature_scheme scheme)
{
    static const char *const names[] = {"rsa3072", "ecdsa-p256", "ecdsa-p384"};

    return names[scheme];
}
