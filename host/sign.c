// SPDX-License-Identifier: Apache-2.0
/* Signing and verifying images with keys in files, through mbedTLS. */
#include "host/sign.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/image_inspect.h"
#include "host/sha256.h"
#include "host/signature_check.h"
#include "otakit/base/bytes.h"

#define RSA_BITS 3072u

/* A key and what using it takes. */
struct signer {
    mbedtls_pk_context key;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
};

/* The parts of a block, where they are made. */
struct parts {
    uint8_t digest[32];
    uint8_t key[OTK_RSA_KEY_SIZE];
    uint8_t signature[OTK_RSA3072_SIZE];
};

static void signer_init(struct signer *signer)
{
    mbedtls_pk_init(&signer->key);
    mbedtls_entropy_init(&signer->entropy);
    mbedtls_ctr_drbg_init(&signer->random);
}

static void signer_close(struct signer *signer)
{
    mbedtls_ctr_drbg_free(&signer->random);
    mbedtls_entropy_free(&signer->entropy);
    mbedtls_pk_free(&signer->key);
}

/* Read a private key, or with `or_public` a public one too. */
static enum otk_status read_key(mbedtls_pk_context *key, const void *bytes, size_t len,
                                bool or_public)
{
    /* The parser takes a text only with its NUL counted, and anything else without. */
    uint8_t *const copy = malloc(len + 1);
    bool is_text;
    int failure;

    if (!copy) {
        return OTK_NO_MEMORY;
    }
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    is_text = strstr((const char *)copy, "-----BEGIN ") != NULL;
    failure = mbedtls_pk_parse_key(key, copy, len + is_text, NULL, 0);
    if (failure && or_public) {
        mbedtls_pk_free(key);
        mbedtls_pk_init(key);
        failure = mbedtls_pk_parse_public_key(key, copy, len + is_text);
    }
    mbedtls_platform_zeroize(copy, len);
    free(copy);
    return failure ? OTK_BAD_KEY : OTK_OK;
}

static enum otk_status find_scheme(const mbedtls_pk_context *key, enum otk_signature_scheme *scheme)
{
    if (mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA && mbedtls_pk_get_bitlen(key) == RSA_BITS) {
        *scheme = OTK_SIGNATURE_RSA3072;
        return OTK_OK;
    }
    if (mbedtls_pk_get_type(key) == MBEDTLS_PK_ECKEY &&
        mbedtls_pk_ec(*key)->grp.id == MBEDTLS_ECP_DP_SECP256R1) {
        *scheme = OTK_SIGNATURE_ECDSA_P256;
        return OTK_OK;
    }
    return OTK_BAD_KEY;
}

static enum otk_status explain_key(enum otk_status status, struct otk_error *error)
{
    if (status == OTK_BAD_KEY) {
        otk_error_set(error, 0, "the key is neither RSA with 3072 bits nor ECDSA on P-256");
        otk_error_hint(error, "make one with: openssl genrsa -out key.pem 3072; keys with a "
                              "password are not read");
    } else if (status != OTK_OK) {
        otk_error_set(error, 0, "%s", otk_status_text(status));
    }
    return status;
}

/* -1/n mod 2^32 by Newton's iteration, each step of which doubles the bits that are right; n is
 * odd, so it is its own inverse in the lowest three bits. */
static uint32_t m_prime(uint32_t n)
{
    uint32_t inverse = n;

    for (int i = 0; i < 4; i++) {
        inverse *= 2 - n * inverse;
    }
    return 0u - inverse;
}

static enum otk_status put_rsa_key(const mbedtls_rsa_context *rsa, uint8_t key[OTK_RSA_KEY_SIZE])
{
    mbedtls_mpi r;
    enum otk_status status = OTK_CRYPTO;

    mbedtls_mpi_init(&r);
    if (mbedtls_mpi_lset(&r, 1) == 0 && mbedtls_mpi_shift_l(&r, 2 * RSA_BITS) == 0 &&
        mbedtls_mpi_mod_mpi(&r, &r, &rsa->N) == 0 &&
        mbedtls_mpi_write_binary_le(&rsa->N, key, OTK_RSA3072_SIZE) == 0 &&
        mbedtls_mpi_write_binary_le(&rsa->E, key + OTK_RSA_EXPONENT_OFFSET, 4) == 0 &&
        mbedtls_mpi_write_binary_le(&r, key + OTK_RSA_R_OFFSET, OTK_RSA3072_SIZE) == 0) {
        otk_store_le32(key + OTK_RSA_M_PRIME_OFFSET, m_prime(otk_load_le32(key)));
        status = OTK_OK;
    }
    mbedtls_mpi_free(&r);
    return status;
}

