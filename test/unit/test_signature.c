// SPDX-License-Identifier: Apache-2.0
/* Signature blocks that espsecure made: decoding, encoding, and whether the signature is good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"
#include "otakit/crypto/digest.h"
#include "otakit/crypto/signature.h"
#include "otakit/format/signature.h"
#include "test/unit/signature_blocks.h"

/* What espsecure's signature-info-v2 prints for the blocks. */
static const uint8_t rsa3072_key_digest[] = {
    0x39, 0x83, 0xA3, 0x11, 0xAE, 0x36, 0xF6, 0x3B, 0xED, 0xBA, 0xF4, 0x4B, 0x7F, 0x7B, 0x5C, 0x33,
    0xA6, 0x16, 0x91, 0x2A, 0xA1, 0x40, 0x19, 0x88, 0xD5, 0x40, 0x30, 0x88, 0xA9, 0xF7, 0x41, 0xD7};
static const uint8_t p256_key_digest[] = {
    0xE8, 0x94, 0x2C, 0xC0, 0x80, 0x17, 0x59, 0x53, 0x7F, 0xD8, 0x6D, 0x85, 0x2B, 0xB2, 0x02, 0x41,
    0x53, 0x82, 0xDA, 0x12, 0x0E, 0x0A, 0x28, 0x92, 0x9A, 0xE0, 0xA7, 0x4B, 0xE0, 0x5A, 0x32, 0x93};
static const uint8_t p384_key_digest[] = {
    0x11, 0x0A, 0x01, 0x55, 0x49, 0x93, 0x38, 0xCB, 0xFF, 0x90, 0x12, 0x2B, 0xF7, 0x15, 0xD0, 0xDF,
    0xDE, 0x2C, 0xB8, 0x2B, 0xCB, 0x1B, 0xE7, 0x94, 0x26, 0x62, 0x87, 0x05, 0x89, 0x86, 0xDE, 0x76};

static uint8_t block[OTK_SIGNATURE_BLOCK_SIZE];

static void load(const uint8_t *bytes, size_t len, uint32_t crc)
{
    memset(block, 0, sizeof block);
    memcpy(block, bytes, len);
    if (len < 1196) {
        otk_store_le32(block + 1196, crc);
    }
}

static void load_rsa3072(void)
{
    load(rsa3072_block, sizeof rsa3072_block, 0);
}

static void load_p256(void)
{
    load(p256_block, sizeof p256_block, p256_crc);
}

static void load_p384(void)
{
    load(p384_block, sizeof p384_block, p384_crc);
}

static void repair_crc(void)
{
    otk_store_le32(block + 1196, otk_crc32(0, block, 1196));
}

static enum otk_status decode(struct otk_signature *signature)
{
    return otk_signature_decode(block, signature);
}

static void assert_key_digest(const struct otk_signature *signature, const uint8_t expected[32])
{
    uint8_t digest[OTK_SHA256_SIZE];
    struct otk_sha256 sha;

    assert_int_equal(otk_sha256_init(&sha), OTK_OK);
    assert_int_equal(otk_sha256_update(&sha, signature->key, signature->key_len), OTK_OK);
    assert_int_equal(otk_sha256_finish(&sha, digest), OTK_OK);
    assert_memory_equal(digest, expected, sizeof digest);
}

static void signature_decode_finds_the_parts_of_each_scheme(void **state)
{
    static const struct {
        void (*load)(void);
        enum otk_signature_scheme scheme;
        uint16_t digest_len, key_len, signature_len;
        const uint8_t *key_digest;
    } cases[] = {
        {load_rsa3072, OTK_SIGNATURE_RSA3072, 32, 776, 384, rsa3072_key_digest},
        {load_p256, OTK_SIGNATURE_ECDSA_P256, 32, 65, 64, p256_key_digest},
        {load_p384, OTK_SIGNATURE_ECDSA_P384, 48, 97, 96, p384_key_digest},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct otk_signature signature;

        cases[i].load();
        assert_int_equal(decode(&signature), OTK_OK);
        assert_int_equal(signature.scheme, cases[i].scheme);
        assert_int_equal(signature.digest_len, cases[i].digest_len);
        assert_int_equal(signature.key_len, cases[i].key_len);
        assert_int_equal(signature.signature_len, cases[i].signature_len);
        assert_key_digest(&signature, cases[i].key_digest);
    }
}

static void signature_encode_gives_back_the_bytes_of_each_scheme(void **state)
{
    void (*const loads[])(void) = {load_rsa3072, load_p256, load_p384};

    (void)state;
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        uint8_t encoded[OTK_SIGNATURE_BLOCK_SIZE];
        struct otk_signature signature;

        loads[i]();
        assert_int_equal(decode(&signature), OTK_OK);
        otk_signature_encode(&signature, encoded);
        assert_memory_equal(encoded, block, sizeof encoded);
    }
}

static void signature_decode_finds_nothing_in_erased_flash(void **state)
{
    struct otk_signature signature;

    (void)state;
    memset(block, 0xFF, sizeof block);
    assert_int_equal(decode(&signature), OTK_NO_SIGNATURE);
}

static void signature_decode_refuses_any_flipped_bit_before_the_padding(void **state)
{
    struct otk_signature signature;

    (void)state;
    load_p256();
    for (size_t i = 1; i < 1200; i++) {
        block[i] ^= 0x10;
        assert_int_equal(decode(&signature), OTK_BAD_CHECKSUM);
        block[i] ^= 0x10;
    }
}

static void signature_decode_refuses_unknown_versions_hashes_and_curves(void **state)
{
    static const struct {
        size_t offset;
        uint8_t value;
    } cases[] = {{1, 1}, {1, 4}, {2, 2}, {2, 1}, {36, 1}, {36, 3}};
    struct otk_signature signature;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        load_p256();
        block[cases[i].offset] = cases[i].value;
        repair_crc();
        assert_int_equal(decode(&signature), OTK_BAD_FORMAT);
    }
}

