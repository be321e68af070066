// SPDX-License-Identifier: Apache-2.0
/* Signature verification through PSA Crypto. */
#include <psa/crypto.h>

#include "otakit/base/memory.h"
#include "otakit/crypto/signature.h"

#define RSA_SIZE      384u
#define P256_SIZE     32u
#define DIGEST_SIZE   32u
#define P256_KEY_SIZE (1u + 2u * P256_SIZE)

/* An RSA public key as PSA takes it, in DER: a sequence of two integers, modulus and exponent.
 * The modulus' and exponent's first byte is a zero, for DER integers have a sign. */
#define RSA_DER_SIZE (4u + 4u + 1u + RSA_SIZE + 2u + 5u)

static void reverse(uint8_t *to, const uint8_t *from, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        to[i] = from[len - 1 - i];
    }
}

/* DER wants the shortest form: no zero byte before one whose top bit is clear. */
static uint32_t put_exponent(uint8_t *out, uint32_t exponent)
{
    uint32_t len = 1;

    while (len < 4 && exponent >> (8 * len - 1)) {
        len++;
    }
    if (len == 4 && exponent >> 31) {
        len = 5;
    }
    out[0] = 0x02;
    out[1] = (uint8_t)len;
    for (uint32_t i = 0; i < len; i++) {
        const uint32_t shift = 8 * (len - 1 - i);

        out[2 + i] = shift < 32 ? (uint8_t)(exponent >> shift) : 0;
    }
    return 2 + len;
}

static uint32_t put_rsa_key(uint8_t der[RSA_DER_SIZE], const uint8_t *modulus, uint32_t exponent)
{
    static const uint8_t integer_head[] = {0x02, 0x82, 0x01, 0x81, 0x00};
    uint8_t *const body = der + 4;
    uint32_t len = sizeof integer_head;

    memcpy(body, integer_head, sizeof integer_head);
    reverse(body + len, modulus, RSA_SIZE);
    len += RSA_SIZE;
    len += put_exponent(body + len, exponent);
    der[0] = 0x30;
    der[1] = 0x82;
    der[2] = (uint8_t)(len >> 8);
    der[3] = (uint8_t)len;
    return 4 + len;
}

static enum otk_status verify(psa_key_type_t type, psa_algorithm_t algorithm, const uint8_t *key,
                              size_t key_len, const uint8_t *digest, const uint8_t *signature,
                              size_t signature_len)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id;
    psa_status_t verdict;

    if (psa_crypto_init() != PSA_SUCCESS) {
        return OTK_CRYPTO;
    }
    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    verdict = psa_import_key(&attributes, key, key_len, &id);
    if (verdict != PSA_SUCCESS) {
        return verdict == PSA_ERROR_INVALID_ARGUMENT ? OTK_BAD_KEY : OTK_CRYPTO;
    }
    verdict = psa_verify_hash(id, algorithm, digest, DIGEST_SIZE, signature, signature_len);
    if (psa_destroy_key(id) != PSA_SUCCESS) {
        return OTK_CRYPTO;
    }
    if (verdict == PSA_ERROR_INVALID_SIGNATURE) {
        return OTK_BAD_SIGNATURE;
    }
    return verdict == PSA_SUCCESS ? OTK_OK : OTK_CRYPTO;
}

enum otk_status otk_rsa3072_verify(const uint8_t modulus[384], uint32_t exponent,
                                   const uint8_t digest[32], const uint8_t signature[384])
{
    uint8_t key[RSA_DER_SIZE];
    uint8_t number[RSA_SIZE];
    uint32_t key_len;

    /* A shorter modulus would be another key size, and DER would need it without leading zeros. */
    if (!(modulus[RSA_SIZE - 1] & 0x80) || exponent < 3) {
        return OTK_BAD_KEY;
    }
    key_len = put_rsa_key(key, modulus, exponent);
    reverse(number, signature, RSA_SIZE);
    return verify(PSA_KEY_TYPE_RSA_PUBLIC_KEY, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), key, key_len,
                  digest, number, RSA_SIZE);
}

enum otk_status otk_ecdsa_p256_verify(const uint8_t key[64], const uint8_t digest[32],
                                      const uint8_t signature[64])
{
    uint8_t point[P256_KEY_SIZE];
    uint8_t numbers[2 * P256_SIZE];

    point[0] = 0x04; /* both coordinates follow, uncompressed */
    reverse(point + 1, key, P256_SIZE);
    reverse(point + 1 + P256_SIZE, key + P256_SIZE, P256_SIZE);
    reverse(numbers, signature, P256_SIZE);
    reverse(numbers + P256_SIZE, signature + P256_SIZE, P256_SIZE);
    return verify(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1),
                  PSA_ALG_ECDSA(PSA_ALG_SHA_256), point, sizeof point, digest, numbers,
                  sizeof numbers);
}
