// SPDX-License-Identifier: Apache-2.0
/* Signing images and verifying them with keys in PEM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/image_build.h"
#include "host/image_inspect.h"
#include "host/sign.h"
#include "test/unit/sign_keys.h"
#include "test/unit/signature_blocks.h"

#define SIZE 5008u

static uint8_t *image;
static uint32_t len;
static uint8_t *signed_image;
static uint32_t signed_len;
static struct otk_error error;

static int setup(void **state)
{
    const struct otk_image_spec spec = {
        .chip_id = OTK_CHIP_ESP32C6, .project = "lamp", .version = "1.2.0", .size = SIZE};

    (void)state;
    memset(&error, 0, sizeof error);
    return otk_image_build(&spec, &image, &len) == OTK_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    free(image);
    free(signed_image);
    image = NULL;
    signed_image = NULL;
    return 0;
}

static enum otk_status sign(const char *pem)
{
    free(signed_image);
    signed_image = NULL;
    return otk_sign_image(image, len, pem, strlen(pem), &signed_image, &signed_len, &error);
}

static enum otk_status verify(const char *pem)
{
    return otk_sign_verify(signed_image, signed_len, pem, strlen(pem), &error);
}

static void sign_image_appends_one_sector_behind_the_padding(void **state)
{
    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    assert_int_equal(signed_len, 3 * 4096);
    assert_memory_equal(signed_image, image, len);
    for (uint32_t i = len; i < 2 * 4096; i++) {
        assert_int_equal(signed_image[i], 0xFF);
    }
    assert_int_equal(signed_image[2 * 4096], OTK_SIGNATURE_MAGIC);
    for (uint32_t i = 2 * 4096 + OTK_SIGNATURE_BLOCK_SIZE; i < signed_len; i++) {
        assert_int_equal(signed_image[i], 0xFF);
    }
}

static void sign_verify_accepts_the_key_that_signed(void **state)
{
    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    assert_int_equal(verify(p256_public_pem), OTK_OK);
    assert_int_equal(verify(p256_pem), OTK_OK);
    assert_int_equal(sign(rsa3072_pem), OTK_OK);
    assert_int_equal(verify(rsa3072_public_pem), OTK_OK);
    assert_int_equal(verify(rsa3072_pem), OTK_OK);
}

static void sign_verify_refuses_every_other_key(void **state)
{
    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    assert_int_equal(verify(other_p256_pem), OTK_BAD_SIGNATURE);
    assert_int_equal(verify(rsa3072_public_pem), OTK_BAD_SIGNATURE);
}

static void sign_verify_refuses_a_changed_image(void **state)
{
    static const uint32_t offsets[] = {0, 100, 5007, 5008, 8191};

    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        signed_image[offsets[i]] ^= 4;
        assert_int_not_equal(verify(p256_public_pem), OTK_OK);
        signed_image[offsets[i]] ^= 4;
    }
    assert_int_equal(verify(p256_public_pem), OTK_OK);
}

static void sign_verify_finds_no_signature_on_a_plain_image(void **state)
{
    (void)state;
    assert_int_equal(otk_sign_verify(image, len, p256_public_pem, strlen(p256_public_pem), &error),
                     OTK_NO_SIGNATURE);
    assert_true(error.message[0] != '\0');
    assert_int_equal(sign(p256_pem), OTK_OK);
    signed_len--;
    assert_int_equal(verify(p256_public_pem), OTK_NO_SIGNATURE);
    signed_len++;
    memset(signed_image + 2 * 4096, 0xFF, 4096);
    assert_int_equal(verify(p256_public_pem), OTK_NO_SIGNATURE);
}

static void sign_image_replaces_the_signature_there_is(void **state)
{
    uint8_t *first;

    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    first = signed_image;
    signed_image = NULL;
    assert_int_equal(otk_sign_image(first, signed_len, other_p256_pem, strlen(other_p256_pem),
                                    &signed_image, &signed_len, &error),
                     OTK_OK);
    free(first);
    assert_int_equal(signed_len, 3 * 4096);
    assert_int_equal(verify(other_p256_pem), OTK_OK);
    assert_int_equal(verify(p256_pem), OTK_BAD_SIGNATURE);
}

static void sign_image_with_ecdsa_repeats_itself(void **state)
{
    uint8_t *first;

    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    first = signed_image;
    signed_image = NULL;
    assert_int_equal(sign(p256_pem), OTK_OK);
    assert_memory_equal(signed_image, first, signed_len);
    free(first);
}

/* All but the signature itself is what espsecure writes for the same data and key. */
static void sign_image_writes_the_blocks_of_espsecure(void **state)
{
    static const struct {
        const char *pem;
        const uint8_t *block;
        size_t same;
    } cases[] = {{rsa3072_pem, rsa3072_block, 812}, {p256_pem, p256_block, 101}};

    (void)state;
    image = realloc(image, 4096);
    memset(image, 0xA5, 4096);
    len = 4096;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sign(cases[i].pem), OTK_OK);
        assert_int_equal(signed_len, 2 * 4096);
        assert_memory_equal(signed_image + 4096, cases[i].block, cases[i].same);
        assert_int_equal(verify(cases[i].pem), OTK_OK);
    }
}

static void sign_image_refuses_unusable_keys(void **state)
{
    static const char *const keys[] = {p384_pem, p256_public_pem, "", "-----BEGIN NONSENSE"};

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        memset(&error, 0, sizeof error);
        assert_int_equal(sign(keys[i]), OTK_BAD_KEY);
        assert_true(error.message[0] != '\0');
        assert_true(error.hint[0] != '\0');
    }
}

static void image_inspect_reports_the_signature(void **state)
{
    struct otk_image_report report;

    (void)state;
    assert_int_equal(sign(p256_pem), OTK_OK);
    otk_image_inspect(signed_image, signed_len, NULL, &report);
    assert_int_equal(report.status, OTK_OK);
    assert_int_equal(report.len, SIZE);
    assert_int_equal(report.signature_count, 1);
    assert_int_equal(report.signatures[0].scheme, OTK_SIGNATURE_ECDSA_P256);
    assert_int_equal(report.signatures[0].digest, OTK_CHECK_OK);
    assert_int_equal(report.signatures[0].status, OTK_OK);
    signed_image[6000] ^= 1; /* padding: only the signature covers it */
    otk_image_inspect(signed_image, signed_len, NULL, &report);
    assert_int_equal(report.status, OTK_OK);
    assert_int_equal(report.signatures[0].digest, OTK_CHECK_BAD);
    assert_int_equal(report.signatures[0].status, OTK_BAD_SIGNATURE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sign_image_appends_one_sector_behind_the_padding),
        TEST(sign_verify_accepts_the_key_that_signed),
        TEST(sign_verify_refuses_every_other_key),
        TEST(sign_verify_refuses_a_changed_image),
        TEST(sign_verify_finds_no_signature_on_a_plain_image),
        TEST(sign_image_replaces_the_signature_there_is),
        TEST(sign_image_with_ecdsa_repeats_itself),
        TEST(sign_image_writes_the_blocks_of_espsecure),
        TEST(sign_image_refuses_unusable_keys),
        TEST(image_inspect_reports_the_signature),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