static enum otk_status verify_rsa(const struct otk_signature *signature)
{
    return otk_rsa3072_verify(signature->key,
                              otk_load_le32(signature->key + OTK_RSA_EXPONENT_OFFSET),
                              signature->digest, signature->signature);
}

static void rsa3072_verify_accepts_what_espsecure_signed(void **state)
{
    struct otk_signature signature;

    (void)state;
    load_rsa3072();
    assert_int_equal(decode(&signature), OTK_OK);
    assert_int_equal(verify_rsa(&signature), OTK_OK);
}

static void rsa3072_verify_refuses_another_digest_or_signature(void **state)
{
    static const size_t offsets[] = {4, 35, 812, 1000, 1195};
    struct otk_signature signature;

    (void)state;
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        load_rsa3072();
        assert_int_equal(decode(&signature), OTK_OK);
        block[offsets[i]] ^= 1;
        assert_int_equal(verify_rsa(&signature), OTK_BAD_SIGNATURE);
    }
}

static void rsa3072_verify_refuses_impossible_keys(void **state)
{
    uint8_t modulus[384] = {1};
    const uint8_t digest[32] = {0};
    const uint8_t signature[384] = {0};

    (void)state;
    assert_int_equal(otk_rsa3072_verify(modulus, 65537, digest, signature), OTK_BAD_KEY);
    memset(modulus, 0xFF, sizeof modulus);
    assert_int_equal(otk_rsa3072_verify(modulus, 0, digest, signature), OTK_BAD_KEY);
    assert_int_equal(otk_rsa3072_verify(modulus, 1, digest, signature), OTK_BAD_KEY);
}

/* The exponent's DER integer has one to five bytes; whatever it is, the signature is not good. */
static void rsa3072_verify_takes_exponents_of_any_size(void **state)
{
    static const uint32_t exponents[] = {3, 0x7F, 0x81, 0x8001, 0x800001, 0x7FFFFFFF, 0xFFFFFFFF};
    struct otk_signature signature;

    (void)state;
    load_rsa3072();
    assert_int_equal(decode(&signature), OTK_OK);
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++) {
        assert_int_equal(
            otk_rsa3072_verify(signature.key, exponents[i], signature.digest, signature.signature),
            OTK_BAD_SIGNATURE);
    }
}

static enum otk_status verify_p256(const struct otk_signature *signature)
{
    return otk_ecdsa_p256_verify(signature->key + 1, signature->digest, signature->signature);
}

static void ecdsa_p256_verify_accepts_what_espsecure_signed(void **state)
{
    struct otk_signature signature;

    (void)state;
    load_p256();
    assert_int_equal(decode(&signature), OTK_OK);
    assert_int_equal(verify_p256(&signature), OTK_OK);
}

static void ecdsa_p256_verify_refuses_another_digest_or_signature(void **state)
{
    static const size_t offsets[] = {4, 35, 101, 132, 133, 164};
    struct otk_signature signature;

    (void)state;
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        load_p256();
        assert_int_equal(decode(&signature), OTK_OK);
        block[offsets[i]] ^= 1;
        assert_int_equal(verify_p256(&signature), OTK_BAD_SIGNATURE);
    }
}

static void ecdsa_p256_verify_refuses_zeros_for_a_signature(void **state)
{
    struct otk_signature signature;

    (void)state;
    load_p256();
    assert_int_equal(decode(&signature), OTK_OK);
    memset(block + 101, 0, 64);
    assert_int_equal(verify_p256(&signature), OTK_BAD_SIGNATURE);
}

static void ecdsa_p256_verify_refuses_a_point_off_the_curve(void **state)
{
    struct otk_signature signature;

    (void)state;
    load_p256();
    assert_int_equal(decode(&signature), OTK_OK);
    block[37] ^= 1;
    assert_int_equal(verify_p256(&signature), OTK_BAD_KEY);
}

static void signature_scheme_name_names_each_scheme(void **state)
{
    (void)state;
    assert_string_equal(otk_signature_scheme_name(OTK_SIGNATURE_RSA3072), "rsa3072");
    assert_string_equal(otk_signature_scheme_name(OTK_SIGNATURE_ECDSA_P256), "ecdsa-p256");
    assert_string_equal(otk_signature_scheme_name(OTK_SIGNATURE_ECDSA_P384), "ecdsa-p384");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature_decode_finds_the_parts_of_each_scheme),
        cmocka_unit_test(signature_encode_gives_back_the_bytes_of_each_scheme),
        cmocka_unit_test(signature_decode_finds_nothing_in_erased_flash),
        cmocka_unit_test(signature_decode_refuses_any_flipped_bit_before_the_padding),
        cmocka_unit_test(signature_decode_refuses_unknown_versions_hashes_and_curves),
        cmocka_unit_test(rsa3072_verify_accepts_what_espsecure_signed),
        cmocka_unit_test(rsa3072_verify_refuses_another_digest_or_signature),
        cmocka_unit_test(rsa3072_verify_refuses_impossible_keys),
        cmocka_unit_test(rsa3072_verify_takes_exponents_of_any_size),
        cmocka_unit_test(ecdsa_p256_verify_accepts_what_espsecure_signed),
        cmocka_unit_test(ecdsa_p256_verify_refuses_another_digest_or_signature),
        cmocka_unit_test(ecdsa_p256_verify_refuses_zeros_for_a_signature),
        cmocka_unit_test(ecdsa_p256_verify_refuses_a_point_off_the_curve),
        cmocka_unit_test(signature_scheme_name_names_each_scheme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