static enum otk_status put_p256_key(const mbedtls_ecp_keypair *pair, uint8_t key[OTK_P256_KEY_SIZE])
{
    key[0] = 2; /* the curve's id. Source: ESP-IDF, secure_boot.h */
    if (mbedtls_mpi_write_binary_le(&pair->Q.X, key + 1, OTK_P256_SIZE) != 0 ||
        mbedtls_mpi_write_binary_le(&pair->Q.Y, key + 1 + OTK_P256_SIZE, OTK_P256_SIZE) != 0) {
        return OTK_CRYPTO;
    }
    return OTK_OK;
}

/* The public key as it stands in a block; the block's scheme tells its length. */
static enum otk_status put_key(const mbedtls_pk_context *key, enum otk_signature_scheme scheme,
                               uint8_t bytes[OTK_RSA_KEY_SIZE])
{
    return scheme == OTK_SIGNATURE_RSA3072 ? put_rsa_key(mbedtls_pk_rsa(*key), bytes)
                                           : put_p256_key(mbedtls_pk_ec(*key), bytes);
}

static enum otk_status sign_rsa(struct signer *signer, struct parts *parts)
{
    mbedtls_rsa_context *const rsa = mbedtls_pk_rsa(signer->key);
    uint8_t signature[OTK_RSA3072_SIZE];

    /* The salt gets the length of the hash. */
    mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
    if (mbedtls_rsa_rsassa_pss_sign(rsa, mbedtls_ctr_drbg_random, &signer->random,
                                    MBEDTLS_RSA_PRIVATE, MBEDTLS_MD_SHA256, sizeof parts->digest,
                                    parts->digest, signature) != 0) {
        return OTK_CRYPTO;
    }
    for (size_t i = 0; i < sizeof signature; i++) {
        parts->signature[i] = signature[sizeof signature - 1 - i];
    }
    return OTK_OK;
}

/* Deterministic (RFC 6979): the same image and key give the same bytes. */
static enum otk_status sign_p256(struct signer *signer, struct parts *parts)
{
    mbedtls_ecp_keypair *const pair = mbedtls_pk_ec(signer->key);
    mbedtls_mpi r;
    mbedtls_mpi s;
    enum otk_status status = OTK_CRYPTO;

    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    if (mbedtls_ecdsa_sign_det_ext(&pair->grp, &r, &s, &pair->d, parts->digest,
                                   sizeof parts->digest, MBEDTLS_MD_SHA256, mbedtls_ctr_drbg_random,
                                   &signer->random) == 0 &&
        mbedtls_mpi_write_binary_le(&r, parts->signature, OTK_P256_SIZE) == 0 &&
        mbedtls_mpi_write_binary_le(&s, parts->signature + OTK_P256_SIZE, OTK_P256_SIZE) == 0) {
        status = OTK_OK;
    }
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    return status;
}

/* A key file whose two halves do not belong together signs what nobody can verify. */
static bool is_good_block(const uint8_t *data, uint32_t len,
                          const uint8_t block[OTK_SIGNATURE_BLOCK_SIZE])
{
    struct otk_signature signature;
    enum otk_check digest;

    return otk_signature_decode(block, &signature) == OTK_OK &&
           otk_signature_judge(&signature, data, len, &digest) == OTK_OK;
}

static enum otk_status make_block(struct signer *signer, enum otk_signature_scheme scheme,
                                  const uint8_t *data, uint32_t len,
                                  uint8_t block[OTK_SIGNATURE_BLOCK_SIZE])
{
    struct parts parts;
    const struct otk_signature signature = {
        .scheme = scheme, .digest = parts.digest, .key = parts.key, .signature = parts.signature};
    enum otk_status status = otk_host_sha256(data, len, parts.digest);

    if (status == OTK_OK) {
        status = put_key(&signer->key, scheme, parts.key);
    }
    if (status == OTK_OK) {
        status = scheme == OTK_SIGNATURE_RSA3072 ? sign_rsa(signer, &parts)
                                                 : sign_p256(signer, &parts);
    }
    if (status != OTK_OK) {
        return status;
    }
    otk_signature_encode(&signature, block);
    return is_good_block(data, len, block) ? OTK_OK : OTK_BAD_KEY;
}

static enum otk_status open_signer(struct signer *signer, const void *key, size_t key_len,
                                   enum otk_signature_scheme *scheme)
{
    enum otk_status status = read_key(&signer->key, key, key_len, false);

