// SPDX-License-Identifier: Apache-2.0
/*
 * SHA-256 and MD5 against published values; built once for each implementation.
 * Sources: FIPS 180-4 examples (NIST, SHA256.pdf), NIST's "additional" SHA-2 data, RFC 1321 A.5.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/crypto/digest.h"

static const char alphabet_message[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static const char alphabet_sha256[] =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

static const char *to_hex(const uint8_t *bytes, size_t len)
{
    static char hex[65];

    for (size_t i = 0; i < len; i++) {
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    }
    return hex;
}

static const char *sha256_hex(const void *data, uint32_t len, uint32_t split)
{
    struct otk_sha256 sha;
    uint8_t digest[OTK_SHA256_SIZE];

    assert_int_equal(otk_sha256_init(&sha), OTK_OK);
    assert_int_equal(otk_sha256_update(&sha, data, split), OTK_OK);
    assert_int_equal(otk_sha256_update(&sha, (const uint8_t *)data + split, len - split), OTK_OK);
    assert_int_equal(otk_sha256_finish(&sha, digest), OTK_OK);
    return to_hex(digest, sizeof(digest));
}

static const char *md5_hex(const char *text)
{
    uint8_t digest[OTK_MD5_SIZE];

    assert_int_equal(otk_md5(text, (uint32_t)strlen(text), digest), OTK_OK);
    return to_hex(digest, sizeof(digest));
}

static void sha256_has_the_published_values(void **state)
{
    (void)state;
    assert_string_equal(sha256_hex("", 0, 0),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(sha256_hex("abc", 3, 0),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(sha256_hex(alphabet_message, 56, 0), alphabet_sha256);
    assert_string_equal(sha256_hex("\xBD", 1, 0),
                        "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
}

static void sha256_pads_every_length_around_a_block(void **state)
{
    static const uint8_t zeros[1000];

    (void)state;
    assert_string_equal(sha256_hex(zeros, 55, 0),
                        "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
    assert_string_equal(sha256_hex(zeros, 56, 0),
                        "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
    assert_string_equal(sha256_hex(zeros, 57, 0),
                        "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785");
    assert_string_equal(sha256_hex(zeros, 64, 0),
                        "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
    assert_string_equal(sha256_hex(zeros, 1000, 0),
                        "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53");
}

static void sha256_is_the_same_at_every_split(void **state)
{
    uint8_t message[130];
    char whole[65];

    (void)state;
    for (uint8_t i = 0; i < sizeof(message); i++) {
        message[i] = i;
    }
    strcpy(whole, sha256_hex(message, sizeof(message), 0));
    for (uint32_t split = 0; split <= sizeof(message); split++) {
        assert_string_equal(sha256_hex(message, sizeof(message), split), whole);
    }
}

static void sha256_of_a_million_letters_has_the_published_value(void **state)
{
    struct otk_sha256 sha;
    uint8_t digest[OTK_SHA256_SIZE];
    uint8_t letters[1000];

    (void)state;
    memset(letters, 'a', sizeof(letters));
    assert_int_equal(otk_sha256_init(&sha), OTK_OK);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(otk_sha256_update(&sha, letters, sizeof(letters)), OTK_OK);
    }
    assert_int_equal(otk_sha256_finish(&sha, digest), OTK_OK);
    assert_string_equal(to_hex(digest, sizeof(digest)),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void sha256_starts_afresh_after_an_abort(void **state)
{
    struct otk_sha256 sha;
    uint8_t digest[OTK_SHA256_SIZE];

    (void)state;
    memset(&sha, 0, sizeof(sha));
    otk_sha256_abort(&sha);
    assert_int_equal(otk_sha256_init(&sha), OTK_OK);
    assert_int_equal(otk_sha256_update(&sha, "xyz", 3), OTK_OK);
    otk_sha256_abort(&sha);
    assert_int_equal(otk_sha256_init(&sha), OTK_OK);
    assert_int_equal(otk_sha256_update(&sha, alphabet_message, 56), OTK_OK);
    assert_int_equal(otk_sha256_finish(&sha, digest), OTK_OK);
    otk_sha256_abort(&sha);
    assert_string_equal(to_hex(digest, sizeof(digest)), alphabet_sha256);
}

static void md5_has_the_published_values(void **state)
{
    (void)state;
    assert_string_equal(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
    assert_string_equal(md5_hex("a"), "0cc175b9c0f1b6a831c399e269772661");
    assert_string_equal(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
    assert_string_equal(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    assert_string_equal(md5_hex("abcdefghijklmnopqrstuvwxyz"), "c3fcd3d76192e4007dfb496cca67e13b");
    assert_string_equal(md5_hex("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
                        "d174ab98d277d9f5a5611c2c9f419d9f");
    assert_string_equal(md5_hex("1234567890123456789012345678901234567890"
                                "1234567890123456789012345678901234567890"),
                        "57edf4a22be3c955ac49da2e2107b67a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_has_the_published_values),
        cmocka_unit_test(sha256_pads_every_length_around_a_block),
        cmocka_unit_test(sha256_is_the_same_at_every_split),
        cmocka_unit_test(sha256_of_a_million_letters_has_the_published_value),
        cmocka_unit_test(sha256_starts_afresh_after_an_abort),
        cmocka_unit_test(md5_has_the_published_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