    if (status == OTK_OK) {
        status = find_scheme(&signer->key, scheme);
    }
    if (status == OTK_OK && mbedtls_ctr_drbg_seed(&signer->random, mbedtls_entropy_func,
                                                  &signer->entropy, NULL, 0) != 0) {
        status = OTK_CRYPTO;
    }
    return status;
}

/* Bytes of the image itself, 0 where the bytes are no whole image. */
static uint32_t image_len_of(const uint8_t *image, uint32_t len)
{
    struct otk_image_report report;

    otk_image_inspect(image, len, NULL, &report);
    return report.len;
}

/* The sector of an image stands where the bootloader looks for it; of other data, at the end. */
static const uint8_t *find_sector(const uint8_t *image, uint32_t len)
{
    const uint32_t unit = OTK_SIGNATURE_SECTOR_SIZE;
    const uint32_t image_len = image_len_of(image, len);

    if (image_len || len < unit) {
        return otk_signature_sector(image, len, image_len);
    }
    return len % unit == 0 ? image + len - unit : NULL;
}

enum otk_status otk_sign_image(const uint8_t *image, uint32_t len, const void *key, size_t key_len,
                               uint8_t **signed_out, uint32_t *signed_len, struct otk_error *error)
{
    const uint32_t unit = OTK_SIGNATURE_SECTOR_SIZE;
    const uint32_t known_len = image_len_of(image, len);
    const uint32_t image_len = known_len ? known_len : len;
    const size_t padded = ((size_t)image_len + unit - 1) / unit * unit;
    uint8_t *const out = malloc(padded + unit);
    enum otk_signature_scheme scheme;
    struct signer signer;
    enum otk_status status = OTK_NO_MEMORY;

    signer_init(&signer);
    if (out) {
        memcpy(out, image, image_len);
        memset(out + image_len, 0xFF, padded - image_len + unit);
        status = open_signer(&signer, key, key_len, &scheme);
    }
    if (status == OTK_OK) {
        status = make_block(&signer, scheme, out, (uint32_t)padded, out + padded);
    }
    signer_close(&signer);
    if (status != OTK_OK) {
        free(out);
        return explain_key(status, error);
    }
    *signed_out = out;
    *signed_len = (uint32_t)(padded + unit);
    return OTK_OK;
}

/* The public key as a block holds it. */
static enum otk_status read_public_key(const void *key, size_t key_len,
                                       enum otk_signature_scheme *scheme,
                                       uint8_t bytes[OTK_RSA_KEY_SIZE])
{
    mbedtls_pk_context context;
    enum otk_status status;

    mbedtls_pk_init(&context);
    status = read_key(&context, key, key_len, true);
    if (status == OTK_OK) {
        status = find_scheme(&context, scheme);
    }
    if (status == OTK_OK) {
        status = put_key(&context, *scheme, bytes);
    }
    mbedtls_pk_free(&context);
    return status;
}

/* Try each block that holds the key; remember why the last one was no good. */
static enum otk_status verify_sector(const uint8_t *image, const uint8_t *sector,
                                     enum otk_signature_scheme scheme, const uint8_t *key)
{
    enum otk_status verdict = OTK_NO_SIGNATURE;

    for (uint32_t i = 0; i < OTK_SIGNATURE_BLOCK_COUNT; i++) {
        struct otk_signature signature;
        enum otk_check digest;

        if (otk_signature_at(sector, i, &signature) != OTK_OK) {
            continue;
        }
        verdict = OTK_BAD_SIGNATURE;
        if (signature.scheme == scheme && memcmp(signature.key, key, signature.key_len) == 0) {
            verdict = otk_signature_judge(&signature, image, (uint32_t)(sector - image), &digest);
        }
        if (verdict == OTK_OK) {
            return OTK_OK;
        }
    }
    return verdict;
}

enum otk_status otk_sign_verify(const uint8_t *image, uint32_t len, const void *key, size_t key_len,
                                struct otk_error *error)
{
    const uint8_t *const sector = find_sector(image, len);
    enum otk_signature_scheme scheme;
    uint8_t bytes[OTK_RSA_KEY_SIZE];
    enum otk_status status = read_public_key(key, key_len, &scheme, bytes);

    if (status != OTK_OK) {
        return explain_key(status, error);
    }
    status = sector ? verify_sector(image, sector, scheme, bytes) : OTK_NO_SIGNATURE;
    if (status != OTK_OK) {
        otk_error_set(error, 0, "%s", otk_status_text(status));
    }
    return status;
}
